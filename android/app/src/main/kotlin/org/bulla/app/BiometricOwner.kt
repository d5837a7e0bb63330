package org.bulla.app

import android.util.AtomicFile
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.PublicKey
import java.security.spec.MGF1ParameterSpec
import javax.crypto.Cipher
import javax.crypto.spec.OAEPParameterSpec
import javax.crypto.spec.PSource
import org.bulla.model.Failure
import org.bulla.model.StorageTrouble
import org.bulla.ui.model.OwnerCheck

/** A pair of keys of which the private one answers to the phone's owner alone. On a phone it never leaves the secure hardware: see [HardwareOwnerKey]. */
interface OwnerKey {
    /** A new pair in place of the one before. */
    fun make(): PublicKey

    /** What decrypts once the owner was recognised; null where there is no pair, or where a finger or a face was added since. */
    fun cipher(): Cipher?

    fun forget()
}

/** Has the phone look who is there: see [BiometricQuestion]. */
fun interface OwnerQuestion {
    /** The cipher, which then decrypts once; null for a stranger, and where the person wants the PIN. It waits for the person. */
    fun ask(cipher: Cipher): Cipher?
}

/** Keeps the lock's key in [file], encrypted for [pair]: writing it asks nobody, reading it asks the owner. */
class BiometricOwner(
    private val file: File,
    private val pair: OwnerKey,
    private val question: OwnerQuestion,
    private val able: () -> Boolean,
) : OwnerCheck {
    override val available get() = able()
    override val kept get() = file.exists()

    override fun keep(key: ByteArray) = failing {
        val cipher = Cipher.getInstance(CIPHER).apply { init(Cipher.ENCRYPT_MODE, pair.make(), PADDING) }
        val encrypted = cipher.doFinal(key)
        file.parentFile?.mkdirs()
        val atomic = AtomicFile(file)
        val stream = atomic.startWrite()
        try {
            stream.write(encrypted)
            atomic.finishWrite(stream)
        } catch (trouble: IOException) {
            atomic.failWrite(stream)
            throw trouble
        }
    }

    override fun ask(): ByteArray? = failing {
        if (!kept) return@failing null
        val cipher = pair.cipher()
        if (cipher == null) {
            // Nobody can ever read it again.
            forget()
            return@failing null
        }
        question.ask(cipher)?.doFinal(AtomicFile(file).readFully())
    }

    override fun forget() = failing {
        AtomicFile(file).delete()
        pair.forget()
    }

    private fun <T> failing(work: () -> T): T = try {
        work()
    } catch (_: GeneralSecurityException) {
        throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    } catch (_: IOException) {
        throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    }

    companion object {
        const val CIPHER = "RSA/ECB/OAEPPadding"

        /** Android's Keystore knows no other mask than SHA-1's, which is good enough for one. */
        val PADDING = OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT)
    }
}

package org.bulla.app

import android.util.AtomicFile
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import org.bulla.model.Failure
import org.bulla.model.KeyStore
import org.bulla.model.StorageTrouble

/** The key under which the library's keys are wrapped. On a phone it never leaves the secure hardware: see [HardwareKey]. */
fun interface WrappingKey {
    /** The key, made at the first call. */
    fun get(): SecretKey
}

/**
 * Keeps the library's keys in [folder], each wrapped by AES-GCM under [wrapping]; the name is authenticated with it, so that no file can take
 * another's place.
 */
class WrappedKeyStore(private val folder: File, private val wrapping: WrappingKey) : KeyStore {
    override fun load(name: String): ByteArray? = failing {
        val file = file(name)
        if (!file.baseFile.exists()) return@failing null
        val wrapped = file.readFully()
        if (wrapped.size <= IV) throw AEADBadTagException()
        val cipher = cipher()
        cipher.init(Cipher.DECRYPT_MODE, wrapping.get(), GCMParameterSpec(TAG_BITS, wrapped, 0, IV))
        cipher.updateAAD(name.encodeToByteArray())
        cipher.doFinal(wrapped, IV, wrapped.size - IV)
    }

    override fun save(name: String, key: ByteArray) = failing {
        val cipher = cipher()
        // The nonce is the cipher's own: the hardware takes none from outside.
        cipher.init(Cipher.ENCRYPT_MODE, wrapping.get())
        cipher.updateAAD(name.encodeToByteArray())
        val wrapped = cipher.doFinal(key)
        folder.mkdirs()
        val file = file(name)
        val stream = file.startWrite()
        try {
            stream.write(cipher.iv)
            stream.write(wrapped)
            file.finishWrite(stream)
        } catch (trouble: IOException) {
            file.failWrite(stream)
            throw trouble
        }
    }

    override fun erase(name: String) = failing { file(name).delete() }

    /** Names are the library's own, and become no path elsewhere. */
    private fun file(name: String) = AtomicFile(folder.resolve(name.filter { it.isLetterOrDigit() || it in "-_." } + ".key"))

    private fun <T> failing(work: () -> T): T = try {
        work()
    } catch (_: AEADBadTagException) {
        // Another wrapping key than the one it was saved under, or a damaged file.
        throw Failure.Storage(StorageTrouble.WRONG_KEY)
    } catch (_: GeneralSecurityException) {
        throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    } catch (_: IOException) {
        throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    }

    private fun cipher() = Cipher.getInstance("AES/GCM/NoPadding")

    private companion object {
        const val IV = 12
        const val TAG_BITS = 128
    }
}

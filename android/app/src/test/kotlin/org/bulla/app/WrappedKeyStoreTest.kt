package org.bulla.app

import java.io.File
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import org.bulla.model.Failure
import org.bulla.model.StorageTrouble
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Under a key of the JVM: the cipher and the files are the app's own, Android's Keystore is not here. */
@RunWith(RobolectricTestRunner::class)
class WrappedKeyStoreTest {
    @get:Rule val temporary = TemporaryFolder()
    private val folder get() = temporary.root.resolve("keys")
    private val secret = ByteArray(32) { it.toByte() }
    private val wrapping = newKey()

    private fun store(key: SecretKey = wrapping) = WrappedKeyStore(folder) { key }

    @Test fun keepsKeysUntilTheyAreErased() {
        assertNull(store().load("account"))
        store().save("account", secret)
        assertArrayEquals(secret, store().load("account"))
        store().save("account", secret.reversedArray())
        assertArrayEquals(secret.reversedArray(), store().load("account"))
        store().erase("account")
        assertNull(store().load("account"))
        store().erase("account")
    }

    @Test fun writesNoKeyInClear() {
        store().save("account", secret)
        val written = folder.walk().filter(File::isFile).map { it.readBytes().toList() }.toList()
        assertEquals(1, written.size)
        assertFalse(written.single().windowed(8).any { it == secret.take(8) })
    }

    @Test fun saysThatItIsAnotherKey() {
        store().save("account", secret)
        fails(StorageTrouble.WRONG_KEY) { store(newKey()).load("account") }
    }

    @Test fun takesNoDamagedAndNoOtherFile() {
        store().save("account", secret)
        store().save("other", secret)
        val (one, other) = folder.listFiles()!!.sorted()
        other.copyTo(one, overwrite = true)
        fails(StorageTrouble.WRONG_KEY) { store().load("account") }
        one.writeBytes(ByteArray(3))
        fails(StorageTrouble.WRONG_KEY) { store().load("account") }
    }

    @Test fun saysThatItCannotWrite() {
        folder.writeText("a file where the folder should be")
        fails(StorageTrouble.UNAVAILABLE) { store().save("account", secret) }
    }

    @Test fun namesAreNoPaths() {
        store().save("../outside", secret)
        assertTrue(folder.listFiles()!!.single().parentFile == folder)
        assertEquals(listOf("keys"), temporary.root.list()!!.toList())
    }

    private fun fails(trouble: StorageTrouble, work: () -> Unit) =
        assertEquals(trouble, assertThrows(Failure.Storage::class.java, work).trouble)

    private fun newKey(): SecretKey = KeyGenerator.getInstance("AES").run {
        init(256)
        generateKey()
    }
}

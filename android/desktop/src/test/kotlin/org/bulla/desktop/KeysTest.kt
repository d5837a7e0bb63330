package org.bulla.desktop

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.createDirectories
import kotlin.io.path.readBytes
import org.bulla.FileKeyStore
import org.bulla.model.StorageTrouble
import org.bulla.support.Deployment
import org.bulla.support.library
import org.bulla.support.storage
import org.bulla.support.story
import org.bulla.ui.words.EnglishWords
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class KeysTest {
    @TempDir lateinit var folder: Path

    private val key = ByteArray(32) { (it * 7).toByte() }

    @Test
    fun theSecretServiceKeepsKeys() = SecretServer.orSkip(folder.resolve("session")).use { server ->
        val keys = Keys.of(folder, server.environment)
        assertEquals(EnglishWords.keysInService, keys.note(EnglishWords))
        assertNull(keys.store.load("one"))
        keys.store.save("one", key)
        val again = Keys.of(folder, server.environment).store
        assertArrayEquals(key, again.load("one"))
        assertNull(again.load("other"))
        assertNull(Keys.of(folder.resolve("elsewhere"), server.environment).store.load("one"), "keys of another folder")
        again.save("one", key.reversedArray())
        assertArrayEquals(key.reversedArray(), keys.store.load("one"))
        again.erase("one")
        again.erase("one")
        assertNull(keys.store.load("one"))
        assertFalse(Files.exists(folder.resolve("keys")))
    }

    @Test
    fun anAccountLivesByTheSecretService() = SecretServer.orSkip(folder.resolve("session")).use { server ->
        story {
            val user = Deployment.newUser(0)
            val accounts = folder.resolve("accounts")
            val account = library(accounts, Keys.of(folder, server.environment).store).use { bulla ->
                bulla.signIn(user.homeserver, user.id, user.password).use { session -> session.account().id.also { session.shutdown() } }
            }
            val kept = server.files.toFile().walk().filter { it.isFile }.toList()
            assertTrue(kept.isNotEmpty(), "the keyring has files")
            library(accounts, Keys.of(folder, server.environment).store).use { bulla ->
                bulla.open(account).use { it.signOut(false) }
                assertEquals(emptyList<Any>(), bulla.accounts())
            }
        }
    }

    @Test
    fun aServiceThatIsGoneIsSaidAndNotTakenForAnEmptyOne() = story {
        val server = SecretServer.orSkip(folder.resolve("session"))
        val store = server.use { Keys.of(folder, it.environment).store.also { store -> store.save("one", key) } }
        storage(StorageTrouble.UNAVAILABLE) { store.load("one") }
        storage(StorageTrouble.UNAVAILABLE) { store.save("one", key) }
        storage(StorageTrouble.UNAVAILABLE) { store.erase("one") }
    }

    @Test
    fun aServiceThatKeepsNothingIsNotUsedForAFirstAccount() = SecretServer.orSkip(folder.resolve("session"), open = false).use { server ->
        assertEquals(EnglishWords.keysInFile, Keys.of(folder, server.environment).note(EnglishWords))
        // With an account there the service is waited for: its key may be in there.
        folder.resolve("accounts/one").createDirectories()
        assertEquals(EnglishWords.keysInService, Keys.of(folder, server.environment).note(EnglishWords))
    }

    @Test
    fun withoutAServiceTheFileIsForItsOwnerOnly() {
        val keys = Keys.of(folder, System.getenv() - "DBUS_SESSION_BUS_ADDRESS")
        assertEquals(EnglishWords.keysInFile, keys.note(EnglishWords))
        keys.store.save("one", key)
        val file = folder.resolve("keys/one")
        assertArrayEquals(key, file.readBytes())
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.parent)))
    }

    @Test
    fun keysInFilesStayThereWhenAServiceComes() = SecretServer.orSkip(folder.resolve("session")).use { server ->
        FileKeyStore(folder.resolve("keys")).save("one", key)
        assertArrayEquals(key, Keys.of(folder, server.environment).store.load("one"))
    }
}

package org.bulla

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import org.bulla.model.StorageTrouble
import org.bulla.support.storage
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class FileKeyStoreTest {
    @TempDir lateinit var folder: Path

    @Test
    fun `keeps keys for their owner only`() {
        val place = folder.resolve("keys")
        val store = FileKeyStore(place)
        assertNull(store.load("one"))
        store.save("one", byteArrayOf(1, 2, 3))
        store.save("one", byteArrayOf(4, 5))
        assertArrayEquals(byteArrayOf(4, 5), FileKeyStore(place).load("one"))
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve("one"))))
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
        store.erase("one")
        store.erase("one")
        assertNull(store.load("one"))
    }

    @Test
    fun `a name is never a path`() {
        val store = FileKeyStore(folder.resolve("keys"))
        store.save("../../outside", byteArrayOf(1))
        assertEquals(listOf("keys"), folder.toFile().list()!!.toList())
    }

    @Test
    fun `a folder that cannot be used is said`() = story {
        val file = Files.writeString(folder.resolve("keys"), "in the way")
        storage(StorageTrouble.UNAVAILABLE) { FileKeyStore(file).save("one", byteArrayOf(1)) }
    }
}

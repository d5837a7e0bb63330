package org.bulla

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists
import kotlin.io.path.readBytes
import org.bulla.model.Failure
import org.bulla.model.KeyStore
import org.bulla.model.StorageTrouble

/**
 * Keys in files of [folder] that only their owner can read.
 *
 * **Warning:** whoever reads the disk, as its thief or as its administrator, has the keys and with them the accounts. It is for a desktop
 * that has no secret service, for servers and for trials; an app on a phone keeps its keys in the Android Keystore. A person is to be told
 * where their keys are. The file system has to know POSIX permissions.
 *
 * Where a file cannot be read or written its methods throw [Failure.Storage] with `UNAVAILABLE`. Any thread may call them.
 */
class FileKeyStore(private val folder: Path) : KeyStore {
    override fun load(name: String): ByteArray? = failing { file(name).takeIf(Path::exists)?.readBytes() }

    override fun save(name: String, key: ByteArray) = failing {
        Files.createDirectories(folder, owner("rwx------"))
        val new = Files.createTempFile(folder, "new", "", owner("rw-------"))
        Files.write(new, key)
        Files.move(new, file(name), ATOMIC_MOVE)
        Unit
    }

    override fun erase(name: String) = failing {
        file(name).deleteIfExists()
        Unit
    }

    /** Names are the library's own, and become no path elsewhere. */
    private fun file(name: String) = folder.resolve(name.filter { it.isLetterOrDigit() || it in "-_." })

    private fun owner(permissions: String) = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))

    private fun <T> failing(work: () -> T): T = try {
        work()
    } catch (_: IOException) {
        throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    }
}

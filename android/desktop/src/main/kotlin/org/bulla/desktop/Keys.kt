package org.bulla.desktop

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.attribute.PosixFilePermissions
import java.util.Base64
import java.util.concurrent.TimeUnit
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists
import kotlin.io.path.readBytes
import org.bulla.model.Failure
import org.bulla.model.KeyStore
import org.bulla.model.StorageTrouble
import org.bulla.ui.words.Words

/** Where the keys of the accounts are, and how to say so. */
internal class Keys(val store: KeyStore, val note: (Words) -> String) {
    companion object {
        /** The desktop's secret service where one answers, otherwise a folder for the owner only. */
        fun of(folder: Path): Keys =
            if (SecretService.answers()) Keys(SecretService("$folder")) { it.keysInService } else Keys(KeyFiles(folder.resolve("keys"))) { it.keysInFile }
    }
}

/** Keys in the desktop's secret service, by its own program `secret-tool`. */
private class SecretService(private val folder: String) : KeyStore {
    override fun load(name: String): ByteArray? {
        val (code, answer) = call(listOf("lookup") + attributes(name), null)
        return if (code == 0 && answer.isNotBlank()) Base64.getDecoder().decode(answer.trim()) else null
    }

    override fun save(name: String, key: ByteArray) {
        val label = listOf("store", "--label=Bulla")
        if (call(label + attributes(name), Base64.getEncoder().encodeToString(key)).first != 0) throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    }

    override fun erase(name: String) {
        call(listOf("clear") + attributes(name), null)
    }

    private fun attributes(name: String) = listOf("application", "org.bulla", "folder", folder, "name", name)

    companion object {
        fun answers(): Boolean =
            System.getenv("DBUS_SESSION_BUS_ADDRESS") != null && runCatching { call(listOf("search", "application", "org.bulla.none"), null).first == 0 }.getOrDefault(false)

        private fun call(arguments: List<String>, input: String?): Pair<Int, String> = try {
            val process = ProcessBuilder(listOf("secret-tool") + arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start()
            process.outputStream.use { if (input != null) it.write(input.toByteArray()) }
            val answer = process.inputStream.readBytes().decodeToString()
            if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly()
            process.waitFor() to answer
        } catch (_: IOException) {
            throw Failure.Storage(StorageTrouble.UNAVAILABLE)
        }
    }
}

/** Keys in files that only their owner can read. */
private class KeyFiles(private val folder: Path) : KeyStore {
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

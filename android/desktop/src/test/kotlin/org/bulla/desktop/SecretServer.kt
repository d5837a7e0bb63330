package org.bulla.desktop

import java.io.File
import java.nio.file.Path
import kotlin.io.path.createDirectories
import org.junit.jupiter.api.Assumptions.assumeTrue

/** A message bus and a GNOME keyring of a test's own, with all they keep in [folder]; locked, with nobody to ask, unless [open]. */
internal class SecretServer(private val folder: Path, open: Boolean = true) : AutoCloseable {
    private val bus: Process
    private val keyring: Process

    /** What the programs of a desktop session with this keyring have as their environment. */
    val environment: Map<String, String>

    /** Where the keyring keeps its files. */
    val files: Path = folder.resolve("data/keyrings")

    init {
        val places = listOf("data", "cache", "runtime").associateWith { folder.resolve(it).createDirectories().toString() }
        val own = mapOf("XDG_DATA_HOME" to places.getValue("data"), "XDG_CACHE_HOME" to places.getValue("cache"), "XDG_RUNTIME_DIR" to places.getValue("runtime"))
        bus = start(own, "dbus-daemon", "--session", "--nofork", "--print-address")
        environment = System.getenv() + own + ("DBUS_SESSION_BUS_ADDRESS" to bus.inputReader().readLine())
        val unlock = if (open) arrayOf("--unlock") else emptyArray()
        keyring = start(environment, "gnome-keyring-daemon", "--foreground", "--components=secrets", *unlock)
        keyring.outputStream.use { if (open) it.write("a password of a test".toByteArray()) }
        // It says so when it is ready.
        keyring.inputReader().readLine()
    }

    override fun close() {
        keyring.destroy()
        bus.destroy()
        keyring.waitFor()
        bus.waitFor()
    }

    private fun start(environment: Map<String, String>, vararg command: String): Process =
        ProcessBuilder(*command).redirectError(ProcessBuilder.Redirect.DISCARD).also { it.environment().putAll(environment) }.start()

    companion object {
        /** Skips the test where the machine has no such programs. */
        fun orSkip(folder: Path, open: Boolean = true): SecretServer {
            val path = System.getenv("PATH").split(File.pathSeparator)
            for ((program, packageName) in mapOf("dbus-daemon" to "dbus", "gnome-keyring-daemon" to "gnome-keyring", "secret-tool" to "libsecret-tools")) {
                assumeTrue(path.any { File(it, program).canExecute() }, "needs $program (Debian: apt install $packageName)")
            }
            return SecretServer(folder, open)
        }
    }
}

package org.bulla.desktop

import java.io.IOException
import java.util.Base64
import java.util.concurrent.TimeUnit
import org.bulla.model.Failure
import org.bulla.model.KeyStore
import org.bulla.model.StorageTrouble

/** Keys in the desktop's secret service (freedesktop's Secret Service API), by its own program `secret-tool`. */
internal class SecretService(private val folder: String, private val environment: Map<String, String>) : KeyStore {
    /** Whether there is such a service here. */
    fun answers(): Boolean = "DBUS_SESSION_BUS_ADDRESS" in environment && try {
        call(listOf("search", "application", "$APPLICATION.none"))
        true
    } catch (_: Failure) {
        false
    }

    /** Whether it keeps what it is given: one without a keyring, or whose keyring stays locked, answers and does not. */
    fun keeps(): Boolean = try {
        save(TRIAL, byteArrayOf(1))
        (load(TRIAL) != null).also { erase(TRIAL) }
    } catch (_: Failure) {
        false
    }

    override fun load(name: String): ByteArray? = call(listOf("lookup") + attributes(name))?.let { answer ->
        try {
            Base64.getDecoder().decode(answer.trim())
        } catch (_: IllegalArgumentException) {
            throw Failure.Storage(StorageTrouble.UNAVAILABLE)
        }
    }

    override fun save(name: String, key: ByteArray) {
        call(listOf("store", "--label=Bulla") + attributes(name), Base64.getEncoder().encodeToString(key)) ?: throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    }

    override fun erase(name: String) {
        call(listOf("clear") + attributes(name))
    }

    private fun attributes(name: String) = listOf("application", APPLICATION, "folder", folder, "name", name)

    /**
     * What the program answers, null where it found nothing. "Nothing" and "no service" have the same status: only trouble has something to
     * say. A service that is locked asks the person, which may take its time.
     */
    private fun call(arguments: List<String>, input: String? = null): String? = try {
        val builder = ProcessBuilder(listOf("secret-tool") + arguments)
        builder.environment().run { clear(); putAll(environment) }
        val process = builder.start()
        process.outputStream.use { if (input != null) it.write(input.toByteArray()) }
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
            process.destroyForcibly()
            throw Failure.Storage(StorageTrouble.UNAVAILABLE)
        }
        val trouble = process.errorStream.readBytes().decodeToString()
        when {
            process.exitValue() == 0 -> process.inputStream.readBytes().decodeToString()
            trouble.isBlank() -> null
            else -> throw Failure.Storage(StorageTrouble.UNAVAILABLE)
        }
    } catch (_: IOException) {
        throw Failure.Storage(StorageTrouble.UNAVAILABLE)
    }

    private companion object {
        const val APPLICATION = "org.bulla"
        const val PATIENCE = 60L
        const val TRIAL = "trial"
    }
}

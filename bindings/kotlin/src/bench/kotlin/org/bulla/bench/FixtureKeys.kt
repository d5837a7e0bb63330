package org.bulla.bench

import java.nio.file.Files
import java.nio.file.Path
import org.bulla.model.KeyStore

/** The keys that the filling program left beside the accounts: `{"name": [1, 2, ...]}`. */
internal class FixtureKeys(folder: Path) : KeyStore {
    private val keys = Regex(""""([^"]+)":\s*\[([\d,\s]+)]""").findAll(Files.readString(folder.resolve("keys.json"))).associate { found ->
        val (name, bytes) = found.destructured
        name to bytes.split(',').map { it.trim().toInt().toByte() }.toByteArray()
    }

    override fun load(name: String): ByteArray? = keys[name]

    override fun save(name: String, key: ByteArray) = error("nothing is kept here")

    override fun erase(name: String) = error("nothing is kept here")
}

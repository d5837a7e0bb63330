package org.bulla.desktop

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.util.Properties
import org.bulla.model.Trust

/**
 * What a deployment gives its people with the app: a file of properties with `keys`, its public keys with blanks between them, and
 * `manifest`, the manifest that one of them has signed.
 */
internal object TrustFile {
    /** Names such a file where the command line does not. */
    const val VARIABLE = "BULLA_TRUST"

    /** Fails where the file cannot be read or names no key: who asked for trust must not go without it unknowingly. */
    fun read(file: Path): Trust {
        val found = Properties()
        Files.newBufferedReader(file).use(found::load)
        val keys = found.getProperty("keys").orEmpty().split(' ').filter(String::isNotBlank)
        if (keys.isEmpty()) throw IOException("$file names no key")
        return Trust(keys, found.getProperty("manifest")?.trim())
    }
}

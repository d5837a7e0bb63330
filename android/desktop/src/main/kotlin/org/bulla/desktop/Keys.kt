package org.bulla.desktop

import java.nio.file.Files
import java.nio.file.Path
import org.bulla.FileKeyStore
import org.bulla.model.KeyStore
import org.bulla.ui.words.Words

/** Where the keys of the accounts are, and how to say so. */
internal class Keys(val store: KeyStore, val note: (Words) -> String) {
    companion object {
        /**
         * The desktop's secret service where one answers, otherwise a folder for the owner only. Keys that are in files already stay
         * there: a service that is installed later does not have them. And a service is left only while no account needs it.
         */
        fun of(folder: Path, environment: Map<String, String> = System.getenv()): Keys {
            val files = folder.resolve("keys")
            val service = SecretService("$folder", environment)
            val fresh = folder.resolve("accounts").toFile().list().isNullOrEmpty()
            val there = !Files.exists(files) && service.answers() && (!fresh || service.keeps())
            return if (there) Keys(service) { it.keysInService } else Keys(FileKeyStore(files)) { it.keysInFile }
        }
    }
}

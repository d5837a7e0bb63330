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
         * there: a service that is installed later does not have them.
         */
        fun of(folder: Path, environment: Map<String, String> = System.getenv()): Keys {
            val files = folder.resolve("keys")
            val service = SecretService("$folder", environment)
            return if (!Files.exists(files) && service.answers()) Keys(service) { it.keysInService } else Keys(FileKeyStore(files)) { it.keysInFile }
        }
    }
}

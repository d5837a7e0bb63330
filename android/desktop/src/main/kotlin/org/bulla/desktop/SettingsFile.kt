package org.bulla.desktop

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.util.Properties
import org.bulla.ui.model.Language
import org.bulla.ui.model.Settings
import org.bulla.ui.model.SettingsStore
import org.bulla.ui.model.Theme

/** Settings in a file of properties. What cannot be read is as if it were not set. */
internal class SettingsFile(private val file: Path) : SettingsStore {
    override fun load(): Settings {
        val found = Properties()
        try {
            Files.newBufferedReader(file).use(found::load)
        } catch (_: IOException) {
            return Settings()
        }
        val normal = Settings()
        return Settings(
            Language.entries.find { it.name == found["language"] } ?: normal.language,
            Theme.entries.find { it.name == found["theme"] } ?: normal.theme,
            "${found["textSize"]}".toIntOrNull()?.takeIf { it in Settings.TEXT_SIZES } ?: normal.textSize,
        )
    }

    override fun save(settings: Settings) {
        val all = Properties()
        all["language"] = settings.language.name
        all["theme"] = settings.theme.name
        all["textSize"] = "${settings.textSize}"
        try {
            Files.createDirectories(file.parent)
            Files.newBufferedWriter(file).use { all.store(it, null) }
        } catch (_: IOException) {
            // The settings hold until the window closes.
        }
    }
}

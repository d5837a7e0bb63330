package org.bulla.ui.model

/** What a person sets for the app on this device. */
data class Settings(
    val language: Language = Language.SYSTEM,
    val theme: Theme = Theme.SYSTEM,
    /** In percent of the normal size: 100 to 200. */
    val textSize: Int = 100,
) {
    companion object {
        val TEXT_SIZES = listOf(100, 115, 130, 150, 175, 200)
    }
}

enum class Language { SYSTEM, FRENCH, ENGLISH }

enum class Theme { SYSTEM, LIGHT, DARK, CONTRAST }

/** Where the platform keeps [Settings]: a file, SharedPreferences. Both methods are quick and never fail. */
interface SettingsStore {
    fun load(): Settings

    fun save(settings: Settings)
}

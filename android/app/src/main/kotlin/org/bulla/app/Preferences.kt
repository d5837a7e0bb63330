package org.bulla.app

import android.content.Context
import android.content.RestrictionsManager
import android.content.SharedPreferences
import androidx.core.content.edit
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import org.bulla.ui.model.Language
import org.bulla.ui.model.Settings
import org.bulla.ui.model.SettingsStore
import org.bulla.ui.model.Theme

/** What a person set on this phone, in SharedPreferences. A value of another version of the app counts as not set. */
class Preferences(private val context: Context) : SettingsStore {
    private val file: SharedPreferences = context.getSharedPreferences("settings", Context.MODE_PRIVATE)
    private val screenshots = MutableStateFlow(screenshotsNow())

    override fun load() = Settings().run {
        Settings(
            language = named(LANGUAGE, Language.entries) ?: language,
            theme = named(THEME, Theme.entries) ?: theme,
            textSize = file.getInt(TEXT_SIZE, textSize).coerceIn(Settings.TEXT_SIZES.first(), Settings.TEXT_SIZES.last()),
        )
    }

    override fun save(settings: Settings) = file.edit {
        putString(LANGUAGE, settings.language.name)
        putString(THEME, settings.theme.name)
        putInt(TEXT_SIZE, settings.textSize)
    }

    /** Whether what is on the screen may be photographed, recorded and shown among the recent apps. */
    val screenshotsAllowed: StateFlow<Boolean> = screenshots.asStateFlow()

    /** Whether an administration has decided it: then nobody else can. */
    val screenshotsForbidden: Boolean
        get() = context.getSystemService(RestrictionsManager::class.java)?.applicationRestrictions?.getBoolean(SCREENSHOTS, true) == false

    fun allowScreenshots(allowed: Boolean) {
        file.edit { putBoolean(SCREENSHOTS, allowed) }
        readPolicy()
    }

    /** Looks again at what the administration says. */
    fun readPolicy() {
        screenshots.value = screenshotsNow()
    }

    private fun screenshotsNow() = !screenshotsForbidden && file.getBoolean(SCREENSHOTS, true)

    private fun <E : Enum<E>> named(key: String, entries: List<E>): E? = file.getString(key, null)?.let { name -> entries.find { it.name == name } }

    companion object {
        /** Of the person's settings and, under the same name, of the phone's management. */
        const val SCREENSHOTS = "screenshots"
        private const val LANGUAGE = "language"
        private const val THEME = "theme"
        private const val TEXT_SIZE = "textSize"
    }
}

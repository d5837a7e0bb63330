package org.bulla.app

import android.app.LocaleManager
import android.content.Context
import android.os.Build
import android.os.LocaleList
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.drop
import org.bulla.ui.model.Language

/**
 * Tells the system in which language the app speaks, so that notifications and the phone's settings say the same as the screens. Before
 * Android 13 they are in the phone's language.
 */
suspend fun Context.speak(language: Flow<Language>) {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
    val locales = getSystemService(LocaleManager::class.java) ?: return
    // As it was at the start, the system knows already, or was told otherwise in its own settings.
    language.distinctUntilChanged().drop(1).collect {
        locales.applicationLocales = when (it) {
            Language.SYSTEM -> LocaleList.getEmptyLocaleList()
            Language.FRENCH -> LocaleList.forLanguageTags("fr")
            Language.ENGLISH -> LocaleList.forLanguageTags("en")
        }
        Channels.make(this)
    }
}

package org.bulla.ui.screen

import org.bulla.ui.model.Language
import org.bulla.ui.model.Settings
import org.bulla.ui.model.Theme
import org.bulla.ui.theme.Brand

/** How the app is set for a picture. */
internal class Look(val name: String, val settings: Settings)

internal val FRENCH = Look("fr", Settings(Language.FRENCH, Theme.LIGHT))
internal val ENGLISH = Look("en", Settings(Language.ENGLISH, Theme.LIGHT))
internal val DARK = Look("dark", Settings(Language.FRENCH, Theme.DARK))
internal val CONTRAST = Look("contrast", Settings(Language.FRENCH, Theme.CONTRAST))
internal val HUGE = Look("200", Settings(Language.FRENCH, Theme.LIGHT, 200))
internal val BRAND = Brand("Messagerie des agents", 0x2A4FB8)

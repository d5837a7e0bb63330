package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.ImageBitmap

/** What only the platform around the screens can do. */
class Shell(
    /** Gives a text to another app, where there is a way to. */
    val share: ((String) -> Unit)? = null,
    /** What the platform adds to the settings. */
    val settings: @Composable () -> Unit = {},
    /** Makes what can be drawn of a PNG; null where that fails. Without it initials stand for everybody. */
    val decode: ((ByteArray) -> ImageBitmap?)? = null,
)

val LocalShell = staticCompositionLocalOf { Shell() }

package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import org.bulla.model.Gate
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords

/** That this version should be another one, while it still may be used. */
@Composable
internal fun TooOld(gate: Gate, onSeen: () -> Unit) {
    val words = LocalWords.current
    when (gate) {
        is Gate.Info -> Notice(gate.text ?: words.tooOldInfo, Tone.INFO, Icons.Info, onClose = onSeen)
        is Gate.Mandatory -> Notice(gate.text ?: words.tooOldSoon, Tone.DANGER, Icons.Warning)
        is Gate.Critical, is Gate.Open -> {}
    }
}

/** Instead of everything else: this version may not be used any more. */
@Composable
internal fun TooOldScreen(text: String?) {
    val words = LocalWords.current
    Standstill(Icons.Warning, words.tooOldTitle, text ?: words.tooOldText) {}
}

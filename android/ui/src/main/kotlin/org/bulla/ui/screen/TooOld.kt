package org.bulla.ui.screen

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalUriHandler
import androidx.compose.ui.unit.dp
import org.bulla.model.Gate
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords

/** That this version should be another one, while it still may be used. */
@Composable
internal fun TooOld(gate: Gate, onSeen: () -> Unit) {
    val words = LocalWords.current
    when (gate) {
        is Gate.Info -> Notice(gate.text ?: words.tooOldInfo, Tone.INFO, Icons.Info, onClose = onSeen)
        is Gate.Mandatory -> Soon(gate.text ?: words.tooOldSoon, onSeen)
        is Gate.Critical, is Gate.Open -> {}
    }
}

/** Before everything else, until the person says that they have read it: a touch beside it does not take it away. */
@Composable
private fun Soon(text: String, onLater: () -> Unit) {
    val words = LocalWords.current
    AlertDialog(
        onDismissRequest = {},
        icon = { Icon(Icons.Warning, null, tint = MaterialTheme.colorScheme.error) },
        title = { Text(words.tooOldSoonTitle, style = MaterialTheme.typography.headlineSmall) },
        text = { Text(text, style = MaterialTheme.typography.bodyLarge) },
        confirmButton = {
            TextButton(onLater, Modifier.heightIn(min = 48.dp)) { Text(words.tooOldLater, style = MaterialTheme.typography.labelLarge) }
        },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

/** Instead of everything else: this version may not be used any more. [support] is the deployment's page for who needs help. */
@Composable
internal fun TooOldScreen(text: String?, support: String?) {
    val words = LocalWords.current
    val browser = LocalUriHandler.current
    Standstill(Icons.Warning, words.tooOldTitle, text ?: words.tooOldText) {
        // Where there is no browser nothing opens.
        if (support != null) MainButton(words.support, { runCatching { browser.openUri(support) } }, Modifier.fillMaxWidth())
    }
}

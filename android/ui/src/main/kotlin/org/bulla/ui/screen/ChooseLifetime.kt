package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.bulla.endingLimits
import org.bulla.model.Lifetime
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.lifetime
import org.bulla.ui.words.limit

/** How long the next message stays, and what cannot be promised of it. */
@Composable
internal fun ChooseLifetime(chosen: Lifetime?, onChoose: (Lifetime?) -> Unit, onClose: () -> Unit) {
    val words = LocalWords.current
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.endingChoose, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState())) {
                Lifetimes(chosen, once = true, words.endingUsual, onChoose)
                if (chosen != null) for (limit in endingLimits(chosen)) {
                    Text(words.limit(limit), Modifier.padding(vertical = 3.dp), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
                }
            }
        },
        confirmButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.close, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

/** Above the composer: how long what is written now will stay. */
@Composable
internal fun Lives(lifetime: Lifetime, own: Boolean, onStop: () -> Unit) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    Row(Modifier.fillMaxWidth().heightIn(min = 48.dp).padding(start = 20.dp, end = 8.dp, top = 6.dp), Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
        Icon(if (lifetime is Lifetime.Once) Icons.Once else Icons.Timer, null, Modifier.size(20.dp), colors.primary)
        Text(words.lifetime(lifetime), Modifier.weight(1f), color = colors.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
        if (own) IconAction(Icons.Close, words.endingStop, onStop)
    }
}

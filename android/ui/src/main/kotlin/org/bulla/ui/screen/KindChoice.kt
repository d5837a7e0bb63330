package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import org.bulla.model.RoomKind
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.kind
import org.bulla.ui.words.kindHint

/** What a new conversation is to be, with what follows from it; a touch shows the other kinds. */
@Composable
internal fun KindChoice(kinds: List<RoomKind>, chosen: RoomKind, onChoose: (RoomKind) -> Unit) {
    val words = LocalWords.current
    var choosing by remember { mutableStateOf(false) }
    Row(
        Modifier.fillMaxWidth().clickable(onClickLabel = words.kindTitle, role = Role.Button) { choosing = true }.heightIn(min = 56.dp).padding(vertical = 6.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon(chosen), null, Modifier.size(24.dp), MaterialTheme.colorScheme.primary)
        Kind(chosen, Modifier.weight(1f))
        Icon(Icons.Forward, null, Modifier.size(20.dp), MaterialTheme.colorScheme.onSurfaceVariant)
    }
    if (!choosing) return
    AlertDialog(
        onDismissRequest = { choosing = false },
        title = { Text(words.kindTitle, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState()).selectableGroup()) {
                for (kind in kinds) {
                    Row(
                        Modifier.fillMaxWidth().selectable(kind == chosen, role = Role.RadioButton) { choosing = false; onChoose(kind) }.heightIn(min = 64.dp).padding(vertical = 6.dp),
                        Arrangement.spacedBy(12.dp),
                        Alignment.CenterVertically,
                    ) {
                        RadioButton(kind == chosen, null)
                        Kind(kind, Modifier.weight(1f))
                    }
                }
            }
        },
        confirmButton = {
            TextButton({ choosing = false }, Modifier.heightIn(min = 48.dp)) { Text(words.close, style = MaterialTheme.typography.labelLarge) }
        },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

@Composable
private fun Kind(kind: RoomKind, modifier: Modifier) {
    val words = LocalWords.current
    Column(modifier) {
        Text(words.kind(kind), style = MaterialTheme.typography.titleMedium, color = MaterialTheme.colorScheme.onSurface)
        words.kindHint(kind)?.let { Text(it, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant) }
    }
}

/** The sign of a kind, beside its name. */
internal fun icon(kind: RoomKind): ImageVector = when (kind) {
    RoomKind.DIRECT, RoomKind.PRIVATE -> Icons.Lock
    RoomKind.PRIVATE_WITH_GUESTS -> Icons.Door
    RoomKind.PRIVATE_UNENCRYPTED -> Icons.Unlock
    RoomKind.FORUM -> Icons.Globe
    RoomKind.SPACE -> Icons.Group
}

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Checkbox
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.MessageVersion
import org.bulla.model.RoomId
import org.bulla.ui.model.Forwarding
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.day
import org.bulla.ui.words.line
import org.bulla.ui.words.time
import org.bulla.ui.words.title

/** What a message said before it was edited. */
@Composable
internal fun Versions(versions: List<MessageVersion>, onClose: () -> Unit) {
    val words = LocalWords.current
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.versions, style = MaterialTheme.typography.headlineSmall) },
        text = {
            LazyColumn(verticalArrangement = Arrangement.spacedBy(12.dp)) {
                items(versions) { version ->
                    Column {
                        Text("${words.day(version.at)} · ${words.time(version.at)}", style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
                        Text(words.line(version.body, "", null), style = MaterialTheme.typography.bodyLarge)
                    }
                }
            }
        },
        confirmButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.close, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

/** Where a message is to go, and where it did not. */
@Composable
internal fun Forward(forwarding: Forwarding, onForward: (List<RoomId>) -> Unit, onClose: () -> Unit) {
    val words = LocalWords.current
    var chosen by remember { mutableStateOf(emptySet<RoomId>()) }
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.forwardTo, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column {
                forwarding.failed?.let { Text(words.forwardFailed(it), color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.bodyMedium) }
                if (forwarding.rooms.isEmpty()) Text(words.forwardNowhere, style = MaterialTheme.typography.bodyLarge)
                LazyColumn {
                    items(forwarding.rooms, key = { it.id }) { room ->
                        val on = room.id in chosen
                        Row(
                            Modifier.fillMaxWidth().toggleable(on, role = Role.Checkbox) { chosen = if (it) chosen + room.id else chosen - room.id }.heightIn(min = 56.dp).padding(vertical = 4.dp),
                            Arrangement.spacedBy(12.dp),
                            Alignment.CenterVertically,
                        ) {
                            Checkbox(on, null)
                            Text(words.title(room), Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge, maxLines = 2, overflow = TextOverflow.Ellipsis)
                        }
                    }
                }
            }
        },
        confirmButton = {
            TextButton({ onForward(chosen.toList()) }, Modifier.heightIn(min = 48.dp), enabled = chosen.isNotEmpty()) { Text(words.send, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

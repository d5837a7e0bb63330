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
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.kind
import org.bulla.ui.words.title

/** What is to be put into a space, with what follows from it. */
@Composable
internal fun SpaceAdd(rooms: List<RoomSummary>, failed: Int, onAdd: (List<RoomId>) -> Unit, onClose: () -> Unit) {
    val words = LocalWords.current
    var chosen by remember { mutableStateOf(emptySet<RoomId>()) }
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.spaceAdd, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
                if (failed > 0) Text(words.spaceAddFailed(failed), color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.bodyMedium)
                Text(if (rooms.isEmpty()) words.spaceAddNothing else words.spaceAddHint, style = MaterialTheme.typography.bodyMedium)
                LazyColumn {
                    items(rooms, key = { it.id }) { room ->
                        val on = room.id in chosen
                        Row(
                            Modifier.fillMaxWidth().toggleable(on, role = Role.Checkbox) { chosen = if (it) chosen + room.id else chosen - room.id }.heightIn(min = 56.dp).padding(vertical = 4.dp),
                            Arrangement.spacedBy(12.dp),
                            Alignment.CenterVertically,
                        ) {
                            Checkbox(on, null)
                            Column {
                                Text(words.title(room), style = MaterialTheme.typography.bodyLarge, maxLines = 2, overflow = TextOverflow.Ellipsis)
                                Text(words.kind(room.kind), style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
                            }
                        }
                    }
                }
            }
        },
        confirmButton = {
            TextButton({ onAdd(chosen.toList()) }, Modifier.heightIn(min = 48.dp), enabled = chosen.isNotEmpty()) { Text(words.spaceAddSend, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.RoomDetailsModel
import org.bulla.ui.model.RoomDetailsState
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.title

/** Asks before a conversation is left; whoever is the last to manage it may name somebody who does from then on. */
@Composable
internal fun LeaveDialog(state: RoomDetailsState, model: RoomDetailsModel, onClose: () -> Unit) {
    val words = LocalWords.current
    val title = words.leaveTitle(state.summary?.let(words::title).orEmpty())
    val leave = { onClose(); model.leave(); Unit }
    val successors = state.successors(model.me)
    if (successors.isEmpty()) return Ask(title, if (state.lastAdministrator) words.leaveLastAdministrator else words.leaveText, words.leave, leave, onClose)
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(title, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState())) {
                Text(words.leaveSuccessor, style = MaterialTheme.typography.bodyLarge)
                for (member in successors) {
                    val name = nameOf(member.user, member.name)
                    PersonRow(member.user, member.name, member.avatar, words.leaveTo(name), onClick = { onClose(); model.leaveTo(member.user) })
                }
            }
        },
        confirmButton = { TextButton(leave, Modifier.heightIn(min = 48.dp)) { Text(words.leaveAnyway, color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.labelLarge) } },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

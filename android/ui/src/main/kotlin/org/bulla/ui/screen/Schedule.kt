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
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.TimeInput
import androidx.compose.material3.rememberTimePickerState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import java.time.Instant
import java.time.LocalTime
import java.time.ZoneId
import org.bulla.model.ScheduledMessage
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.Scheduling
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.day
import org.bulla.ui.words.noScheduling
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.schedulingProblem
import org.bulla.ui.words.time

/** How many messages are to leave later, above the field; a touch shows them. */
@Composable
internal fun ScheduledLine(scheduling: Scheduling, onShow: () -> Unit) {
    val state by scheduling.state.collectAsState()
    val words = LocalWords.current
    LaunchedEffect(scheduling) { scheduling.look() }
    if (state.waiting.isEmpty()) return
    Row(
        Modifier.fillMaxWidth().clickable(role = Role.Button, onClick = onShow).heightIn(min = 48.dp).padding(horizontal = 20.dp, vertical = 4.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.Clock, null, Modifier.size(20.dp), MaterialTheme.colorScheme.primary)
        Text(words.scheduledCount(state.waiting.size), color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.bodySmall)
    }
}

/** When the draft is to leave, and what waits already; or why nothing can. */
@Composable
internal fun Schedule(model: ConversationModel, scheduling: Scheduling, draft: String, onClose: () -> Unit) {
    val state by scheduling.state.collectAsState()
    val words = LocalWords.current
    var choosing by remember { mutableStateOf(false) }
    var day by remember { mutableStateOf<Instant?>(null) }
    LaunchedEffect(scheduling) { scheduling.look() }
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.sendLater, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState()), Arrangement.spacedBy(8.dp)) {
                if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
                state.problem?.let { Text(words.schedulingProblem(it), color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.bodyMedium) }
                state.refused?.let { Text(words.noScheduling(it), style = MaterialTheme.typography.bodyLarge) }
                if (state.may && draft.isNotBlank()) {
                    Text(oneLine(draft, 200), style = MaterialTheme.typography.bodyLarge, maxLines = 3, overflow = TextOverflow.Ellipsis)
                    TextButton({ choosing = true }, Modifier.heightIn(min = 48.dp), enabled = !state.busy) { Text(words.sendLaterDay, style = MaterialTheme.typography.labelLarge) }
                }
                if (state.may) {
                    Text(words.scheduled, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.primary)
                    if (state.waiting.isEmpty()) Text(words.scheduledNone, style = MaterialTheme.typography.bodyMedium)
                    for (message in state.waiting) Waits(message, state.busy, scheduling)
                }
            }
        },
        confirmButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.close, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
    if (choosing) ChooseDay({ choosing = false }) { day = it }
    day?.let { chosen -> ChooseTime({ day = null }) { time -> model.sendLater(chosen.atZone(ZoneId.systemDefault()).with(time).toInstant()) } }
}

@Composable
private fun Waits(message: ScheduledMessage, busy: Boolean, scheduling: Scheduling) {
    val words = LocalWords.current
    Column(Modifier.fillMaxWidth()) {
        Text(words.sendLaterAt(words.day(message.at), words.time(message.at)), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        Text(oneLine(message.plain, 200), style = MaterialTheme.typography.bodyLarge, maxLines = 3, overflow = TextOverflow.Ellipsis)
        TextButton({ scheduling.sendNow(message.id) }, Modifier.heightIn(min = 48.dp), enabled = !busy) { Text(words.scheduledNow, style = MaterialTheme.typography.labelLarge) }
        TextButton({ scheduling.cancel(message.id) }, Modifier.heightIn(min = 48.dp), enabled = !busy) {
            Text(words.scheduledCancel, color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.labelLarge)
        }
    }
}

/** Asks for a time of the day, by the keyboard. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
private fun ChooseTime(onClose: () -> Unit, onChosen: (LocalTime) -> Unit) {
    val words = LocalWords.current
    val soon = remember { LocalTime.now().plusHours(1) }
    val state = rememberTimePickerState(soon.hour, 0, is24Hour = true)
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.sendLaterTime, style = MaterialTheme.typography.headlineSmall) },
        text = { TimeInput(state) },
        confirmButton = {
            TextButton({ onClose(); onChosen(LocalTime.of(state.hour, state.minute)) }, Modifier.heightIn(min = 48.dp)) { Text(words.sendLater, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

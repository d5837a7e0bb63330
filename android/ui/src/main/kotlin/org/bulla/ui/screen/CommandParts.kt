package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.commandHints
import org.bulla.model.CommandHint
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.ui.model.CommandAnswer
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.answer
import org.bulla.ui.words.command
import org.bulla.ui.words.usage
import org.bulla.ui.words.whyNot

/** As many as fit above a keyboard; more letters leave fewer. */
private const val SHOWN = 5

/** Commands that may be meant by what is typed; one that is refused says why, and is no button. */
@Composable
internal fun CommandSuggestions(model: ConversationModel, abilities: Map<RoomAction, Refusal?>) {
    val state by model.commands.state.collectAsState()
    if (state.hints.isEmpty()) return
    val words = LocalWords.current
    Column(Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite; contentDescription = words.commandsSuggested(state.hints.size) }) {
        for (hint in state.hints.take(SHOWN)) {
            val why = words.whyNot(hint.needs?.let { abilities[it] })
            Hint(hint, why, if (why == null) Modifier.clickable(role = Role.Button) { model.put(hint) } else Modifier)
        }
    }
}

@Composable
private fun Hint(hint: CommandHint, why: String?, modifier: Modifier = Modifier) {
    val words = LocalWords.current
    val soft = MaterialTheme.colorScheme.onSurfaceVariant
    Column(Modifier.fillMaxWidth().then(modifier).heightIn(min = 48.dp).padding(horizontal = 20.dp, vertical = 4.dp).semantics(mergeDescendants = true) {}, Arrangement.Center) {
        Text(words.usage(hint), color = if (why == null) MaterialTheme.colorScheme.onSurface else soft, style = MaterialTheme.typography.bodyLarge)
        Text(why ?: words.command(hint.name), color = soft, style = MaterialTheme.typography.bodySmall)
    }
}

/** What is said of a line, in place of doing what it says. */
@Composable
internal fun CommandAnswers(model: ConversationModel, abilities: Map<RoomAction, Refusal?>) {
    val state by model.commands.state.collectAsState()
    val answer = state.answer ?: return
    val words = LocalWords.current
    val close = model.commands::answerSeen
    val asks = answer is CommandAnswer.Unknown
    val all = remember { commandHints("/") }
    AlertDialog(
        onDismissRequest = close,
        title = { Text(if (asks) words.commandUnknownTitle else words.commands, style = MaterialTheme.typography.headlineSmall) },
        text = {
            val text = words.answer(answer)
            if (text != null) Text(text, style = MaterialTheme.typography.bodyLarge)
            else LazyColumn { items(all, key = { it.name }) { hint -> Hint(hint, words.whyNot(hint.needs?.let { abilities[it] })) } }
        },
        confirmButton = {
            if (asks) TextButton({ model.sendAsMessage() }, Modifier.heightIn(min = 48.dp)) { Text(words.commandSend, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = { TextButton(close, Modifier.heightIn(min = 48.dp)) { Text(if (asks) words.cancel else words.close, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

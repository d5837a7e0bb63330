package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.EventId
import org.bulla.model.ThreadRow
import org.bulla.ui.model.ThreadsModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.day
import org.bulla.ui.words.line
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.problem
import org.bulla.ui.words.unread

/** The threads of a conversation, the one with the newest answer first. */
@Composable
fun ThreadsScreen(model: ThreadsModel, onOpen: (EventId) -> Unit, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.threads, onBack)
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, words.retry, model::again) }
        when {
            state.loading -> Waiting()
            state.rows.isEmpty() && state.problem == null -> Empty(Icons.Thread, words.noThreads, words.noThreadsHint)
            else -> LazyColumn {
                items(state.rows, key = { it.root }) { thread -> Thread(thread, { model.markRead(thread.root) }) { onOpen(thread.root) } }
                if (state.more) item(key = "more") { LaunchedEffect(state.rows.size) { model.more() } }
            }
        }
    }
}

@Composable
private fun Thread(thread: ThreadRow, onRead: () -> Unit, onOpen: () -> Unit) {
    val words = LocalWords.current
    val soft = MaterialTheme.colorScheme.onSurfaceVariant
    val last = thread.lastBody
    val lastSender = thread.lastSender
    Column(
        Modifier.fillMaxWidth().clickable(role = Role.Button, onClickLabel = words.openThread, onClick = onOpen).heightIn(min = 72.dp).padding(horizontal = 20.dp, vertical = 10.dp),
        Arrangement.spacedBy(2.dp),
    ) {
        Text(nameOf(thread.sender, thread.senderName), color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.labelMedium, maxLines = 1, overflow = TextOverflow.Ellipsis)
        Text(thread.body?.let { words.line(it, thread.sender, thread.senderName) } ?: words.unknownMessage, style = MaterialTheme.typography.bodyLarge, maxLines = 2, overflow = TextOverflow.Ellipsis)
        Text("${words.threadReplies(thread.replies.toInt())} · ${words.day(thread.lastAt)}", color = soft, style = MaterialTheme.typography.labelMedium)
        if (last != null && lastSender != null) {
            Text(words.preview(nameOf(lastSender, thread.lastSenderName), words.line(last, lastSender, thread.lastSenderName)), color = soft, style = MaterialTheme.typography.bodySmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
        }
        words.unread(thread.reading)?.let { Text("● $it", color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.labelLarge) }
    }
    if (words.unread(thread.reading) != null) Action(Icons.Checks, words.threadMarkRead, onClick = onRead)
    HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
}

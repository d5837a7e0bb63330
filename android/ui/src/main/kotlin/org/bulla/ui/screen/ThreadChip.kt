package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.produceState
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.ThreadReading
import org.bulla.model.ThreadSummary
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.line
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.unread

/** Under a message that a thread began with: how many answers it has, how many of them are new, and the last. */
@Composable
internal fun ThreadChip(summary: ThreadSummary, reading: suspend () -> ThreadReading?, onOpen: () -> Unit) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val sender = summary.lastSender
    val last = summary.lastBody
    // Asked again when something is said in it, and when one comes back from it.
    val unread = produceState<ThreadReading?>(null, summary) { value = reading() }.value
    Row(
        Modifier.clip(RoundedCornerShape(16.dp)).clickable(role = Role.Button, onClickLabel = words.openThread, onClick = onOpen)
            .heightIn(min = 48.dp).widthIn(max = 480.dp).padding(horizontal = 12.dp, vertical = 6.dp),
        Arrangement.spacedBy(8.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.Thread, null, Modifier.size(18.dp), colors.primary)
        Text(words.threadReplies(summary.replies.toInt()), color = colors.primary, style = MaterialTheme.typography.labelMedium)
        words.unread(unread)?.let { Text("● $it", color = colors.primary, style = MaterialTheme.typography.labelMedium) }
        if (sender != null && last != null) {
            Text(
                words.preview(nameOf(sender, summary.lastSenderName), words.line(last, sender, summary.lastSenderName)),
                Modifier.weight(1f, fill = false),
                color = colors.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall,
                maxLines = 1,
                overflow = TextOverflow.Ellipsis,
            )
        }
    }
}

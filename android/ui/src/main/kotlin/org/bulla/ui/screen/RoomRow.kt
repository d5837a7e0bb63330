package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Button
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.onClick
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.RoomSummary
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.doubt
import org.bulla.ui.words.localpart
import org.bulla.ui.words.moment
import org.bulla.ui.words.number
import org.bulla.ui.words.preview
import org.bulla.ui.words.title

/** A conversation in the list: who, what was said last, when, and what is unread. */
@Composable
internal fun RoomRow(room: RoomSummary, chosen: Boolean, onOpen: () -> Unit) {
    val words = LocalWords.current
    val unread = room.unread > 0u || room.markedUnread
    val colors = MaterialTheme.colorScheme
    Row(
        Modifier.fillMaxWidth().padding(horizontal = 8.dp, vertical = 1.dp)
            .clip(RoundedCornerShape(14.dp))
            .background(if (chosen) colors.secondaryContainer else colors.surface.copy(alpha = 0f))
            .clickable(role = Role.Button, onClick = onOpen)
            .clearAndSetSemantics {
                contentDescription = spoken(words, room)
                role = Role.Button
                selected = chosen
                onClick { onOpen(); true }
            }
            .heightIn(min = 72.dp).padding(horizontal = 12.dp, vertical = 8.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Avatar(room.directWith ?: room.id, words.title(room), 50.dp, room.avatar, group = room.directWith == null)
        Column(Modifier.weight(1f), Arrangement.spacedBy(2.dp)) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(6.dp), Alignment.CenterVertically) {
                Row(Modifier.weight(1f), Arrangement.spacedBy(6.dp), Alignment.CenterVertically) {
                    Text(
                        words.title(room),
                        Modifier.weight(1f, fill = false),
                        style = MaterialTheme.typography.titleMedium,
                        fontWeight = if (unread) FontWeight.SemiBold else FontWeight.Medium,
                        maxLines = lines(),
                        overflow = TextOverflow.Ellipsis,
                    )
                    NameMark(room.title)
                    if (room.muted) Mark(Icons.Mute)
                    if (room.favourite) Mark(Icons.Star)
                }
                room.activeAt?.let {
                    Text(
                        words.moment(it),
                        style = MaterialTheme.typography.labelSmall,
                        color = if (unread && !room.muted) colors.primary else colors.onSurfaceVariant,
                        maxLines = 1,
                    )
                }
            }
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                val last = room.last
                if (last?.sending == true) Icon(Icons.Clock, null, Modifier.size(15.dp), colors.onSurfaceVariant)
                Text(
                    last?.let { words.preview(room, it) } ?: words.noMessages,
                    Modifier.weight(1f),
                    style = MaterialTheme.typography.bodyMedium,
                    color = if (unread) colors.onSurface else colors.onSurfaceVariant,
                    maxLines = lines(),
                    overflow = TextOverflow.Ellipsis,
                )
                if (room.mentions > 0u) Badge("@", loud = true)
                if (unread) Badge(if (room.unread > 0u) count(words, room.unread) else "", loud = !room.muted)
            }
        }
    }
}

/** An invitation, with its answer on the spot. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
internal fun InvitationRow(room: RoomSummary, busy: Boolean, onAccept: () -> Unit, onDecline: () -> Unit) {
    val words = LocalWords.current
    Row(
        Modifier.fillMaxWidth().padding(horizontal = 8.dp, vertical = 2.dp)
            .clip(RoundedCornerShape(14.dp))
            .background(MaterialTheme.colorScheme.surfaceContainerHigh)
            .padding(12.dp),
        Arrangement.spacedBy(14.dp),
    ) {
        Avatar(room.directWith ?: room.id, words.title(room), 50.dp, room.avatar, group = room.directWith == null)
        Column(Modifier.weight(1f), Arrangement.spacedBy(4.dp)) {
            Column(Modifier.semantics(mergeDescendants = true) {}) {
                Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                    Text(words.title(room), Modifier.weight(1f, fill = false), style = MaterialTheme.typography.titleMedium, maxLines = 2, overflow = TextOverflow.Ellipsis)
                    NameMark(room.title)
                }
                room.invitedBy?.let {
                    Text(
                        words.invitedBy(localpart(it)),
                        style = MaterialTheme.typography.bodyMedium,
                        color = MaterialTheme.colorScheme.onSurfaceVariant,
                        maxLines = 2,
                        overflow = TextOverflow.Ellipsis,
                    )
                    // The whole id: whoever invites from elsewhere can call themselves anything.
                    Text(it, style = MaterialTheme.typography.labelSmall, color = MaterialTheme.colorScheme.onSurfaceVariant, maxLines = 2, overflow = TextOverflow.Ellipsis)
                }
            }
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                Button(onAccept, Modifier.heightIn(min = 48.dp), !busy) { Text(words.accept, style = MaterialTheme.typography.labelLarge) }
                OutlinedButton(onDecline, Modifier.heightIn(min = 48.dp), !busy) { Text(words.decline, style = MaterialTheme.typography.labelLarge) }
            }
        }
    }
}

@Composable
private fun Mark(icon: ImageVector) =
    Icon(icon, null, Modifier.size(15.dp), MaterialTheme.colorScheme.onSurfaceVariant)

@Composable
private fun Badge(text: String, loud: Boolean) {
    val colors = MaterialTheme.colorScheme
    Text(
        text,
        Modifier.heightIn(min = 22.dp).widthIn(min = 22.dp).clip(CircleShape)
            .background(if (loud) colors.primary else colors.onSurfaceVariant).padding(horizontal = 6.dp, vertical = 3.dp),
        color = if (loud) colors.onPrimary else colors.surface,
        style = MaterialTheme.typography.labelSmall,
        fontWeight = FontWeight.SemiBold,
        textAlign = TextAlign.Center,
        maxLines = 1,
    )
}

private fun count(words: Words, count: UInt) = if (count > 999u) "${number(999, words.locale)}+" else number(count.toInt(), words.locale)

/** The row as it is read out: one sentence instead of six pieces. */
private fun spoken(words: Words, room: RoomSummary): String = listOfNotNull(
    words.title(room),
    doubtOf(room.title)?.let(words::doubt),
    words.unreadCount(room.unread.toInt()).takeIf { room.unread > 0u },
    words.mentionCount(room.mentions.toInt()).takeIf { room.mentions > 0u },
    words.markedUnread.takeIf { room.markedUnread && room.unread == 0u },
    room.last?.let { words.preview(room, it) },
    words.sending.takeIf { room.last?.sending == true },
    room.activeAt?.let { words.moment(it) },
    words.favourite.takeIf { room.favourite },
    words.muted.takeIf { room.muted },
).joinToString(", ")

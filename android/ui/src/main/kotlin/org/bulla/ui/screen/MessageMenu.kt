package org.bulla.ui.screen

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalClipboardManager
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import androidx.compose.foundation.layout.PaddingValues
import org.bulla.model.EventItem
import org.bulla.model.ItemId
import org.bulla.model.MessageBody
import org.bulla.model.SendState
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.Part
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords

private val QUICK = listOf("👍", "❤️", "😂", "🎉", "👀", "🙏")

/** What can be done with a message. */
@Composable
internal fun MessageMenu(
    open: Boolean,
    item: ItemId,
    event: EventItem,
    model: ConversationModel,
    mayPin: Boolean,
    actions: MessageActions,
    onClose: () -> Unit,
) {
    val words = LocalWords.current
    val clipboard = LocalClipboardManager.current
    val there = event.sendState is SendState.Delivered && event.body !is MessageBody.Redacted
    DropdownMenu(open, onClose, containerColor = MaterialTheme.colorScheme.surfaceContainer) {
        fun done(what: () -> Unit) = { onClose(); what() }
        if (there) {
            Row(Modifier.padding(horizontal = 4.dp)) {
                for (key in QUICK) {
                    TextButton(done { model.react(item, key) }, Modifier.size(48.dp).semantics { contentDescription = words.reactWith(key) }, contentPadding = PaddingValues(0.dp)) {
                        Text(key, fontSize = 20.sp, color = MaterialTheme.colorScheme.onSurface)
                    }
                }
            }
            Choice(Icons.Smile, words.moreEmoji, done { actions.emoji(item) })
            HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
        }
        val root = event.eventId
        val writable = model.part !is Part.Around && model.part !is Part.Pinned
        if (event.canReply && writable) Choice(Icons.Reply, words.reply, done { model.reply(item) })
        if (there && root != null && actions.thread != null) Choice(Icons.Thread, words.replyInThread, done { actions.thread.invoke(event.thread ?: root) })
        if (event.canEdit && writable) Choice(Icons.Pencil, words.edit, done { model.edit(item) })
        if (event.mine && (event.body as? MessageBody.Poll)?.ended == false && event.eventId != null) Choice(Icons.Check, words.pollClose, done { model.closePoll(item) })
        (event.body as? MessageBody.Text)?.let { body -> Choice(Icons.Copy, words.copy, done { clipboard.setText(AnnotatedString(body.plain)) }) }
        val share = LocalShell.current.share
        if (share != null) (event.body as? MessageBody.Text)?.let { body -> Choice(Icons.Share, words.share, done { share(body.plain) }) }
        if (there && event.body is MessageBody.Text || there && event.body is MessageBody.Media || there && event.body is MessageBody.Location) {
            Choice(Icons.Forward, words.forward, done { model.chooseForward(item) })
        }
        if (there && mayPin) Choice(Icons.Pin, if (event.pinned) words.unpin else words.pinMessage, done { model.pin(item, !event.pinned) })
        if (there) Choice(Icons.Link, words.copyMessageLink, done { model.link(item) { clipboard.setText(AnnotatedString(it)) } })
        if (event.edited && there) Choice(Icons.Clock, words.versions, done { model.showVersions(item) })
        if (event.mine && there) Choice(Icons.Checks, words.whoHasRead, done { model.showReaders(item) })
        if (there) Choice(Icons.Info, words.source, done { model.showSource(item) })
        if (!event.mine && there) Choice(Icons.Flag, words.report, done { actions.report(item) }, danger = true)
        if (event.mine && there) Choice(Icons.Bin, words.delete, done { actions.delete(item) }, danger = true)
    }
}

@Composable
internal fun Choice(icon: ImageVector, text: String, onClick: () -> Unit, danger: Boolean = false) {
    val ink = if (danger) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurface
    DropdownMenuItem(
        { Text(text, color = ink, style = MaterialTheme.typography.bodyLarge) },
        onClick,
        Modifier.semantics { role = Role.Button },
        leadingIcon = { Icon(icon, null, tint = ink) },
    )
}

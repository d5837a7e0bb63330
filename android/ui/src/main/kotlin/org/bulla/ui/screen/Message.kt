package org.bulla.ui.screen

import androidx.compose.foundation.ExperimentalFoundationApi
import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.combinedClickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.input.pointer.isSecondaryPressed
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.font.FontStyle
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.EventItem
import org.bulla.model.ItemId
import org.bulla.model.MessageBody
import org.bulla.model.ReplyQuote
import org.bulla.model.SendState
import org.bulla.model.TextStyle
import org.bulla.model.UserId
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalPalette
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.theme.color
import org.bulla.ui.words.call
import org.bulla.ui.words.degrees
import org.bulla.ui.words.gallery
import org.bulla.ui.words.isolated
import org.bulla.ui.words.line
import org.bulla.ui.words.liveLocation
import org.bulla.ui.words.location
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.shield
import org.bulla.ui.words.time
import org.bulla.ui.words.trouble
import org.bulla.ui.words.undecryptable

/** A message: a bubble with who, what, when and how it stands; its actions open by a press, a right click or Enter. */
@OptIn(ExperimentalFoundationApi::class)
@Composable
internal fun Message(item: ItemId, event: EventItem, first: Boolean, last: Boolean, group: Boolean, model: ConversationModel, mayPin: Boolean, actions: MessageActions) {
    var menu by remember(item) { mutableStateOf(false) }
    val mine = event.mine
    val colors = MaterialTheme.colorScheme
    val words = LocalWords.current
    Row(
        Modifier.fillMaxWidth().padding(start = 12.dp, end = 12.dp, top = if (first) 8.dp else 2.dp),
        if (mine) Arrangement.End else Arrangement.Start,
        Alignment.Bottom,
    ) {
        if (!mine && group) {
            if (last) Avatar(event.sender, nameOf(event.sender, event.senderName), 32.dp, event.senderAvatar) else Spacer(Modifier.width(32.dp))
            Spacer(Modifier.width(8.dp))
        }
        Column(Modifier.weight(1f, fill = false), horizontalAlignment = if (mine) Alignment.End else Alignment.Start) {
            Box {
                val corner = 18.dp
                val tail = if (last) 6.dp else corner
                Surface(
                    shape = if (mine) RoundedCornerShape(corner, corner, tail, corner) else RoundedCornerShape(corner, corner, corner, tail),
                    color = if (mine) colors.primaryContainer else color(LocalPalette.current.bubble),
                    modifier = Modifier.widthIn(max = 560.dp).padding(start = if (mine) 36.dp else 0.dp, end = if (mine) 0.dp else 36.dp),
                ) {
                    Column(
                        Modifier
                            .combinedClickable(role = Role.Button, onLongClickLabel = words.moreActions, onClickLabel = words.moreActions, onLongClick = { menu = true }) { menu = true }
                            .pointerInput(item) {
                                awaitPointerEventScope { while (true) if (awaitPointerEvent().buttons.isSecondaryPressed) menu = true }
                            }
                            .widthIn(min = 64.dp).heightIn(min = 48.dp).padding(horizontal = 14.dp, vertical = 8.dp),
                        Arrangement.spacedBy(3.dp),
                    ) {
                        if (first && !mine && group) Sender(event)
                        event.replyTo?.let { Quote(it, mine) }
                        Body(item, event, model)
                        Disguised(event.disguised)
                        event.announcement?.let { Announced(it, mine) { model.confirm(item) } }
                        Foot(event, mine, Modifier.align(Alignment.End))
                    }
                }
                MessageMenu(menu, item, event, model, mayPin, actions) { menu = false }
            }
            if (actions.thread != null) event.threadSummary?.let { summary -> ThreadChip(summary, { event.eventId?.let { model.threadReading(it) } }) { event.eventId?.let(actions.thread) } }
            if (event.reactions.isNotEmpty()) Reactions(event, model.me) { model.react(item, it) }
            Trouble(event, { model.retry(item) }, { model.cancelSend(item) })
        }
    }
}

@Composable
private fun Sender(event: EventItem) {
    val palette = LocalPalette.current
    Row(horizontalArrangement = Arrangement.spacedBy(6.dp)) {
        Text(
            nameOf(event.sender, event.senderName),
            color = color(palette.accent),
            style = MaterialTheme.typography.labelMedium,
            maxLines = 1,
            overflow = TextOverflow.Ellipsis,
        )
        NameMark(event.senderName)
        // Two people with one name: the id tells them apart.
        if (event.senderNameIsAmbiguous) {
            Text(oneLine(event.sender), color = color(palette.softInk), style = MaterialTheme.typography.labelSmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
        }
    }
}

/** What is answered, above the answer. */
@Composable
internal fun Quote(quote: ReplyQuote, mine: Boolean) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val sender = quote.sender
    Row(Modifier.padding(vertical = 2.dp).height(IntrinsicSize.Min)) {
        Box(Modifier.width(3.dp).fillMaxHeight().clip(RoundedCornerShape(2.dp)).background(color(palette.accent)))
        Column(Modifier.padding(start = 8.dp)) {
            if (sender != null) {
                Text(nameOf(sender, quote.senderName), color = color(palette.accent), style = MaterialTheme.typography.labelSmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
            }
            Text(
                quote.body?.let { words.line(it, sender.orEmpty(), quote.senderName) } ?: words.problemMessageGone,
                color = color(if (mine) palette.softOnMine else palette.softInk),
                style = MaterialTheme.typography.bodySmall,
                maxLines = 2,
                overflow = TextOverflow.Ellipsis,
            )
        }
    }
}

@Composable
private fun Body(item: ItemId, event: EventItem, model: ConversationModel) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val ink = color(if (event.mine) palette.onMine else palette.ink)
    val soft = color(if (event.mine) palette.softOnMine else palette.softInk)
    when (val body = event.body) {
        is MessageBody.Text -> Said(event, body, ink)
        is MessageBody.Media -> {
            MediaBody(item, body, model.media, ink, soft)
            body.caption?.let { LongText(AnnotatedString(withoutTurns(it)), ink) }
        }
        is MessageBody.Location -> {
            Fact(words.location(body), ink)
            body.place?.takeIf { body.description != null }?.let { Text(words.degrees(it), color = soft, style = MaterialTheme.typography.bodySmall) }
        }
        is MessageBody.LiveLocation -> {
            Fact(words.liveLocation(body), soft)
            if (event.mine && !body.ended) TextButton({ model.sharing.stop() }, Modifier.heightIn(min = 48.dp)) { Text(words.placeLiveStop, style = MaterialTheme.typography.labelLarge) }
        }
        is MessageBody.Gallery -> {
            Fact(words.gallery(body), soft)
            Text(words.mediaNotShown, color = soft, style = MaterialTheme.typography.bodySmall)
        }
        is MessageBody.Poll -> Poll(body, ink, soft, { answer: String -> model.vote(item, answer); Unit }.takeIf { event.eventId != null })
        is MessageBody.Covered -> Cover(item, event, body, model.media.once, ink, soft)
        is MessageBody.Opened -> Gone(soft)
        is MessageBody.Redacted -> Fact(words.messageDeleted, soft)
        is MessageBody.Undecryptable -> Row(Modifier, Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            Icon(Icons.Lock, null, Modifier.size(18.dp), soft)
            Fact(words.undecryptable(body.why), soft)
        }
        is MessageBody.Call -> Fact(words.call(body), soft)
        else -> Fact(words.unknownMessage, soft)
    }
}

@Composable
private fun Said(event: EventItem, body: MessageBody.Text, ink: Color) {
    val link = MaterialTheme.colorScheme.primary
    val html = body.html
    val text = remember(body, link) {
        if (html != null && html.length <= LONG_HTML) formatted(html, link) else linked(body.plain, link)
    }
    when (body.style) {
        TextStyle.EMOTE -> LongText(AnnotatedString("* ${isolated(nameOf(event.sender, event.senderName))} ") + text, ink)
        TextStyle.SAID -> LongText(text, ink)
        TextStyle.NOTICE -> {
            val palette = LocalPalette.current
            Text(LocalWords.current.automatic, color = color(if (event.mine) palette.softOnMine else palette.softInk), style = MaterialTheme.typography.labelSmall)
            LongText(text, ink)
        }
    }
}

/** A text that may be of any length: what is long comes piece by piece, so that no message freezes the screen. */
@Composable
private fun LongText(text: AnnotatedString, ink: Color) {
    var shown by remember(text.text.hashCode()) { mutableStateOf(PIECE) }
    val piece = if (text.length <= shown) text else text.subSequence(0, whole(text.text, shown))
    Text(piece, color = ink, style = MaterialTheme.typography.bodyLarge)
    if (text.length > shown) {
        TextButton({ shown += PIECE * 2 }, Modifier.heightIn(min = 48.dp)) {
            Text(LocalWords.current.showMore, style = MaterialTheme.typography.labelLarge)
        }
    }
}

@Composable
private fun Fact(text: String, ink: Color) = Text(text, color = ink, style = MaterialTheme.typography.bodyLarge, fontStyle = FontStyle.Italic)

/** When, and for one's own how it stands. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Foot(event: EventItem, mine: Boolean, modifier: Modifier) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val soft = color(if (mine) palette.softOnMine else palette.softInk)
    // With large text the hour may want a line of its own.
    FlowRow(modifier, Arrangement.spacedBy(4.dp, Alignment.End)) {
        val middle = Modifier.align(Alignment.CenterVertically)
        event.shield?.let { Icon(Icons.Shield, words.shield(it), middle.size(15.dp), color(palette.danger)) }
        if (event.pinned) Icon(Icons.Pin, words.pinned, middle.size(14.dp), soft)
        event.ending?.let { Ends(it, soft, middle) }
        if (event.edited) Text(words.edited, middle, color = soft, style = MaterialTheme.typography.labelSmall)
        Text(words.time(event.at), middle, color = soft, style = MaterialTheme.typography.labelSmall)
        if (mine) {
            val (icon, label) = when (val state = event.sendState) {
                is SendState.Sending -> Icons.Clock to words.stateSending
                is SendState.Failed -> if (state.retrying) Icons.Clock to words.stateWaiting else Icons.Warning to words.stateFailed
                else -> if (event.readBy.isEmpty()) Icons.Check to words.stateSent else Icons.Checks to words.stateRead(event.readBy.size)
            }
            val failed = (event.sendState as? SendState.Failed)?.retrying == false
            Icon(icon, label, middle.size(16.dp), if (failed) color(palette.danger) else if (event.readBy.isNotEmpty()) color(palette.accent) else soft)
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Reactions(event: EventItem, me: UserId, onReact: (String) -> Unit) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    FlowRow(Modifier.padding(horizontal = 4.dp), Arrangement.spacedBy(2.dp)) {
        for (reaction in event.reactions) {
            val key = oneLine(reaction.key, 16)
            Box(
                Modifier.heightIn(min = 32.dp).widthIn(min = 48.dp).clip(RoundedCornerShape(16.dp))
                    .clickable(role = Role.Button) { onReact(reaction.key) }
                    .semantics {
                        contentDescription = words.reactionCount(key, reaction.count.toInt())
                        role = Role.Button
                        if (reaction.mine) stateDescription = words.reactionMine
                    },
                Alignment.Center,
            ) {
                Text(
                    if (reaction.count > 1u) "$key ${reaction.count}" else key,
                    Modifier.clip(RoundedCornerShape(14.dp)).background(if (reaction.mine) colors.secondaryContainer else colors.surfaceContainerHigh)
                        .padding(horizontal = 10.dp, vertical = 4.dp),
                    style = MaterialTheme.typography.bodyMedium,
                    maxLines = 1,
                )
            }
        }
    }
}

/** A message that did not leave: why, and what to do. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Trouble(event: EventItem, onRetry: () -> Unit, onTakeBack: () -> Unit) {
    val state = event.sendState as? SendState.Failed ?: return
    if (state.retrying) return
    val words = LocalWords.current
    Text(words.trouble(state.why), Modifier.padding(horizontal = 8.dp), color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.bodySmall)
    FlowRow {
        TextButton(onRetry, Modifier.heightIn(min = 48.dp)) { Text(words.retry, style = MaterialTheme.typography.labelLarge) }
        TextButton(onTakeBack, Modifier.heightIn(min = 48.dp)) { Text(words.takeBack, style = MaterialTheme.typography.labelLarge) }
    }
}

/** Where to cut near [at] without breaking a letter in two. */
private fun whole(text: String, at: Int) = if (Character.isHighSurrogate(text[at - 1])) at - 1 else at

private const val PIECE = 2000
private const val LONG_HTML = 20_000

package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.bulla.model.EventItem
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.MembershipKind
import org.bulla.model.MessageBody
import org.bulla.model.RoomAction
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.model.StateKind
import org.bulla.model.TimelineItem
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.ConversationState
import org.bulla.ui.model.Part
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.day
import org.bulla.ui.words.isNews
import org.bulla.ui.words.line
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.news
import org.bulla.ui.words.part
import org.bulla.ui.words.problem
import org.bulla.ui.words.title
import org.bulla.ui.words.typing

/** A conversation: its head, what was said, and where to write. */
@Composable
fun ConversationScreen(
    model: ConversationModel,
    onBack: (() -> Unit)?,
    onDetails: () -> Unit,
    focusAtOnce: Boolean,
    /** Opens a part of it. */
    onPart: (Part) -> Unit = {},
    /** Opens another one, which took its place or whose place it took. */
    onRoom: (RoomId) -> Unit = {},
) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var deleting by remember { mutableStateOf<ItemId?>(null) }
    var reporting by remember { mutableStateOf<ItemId?>(null) }
    var choosing by remember { mutableStateOf<ItemId?>(null) }
    val inThread = model.part is Part.Thread
    val actions = remember(onPart) { MessageActions({ deleting = it }, { reporting = it }, { choosing = it }, if (inThread) null else { root -> onPart(Part.Thread(root)) }) }
    val list = rememberLazyListState()
    val focus = remember(list) { RowFocus(list, FocusRequester(), FocusRequester()) }
    val viewed by model.media.viewer.state.collectAsState()
    viewed?.let { return ViewerScreen(it, model.media.viewer, model.media.files, model.media.attachments.scanned) }
    val once by model.media.once.state.collectAsState()
    once.item?.let { return ReadOnceScreen(it, once, model.media.once, model.media.playback) }
    Column(Modifier.fillMaxSize()) {
        when (model.part) {
            null -> Head(state, onBack, onDetails, focus.before)
            else -> TopBar(words.part(model.part), onBack) {
                state.follows?.let { follows ->
                    IconAction(Icons.Bell, if (follows) words.unfollowThread else words.followThread, { model.follow(!follows) }, tint = if (follows) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.onSurfaceVariant)
                }
                IconAction(Icons.Info, words.openDetails, onDetails, Modifier.focusRequester(focus.before))
            }
        }
        Connection(state.connection)
        state.streamProblem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, words.retry, model::retryStream) }
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        if (state.summary?.successor != null) Notice(words.goesOn, Tone.INFO, Icons.Forward, words.goesOnFollow, { model.goOn(onRoom) })
        else if (state.summary?.predecessor != null && state.atStart && model.part == null) Action(Icons.Clock, words.earlierConversation) { model.goBack(onRoom) }
        FilesNotice(model.media.files)
        Box(Modifier.weight(1f)) {
            when {
                state.loading -> Waiting()
                state.rows.isEmpty() && model.part is Part.Pinned && state.streamProblem == null -> Empty(Icons.Pin, words.noPins, words.noPinsHint)
                state.rows.isEmpty() && state.streamProblem == null -> Empty(Icons.Talk, words.noMessages, words.noMessagesHint)
                else -> Rows(state, model, list, focus, actions)
            }
            Announcement(state.rows)
        }
        if ((model.part == null || inThread) && state.summary?.successor == null) Outgoing(state, model) { Composer(state, model, focus.after, focusAtOnce) }
    }
    deleting?.let { item ->
        Ask(words.deleteTitle, words.deleteText, words.delete, { deleting = null; model.redact(item) }, { deleting = null })
    }
    reporting?.let { item -> Prompt(words.report, words.reportReason, "", words.send, { reporting = null }, { model.report(item, it) }, words.reportHint) }
    choosing?.let { item -> EmojiPicker({ choosing = null }) { model.react(item, it) } }
    state.versions?.let { Versions(it, model::hideVersions) }
    state.readers?.let { Readers(it, model::hideReaders) }
    state.source?.let { Source(it, model::hideSource) }
    state.forwarding?.let { Forward(it, { rooms -> model.forward(rooms) }, model::stopForward) }
}

@Composable
private fun Head(state: ConversationState, onBack: (() -> Unit)?, onDetails: () -> Unit, last: FocusRequester) {
    val words = LocalWords.current
    val summary = state.summary
    val title = summary?.let(words::title).orEmpty()
    Column {
        Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(horizontal = 4.dp), verticalAlignment = Alignment.CenterVertically) {
            if (onBack != null) IconAction(Icons.Back, words.back, onBack)
            Row(
                Modifier.weight(1f).clickable(role = Role.Button, onClickLabel = words.openDetails, onClick = onDetails)
                    .heightIn(min = 56.dp).padding(horizontal = 8.dp, vertical = 6.dp),
                Arrangement.spacedBy(12.dp),
                Alignment.CenterVertically,
            ) {
                if (summary != null) Avatar(summary.directWith ?: summary.id, title, 40.dp, summary.avatar, group = summary.directWith == null)
                Column(Modifier.weight(1f)) {
                    Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                        Text(
                            title,
                            Modifier.weight(1f, fill = false).semantics { heading() },
                            style = MaterialTheme.typography.titleMedium,
                            maxLines = lines(),
                            overflow = TextOverflow.Ellipsis,
                        )
                        if (summary != null) {
                            NameMark(summary.title)
                            val (icon, label) = if (summary.encrypted) Icons.Lock to words.encrypted else Icons.Unlock to words.notEncrypted
                            Icon(icon, label, Modifier.size(15.dp), if (summary.encrypted) MaterialTheme.colorScheme.onSurfaceVariant else MaterialTheme.colorScheme.error)
                        }
                    }
                    val typing = words.typing(state.typing, state.names)
                    Text(
                        typing ?: under(summary).orEmpty(),
                        Modifier.semantics { if (typing != null) liveRegion = LiveRegionMode.Polite },
                        style = MaterialTheme.typography.bodySmall,
                        color = if (typing != null) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.onSurfaceVariant,
                        maxLines = 1,
                        overflow = TextOverflow.Ellipsis,
                    )
                }
            }
            IconAction(Icons.Info, words.openDetails, onDetails, Modifier.focusRequester(last))
        }
        HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
    }
}

/** Under the name: the id of the one this is with, which no display name can imitate, or how many are in. */
@Composable
private fun under(summary: RoomSummary?): String? = when {
    summary == null -> null
    summary.directWith != null -> summary.directWith
    else -> LocalWords.current.membersCount(summary.members.toInt())
}

@Composable
private fun Rows(state: ConversationState, model: ConversationModel, list: LazyListState, focus: RowFocus, actions: MessageActions) {
    val mayPin = state.may(RoomAction.PIN)
    val scope = rememberCoroutineScope()
    val rows = remember(state.rows) { state.rows.asReversed() }
    val newest = rows.firstOrNull()?.id
    LaunchedEffect(newest) {
        // Whoever looks at the newest, or has just written it, goes on looking at it. Asked for and not done: this may run while what was
        // composed is still being applied, and to measure then is an error of Compose's.
        if (list.firstVisibleItemIndex <= 1 || rows.firstOrNull()?.event?.mine == true) list.requestScrollToItem(0)
        if (list.firstVisibleItemIndex == 0) model.markRead()
    }
    LaunchedEffect(list) {
        snapshotFlow { list.firstVisibleItemIndex == 0 }.collect { at ->
            model.setAtNewest(at)
            if (at) {
                model.markRead()
                model.newer()
            }
        }
    }
    val around = (model.part as? Part.Around)?.event
    LaunchedEffect(around) {
        if (around == null) return@LaunchedEffect
        val there = snapshotFlow { rows.indexOfFirst { it.event?.eventId == around } }.first { it >= 0 }
        list.requestScrollToItem((there - 3).coerceAtLeast(0))
    }
    LaunchedEffect(list, state.atStart) {
        snapshotFlow { nearStart(list) }.collect { near -> if (near && !state.atStart) model.older() }
    }
    val group = state.summary?.directWith == null
    LazyColumn(Modifier.fillMaxSize().then(remember(focus) { focus.list() }), list, PaddingValues(top = 12.dp, bottom = 8.dp), reverseLayout = true) {
        itemsIndexed(rows, key = { _, row -> row.id }, contentType = { _, row -> row.content::class }) { at, row ->
            if (isMaking(rows, at)) return@itemsIndexed
            if (row.content !is ItemContent.ReadMarker || rows.subList(0, at).any { it.event?.mine == false }) {
                Row(row, rows.getOrNull(at + 1), rows.getOrNull(at - 1), group, model, focus, mayPin, actions)
            }
        }
        if (state.loadingOlder) item(key = "older") { Older() }
    }
    if (!state.atNewest) Newest(state.newBelow) { scope.launch { list.scrollToItem(0) } }
}

@Composable
private fun Row(row: TimelineItem, older: TimelineItem?, newer: TimelineItem?, group: Boolean, model: ConversationModel, focus: RowFocus, mayPin: Boolean, actions: MessageActions) {
    val words = LocalWords.current
    when (val content = row.content) {
        is ItemContent.DateDivider -> Day(words.day(content.day))
        is ItemContent.ReadMarker -> Unread()
        is ItemContent.Start -> Note(words.conversationStart)
        is ItemContent.Event -> {
            val event = content.event
            val news = words.news(event.body, nameOf(event.sender, event.senderName))
            // What happens four times in a row, as when a conversation is made, is said once.
            val before = older?.event?.let { words.news(it.body, nameOf(it.sender, it.senderName)) }
            if (news != null) {
                if (news != before) Note(news)
            } else Box(remember(row.id) { focus.row(row.id) }) {
                val message = @Composable { Message(row.id, event, first = !follows(event, older?.event), last = !follows(newer?.event, event), group, model, mayPin, actions) }
                if (event.canReply) SwipeToReply({ model.reply(row.id) }, message) else message()
            }
        }
    }
}

/** Whether [event] goes on with what [before] began: the same person, within five minutes. */
private fun follows(event: EventItem?, before: EventItem?): Boolean =
    event != null && before != null && !before.body.isNews && !event.body.isNews && event.sender == before.sender &&
        event.at.epochSecond - before.at.epochSecond < 300

/** Whether a row, newest first, is of those that every new conversation begins with and that say nothing: its maker's entry, its settings. */
private fun isMaking(rows: List<TimelineItem>, at: Int): Boolean {
    val event = rows[at].event ?: return false
    val dull = when (val body = event.body) {
        is MessageBody.Member -> body.change == MembershipKind.JOINED && body.user == event.sender
        is MessageBody.State -> body.kind !in TOLD
        else -> false
    }
    if (!dull) return false
    val before = rows.drop(at + 1).takeWhile { it.event?.run { body.isNews && sender == event.sender } == true }
    return before.any { (it.event?.body as? MessageBody.State)?.kind == StateKind.CREATED }
}

private val TOLD = setOf(StateKind.CREATED, StateKind.NAME, StateKind.TOPIC, StateKind.AVATAR, StateKind.ENCRYPTION, StateKind.ENDING, StateKind.RETENTION)

private val TimelineItem.event: EventItem? get() = (content as? ItemContent.Event)?.event

private fun nearStart(list: LazyListState): Boolean {
    val info = list.layoutInfo
    return info.totalItemsCount > 0 && (info.visibleItemsInfo.lastOrNull()?.index ?: 0) >= info.totalItemsCount - 8
}

@Composable
private fun Day(text: String) {
    Text(
        text,
        Modifier.fillMaxWidth().padding(top = 16.dp, bottom = 6.dp).semantics { heading() },
        style = MaterialTheme.typography.labelMedium,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        textAlign = TextAlign.Center,
    )
}

@Composable
private fun Note(text: String) {
    Text(
        text,
        Modifier.fillMaxWidth().padding(horizontal = 40.dp, vertical = 6.dp),
        style = MaterialTheme.typography.bodySmall,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        textAlign = TextAlign.Center,
    )
}

@Composable
private fun Unread() {
    val ink = MaterialTheme.colorScheme.primary
    Row(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        HorizontalDivider(Modifier.weight(1f), color = ink)
        Text(LocalWords.current.unreadMarker, style = MaterialTheme.typography.labelMedium, color = ink)
        HorizontalDivider(Modifier.weight(1f), color = ink)
    }
}

@Composable
private fun Older() {
    val words = LocalWords.current
    Box(Modifier.fillMaxWidth().padding(12.dp), Alignment.Center) {
        CircularProgressIndicator(Modifier.size(24.dp).semantics { contentDescription = words.loadingOlder }, strokeWidth = 2.5.dp)
    }
}

/** Back to what is newest, with how much came meanwhile. */
@Composable
private fun Newest(count: Int, onClick: () -> Unit) {
    val words = LocalWords.current
    Box(Modifier.fillMaxSize().padding(16.dp), Alignment.BottomEnd) {
        Surface(
            onClick,
            Modifier.heightIn(min = 48.dp).semantics { contentDescription = if (count > 0) words.newMessages(count) else words.jumpToNewest },
            shape = CircleShape,
            color = MaterialTheme.colorScheme.surfaceContainer,
            shadowElevation = 3.dp,
        ) {
            Row(Modifier.padding(12.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                if (count > 0) Text(words.newMessages(count), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.primary)
                Icon(Icons.Down, null, Modifier.size(24.dp), MaterialTheme.colorScheme.primary)
            }
        }
    }
}

/** Tells a screen reader what someone has just said. */
@Composable
private fun Announcement(rows: List<TimelineItem>) {
    val words = LocalWords.current
    val newest = rows.lastOrNull()?.event?.takeIf { !it.mine } ?: return
    val text = words.preview(nameOf(newest.sender, newest.senderName), words.line(newest.body, newest.sender, newest.senderName))
    Box(Modifier.size(1.dp).semantics { liveRegion = LiveRegionMode.Polite; contentDescription = text })
}

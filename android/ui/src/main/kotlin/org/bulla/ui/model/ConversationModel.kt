package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.getAndUpdate
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.bulla.Room
import org.bulla.Session
import org.bulla.Timeline
import org.bulla.applyTo
import org.bulla.changes
import org.bulla.model.EventItem
import org.bulla.model.Failure
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.MessageBody
import org.bulla.model.PollDraft
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.model.SessionState
import org.bulla.model.TimelineChange
import org.bulla.model.TimelineItem
import org.bulla.model.UserId
import org.bulla.stateFlow
import org.bulla.summaries

data class ConversationState(
    val summary: RoomSummary? = null,
    val rows: List<TimelineItem> = emptyList(),
    val typing: List<UserId> = emptyList(),
    /** Names of those who are typing, as they stand at what they said here. */
    val names: Map<UserId, String> = emptyMap(),
    val draft: String = "",
    val mode: Mode = Mode.Write,
    val connection: SessionState = SessionState.Attaching,
    /** Until the first batch. */
    val loading: Boolean = true,
    val loadingOlder: Boolean = false,
    val atStart: Boolean = false,
    /** Whether the newest row is on the screen. */
    val atNewest: Boolean = true,
    /** How many messages of others came while it was not. */
    val newBelow: Int = 0,
    /** The conversation itself cannot be shown. */
    val streamProblem: Problem? = null,
    /** A command failed. */
    val problem: Problem? = null,
) {
    val canSend: Boolean get() = draft.isNotBlank()
}

/** What the composer does when something is sent. */
sealed interface Mode {
    data object Write : Mode
    data class Reply(val item: ItemId, val event: EventItem) : Mode
    data class Edit(val item: ItemId, val event: EventItem) : Mode
}

/** One conversation and its composer. */
class ConversationModel(
    private val session: Session,
    val room: RoomId,
    parent: CoroutineScope,
    private val draft: Draft,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(ConversationState(draft = draft.text))
    private val opened = MutableStateFlow<Opened?>(null)
    private val opening = Mutex()
    private val conversation: Following<List<TimelineChange>>
    private var typing = false

    val state: StateFlow<ConversationState> = states.asStateFlow()

    /** The user of this account. */
    val me: UserId = session.account().user

    private class Opened(val room: Room, val timeline: Timeline) {
        fun close() {
            timeline.close()
            room.close()
        }
    }

    init {
        conversation = Following(scope, { open().timeline.changes() }, ::broken, ::show)
        Following(scope, { opened.first { it != null }?.room?.summaries() ?: emptyFlow() }, ::broken) { summary ->
            states.update { it.copy(summary = summary) }
        }
        Following(scope, { session.stateFlow() }, {}) { connection -> states.update { it.copy(connection = connection) } }
    }

    fun setDraft(text: String) {
        states.update { it.copy(draft = text) }
        if (states.value.mode !is Mode.Edit) draft.text = text
        tellTyping(text.isNotBlank())
    }

    /** Sends, answers or changes, as the mode says. What is refused comes back into the composer. */
    fun send(): Job {
        val sent = states.value
        if (!sent.canSend) return Job().also { it.complete() }
        val text = sent.draft.trim()
        clearComposer()
        return command({ problem -> states.update { it.copy(problem = problem, draft = it.draft.ifEmpty { sent.draft }, mode = sent.mode) } }) {
            when (val mode = sent.mode) {
                is Mode.Write -> it.sendText(text)
                is Mode.Reply -> it.reply(mode.item, text)
                is Mode.Edit -> it.edit(mode.item, text)
            }
        }
    }

    fun reply(item: ItemId) = event(item)?.let { event ->
        states.update { it.copy(mode = Mode.Reply(item, event), draft = if (it.mode is Mode.Edit) draft.text else it.draft) }
    }

    fun edit(item: ItemId) = event(item)?.takeIf { it.canEdit }?.let { event ->
        states.update { it.copy(mode = Mode.Edit(item, event), draft = (event.body as? MessageBody.Text)?.plain.orEmpty()) }
    }

    /** The last message of this person that can be changed. */
    fun editLast() = states.value.rows.lastOrNull { row -> (row.content as? ItemContent.Event)?.event?.let { it.mine && it.canEdit } == true }
        ?.let { edit(it.id) }

    /** Back to writing; what was begun before is there again. */
    fun stopReplyOrEdit() = states.update { it.copy(mode = Mode.Write, draft = if (it.mode is Mode.Edit) draft.text else it.draft) }

    fun retry(item: ItemId): Job = command { it.retry(item) }

    fun cancelSend(item: ItemId): Job = command { it.cancelSend(item) }

    fun react(item: ItemId, key: String): Job = command { it.react(item, key) }

    /** Begins a poll. */
    fun sendPoll(draft: PollDraft): Job = command { it.sendPoll(draft) }

    /** Chooses an answer, or takes it back where it was chosen. Where one alone may be chosen, it takes the place of the other. */
    fun vote(item: ItemId, answer: String): Job {
        val poll = event(item)?.body as? MessageBody.Poll ?: return Job().also { it.complete() }
        val before = poll.answers.filter { it.mine }.map { it.id }
        val chosen = when {
            answer in before -> before - answer
            poll.maxChoices > 1u -> before + answer
            else -> listOf(answer)
        }
        return command { it.vote(item, chosen) }
    }

    fun closePoll(item: ItemId): Job = command { it.closePoll(item) }

    fun redact(item: ItemId): Job = command { it.redact(item, null) }

    /** Loads older messages, one page at a time. */
    fun older(): Job {
        if (states.value.run { loadingOlder || atStart || loading }) return Job().also { it.complete() }
        states.update { it.copy(loadingOlder = true) }
        return scope.launch {
            try {
                val start = attempt({ problem -> if (states.value.connection is SessionState.Live) failed(problem) }) { timeline().paginateBack(PAGE) }
                if (start == true) states.update { it.copy(atStart = true) }
            } finally {
                states.update { it.copy(loadingOlder = false) }
            }
        }
    }

    fun markRead(): Job = scope.launch { attempt({}) { timeline().markRead() } }

    /** The newest row came onto the screen, or left it. */
    fun setAtNewest(atNewest: Boolean) {
        states.update { it.copy(atNewest = atNewest, newBelow = if (atNewest) 0 else it.newBelow) }
    }

    fun jumpToNewest() = setAtNewest(true)

    fun problemSeen() = states.update { it.copy(problem = null) }

    /** Asks for the conversation again after its stream has failed. */
    fun retryStream() {
        states.update { it.copy(loading = it.rows.isEmpty(), streamProblem = null) }
        conversation.again()
    }

    override fun close() {
        super.close()
        opened.getAndUpdate { null }?.close()
    }

    /** The room and its conversation, opened once, whoever asks first. */
    private suspend fun open(): Opened = opening.withLock {
        opened.value?.let { return it }
        val room = session.room(room)
        val made = try {
            Opened(room, room.timeline())
        } catch (trouble: Throwable) {
            // A failure, or the screen was left meanwhile.
            room.close()
            throw trouble
        }
        opened.value = made
        // Closing may have looked just before.
        if (!scope.isActive) opened.getAndUpdate { null }?.close()
        scope.ensureActive()
        made
    }

    private suspend fun timeline(): Timeline = opened.value?.timeline ?: open().timeline

    private fun show(batch: List<TimelineChange>) = states.update { before ->
        val rows = batch.applyTo(before.rows)
        val typing = batch.filterIsInstance<TimelineChange.Typing>().lastOrNull()?.users ?: before.typing
        val newer = if (before.atNewest || before.loading) 0 else rows.newSince(before.rows)
        before.copy(
            rows = rows,
            typing = typing,
            names = if (typing == before.typing) before.names else rows.namesOf(typing),
            atStart = before.atStart || rows.firstOrNull()?.content is ItemContent.Start,
            newBelow = before.newBelow + newer,
            loading = false,
            streamProblem = null,
        )
    }

    private fun clearComposer() {
        val editing = states.value.mode is Mode.Edit
        if (!editing) draft.text = ""
        states.update { it.copy(draft = if (editing) draft.text else "", mode = Mode.Write) }
        tellTyping(false)
    }

    private fun tellTyping(now: Boolean) {
        if (typing == now) return
        typing = now
        scope.launch { attempt({}) { opened.value?.room?.setTyping(now) } }
    }

    private fun event(item: ItemId): EventItem? =
        (states.value.rows.find { it.id == item }?.content as? ItemContent.Event)?.event

    private fun command(failed: (Problem) -> Unit = ::failed, work: suspend (Timeline) -> Unit): Job =
        scope.launch { attempt(failed) { work(timeline()) } }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    private fun broken(problem: Problem) = states.update { it.copy(loading = false, streamProblem = problem) }

    private companion object {
        const val PAGE = 40u
    }
}

/** How many messages of others stand below what was the last row. */
private fun List<TimelineItem>.newSince(before: List<TimelineItem>): Int {
    val known = before.mapTo(HashSet()) { it.id }
    val at = indexOfLast { it.id in known && it.content is ItemContent.Event }
    if (at < 0) return 0
    return drop(at + 1).count { it.id !in known && (it.content as? ItemContent.Event)?.event?.mine == false }
}

private fun List<TimelineItem>.namesOf(users: List<UserId>): Map<UserId, String> = buildMap {
    for (user in users) {
        val said = this@namesOf.lastOrNull { (it.content as? ItemContent.Event)?.event?.sender == user } ?: continue
        (said.content as ItemContent.Event).event.senderName?.let { put(user, it) }
    }
}

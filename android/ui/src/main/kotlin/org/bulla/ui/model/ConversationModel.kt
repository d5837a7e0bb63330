package org.bulla.ui.model

import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.getAndUpdate
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.bulla.Room
import org.bulla.Session
import org.bulla.Timeline
import org.bulla.abilityUpdates
import org.bulla.applyTo
import org.bulla.changes
import org.bulla.model.Command
import org.bulla.model.CommandHint
import org.bulla.model.CommandOutcome
import org.bulla.model.Emoji
import org.bulla.model.EventId
import org.bulla.model.EventItem
import org.bulla.model.Failure
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.Lifetime
import org.bulla.model.Member
import org.bulla.model.Membership
import org.bulla.model.Mention
import org.bulla.model.MessageBody
import org.bulla.model.MessageDraft
import org.bulla.model.Missing
import org.bulla.model.PollDraft
import org.bulla.model.RoomId
import org.bulla.model.SavedDraft
import org.bulla.model.SessionState
import org.bulla.model.ThreadReading
import org.bulla.model.TimelineChange
import org.bulla.model.TimelineItem
import org.bulla.model.UserId
import org.bulla.roomList
import org.bulla.stateFlow
import org.bulla.suggestEmoji
import org.bulla.summaries

/** One conversation and its composer. */
class ConversationModel(
    private val session: Session,
    val room: RoomId,
    parent: CoroutineScope,
    private val draft: Draft,
    /** None for the conversation itself. */
    val part: Part? = null,
    ports: MediaPorts = MediaPorts(),
    private val places: PlacePort? = null,
    /** Told when a command has led elsewhere: into a room, or out of this one. */
    private val went: (CommandOutcome) -> Unit = {},
) : ScreenModel(parent) {
    private val states = MutableStateFlow(ConversationState(draft = draft.text))
    private val opened = MutableStateFlow<Opened?>(null)
    private val opening = Mutex()
    private val conversation: Following<List<TimelineChange>>
    private var typing = false
    private var mentions = draft.saved?.mentions.orEmpty()
    private val saves = Channel<SavedDraft?>(Channel.CONFLATED)

    val state: StateFlow<ConversationState> = states.asStateFlow()

    /** What is to leave later; null in parts of a conversation. */
    val scheduling: Scheduling? = if (part == null) Scheduling(session, room, scope) else null

    val commands = Commands()

    val sharing = PlaceSharing(places, scope, ::failed) { open().room }

    /** The user of this account. */
    val me: UserId = session.account().user

    /** Files, pictures and voice. */
    val media = ConversationMedia(session, room, part, ports, scope, ::timeline, { states.value.lifetime }, { setLifetime(null) }) { states.value.rows }

    private class Opened(val room: Room, val timeline: Timeline) {
        fun close() {
            timeline.close()
            room.close()
        }
    }

    init {
        atEnd { opened.getAndUpdate { null }?.close() }
        atEnd(media::end)
        conversation = Following(scope, { open().timeline.changes() }, ::broken, ::show)
        Following(scope, { opened.first { it != null }?.room?.summaries() ?: emptyFlow() }, ::broken) { summary ->
            states.update { it.copy(summary = summary) }
        }
        Following(scope, { opened.first { it != null }?.room?.abilityUpdates() ?: emptyFlow() }, {}) { abilities ->
            states.update { state -> state.copy(abilities = abilities.associate { it.action to it.refused }) }
        }
        if (part == null) scope.launch { keepDraft() }
        if (part is Part.Thread) scope.launch {
            attempt({}) { open().room.followsThread(part.root) }?.let { follows -> states.update { it.copy(follows = follows) } }
        }
        Following(scope, { session.stateFlow() }, {}) { connection -> states.update { it.copy(connection = connection) } }
    }

    fun setDraft(text: String) {
        states.update { it.copy(draft = text) }
        if (states.value.mode !is Mode.Edit) begun(text)
        tellTyping(text.isNotBlank())
        suggest(text)
        if (states.value.mode !is Mode.Edit) commands.suggest(text)
    }

    /** Puts a command that was suggested in the place of what was typed of it. */
    fun put(hint: CommandHint) = setDraft(hint.typed + if (hint.arguments.isEmpty()) "" else " ")

    /** Puts the name of somebody who was suggested in the place of what was typed of it. */
    fun mention(member: Member) {
        val text = states.value.draft
        val name = "@" + (member.name ?: member.user.substring(1))
        mentions = mentions + Mention(name, member.user)
        setDraft(text.substring(0, text.lastIndexOf('@')) + name + " ")
    }

    /** Puts an emoji that was suggested in the place of what was typed of its name. */
    fun put(emoji: Emoji) {
        val text = states.value.draft
        setDraft(text.substring(0, text.lastIndexOf(':')) + emoji.text + " ")
    }

    fun setLifetime(lifetime: Lifetime?) = states.update { it.copy(lifetime = lifetime) }

    fun setAnnouncing(announcing: Boolean) = states.update { it.copy(announcing = announcing) }

    /** Sends, answers or changes, as the mode says. What is refused comes back into the composer. */
    fun send(): Job {
        val sent = states.value
        if (!sent.canSend) return Job().also { it.complete() }
        if (sent.mode !is Mode.Edit) when (val read = commands.read(sent.draft, sent.abilities)) {
            is Commands.Reading.Message -> {}
            is Commands.Reading.Run -> return run(read.command)
            is Commands.Reading.Answered -> return Job().also { it.complete() }
        }
        val text = sent.draft.trim()
        val named = mentions
        clearComposer()
        return command({ problem ->
            mentions = named
            states.update { it.copy(problem = problem, draft = it.draft.ifEmpty { sent.draft }, mode = sent.mode) }
        }) {
            when (val mode = sent.mode) {
                is Mode.Edit -> it.edit(mode.item, text, named)
                else -> it.send(MessageDraft(text, named, (mode as? Mode.Reply)?.item, sent.announcing, lifetime = sent.lifetime))
            }
        }
    }

    /** Sends what looks like a command and is none. */
    fun sendAsMessage(): Job {
        commands.answerSeen()
        // One slash more says that none is meant.
        states.update { it.copy(draft = "/" + it.draft.trim()) }
        return send()
    }

    private fun run(command: Command): Job {
        val asked = states.value.draft
        clearComposer()
        return scope.launch {
            when (val done = attempt(::failed) { open().room.run(command) }) {
                null -> if (states.value.draft.isEmpty()) setDraft(asked)
                is CommandOutcome.Help -> commands.answer(CommandAnswer.Help)
                is CommandOutcome.Done -> {}
                else -> went(done)
            }
        }
    }

    /** Has the draft leave at a moment. It stays in the composer where that was refused. */
    fun sendLater(at: Instant): Job {
        val text = states.value.draft.trim()
        val scheduling = scheduling?.takeIf { text.isNotEmpty() } ?: return Job().also { it.complete() }
        return scheduling.schedule(text, at, ::clearComposer)
    }

    /** Begins to send a place, where one may. */
    fun beginPlace(): Job = scope.launch {
        attempt(::failed) {
            session.maySendPlace()
            states.update { it.copy(placing = Placing(places, scope)) }
        }
    }

    fun sendPlace(): Job {
        val asked = states.value.placing
        val place = asked?.state?.value?.place ?: return Job().also { it.complete() }
        stopPlace()
        return command({ problem -> states.update { it.copy(problem = problem, placing = asked) } }) {
            it.sendLocation(place, asked.state.value.about.trim().ifEmpty { null })
        }
    }

    fun stopPlace() = states.update { it.copy(placing = null) }

    /** Shares where this person is as it changes. */
    fun sharePlace(duration: Duration): Job {
        val about = states.value.placing?.state?.value?.about?.trim()?.ifEmpty { null }
        stopPlace()
        return sharing.begin(duration, about)
    }

    /** What is unread in a thread, where it can be told. */
    suspend fun threadReading(root: EventId): ThreadReading? = attempt({}) { open().room.threadReading(root) }

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

    /** Confirms that an announcement was read, or takes it back. */
    fun confirm(item: ItemId): Job = command { it.confirm(item) }

    fun pin(item: ItemId, pinned: Boolean): Job = command { it.setPinned(item, pinned) }

    fun report(item: ItemId, reason: String): Job = command { it.report(item, reason) }

    /** Gives a link to a message to [use]. */
    fun link(item: ItemId, use: (String) -> Unit): Job = command { use(it.link(item)) }

    /** Looks at what a message said before it was edited. */
    fun showVersions(item: ItemId): Job = command { timeline ->
        val versions = timeline.history(item)
        states.update { it.copy(versions = versions) }
    }

    /** Looks at who has read a message. */
    fun showReaders(item: ItemId): Job = command { timeline ->
        val readers = timeline.readers(item)
        states.update { it.copy(readers = readers) }
    }

    fun hideReaders() = states.update { it.copy(readers = null) }

    /** Looks at what an event is on the wire. */
    fun showSource(item: ItemId): Job = command { timeline ->
        val source = timeline.source(item)
        states.update { it.copy(source = source) }
    }

    fun hideSource() = states.update { it.copy(source = null) }

    /** Follows the thread, or no longer. */
    fun follow(follows: Boolean): Job {
        val root = (part as? Part.Thread)?.root ?: return Job().also { it.complete() }
        return scope.launch {
            attempt(::failed) {
                open().room.setFollowsThread(root, follows)
                states.update { it.copy(follows = follows) }
            }
        }
    }

    /** Goes on in the room that took this one's place; [opened] gets it. */
    fun goOn(opened: (RoomId) -> Unit): Job = scope.launch { attempt(::failed) { opened(open().room.follow()) } }

    /** Goes to the room whose place this one took, as far as this person was in it. */
    fun goBack(opened: (RoomId) -> Unit): Job = scope.launch {
        attempt(::failed) {
            val before = states.value.summary?.predecessor ?: return@attempt
            if (session.room(before).use { it.summary() }.membership != Membership.JOINED) throw Failure.NotFound(Missing.ROOM)
            opened(before)
        }
    }

    fun hideVersions() = states.update { it.copy(versions = null) }

    /** Asks where a message is to go. */
    fun chooseForward(item: ItemId): Job = command {
        val rooms = session.roomList().first().filter { it.membership == Membership.JOINED && it.id != room }
        states.update { it.copy(forwarding = Forwarding(item, rooms)) }
    }

    fun forward(rooms: List<RoomId>): Job {
        val forwarding = states.value.forwarding ?: return Job().also { it.complete() }
        return command { timeline ->
            val failed = timeline.forward(forwarding.item, rooms).count { it.failure != null }
            states.update { it.copy(forwarding = if (failed == 0) null else forwarding.copy(failed = failed)) }
        }
    }

    fun stopForward() = states.update { it.copy(forwarding = null) }

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

    /** Loads newer messages, where the conversation is shown around a moment. */
    fun newer(): Job {
        if (part !is Part.Around || states.value.run { atEnd || loading }) return Job().also { it.complete() }
        return command { timeline ->
            if (timeline.paginateForward(PAGE)) states.update { it.copy(atEnd = true) }
        }
    }

    fun markRead(): Job = if (part is Part.Around || part is Part.Pinned) Job().also { it.complete() } else scope.launch { attempt({}) { timeline().markRead() } }

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

    /** The room and its conversation, opened once, whoever asks first. */
    private suspend fun open(): Opened = opening.withLock {
        opened.value?.let { return it }
        val room = session.room(room)
        val made = try {
            val timeline = when (part) {
                null -> room.timeline()
                is Part.Thread -> room.thread(part.root)
                is Part.Around -> room.around(part.event)
                is Part.Pinned -> room.pinned()
            }
            Opened(room, timeline)
        } catch (trouble: Throwable) {
            // A failure, or the screen was left meanwhile.
            room.close()
            throw trouble
        }
        opened.value = made
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
        if (!editing) {
            mentions = emptyList()
            begun("")
        }
        states.update { it.copy(draft = if (editing) draft.text else "", mode = Mode.Write, announcing = false, lifetime = null, suggestions = emptyList(), emoji = emptyList()) }
        commands.suggest("")
        tellTyping(false)
    }

    /** Takes up what was begun before the last start, and keeps what is begun now. */
    private suspend fun keepDraft() {
        val room = opened.first { it != null }?.room ?: return
        if (draft.saved == null && states.value.draft.isEmpty()) {
            attempt({}) { room.draft() }?.let { kept ->
                mentions = kept.mentions
                draft.saved = kept
                states.update { it.copy(draft = it.draft.ifEmpty { kept.text }) }
            }
        }
        for (saved in saves) attempt({}) { room.setDraft(saved) }
    }

    private fun begun(text: String) {
        draft.saved = written(text).copy(mentions = mentions.filter { it.text in text })
        saves.trySend(draft.saved)
    }

    /** Who is meant by an `@` and letters after it at the end of [text], and which emoji by a `:`. */
    private fun suggest(text: String) {
        val named = EMOJI.find(text)?.groupValues?.get(1)?.let { suggestEmoji(it, EMOJI_SUGGESTED) }.orEmpty()
        if (named != states.value.emoji) states.update { it.copy(emoji = named) }
        val sought = BEGUN.find(text)?.groupValues?.get(1)
        if (sought == null) {
            if (states.value.suggestions.isNotEmpty()) states.update { it.copy(suggestions = emptyList()) }
            return
        }
        scope.launch {
            val found = attempt({}) { open().room.suggestPeople(sought, SUGGESTED) } ?: return@launch
            states.update { if (it.draft == text) it.copy(suggestions = found) else it }
        }
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
        const val SUGGESTED = 5u
        const val EMOJI_SUGGESTED = 8u
        val EMOJI = Regex("(?:^|\\s):([\\w+-]{2,30})$")
        val BEGUN = Regex("(?:^|\\s)@([\\p{L}\\p{N}._-]{0,30})$")
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

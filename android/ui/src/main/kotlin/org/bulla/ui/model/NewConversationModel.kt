package org.bulla.ui.model

import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.bulla.Session
import org.bulla.emailAddress
import org.bulla.model.Failure
import org.bulla.model.GroupDraft
import org.bulla.model.Person
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomKind
import org.bulla.model.UserId
import org.bulla.roomList

data class NewConversationState(
    val search: String = "",
    /** What [found] was found for; null until the first answer. */
    val searched: String? = null,
    val found: List<Person> = emptyList(),
    val searching: Boolean = false,
    val chosen: List<Person> = emptyList(),
    /** The address that is typed, where people may be invited by theirs. */
    val email: String? = null,
    /** Whoever is to be invited by address. */
    val emails: List<String> = emptyList(),
    /** The group that is there already, though not everybody could be invited to it. */
    val made: RoomId? = null,
    /** Whether one may look through the forums. */
    val mayBrowse: Boolean = true,
    val groupName: String = "",
    val topic: String = "",
    /** What a group may be: the first is what is proposed. */
    val kinds: List<RoomKind> = emptyList(),
    val kind: RoomKind = RoomKind.PRIVATE,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    val nobody: Boolean get() = !searching && search.isNotBlank() && searched == search && found.isEmpty() && problem == null
}

/** Finds people and begins a conversation with one, a group or a space; [created] gets the room, and [createdSpace] a space. */
class NewConversationModel(
    private val session: Session,
    parent: CoroutineScope,
    with: UserId? = null,
    private val created: (RoomId) -> Unit,
    private val createdSpace: (RoomId) -> Unit = created,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(NewConversationState(search = with.orEmpty(), kinds = KINDS.filter(::mayCreate), mayBrowse = may { session.mayBrowse() }))
    private val invitesByEmail = may { session.mayInviteByEmail() }

    val state: StateFlow<NewConversationState> = states.asStateFlow()

    init {
        scope.launch {
            states.map { it.search.trim() }.distinctUntilChanged().collectLatest(::find)
        }
    }

    fun setSearch(search: String) = states.update { it.copy(search = search, email = if (invitesByEmail) emailAddress(search) else null) }

    /** Has the address that is typed be invited with the others. */
    fun chooseEmail(email: String) = states.update { it.copy(emails = (it.emails + email).distinct(), search = "", email = null) }

    fun removeEmail(email: String) = states.update { it.copy(emails = it.emails - email) }

    fun choose(person: Person) = states.update {
        if (it.chosen.any { chosen -> chosen.user == person.user }) it else it.copy(chosen = it.chosen + person, search = "", email = null)
    }

    fun remove(user: UserId) = states.update { it.copy(chosen = it.chosen.filter { person -> person.user != user }) }

    fun setGroupName(name: String) = states.update { it.copy(groupName = name, problem = null) }

    fun setTopic(topic: String) = states.update { it.copy(topic = topic, problem = null) }

    fun setKind(kind: RoomKind) = states.update { it.copy(kind = kind, problem = null) }

    fun createDirect(user: UserId): Job = create(RoomKind.DIRECT) { session.createDirect(user) }

    fun createGroup(): Job = create(states.value.kind) {
        val wanted = states.value
        val draft = GroupDraft(wanted.groupName.trim(), wanted.topic.trim().ifEmpty { null }, wanted.chosen.map { it.user }, wanted.kind)
        val room = wanted.made ?: session.createGroup(draft).also { made -> states.update { it.copy(made = made) } }
        inviteByEmail(room)
        room
    }

    /** Whoever could not be invited stays to be tried again. */
    private suspend fun inviteByEmail(room: RoomId) {
        val emails = states.value.emails
        if (emails.isEmpty()) return
        val failed = session.room(room).use { it.inviteEmails(emails) }.filter { it.failure != null }
        states.update { state -> state.copy(emails = failed.map { it.email }) }
        failed.firstNotNullOfOrNull { it.failure }?.let { throw it }
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun mayCreate(kind: RoomKind): Boolean = may { session.mayCreate(kind) }

    private fun may(asked: () -> Unit): Boolean = try {
        asked()
        true
    } catch (_: Failure.Forbidden) {
        false
    }

    private suspend fun find(text: String) {
        if (text.isEmpty()) {
            states.update { it.copy(found = emptyList(), searching = false, searched = null) }
            return
        }
        states.update { it.copy(searching = true, problem = null) }
        // Whoever types is not done yet.
        delay(250.milliseconds)
        val found = attempt(::failed) { session.findPeople(text, MOST) }
        states.update { it.copy(found = found.orEmpty(), searching = false, searched = it.search) }
    }

    private fun create(kind: RoomKind, make: suspend () -> RoomId): Job {
        if (states.value.busy) return Job().also { it.complete() }
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                val room = attempt(::failed, make) ?: return@launch
                // A room that was just made may not have come by sync yet.
                withTimeoutOrNull(15.seconds) { attempt(::failed) { session.roomList(if (kind == RoomKind.SPACE) RoomFilter.SPACES else RoomFilter.ALL).first { rows -> rows.any { it.id == room } } } }
                if (kind == RoomKind.SPACE) createdSpace(room) else created(room)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    private companion object {
        const val MOST = 30u
        val KINDS = listOf(RoomKind.PRIVATE, RoomKind.PRIVATE_WITH_GUESTS, RoomKind.PRIVATE_UNENCRYPTED, RoomKind.FORUM, RoomKind.SPACE)
    }
}

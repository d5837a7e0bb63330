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
import org.bulla.model.Failure
import org.bulla.model.GroupDraft
import org.bulla.model.Person
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

/** Finds people and begins a conversation with one, or a group; [created] gets the room. */
class NewConversationModel(
    private val session: Session,
    parent: CoroutineScope,
    with: UserId? = null,
    private val created: (RoomId) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(NewConversationState(search = with.orEmpty(), kinds = KINDS.filter(::mayCreate)))

    val state: StateFlow<NewConversationState> = states.asStateFlow()

    init {
        scope.launch {
            states.map { it.search.trim() }.distinctUntilChanged().collectLatest(::find)
        }
    }

    fun setSearch(search: String) = states.update { it.copy(search = search) }

    fun choose(person: Person) = states.update {
        if (it.chosen.any { chosen -> chosen.user == person.user }) it else it.copy(chosen = it.chosen + person, search = "")
    }

    fun remove(user: UserId) = states.update { it.copy(chosen = it.chosen.filter { person -> person.user != user }) }

    fun setGroupName(name: String) = states.update { it.copy(groupName = name, problem = null) }

    fun setTopic(topic: String) = states.update { it.copy(topic = topic, problem = null) }

    fun setKind(kind: RoomKind) = states.update { it.copy(kind = kind, problem = null) }

    fun createDirect(user: UserId): Job = create { session.createDirect(user) }

    fun createGroup(): Job = create {
        val wanted = states.value
        session.createGroup(GroupDraft(wanted.groupName.trim(), wanted.topic.trim().ifEmpty { null }, wanted.chosen.map { it.user }, wanted.kind))
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun mayCreate(kind: RoomKind): Boolean = try {
        session.mayCreate(kind)
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

    private fun create(make: suspend () -> RoomId): Job {
        if (states.value.busy) return Job().also { it.complete() }
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                val room = attempt(::failed, make) ?: return@launch
                // A room that was just made may not have come by sync yet.
                withTimeoutOrNull(15.seconds) { attempt(::failed) { session.roomList().first { rows -> rows.any { it.id == room } } } }
                created(room)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    private companion object {
        const val MOST = 30u
        val KINDS = listOf(RoomKind.PRIVATE, RoomKind.PRIVATE_WITH_GUESTS, RoomKind.PRIVATE_UNENCRYPTED, RoomKind.FORUM)
    }
}

package org.bulla.ui.model

import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.RoomPager
import org.bulla.Session
import org.bulla.model.MediaUri
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.model.RoomTitle
import org.bulla.model.UserId
import org.bulla.roomList

/** Somebody one may write to. */
data class Contact(val user: UserId, val name: String?, val avatar: MediaUri?, val guest: Boolean, val room: RoomId?)

data class ContactsState(
    val search: String = "",
    /** Those with whom there is a conversation, the newest first. */
    val talking: List<Contact> = emptyList(),
    /** Others of the organisation, found by the search. */
    val found: List<Contact> = emptyList(),
    val loading: Boolean = true,
    val searching: Boolean = false,
    val busy: Boolean = false,
    val problem: Problem? = null,
)

/** The people this person talks to, and the organisation's directory; [opened] gets the conversation with the one who was chosen. */
class ContactsModel(private val session: Session, parent: CoroutineScope, private val opened: (RoomId) -> Unit) : ScreenModel(parent) {
    private val states = MutableStateFlow(ContactsState())
    private val pager = RoomPager()
    private val me = session.account().user

    val state: StateFlow<ContactsState> = states.asStateFlow()

    init {
        Following(scope, { session.roomList(RoomFilter.PEOPLE, MOST_ROOMS, pager) }, ::failed) { rooms ->
            val talking = rooms.mapNotNull(::contact).distinctBy(Contact::user)
            states.update { it.copy(talking = talking, loading = false) }
        }
        scope.launch { states.map { it.search.trim() }.distinctUntilChanged().collectLatest(::find) }
    }

    fun setSearch(search: String) {
        states.update { it.copy(search = search) }
        pager.setSearch(search)
    }

    /** Goes to the conversation with somebody, or begins it. */
    fun open(contact: Contact): Job {
        if (states.value.busy) return Job().also { it.complete() }
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed) { contact.room ?: session.createDirect(contact.user) }?.let(opened)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun find(text: String) {
        states.update { it.copy(found = emptyList(), searching = text.isNotEmpty(), problem = null) }
        if (text.isEmpty()) return
        // Whoever types is not done yet.
        delay(250.milliseconds)
        val people = attempt(::failed) { session.findPeople(text, MOST_PEOPLE) }.orEmpty()
        states.update { before ->
            val known = before.talking.map(Contact::user) + me
            val found = people.filter { it.user !in known }.map { Contact(it.user, it.name, it.avatar, session.isGuest(it.user), null) }
            before.copy(found = found, searching = false)
        }
    }

    private fun contact(room: RoomSummary): Contact? {
        val user = room.directWith ?: return null
        val name = when (val title = room.title) {
            is RoomTitle.Named -> title.text
            is RoomTitle.People -> title.names.firstOrNull()
            is RoomTitle.Empty -> title.former.firstOrNull()
        }
        return Contact(user, name, room.avatar, session.isGuest(user), room.id)
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem, loading = false) }

    private companion object {
        const val MOST_ROOMS = 1_000u
        const val MOST_PEOPLE = 30u
    }
}

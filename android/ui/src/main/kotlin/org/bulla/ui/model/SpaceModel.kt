package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Room
import org.bulla.Session
import org.bulla.abilityUpdates
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomKind
import org.bulla.model.RoomOffer
import org.bulla.model.RoomSummary
import org.bulla.model.SpaceChild
import org.bulla.roomList
import org.bulla.summaries

/** Goes to where a group is made, as a space. */
fun AppModel.beginSpace() {
    go(Route.NewGroup)
    newConversation(Route.NewGroup)?.setKind(RoomKind.SPACE)
}

data class SpaceState(
    val summary: RoomSummary? = null,
    /** What it holds, as far as this account may see it and it is loaded. */
    val rooms: List<SpaceChild> = emptyList(),
    val next: String? = null,
    val loading: Boolean = true,
    val busy: Boolean = false,
    /** Rooms that this person has asked to come into from here. */
    val asked: Set<RoomId> = emptySet(),
    /** Why each action is refused, null where it is allowed; empty until it is known. */
    val abilities: Map<RoomAction, Refusal?> = emptyMap(),
    /** What may be put into it, while somebody chooses. */
    val addable: List<RoomSummary>? = null,
    /** How many of those that were chosen last could not be put into it. */
    val notAdded: Int = 0,
    val problem: Problem? = null,
) {
    fun may(action: RoomAction): Boolean = action in abilities && abilities[action] == null
}

/** A space: the rooms that it holds, a page at a time. [openRoom] and [openSpace] get what one goes to from here. */
class SpaceModel(
    private val session: Session,
    private val id: RoomId,
    parent: CoroutineScope,
    private val openRoom: (RoomId) -> Unit,
    private val openSpace: (RoomId) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(SpaceState())
    private var space: Room? = null

    val state: StateFlow<SpaceState> = states.asStateFlow()

    init {
        atEnd { space?.close() }
        Following(scope, { opened()?.summaries() ?: emptyFlow() }, ::failed) { summary -> states.update { it.copy(summary = summary) } }
        Following(scope, { opened()?.abilityUpdates() ?: emptyFlow() }, ::failed) { abilities ->
            states.update { state -> state.copy(abilities = abilities.associate { it.action to it.refused }) }
        }
        again()
    }

    /** Looks again at what it holds. */
    fun again(): Job = scope.launch {
        states.update { it.copy(loading = true, problem = null) }
        attempt(::failed) { load() }
    }

    /** Loads the next page. */
    fun more(): Job = scope.launch {
        val after = states.value.next ?: return@launch
        attempt(::failed) { opened()?.children(after) }?.let { page ->
            states.update { if (it.next == after) it.copy(rooms = it.rooms + page.rooms, next = page.next) else it }
        }
    }

    /** Comes in. */
    fun join(offer: RoomOffer): Job = work {
        session.joinThrough(offer.id, offer.via)
        open(offer)
    }

    fun open(offer: RoomOffer) = if (offer.space) openSpace(offer.id) else openRoom(offer.id)

    /** Asks those who are in it to be let in. */
    fun knock(offer: RoomOffer, reason: String): Job = work {
        session.knock(offer.id, offer.via, reason.trim().ifEmpty { null })
        states.update { it.copy(asked = it.asked + offer.id) }
    }

    /** Asks what is to be put into it: rooms and spaces that this person is in, and that are not in it yet. */
    fun chooseRooms(): Job = work {
        val there = states.value.rooms.mapTo(mutableSetOf(id)) { it.room.id }
        val mine = session.roomList(RoomFilter.ROOMS, MOST).first() + session.roomList(RoomFilter.SPACES, MOST).first()
        states.update { state -> state.copy(addable = mine.filter { it.id !in there && it.kind != RoomKind.DIRECT }, notAdded = 0) }
    }

    fun stopChoosing() = states.update { it.copy(addable = null, notAdded = 0) }

    /** Puts rooms into it. One that fails stops no other. */
    fun add(rooms: List<RoomId>): Job = work {
        var last: Problem? = null
        val failed = rooms.filter { room -> attempt({ last = it }) { opened()?.addChild(room) } == null }
        states.update { state -> if (failed.isEmpty()) state.copy(addable = null) else state.copy(notAdded = failed.size, addable = state.addable?.filter { it.id in failed || it.id !in rooms }, problem = last) }
        load()
    }

    /** Takes a room out of it. */
    fun remove(room: RoomId): Job = work {
        opened()?.removeChild(room)
        load()
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun load() {
        val page = opened()?.children(null) ?: return
        states.update { it.copy(rooms = page.rooms, next = page.next, loading = false) }
    }

    private suspend fun opened(): Room? = space ?: attempt(::failed) { session.room(id) }?.also { space = it }

    private fun work(command: suspend () -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed, command)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem, loading = false) }

    private companion object {
        const val MOST = 500u
    }
}

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
import org.bulla.Session
import org.bulla.model.Link
import org.bulla.model.RoomId
import org.bulla.model.RoomOffer

data class DirectoryState(
    val search: String = "",
    /** Whose directories may be looked into; none but one's own where the deployment names no others. */
    val servers: List<String> = emptyList(),
    /** Whose is; null for one's own. */
    val server: String? = null,
    val rooms: List<RoomOffer> = emptyList(),
    val next: String? = null,
    val loading: Boolean = true,
    val busy: Boolean = false,
    /** Rooms that this person has asked to come into from here. */
    val asked: Set<RoomId> = emptySet(),
    val problem: Problem? = null,
)

/** Rooms that one is not in: those that servers list, or the one that [link] names. [opened] gets the one that one is in then. */
class DirectoryModel(
    private val session: Session,
    servers: List<String>,
    private val link: Link?,
    parent: CoroutineScope,
    private val opened: (RoomId) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(DirectoryState(servers = servers))

    val state: StateFlow<DirectoryState> = states.asStateFlow()

    init {
        if (link != null) again()
        else scope.launch {
            states.map { it.search.trim() to it.server }.distinctUntilChanged().collectLatest { (search, server) ->
                if (search.isNotEmpty()) delay(PAUSE)
                load(search, server)
            }
        }
    }

    fun setSearch(search: String) = states.update { it.copy(search = search) }

    fun setServer(server: String?) = states.update { it.copy(server = server) }

    /** Asks again for what could not be had. */
    fun again(): Job = scope.launch { if (link == null) load(states.value.search.trim(), states.value.server) else look(link) }

    /** Loads the next page. */
    fun more(): Job = scope.launch {
        val before = states.value
        val after = before.next ?: return@launch
        attempt(::failed) { session.directory(before.search.trim(), before.server, after) }?.let { page ->
            states.update { if (it.next == after) it.copy(rooms = it.rooms + page.rooms, next = page.next) else it }
        }
    }

    /** Comes in, or goes to where one is already. */
    fun join(offer: RoomOffer): Job = work {
        session.joinThrough(offer.id, offer.via)
        opened(offer.id)
    }

    fun open(room: RoomId) = opened(room)

    /** Asks those who are in it to be let in. */
    fun knock(offer: RoomOffer, reason: String): Job = work {
        session.knock(offer.id, offer.via, reason.trim().ifEmpty { null })
        states.update { it.copy(asked = it.asked + offer.id) }
    }

    private suspend fun load(search: String, server: String?) {
        states.update { it.copy(loading = true, problem = null) }
        attempt(::failed) { session.directory(search, server, null) }?.let { page ->
            states.update { it.copy(rooms = page.rooms, next = page.next, loading = false) }
        }
    }

    private suspend fun look(link: Link) {
        states.update { it.copy(loading = true, problem = null) }
        attempt(::failed) { session.lookAt(link) }?.let { offer -> states.update { it.copy(rooms = listOf(offer), loading = false) } }
    }

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
        val PAUSE = 300.milliseconds
    }
}

package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.RoomPager
import org.bulla.Session
import org.bulla.applyTo
import org.bulla.model.MarkedRead
import org.bulla.model.Password
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomListChange
import org.bulla.model.RoomSummary
import org.bulla.model.SessionState
import org.bulla.roomChanges
import org.bulla.stateFlow

data class RoomListState(
    val filter: RoomFilter = RoomFilter.ALL,
    val search: String = "",
    val rows: List<RoomSummary> = emptyList(),
    /** How many rooms the filter and the search admit, shown or not. */
    val total: Int = 0,
    val invitations: Int = 0,
    val connection: SessionState = SessionState.Attaching,
    /** Until the first batch. */
    val loading: Boolean = true,
    /** The session has ended softly, and the password brings it back. */
    val wantsPassword: Boolean = false,
    /** The browser is open to bring it back, and is waited for. */
    val browsing: Boolean = false,
    /** Rooms that are being joined or declined. */
    val busy: Set<RoomId> = emptySet(),
    /** The list itself cannot be shown. */
    val listProblem: Problem? = null,
    /** How far marking everything as read is, while it runs and until the person has seen it. */
    val marking: MarkedRead? = null,
    /** A command failed. */
    val problem: Problem? = null,
) {
    val empty: Boolean get() = !loading && rows.isEmpty() && listProblem == null
}

/** The list of conversations. */
class RoomListModel(private val session: Session, parent: CoroutineScope, private val browser: BrowserPort? = null) : ScreenModel(parent) {
    private val states = MutableStateFlow(RoomListState())
    private val pager = RoomPager()
    private val list: Following<List<RoomListChange>>
    private var returning: Job? = null

    val state: StateFlow<RoomListState> = states.asStateFlow()

    init {
        val failed = { problem: Problem -> states.update { it.copy(loading = false, listProblem = problem) } }
        list = Following(scope, { session.roomChanges(states.value.filter, pager = pager) }, failed, ::show)
        Following(scope, { session.roomChanges(RoomFilter.INVITATIONS, page = 1u) }, {}) { batch ->
            batch.total()?.let { total -> states.update { it.copy(invitations = total) } }
        }
        Following(scope, { session.stateFlow() }, {}) { connection -> states.update { it.copy(connection = connection) } }
    }

    fun setFilter(filter: RoomFilter) {
        states.update { it.copy(filter = filter) }
        pager.setFilter(filter)
    }

    fun setSearch(search: String) {
        states.update { it.copy(search = search) }
        pager.setSearch(search)
    }

    /** Shows one page more, where there is one. */
    fun more() {
        if (states.value.run { rows.size < total }) pager.more()
    }

    fun retry() {
        states.update { it.copy(loading = true, listProblem = null) }
        list.again()
    }

    fun accept(room: RoomId): Job = busy(room) { session.join(room) }

    fun decline(room: RoomId): Job = busy(room) { session.decline(room) }

    fun favourite(room: RoomId, favourite: Boolean): Job = busy(room) { session.room(room).use { it.setFavourite(favourite) } }

    fun mute(room: RoomId, muted: Boolean): Job = busy(room) { session.room(room).use { it.setMuted(muted) } }

    fun leave(room: RoomId): Job = busy(room) { session.leave(room) }

    /** The session has ended softly: the browser brings it back where it signed this account in, and the password otherwise. */
    fun comeBack(): Job {
        returning?.takeIf { it.isActive }?.let { return it }
        states.update { it.copy(browsing = browser != null, wantsPassword = browser == null, problem = null) }
        return scope.launch {
            try {
                if (browser != null) attempt(::notByBrowser) { session.comeBackByBrowser(browser) }
            } finally {
                states.update { it.copy(browsing = false) }
            }
        }.also { returning = it }
    }

    fun signInAgain(password: Password): Job {
        stayAway()
        return scope.launch { attempt(::failed) { session.signInAgain(password) } }
    }

    /** Neither now. */
    fun stayAway() {
        returning?.cancel()
        states.update { it.copy(wantsPassword = false) }
    }

    /** Marks every conversation as read. */
    fun markAllRead(): Job = scope.launch {
        attempt(::failed) {
            session.markAllRead().use { marking ->
                while (true) {
                    val told = marking.next() ?: break
                    states.update { it.copy(marking = told) }
                }
            }
        }
    }

    fun markingSeen() = states.update { it.copy(marking = null) }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun show(batch: List<RoomListChange>) = states.update { before ->
        before.copy(
            rows = batch.applyTo(before.rows),
            total = batch.total() ?: before.total,
            loading = false,
            listProblem = null,
        )
    }

    private fun busy(room: RoomId, command: suspend () -> Unit): Job {
        states.update { it.copy(busy = it.busy + room) }
        return scope.launch {
            try {
                attempt(::failed, command)
            } finally {
                states.update { it.copy(busy = it.busy - room) }
            }
        }
    }

    private fun notByBrowser(problem: Problem) =
        if (problem == Problem.Refused("OAUTH_UNSUPPORTED")) states.update { it.copy(wantsPassword = true) } else failed(problem)

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}

private fun List<RoomListChange>.total(): Int? = mapNotNull {
    when (it) {
        is RoomListChange.Reset -> it.total.toInt()
        is RoomListChange.Total -> it.total.toInt()
        else -> null
    }
}.lastOrNull()

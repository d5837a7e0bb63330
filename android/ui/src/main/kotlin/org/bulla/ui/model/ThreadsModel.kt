package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.ThreadList
import org.bulla.model.EventId
import org.bulla.model.RoomId
import org.bulla.model.ThreadRow
import org.bulla.rows

data class ThreadsState(
    val rows: List<ThreadRow> = emptyList(),
    val loading: Boolean = true,
    val more: Boolean = true,
    val problem: Problem? = null,
)

/** The threads of a conversation. */
class ThreadsModel(private val session: Session, private val room: RoomId, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(ThreadsState())
    private var list: ThreadList? = null
    private val following: Following<List<ThreadRow>>

    val state: StateFlow<ThreadsState> = states.asStateFlow()

    init {
        atEnd { list?.close() }
        following = Following(scope, { session.room(room).use { it.threads() }.also { list = it }.rows() }, ::failed) { rows ->
            states.update { it.copy(rows = rows, loading = false, problem = null) }
        }
    }

    /** Loads the next page. */
    fun more(): Job = scope.launch {
        if (!states.value.more) return@launch
        attempt(::failed) { list?.more() }?.let { more -> states.update { it.copy(more = more) } }
    }

    /** Marks a thread as read. */
    fun markRead(root: EventId): Job = scope.launch { attempt(::failed) { session.room(room).use { it.markThreadRead(root) } } }

    fun again() {
        states.update { it.copy(loading = true, problem = null) }
        following.again()
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem, loading = false) }
}

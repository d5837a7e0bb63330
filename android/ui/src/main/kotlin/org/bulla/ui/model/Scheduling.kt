package org.bulla.ui.model

import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Room
import org.bulla.Session
import org.bulla.model.NoScheduling
import org.bulla.model.RoomId
import org.bulla.model.ScheduledMessage

data class SchedulingState(
    /** Whether it was asked if something can be scheduled here. */
    val known: Boolean = false,
    /** Why nothing can; null where it can, or before that is [known]. */
    val refused: NoScheduling? = null,
    /** What waits, the earliest first. */
    val waiting: List<ScheduledMessage> = emptyList(),
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    val may: Boolean get() = known && refused == null
}

/** What is to leave later from one conversation: the server keeps it until then. */
class Scheduling(private val session: Session, private val room: RoomId, private val scope: CoroutineScope) {
    private val states = MutableStateFlow(SchedulingState())

    val state: StateFlow<SchedulingState> = states.asStateFlow()

    /** Asks whether something can be scheduled here, and what waits. */
    fun look(): Job = work { load(it) }

    /** Has a text leave at a moment; [done] is called where it will. */
    internal fun schedule(text: String, at: Instant, done: () -> Unit): Job = work {
        it.schedule(text, at)
        done()
        load(it)
    }

    fun sendNow(id: String): Job = work {
        it.sendScheduled(id)
        load(it)
    }

    fun cancel(id: String): Job = work {
        it.cancelScheduled(id)
        load(it)
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun load(room: Room) {
        val refused = room.noScheduling()
        val waiting = if (refused == null) room.scheduled() else emptyList()
        states.update { it.copy(known = true, refused = refused, waiting = waiting) }
    }

    private fun work(command: suspend (Room) -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt({ problem -> states.update { it.copy(problem = problem) } }) { session.room(room).use { command(it) } }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }
}

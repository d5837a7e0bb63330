package org.bulla.ui.model

import java.time.Duration
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
import org.bulla.model.Lifetime
import org.bulla.model.Retention
import org.bulla.model.RoomAction
import org.bulla.model.RoomId

data class EndingsState(
    /** What messages of the conversation have that say nothing else; null where they stay. */
    val lifetime: Lifetime? = null,
    val retention: Retention? = null,
    val mayChange: Boolean = false,
    val mayChangeRetention: Boolean = false,
    val loading: Boolean = true,
    val busy: Boolean = false,
    val problem: Problem? = null,
)

/** How long the messages of a conversation stay: what is usual for them, and when they go for their age. */
class EndingModel(private val session: Session, val room: RoomId, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(EndingsState())
    private val opened = MutableStateFlow<Room?>(null)

    val state: StateFlow<EndingsState> = states.asStateFlow()

    init {
        atEnd { opened.value?.close() }
        scope.launch {
            attempt(::failed) {
                opened.value = session.room(room)
                read()
            }
            states.update { it.copy(loading = false) }
        }
        Following(scope, { opened.first { it != null }?.abilityUpdates() ?: emptyFlow() }, {}) { abilities ->
            fun may(action: RoomAction) = abilities.any { it.action == action && it.refused == null }
            states.update { it.copy(mayChange = may(RoomAction.CHANGE_ENDING), mayChangeRetention = may(RoomAction.CHANGE_RETENTION)) }
        }
    }

    fun setLifetime(lifetime: Lifetime?): Job = busy { it.setEnding(lifetime) }

    fun setRetention(longest: Duration?): Job = busy { it.setRetention(longest) }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun read() {
        val room = opened.value ?: return
        val (lifetime, retention) = room.ending() to room.retention()
        states.update { it.copy(lifetime = lifetime, retention = retention) }
    }

    private fun busy(command: suspend (Room) -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed) {
                    opened.value?.let { command(it) }
                    read()
                }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    companion object {
        /** What may be chosen for a message. */
        val LIVES: List<Duration> = listOf(
            Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(365),
        )

        /** What may be chosen for a conversation. */
        val AGES: List<Duration> = listOf(30L, 90L, 365L, 1_095L).map(Duration::ofDays)
    }
}

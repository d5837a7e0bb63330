package org.bulla.ui.model

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.MediaRetention
import org.bulla.model.MediaStorage

data class StorageState(
    /** What files take up; null until it is known. */
    val storage: MediaStorage? = null,
    val retention: MediaRetention? = null,
    val busy: Boolean = false,
    val problem: Problem? = null,
)

/** What files take up on this device, and how long they stay. */
class StorageModel(private val session: Session, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(StorageState())

    val state: StateFlow<StorageState> = states.asStateFlow()

    init {
        busy {}
    }

    /** Removes every file that nobody looks at. */
    fun clear(): Job = busy { session.clearMedia() }

    fun setMost(bytes: ULong): Job = keep { it.copy(maxBytes = bytes) }

    fun setLongest(age: Duration): Job = keep { it.copy(maxAge = age) }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun keep(change: (MediaRetention) -> MediaRetention): Job {
        val before = states.value.retention ?: return Job().also { it.complete() }
        return busy { session.setMediaRetention(change(before)) }
    }

    private fun busy(command: suspend () -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed) {
                    command()
                    val (storage, retention) = session.mediaStorage() to session.mediaRetention()
                    states.update { it.copy(storage = storage, retention = retention) }
                }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    companion object {
        /** What may be chosen, in bytes; what the core begins with is among them. */
        val MOST = listOf(100_000_000uL, 500_000_000uL, 2_000_000_000uL, 8_000_000_000uL)
        val LONGEST: List<Duration> = listOf(7L, 30L, 90L, 365L).map(Duration::ofDays)
    }
}

package org.bulla.ui.model

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.bulla.Room
import org.bulla.model.Place

/** Where this person is, told to one conversation as it changes, for as long as its screen is on the way. */
class PlaceSharing(
    private val port: PlacePort?,
    private val scope: CoroutineScope,
    private val failed: (Problem) -> Unit,
    private val room: suspend () -> Room,
) {
    @Volatile private var telling: Job? = null

    /** Begins to share; [about] is seen by the others where the conversation is not encrypted. */
    internal fun begin(duration: Duration, about: String?): Job = scope.launch {
        val port = port ?: return@launch
        attempt(failed) {
            room().sharePlace(duration, about)
            telling?.cancel()
            telling = scope.launch { withTimeoutOrNull(duration.toMillis()) { tell(port) } }
        }
    }

    /** Ends it, also where another device or an earlier start of the app began it. */
    fun stop(): Job {
        telling?.cancel()
        return scope.launch { attempt(failed) { room().stopPlace() } }
    }

    private suspend fun tell(port: PlacePort) {
        var said = false
        var goesOn = true
        while (goesOn) {
            port.here()?.let { place ->
                tell(place) { problem ->
                    // It was ended elsewhere.
                    goesOn = problem !is Problem.NotFound
                    if (goesOn && !said && problem !is Problem.Offline) {
                        said = true
                        failed(problem)
                    }
                }
            }
            if (goesOn) delay(port.pace.toMillis())
        }
    }

    private suspend fun tell(place: Place, failed: (Problem) -> Unit) = attempt(failed) { room().tellPlace(place) }

    companion object {
        /** For how long one may share. */
        val DURATIONS: List<Duration> = listOf(Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(8))
    }
}

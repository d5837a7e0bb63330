package org.bulla.ui.model

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.model.Failure
import org.bulla.model.Place
import org.bulla.readPlace

/** Where a shell learns where the device is. */
fun interface PlacePort {
    /** Asks the person where they have not been asked yet. Null where they said no, it is switched off, or nothing is known. */
    suspend fun here(): Place?

    /** How long to wait between two questions while a place is shared as it changes. */
    val pace: Duration get() = Duration.ofSeconds(15)
}

data class PlacingState(
    /** What was typed or pasted: `geo:` or degrees. */
    val text: String = "",
    val about: String = "",
    /** What will be sent. */
    val place: Place? = null,
    val looking: Boolean = false,
    /** The device could not tell where it is. */
    val unknown: Boolean = false,
    /** The text is no place. */
    val problem: Problem? = null,
)

/** A place that is about to be sent: typed, pasted, or told by the device; shown before it goes. */
class Placing(private val port: PlacePort?, private val scope: CoroutineScope) {
    private val states = MutableStateFlow(PlacingState())

    val state: StateFlow<PlacingState> = states.asStateFlow()

    /** Whether there is something that knows where the device is. */
    val locates: Boolean get() = port != null

    fun setText(text: String) {
        var problem: Problem? = null
        val place = try {
            if (text.isBlank()) null else readPlace(text)
        } catch (failure: Failure) {
            problem = Problem.of(failure)
            null
        }
        states.update { it.copy(text = text, place = place, unknown = false, problem = problem) }
    }

    fun setAbout(about: String) = states.update { it.copy(about = about) }

    /** Asks the device. */
    fun locate(): Job {
        if (port == null || states.value.looking) return Job().also { it.complete() }
        states.update { it.copy(looking = true, unknown = false) }
        return scope.launch {
            var found: Place? = null
            try {
                found = port.here()
            } finally {
                states.update { if (found == null) it.copy(looking = false, unknown = true) else it.copy(looking = false, text = "", place = found, problem = null) }
            }
        }
    }
}

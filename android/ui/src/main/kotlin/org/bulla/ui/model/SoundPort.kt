package org.bulla.ui.model

import java.time.Duration
import kotlinx.coroutines.flow.StateFlow
import org.bulla.MediaFile

/** The microphone and the loudspeaker, which a shell has. What cannot be done fails with [SoundFailure]. */
interface SoundPort {
    /** Begins to record. It ends by itself after [longest]. */
    suspend fun record(longest: Duration): SoundRecording

    /** Makes [file] ready to be heard. It is not released while it is open. */
    suspend fun open(file: MediaFile): SoundPlayer
}

/** What is being recorded. */
interface SoundRecording {
    /** How long it is, and how loud it was so far; it changes no more once it has ended. */
    val heard: StateFlow<Heard>

    /** Stops, and gives the file. */
    suspend fun finish(): ChosenFile

    /** Stops, and leaves nothing. */
    fun discard()
}

/** [levels] are from 0 to 100, ten a second. */
data class Heard(val duration: Duration = Duration.ZERO, val levels: List<Int> = emptyList(), val ended: Boolean = false)

/** A sound that is heard, or can be. */
interface SoundPlayer : AutoCloseable {
    val state: StateFlow<Sounding>

    fun play()

    fun pause()

    fun seek(position: Duration)
}

data class Sounding(val playing: Boolean = false, val position: Duration = Duration.ZERO, val duration: Duration = Duration.ZERO, val trouble: SoundTrouble? = null)

/** Why there is no sound. */
enum class SoundTrouble { NO_INPUT, NO_OUTPUT, NOT_ALLOWED, FORMAT }

class SoundFailure(val why: SoundTrouble) : Exception()

/** As many loudness values as a message holds, each the loudest of its part. */
fun waveform(levels: List<Int>, most: Int = 120): ByteArray {
    if (levels.size <= most) return ByteArray(levels.size) { levels[it].coerceIn(0, 100).toByte() }
    return ByteArray(most) { at -> levels.subList(at * levels.size / most, (at + 1) * levels.size / most).max().coerceIn(0, 100).toByte() }
}

package org.bulla.ui.model

import java.time.Duration
import kotlinx.coroutines.CompletableJob
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.bulla.MediaFile
import org.bulla.model.ItemId

/** What is heard, or was stopped on the way; one at a time. */
data class PlaybackState(
    val item: ItemId? = null,
    /** Until it is here and ready. */
    val loading: Boolean = false,
    val sounding: Sounding = Sounding(),
    val problem: Problem? = null,
    val trouble: SoundTrouble? = null,
)

/** Plays the sound of a conversation's rows. */
class Playback(private val scope: CoroutineScope, private val files: ConversationFiles, private val port: SoundPort?) {
    private val states = MutableStateFlow(PlaybackState())
    private var running: Job? = null
    private var player: SoundPlayer? = null

    val state: StateFlow<PlaybackState> = states.asStateFlow()

    /** Whether anything can be heard here. */
    val plays: Boolean get() = port != null

    /** Plays it, or halts what plays; another one takes its place. */
    fun toggle(item: ItemId): Job {
        val player = player
        if (states.value.item == item && player != null) {
            if (states.value.sounding.playing) player.pause() else player.play()
            return Job().also { it.complete() }
        }
        if (states.value.item == item && states.value.loading) return Job().also { it.complete() }
        return begin(item) { files.open(item) }
    }

    fun seek(position: Duration) {
        player?.seek(position)
    }

    /** Nothing is heard any more, nor open. */
    fun stop() {
        running?.cancel()
        running = null
        states.value = PlaybackState()
    }

    /** Plays what [open] gives, which is released at the end. The job is done once it can be heard. */
    internal fun begin(item: ItemId, open: suspend () -> MediaFile): Job {
        val port = port ?: return Job().also { it.complete() }
        val before = running
        val ready = Job()
        states.value = PlaybackState(item, loading = true)
        running = scope.launch {
            try {
                before?.cancelAndJoin()
                attempt({ problem -> states.update { it.copy(loading = false, problem = problem) } }) { open() }?.use { play(it, port, ready) }
            } finally {
                ready.complete()
            }
        }
        return ready
    }

    private suspend fun play(file: MediaFile, port: SoundPort, ready: CompletableJob) {
        try {
            val made = port.open(file)
            player = made
            try {
                scope.launch { made.state.collect { now -> states.update { it.copy(loading = false, sounding = now, trouble = now.trouble) } } }.let { told ->
                    try {
                        made.play()
                        ready.complete()
                        awaitCancellation()
                    } finally {
                        told.cancel()
                    }
                }
            } finally {
                player = null
                // It may have to wait for its device.
                withContext(NonCancellable + Dispatchers.IO) { made.close() }
            }
        } catch (failure: SoundFailure) {
            states.update { it.copy(loading = false, trouble = failure.why) }
        } finally {
            file.release()
        }
    }
}

package org.bulla.ui.model

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.model.MediaDraft
import org.bulla.model.MediaKind

data class VoiceState(
    val recording: Boolean = false,
    /** Recorded, and not sent. */
    val ready: Boolean = false,
    val heard: Heard = Heard(),
    val trouble: SoundTrouble? = null,
    val problem: Problem? = null,
) {
    val active: Boolean get() = recording || ready
}

/** A voice message: recorded, then sent or thrown away. */
class VoiceMessage(private val scope: CoroutineScope, private val port: SoundPort?, private val handOver: suspend (MediaDraft) -> Unit) {
    private val states = MutableStateFlow(VoiceState())
    private var recording: SoundRecording? = null
    private var following: Job? = null
    private var recorded: ChosenFile? = null

    val state: StateFlow<VoiceState> = states.asStateFlow()

    /** Whether there is anything to record with. */
    val records: Boolean get() = port != null

    fun begin(): Job = scope.launch {
        val port = port ?: return@launch
        if (states.value.active) return@launch
        states.value = VoiceState(recording = true)
        try {
            val begun = port.record(LONGEST)
            recording = begun
            following = scope.launch {
                begun.heard.collect { heard ->
                    states.update { it.copy(heard = heard) }
                    if (heard.ended) stop()
                }
            }
        } catch (failure: SoundFailure) {
            states.value = VoiceState(trouble = failure.why)
        }
    }

    /** Ends the recording. */
    fun stop(): Job = scope.launch {
        val begun = recording ?: return@launch
        recording = null
        try {
            recorded = begun.finish()
            states.update { it.copy(recording = false, ready = true, heard = begun.heard.value) }
        } catch (failure: SoundFailure) {
            states.value = VoiceState(trouble = failure.why)
        } finally {
            following?.cancel()
        }
    }

    /** Sends what was recorded; while it records, ends that first. What is refused stays, to be sent again. */
    fun send(): Job = scope.launch {
        if (states.value.recording) stop().join()
        val file = recorded ?: return@launch
        val heard = states.value.heard
        val draft = MediaDraft(file.path, MediaKind.VOICE, file.name, file.mime, duration = heard.duration, waveform = waveform(heard.levels))
        val sent = attempt({ problem -> states.update { it.copy(problem = problem) } }) { handOver(draft) }
        if (sent != null) leave()
    }

    fun discard() {
        recording?.discard()
        recording = null
        following?.cancel()
        leave()
    }

    fun seen() = states.update { it.copy(trouble = null, problem = null) }

    private fun leave() {
        recorded?.release?.invoke()
        recorded = null
        states.value = VoiceState()
    }

    companion object {
        val LONGEST: Duration = Duration.ofSeconds(120)
    }
}

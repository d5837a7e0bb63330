package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Media
import org.bulla.OpenedMessage
import org.bulla.Timeline
import org.bulla.model.ItemId
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody

data class ReadOnceState(
    val item: ItemId? = null,
    /** What it says; null until it is here. */
    val body: MessageBody? = null,
    /** Made anew by the core, where it is a picture. Kept nowhere else. */
    val picture: ByteArray? = null,
    val saving: Boolean = false,
    val problem: Problem? = null,
)

/** A message that is opened once, and gone when it is closed. */
class ReadOnce(private val scope: CoroutineScope, private val port: FilePort?, private val playback: Playback, private val timeline: suspend () -> Timeline) {
    private val states = MutableStateFlow(ReadOnceState())
    private var opened: OpenedMessage? = null
    private var media: Media? = null

    val state: StateFlow<ReadOnceState> = states.asStateFlow()

    /** Whether what has to be opened elsewhere can be written out. */
    val saves: Boolean get() = port != null

    /** From here on it counts as opened, on every device of this person. */
    fun open(item: ItemId): Job = scope.launch {
        if (states.value.item != null) return@launch
        states.value = ReadOnceState(item)
        val message = attempt(::failed) { timeline().openOnce(item) } ?: return@launch
        if (states.value.item != item) return@launch message.close()
        opened = message
        val body = message.body()
        media = message.media()
        states.update { it.copy(body = body) }
        val file = media?.takeIf { (body as? MessageBody.Media)?.kind == MediaKind.IMAGE } ?: return@launch
        val picture = attempt(::failed) { file.thumbnail(LARGEST) }
        states.update { if (it.item == item) it.copy(picture = picture) else it }
    }

    /** Lets a sound be heard. */
    fun play(): Job? {
        val (item, file) = (states.value.item ?: return null) to (media ?: return null)
        return if (playback.state.value.item == item) playback.toggle(item) else playback.begin(item) { file.open() }
    }

    /** Writes out what has to be opened elsewhere. */
    fun save(): Job = scope.launch {
        val (port, file) = (port ?: return@launch) to (media ?: return@launch)
        states.update { it.copy(saving = true, problem = null) }
        attempt(::failed) { file.open().use { whole -> port.save(whole).also { whole.release() } } }
        states.update { it.copy(saving = false) }
    }

    /** It is gone then. False where nothing was open. */
    fun close(): Boolean {
        val item = states.value.item ?: return false
        if (playback.state.value.item == item) playback.stop()
        states.value = ReadOnceState()
        media?.close()
        opened?.close()
        media = null
        opened = null
        return true
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    private companion object {
        const val LARGEST = 2_048u
    }
}

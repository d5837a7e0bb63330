package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.EventId
import org.bulla.model.ItemId
import org.bulla.model.MediaDraft
import org.bulla.model.MediaKind
import org.bulla.model.RoomId
import org.bulla.model.Upload
import org.bulla.model.UploadId
import org.bulla.uploadList

data class AttachmentsState(
    /** What was chosen and not sent. */
    val chosen: ChosenFile? = null,
    val caption: String = "",
    /** A picture that leaves as it is, with all that the camera noted. */
    val original: Boolean = false,
    /** How many bytes the server takes; null until it is known, and where it never said. */
    val limit: ULong? = null,
    val busy: Boolean = false,
    /** What is on its way out of this conversation. */
    val uploads: List<Upload> = emptyList(),
    val problem: Problem? = null,
) {
    val tooLarge: Boolean get() = chosen != null && limit != null && chosen.size.toULong() > limit

    val canSend: Boolean get() = chosen != null && !tooLarge && !busy
}

/** What is sent besides text: chosen, captioned, on its way. */
class Attachments(
    private val scope: CoroutineScope,
    private val session: Session,
    private val room: RoomId,
    private val thread: EventId?,
    private val port: FilePort?,
    /** Whether the deployment has an antivirus, which gets the key of every file. */
    val scanned: Boolean,
    private val handOver: suspend (MediaDraft) -> Unit,
) {
    private val states = MutableStateFlow(AttachmentsState())

    val state: StateFlow<AttachmentsState> = states.asStateFlow()

    /** Whether files can be chosen. */
    val chooses: Boolean get() = port != null

    init {
        Following(scope, { session.uploadList() }, {}) { all ->
            states.update { state -> state.copy(uploads = all.filter { it.room == room && it.thread == thread }) }
        }
    }

    /** Lets the person choose a picture or a film, or any file. */
    fun choose(pictures: Boolean): Job = scope.launch {
        val port = port ?: return@launch
        val chosen = attempt(::failed) { port.choose(pictures) } ?: return@launch
        drop()
        states.update { it.copy(chosen = chosen, caption = "", original = false, problem = null) }
        // Said beforehand where it is known; the core refuses what is too large all the same.
        attempt({}) { session.mediaLimit() }?.let { limit -> states.update { it.copy(limit = limit) } }
    }

    fun setCaption(text: String) = states.update { it.copy(caption = text) }

    fun setOriginal(original: Boolean) = states.update { it.copy(original = original) }

    /** Hands it over: from here on the core has it, and the original may go. What is refused stays, to be sent otherwise. */
    fun send(replyTo: ItemId? = null): Job = scope.launch {
        val state = states.value
        val file = state.chosen?.takeIf { state.canSend } ?: return@launch
        states.update { it.copy(busy = true, problem = null) }
        try {
            val kind = if (state.original) MediaKind.FILE else file.kind
            val draft = MediaDraft(
                file.path,
                kind,
                file.name,
                file.mime,
                state.caption.trim().ifEmpty { null },
                file.film?.width?.toUInt(),
                file.film?.height?.toUInt(),
                file.film?.duration,
                poster = file.film?.poster,
                replyTo = replyTo,
            )
            if (attempt(::failed) { handOver(draft) } != null) giveUp()
        } finally {
            states.update { it.copy(busy = false) }
        }
    }

    /** Nothing is sent. */
    fun giveUp() {
        drop()
        states.update { it.copy(chosen = null, caption = "", original = false, problem = null) }
    }

    fun retry(upload: UploadId): Job = scope.launch { attempt(::failed) { session.retryUpload(upload) } }

    fun cancel(upload: UploadId): Job = scope.launch { attempt(::failed) { session.cancelUpload(upload) } }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun drop() {
        states.value.chosen?.release?.invoke()
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}

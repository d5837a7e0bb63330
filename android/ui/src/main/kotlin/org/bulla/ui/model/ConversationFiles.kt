package org.bulla.ui.model

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.MediaFile
import org.bulla.Timeline
import org.bulla.model.ItemId
import org.bulla.model.ScanState
import org.bulla.model.Transfer
import org.bulla.stateFlow

/** How a file in a row stands. */
data class FileState(
    val scan: ScanState = ScanState.WAITING,
    /** Whether it is on this device. */
    val here: Boolean = false,
    val transfer: Transfer? = null,
    /** Why it is not known. */
    val problem: Problem? = null,
) {
    /** Nothing else is opened. */
    val mayOpen: Boolean get() = scan == ScanState.CLEAN
}

data class FilesState(
    /** Those of which a copy is being written. */
    val saving: Set<ItemId> = emptySet(),
    /** A copy was written. */
    val saved: Boolean = false,
    val problem: Problem? = null,
)

/** The files in the rows of a conversation. */
class ConversationFiles(
    private val scope: CoroutineScope,
    private val port: FilePort?,
    /** Waits for the network. */
    private val online: suspend () -> Unit,
    private val timeline: suspend () -> Timeline,
) {
    private val states = MutableStateFlow(FilesState())

    val state: StateFlow<FilesState> = states.asStateFlow()

    /** Whether copies can be written. */
    val saves: Boolean get() = port != null

    /** How the file of a row stands, for as long as somebody looks; the antivirus is asked at once, and again once the network is back. */
    fun watch(item: ItemId): Flow<FileState> = channelFlow {
        var problem: Problem? = null
        val media = whenOnline({ send(FileState(problem = it)) }) { timeline().media(item) } ?: return@channelFlow
        media.use {
            launch {
                whenOnline({
                    problem = it
                    send(FileState(problem = it))
                }) { media.check().also { problem = null } }
            }
            attempt({ trySend(FileState(problem = it)) }) {
                media.stateFlow().collect { now -> send(FileState(now.scan, now.here, now.transfer, problem.takeIf { now.scan == ScanState.WAITING })) }
            }
        }
    }

    /** What [query] gives, also where the network has to come back for it. */
    private suspend fun <T : Any> whenOnline(failed: suspend (Problem) -> Unit, query: suspend () -> T): T? {
        while (true) {
            var problem: Problem? = null
            attempt({ problem = it }) { query() }?.let { return it }
            failed(checkNotNull(problem))
            if (problem != Problem.Offline) return null
            delay(PAUSE)
            online()
        }
    }

    /** Asks the antivirus again; whoever watches sees what it says. */
    fun again(item: ItemId): Job = scope.launch { attempt(::failed) { timeline().media(item).use { it.check() } } }

    /** A picture of it, made anew by the core; null where there is none to be had now. */
    suspend fun thumbnail(item: ItemId, side: UInt): ByteArray? = attempt({}) { timeline().media(item).use { it.thumbnail(side) } }

    /** The whole of it, for a player. Whoever asks releases it. */
    internal suspend fun open(item: ItemId): MediaFile = timeline().media(item).use { it.open() }

    /** Writes a copy where the person wants it. */
    fun save(item: ItemId): Job = scope.launch {
        val port = port ?: return@launch
        states.update { it.copy(saving = it.saving + item, saved = false, problem = null) }
        try {
            val saved = attempt(::failed) {
                open(item).use { file ->
                    try {
                        port.save(file)
                    } finally {
                        file.release()
                    }
                }
            }
            if (saved == true) states.update { it.copy(saved = true) }
        } finally {
            states.update { it.copy(saving = it.saving - item) }
        }
    }

    fun seen() = states.update { it.copy(saved = false, problem = null) }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }

    private companion object {
        /** A network that has gone is not known to be at once. */
        val PAUSE = 2.seconds
    }
}

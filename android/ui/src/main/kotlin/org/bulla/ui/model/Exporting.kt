package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Room
import org.bulla.Session
import org.bulla.model.ExportFormat
import org.bulla.model.ExportWords
import org.bulla.model.RoomId

/** Where a shell puts what is written out. */
fun interface ExportPort {
    /** An absolute path for a file that may be called [name]; null where the person gave it up. */
    suspend fun file(name: String): String?
}

data class ExportState(
    val running: Boolean = false,
    /** How many events were read. */
    val events: Int = 0,
    /** How many files are in it. */
    val files: Int = 0,
    /** Where the last one went. */
    val file: String? = null,
    /** It holds the newest events alone. */
    val shortened: Boolean = false,
    val problem: Problem? = null,
)

/** Writes a conversation out, one file at a time. */
class Exporting(private val session: Session, private val room: RoomId, private val port: ExportPort, private val scope: CoroutineScope) {
    private val states = MutableStateFlow(ExportState())
    private var running: Job? = null

    val state: StateFlow<ExportState> = states.asStateFlow()

    /** With [files], those of the messages are beside the page, in an archive. */
    fun begin(format: ExportFormat, words: ExportWords, files: Boolean = false): Job {
        running?.takeIf { it.isActive }?.let { return it }
        states.update { ExportState(running = true) }
        return scope.launch {
            try {
                attempt({ problem -> states.update { it.copy(problem = problem) } }) { session.room(room).use { write(it, format, words, files) } }
            } finally {
                states.update { it.copy(running = false) }
            }
        }.also { running = it }
    }

    /** Gives it up: there is no file then. */
    fun stop() {
        running?.cancel()
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun write(room: Room, format: ExportFormat, words: ExportWords, files: Boolean) {
        val ending = if (files) ".zip" else if (format == ExportFormat.HTML) ".html" else ".json"
        val file = port.file("conversation$ending") ?: return
        room.export(file, format, words, files).use { export ->
            while (true) {
                val told = export.next() ?: return
                states.update {
                    it.copy(events = told.events.toInt(), files = told.files.toInt(), shortened = told.shortened, file = file.takeIf { told.finished })
                }
            }
        }
    }
}

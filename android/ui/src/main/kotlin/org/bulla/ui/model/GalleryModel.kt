package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.bulla.Room
import org.bulla.Session
import org.bulla.Timeline
import org.bulla.applyTo
import org.bulla.changes
import org.bulla.model.ItemContent
import org.bulla.model.MediaKind
import org.bulla.model.RoomId
import org.bulla.model.TimelineItem

data class GalleryState(
    /** Newest first. */
    val pictures: List<FileRow> = emptyList(),
    /** Sound and everything else, newest first. */
    val others: List<FileRow> = emptyList(),
    val showsOthers: Boolean = false,
    val loading: Boolean = true,
    val loadingOlder: Boolean = false,
    /** The conversation's beginning is reached. */
    val atStart: Boolean = false,
    val problem: Problem? = null,
) {
    val shown: List<FileRow> get() = if (showsOthers) others else pictures
}

/** The files of a conversation, as far back as somebody has looked. */
class GalleryModel(private val session: Session, val room: RoomId, ports: MediaPorts, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(GalleryState())
    private var rows: List<TimelineItem> = emptyList()
    private var opened: Pair<Room, Timeline>? = null
    private val opening = Mutex()

    val state: StateFlow<GalleryState> = states.asStateFlow()
    val files = ConversationFiles(scope, ports.files, { session.online() }, ::timeline)
    val playback = Playback(scope, files, ports.sound)
    val viewer = Viewer { rows }
    val scanned = ports.scanned()

    init {
        atEnd {
            opened?.let { (room, timeline) ->
                timeline.close()
                room.close()
            }
        }
        Following(scope, { timeline().changes() }, ::failed) { batch ->
            rows = batch.applyTo(rows)
            val (pictures, others) = rows.files().asReversed().partition { it.body.kind == MediaKind.IMAGE || it.body.kind == MediaKind.VIDEO }
            states.update { it.copy(pictures = pictures, others = others, loading = false, atStart = it.atStart || rows.firstOrNull()?.content is ItemContent.Start) }
        }
    }

    fun show(others: Boolean) = states.update { it.copy(showsOthers = others) }

    /** Looks further back: page after page, until there is something new or no more. */
    fun older(): Job {
        if (states.value.run { loadingOlder || atStart }) return Job().also { it.complete() }
        states.update { it.copy(loadingOlder = true, problem = null) }
        return scope.launch {
            try {
                val before = rows.files().size
                var start = false
                for (page in 1..PAGES) {
                    start = attempt(::failed) { timeline().paginateBack(PAGE) } ?: break
                    if (start || rows.files().size > before) break
                }
                if (start) states.update { it.copy(atStart = true) }
            } finally {
                states.update { it.copy(loadingOlder = false) }
            }
        }
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun timeline(): Timeline = opening.withLock {
        opened?.let { return it.second }
        val room = session.room(room)
        val timeline = try {
            room.timeline()
        } catch (trouble: Throwable) {
            room.close()
            throw trouble
        }
        opened = room to timeline
        scope.ensureActive()
        timeline
    }

    private fun failed(problem: Problem) = states.update { it.copy(loading = false, problem = problem) }

    private companion object {
        const val PAGE = 100u
        const val PAGES = 10
    }
}

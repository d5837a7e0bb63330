package org.bulla.ui.model

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.getAndUpdate
import kotlinx.coroutines.flow.update
import org.bulla.model.EventItem
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.SendState
import org.bulla.model.TimelineItem

/** A row that is a file. */
data class FileRow(val item: ItemId, val event: EventItem, val body: MessageBody.Media)

/** The files among the rows that have arrived, oldest first. */
fun List<TimelineItem>.files(): List<FileRow> = mapNotNull { row ->
    val event = (row.content as? ItemContent.Event)?.event ?: return@mapNotNull null
    (event.body as? MessageBody.Media)?.takeIf { event.sendState is SendState.Delivered }?.let { FileRow(row.id, event, it) }
}

/** What can be looked at as a whole. */
val FileRow.isPicture: Boolean get() = body.kind == MediaKind.IMAGE && body.details.hasThumbnail

/** The picture that fills the screen, and those beside it. */
class Viewer(private val rows: () -> List<TimelineItem>) {
    private val states = MutableStateFlow<ItemId?>(null)

    /** Which one is looked at; null where none is. */
    val state: StateFlow<ItemId?> = states.asStateFlow()

    /** All that can be looked at here, oldest first. */
    fun pictures(): List<FileRow> = rows().files().filter { it.isPicture }

    fun open(item: ItemId) {
        states.value = item
    }

    /** Goes on by [step] pictures, as far as there are. */
    fun move(step: Int) = states.update { here ->
        val all = pictures()
        val at = all.indexOfFirst { it.item == here }
        if (at < 0) here else all[(at + step).coerceIn(all.indices)].item
    }

    /** Back to where it was opened; false where nothing is looked at. */
    fun leave(): Boolean = states.getAndUpdate { null } != null
}

package org.bulla

import org.bulla.model.RoomListChange
import org.bulla.model.RoomSummary
import org.bulla.model.TimelineChange
import org.bulla.model.TimelineItem

/**
 * The rows after this batch. [rows] stays as it is; it is also the answer when no row changed. An index out of range is ignored.
 */
@JvmName("applyToRooms")
fun List<RoomListChange>.applyTo(rows: List<RoomSummary>): List<RoomSummary> {
    val edited = Edited(rows)
    for (change in this) {
        when (change) {
            is RoomListChange.Reset -> edited.reset(change.items)
            is RoomListChange.Insert -> edited.insert(change.index, change.item)
            is RoomListChange.Set -> edited.set(change.index, change.item)
            is RoomListChange.Remove -> edited.remove(change.index)
            is RoomListChange.Total -> {}
        }
    }
    return edited.rows
}

/**
 * The rows after this batch. [rows] stays as it is; it is also the answer when no row changed. An index out of range is ignored.
 */
@JvmName("applyToTimeline")
fun List<TimelineChange>.applyTo(rows: List<TimelineItem>): List<TimelineItem> {
    val edited = Edited(rows)
    for (change in this) {
        when (change) {
            is TimelineChange.Reset -> edited.reset(change.items)
            is TimelineChange.Insert -> edited.insert(change.index, change.item)
            is TimelineChange.Set -> edited.set(change.index, change.item)
            is TimelineChange.Remove -> edited.remove(change.index)
            is TimelineChange.Typing -> {}
        }
    }
    return edited.rows
}

/** A list that is copied once, when it is first changed. */
private class Edited<T>(private val original: List<T>) {
    private var copy: MutableList<T>? = null
    val rows: List<T> get() = copy ?: original

    fun reset(items: List<T>) {
        copy = items.toMutableList()
    }

    fun insert(index: UInt, item: T) = at(index, rows.size) { add(it, item) }

    fun set(index: UInt, item: T) = at(index, rows.size - 1) { this[it] = item }

    fun remove(index: UInt) = at(index, rows.size - 1) { removeAt(it) }

    private fun at(index: UInt, last: Int, change: MutableList<T>.(Int) -> Unit) {
        if (index.toLong() > last) return
        (copy ?: original.toMutableList().also { copy = it }).change(index.toInt())
    }
}

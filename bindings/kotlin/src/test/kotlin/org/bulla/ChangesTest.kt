package org.bulla

import org.bulla.model.ItemContent
import org.bulla.model.RoomListChange
import org.bulla.model.RoomSummary
import org.bulla.model.TimelineChange
import org.bulla.model.TimelineChange.Insert
import org.bulla.model.TimelineChange.Remove
import org.bulla.model.TimelineChange.Reset
import org.bulla.model.TimelineItem
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

/** How a batch of changes applies to rows. */
class ChangesTest {
    @Test
    fun `changes apply in order`() {
        val rows = listOf(row("a"), row("b"), row("c"))
        val batch = listOf(Remove(0u), Insert(2u, row("d")), Insert(0u, row("e")), TimelineChange.Set(1u, row("B")))
        assertEquals(listOf("e", "B", "c", "d"), batch.applyTo(rows).map { it.id })
        assertEquals(listOf("a", "b", "c"), rows.map { it.id }, "the list before stays")
        assertEquals(listOf("x", "y"), listOf(Reset(listOf(row("x"))), Insert(1u, row("y"))).applyTo(rows).map { it.id })
    }

    @Test
    fun `what is out of range is ignored`() {
        val rows = listOf(row("a"))
        val batch = listOf(Remove(1u), TimelineChange.Set(1u, row("b")), Insert(2u, row("c")), Remove(UInt.MAX_VALUE))
        assertSame(rows, batch.applyTo(rows))
        assertEquals(emptyList<Any>(), listOf(Remove(0u), Remove(0u)).applyTo(rows))
    }

    @Test
    fun `a batch that changes no row gives the same list`() {
        val rows = listOf(row("a"))
        assertSame(rows, listOf(TimelineChange.Typing(listOf("@a:example.org"))).applyTo(rows))
        val rooms = emptyList<RoomSummary>()
        assertSame(rooms, listOf(RoomListChange.Total(3u)).applyTo(rooms))
    }

    private fun row(id: String) = TimelineItem(id, ItemContent.Start)
}

package org.bulla

import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.GroupDraft
import org.bulla.model.HistoryAccess
import org.bulla.model.Missing
import org.bulla.model.RoomKind
import org.bulla.model.RoomNotifications
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Spaces, what is set for a room, and rooms that took another's place. */
class SpaceTest {
    @Test
    fun `a space holds rooms`() = story {
        val alice = agent(0)
        val space = alice.session.createGroup(GroupDraft("Direction", null, listOf(), kind = RoomKind.SPACE))
        val forum = alice.session.createGroup(GroupDraft("Cantine", null, listOf(), kind = RoomKind.FORUM))
        alice.session.room(space).use { hers ->
            hers.addChild(forum)
            inTime("it is in it") { while (hers.children(null).rooms.map { it.room.id } != listOf(forum)) Unit }
            hers.removeChild(forum)
            inTime("it is out of it") { while (hers.children(null).rooms.isNotEmpty()) Unit }
        }
        alice.session.room(forum).use { assertEquals(Field.ROOM, fails<Failure.Invalid> { it.children(null) }.field) }
    }

    @Test
    fun `a room is set as one wants it`() = story {
        val alice = agent(0)
        val forum = alice.session.createGroup(GroupDraft("Cantine", null, listOf(), kind = RoomKind.FORUM))
        alice.session.room(forum).use { hers ->
            hers.setNotifications(RoomNotifications.MENTIONS)
            hers.setLowPriority(true)
            hers.setHistory(HistoryAccess.ANYONE)
            val alias = hers.setAlias("cantine-${alice.id.substring(1, 12)}")
            alice.room("as it was set") {
                it.id == forum && it.notifications == RoomNotifications.MENTIONS && it.lowPriority && it.history == HistoryAccess.ANYONE && it.alias == alias
            }
            assertNull(hers.setAlias(null))
        }
    }

    @Test
    fun `a room takes another's place`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Projet", null, listOf(bob.id)))
        bob.accept(room)
        alice.room("he is in it") { it.id == room && it.members == 2u }
        val upgraded = alice.session.room(room).use { hers ->
            assertEquals(Missing.ROOM, fails<Failure.NotFound> { hers.follow() }.what)
            hers.upgrade()
        }
        assertEquals(listOf(bob.id), upgraded.invited.map { it.user })
        assertTrue(upgraded.invited.all { it.failure == null })
        bob.room("where it goes on") { it.id == room && it.successor == upgraded.successor }
        bob.session.room(room).use { assertEquals(upgraded.successor, it.follow()) }
        bob.room("the new one") { it.id == upgraded.successor && it.predecessor == room }
    }
}

package org.bulla

import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.GroupDraft
import org.bulla.model.Link
import org.bulla.model.Membership
import org.bulla.model.RoomAccess
import org.bulla.model.RoomKind
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Rooms that one is not in: found, looked at, come into, asked to come into. */
class DirectoryTest {
    @Test
    fun `a forum is found and come into`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val name = "Forum ${alice.id.substring(1, 12)}"
        val room = alice.session.createGroup(GroupDraft(name, null, listOf(), kind = RoomKind.FORUM))
        val server = alice.id.substringAfter(':')
        val found = inTime("it is listed") {
            var found = bob.session.directory(name, server, null).rooms.find { it.id == room }
            while (found == null) found = bob.session.directory(name, server, null).rooms.find { it.id == room }
            found
        }
        assertEquals(name to RoomAccess.OPEN, found.name to found.access)
        assertEquals(name, bob.session.lookAt(Link.Room(room, null, listOf(server))).name)
        bob.session.joinThrough(room, found.via)
        bob.room("the forum") { it.id == room && it.membership == Membership.JOINED }
        assertEquals(Field.HOMESERVER, fails<Failure.Invalid> { bob.session.directory("", "not a server", null) }.field)
    }

    @Test
    fun `one asks to come in and is let in or not`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Projet", null, listOf()))
        alice.session.room(room).use { hers ->
            hers.setKnocking(true)
            bob.session.knock(room, listOf(alice.id.substringAfter(':')), "Pour le projet")
            inTime("he asks") { while (hers.knocking().map { it.user } != listOf(bob.id)) Unit }
            hers.answerKnock(bob.id, true)
            bob.accept(room)
        }
    }
}

package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.Barrier
import org.bulla.model.Failure
import org.bulla.model.GroupDraft
import org.bulla.model.Link
import org.bulla.model.MemberRole
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomId
import org.bulla.model.RoomKind
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Kinds of rooms, roles, and what may be done. */
class ModerationTest {
    @Test
    fun `a role is given and what may be done follows`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Cellule"))
        val (hers, his) = alice.open(room).room to run {
            alice.session.room(room).use { it.invite(bob.id) }
            bob.accept(room)
            bob.open(room).room
        }
        his.until(RoomAction.INVITE, Refusal.NeedsRole(MemberRole.MODERATOR))
        assertTrue(hers.isLastAdministrator())
        hers.setRole(bob.id, MemberRole.MODERATOR)
        his.until(RoomAction.INVITE, null)
        inTime("his role is told") { hers.memberUpdates().first { all -> all.any { it.user == bob.id && it.role == MemberRole.MODERATOR && it.below } } }
        his.until(RoomAction.CHANGE_ROLES, Refusal.NeedsRole(MemberRole.ADMINISTRATOR))
        assertFalse(his.isLastAdministrator())
    }

    @Test
    fun `people are invited together, removed, banned and let in again`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Cellule"))
        val hers = alice.open(room).room
        val invited = hers.inviteAll(listOf("no id", bob.id))
        assertEquals(listOf(true, false), invited.map { it.failure != null })
        bob.accept(room)
        hers.remove(bob.id, "Fin de mission")
        bob.open(room).room.until(RoomAction.WRITE, Refusal.NotMember)
        hers.ban(bob.id, null)
        fails<Failure.Rejected> { hers.invite(bob.id) }
        hers.unban(bob.id)
        hers.invite(bob.id)
        bob.accept(room)
        bob.open(room).room.until(RoomAction.WRITE, null)
    }

    @Test
    fun `a room is opened to guests once, and by link for a while`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Cellule"))
        val hers = alice.open(room).room
        hers.until(RoomAction.OPEN_TO_GUESTS, null)
        hers.openToGuests()
        hers.until(RoomAction.OPEN_TO_GUESTS, Refusal.AlreadySo)
        alice.room("open to guests") { it.id == room && it.kind == RoomKind.PRIVATE_WITH_GUESTS && it.openToGuests }
        val link = parseLink(checkNotNull(hers.setLinkAccess(true))) as Link.Alias
        assertEquals(room, bob.session.joinAddress(link.alias))
        assertNull(hers.setLinkAccess(false))
    }

    @Test
    fun `a forum is made and a kind that is not allowed is not`() = story {
        val alice = agent()
        alice.session.mayCreate(RoomKind.FORUM)
        val forum = alice.session.createGroup(GroupDraft("Entraide", kind = RoomKind.FORUM, ownServerOnly = true))
        alice.room("the forum") { it.id == forum && it.kind == RoomKind.FORUM && !it.encrypted }
        val refused = runCatching { alice.session.mayCreate(RoomKind.PRIVATE_UNENCRYPTED) }.exceptionOrNull()
        assertEquals(Barrier.ROOM_KIND, (refused as Failure.Forbidden).why)
        val draft = GroupDraft("Non", kind = RoomKind.PRIVATE_UNENCRYPTED)
        assertEquals(Barrier.ROOM_KIND, fails<Failure.Forbidden> { alice.session.createGroup(draft) }.why)
    }

    /** Waits until [action] is refused for this reason, or allowed with none. */
    private suspend fun Room.until(action: RoomAction, refused: Refusal?) = inTime("$action: $refused") {
        abilityUpdates().first { all -> all.single { it.action == action }.refused == refused }
    }
}

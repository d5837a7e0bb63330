package org.bulla

import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlin.time.Duration.Companion.milliseconds
import org.bulla.model.Barrier
import org.bulla.model.EmailInvitation
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.model.MemberRole
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomKind
import org.bulla.support.Agent
import org.bulla.support.Deployment
import org.bulla.support.Offices
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** People from outside, and people of whom only the address is known. */
class GuestTest {
    @Test
    fun `a guest comes where it is open, and is told what guests may not do`() = story {
        val offices = offices()
        val (alice, chloe) = agent(0, offices) to agent(1, offices)
        val room = alice.session.createGroup(GroupDraft("Cellule"))
        val hers = alice.open(room).room
        guest { hers.invite(chloe.id) }
        guest { alice.session.createGroup(GroupDraft("Non", invite = listOf(chloe.id))) }
        hers.openToGuests()
        hers.invite(chloe.id)
        chloe.accept(room)
        val theirs = chloe.open(room).room
        inTime("what a guest may not do") {
            theirs.abilityUpdates().first { all -> all.single { it.action == RoomAction.INVITE }.refused == Refusal.Guest }
        }
        guest { hers.setRole(chloe.id, MemberRole.MODERATOR) }
        guest { chloe.session.createDirect(alice.id) }
        guest { chloe.session.directory("", null, null) }
        for (asked in listOf({ chloe.session.mayBrowse() }, { chloe.session.mayCreate(RoomKind.PRIVATE) })) {
            assertEquals(Barrier.GUEST, assertThrows(Failure.Forbidden::class.java) { asked() }.why)
        }
        alice.session.mayBrowse()
    }

    @Test
    fun `people are invited by their addresses, by mail where nobody has them`() = story {
        val offices = offices(identity = true)
        val (alice, bob) = agent(0, offices) to agent(0, offices)
        val room = alice.session.createGroup(GroupDraft("Cellule"))
        val hers = alice.open(room).room
        alice.session.mayInviteByEmail()
        val (his, new) = address(bob, offices, 0) to address(agent(0, offices), offices, 0)
        Deployment.bindEmail(bob.user, his)
        val outside = address(agent(1, offices), offices, 1)
        val invited = hers.inviteEmails(listOf(his, "jean", new, outside))
        assertEquals(listOf(bob.id, null, null, null), invited.map { it.user })
        assertEquals(listOf(his, "jean", new, outside), invited.map { it.email })
        assertEquals(listOf(true, false, true, false), invited.map { it.failure == null })
        invalid(Field.EMAIL, FieldTrouble.MALFORMED) { throw invited[1].failure!! }
        guest { throw invited[3].failure!! }
        bob.accept(room)
        val waiting = hers.mailed(1).single()
        assertTrue(waiting.by == alice.id && new !in waiting.name)
        hers.revokeEmailInvitation(waiting.id)
        hers.mailed(0)
    }

    @Test
    fun `without an identity server nobody is invited by address`() = story {
        val alice = agent()
        val hers = alice.open(alice.session.createGroup(GroupDraft("Cellule"))).room
        assertEquals(Barrier.NO_EMAIL_INVITATIONS, assertThrows(Failure.Forbidden::class.java) { alice.session.mayInviteByEmail() }.why)
        assertEquals(Barrier.NO_EMAIL_INVITATIONS, fails<Failure.Forbidden> { hers.inviteEmails(listOf("jean@agent.test")) }.why)
        assertEquals("jean@agent.test", emailAddress(" Jean@Agent.Test"))
        assertNull(emailAddress("@jean:agent.test"))
    }

    private suspend fun address(of: Agent, offices: Offices, server: Int): String =
        "${of.user.localpart}@kotlin.test".also { offices.list(it, server) }

    private suspend fun guest(asked: suspend () -> Any?) = assertEquals(Barrier.GUEST, fails<Failure.Forbidden> { asked() }.why)

    private suspend fun Room.mailed(count: Int): List<EmailInvitation> = inTime("$count mailed") {
        var all = emailInvitations()
        while (all.size != count) {
            delay(50.milliseconds)
            all = emailInvitations()
        }
        all
    }
}

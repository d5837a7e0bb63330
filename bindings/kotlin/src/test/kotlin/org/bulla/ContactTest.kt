package org.bulla

import org.bulla.model.ContactRules
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.GroupDraft
import org.bulla.model.Membership
import org.bulla.support.fails
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Who may invite an account. */
class ContactTest {
    @Test
    fun `nobody may invite but whom the exceptions name`() = story {
        val (alice, bob) = agent(0) to agent(1)
        assertEquals(ContactRules(everybody = true), alice.session.contactRules())
        alice.session.setContactRules(ContactRules(everybody = false, servers = listOf("*.gouv.fr")))
        val room = bob.session.createGroup(GroupDraft("Projet"))
        val his = bob.open(room).room
        assertEquals("M_INVITE_BLOCKED", fails<Failure.Rejected> { his.invite(alice.id) }.code)
        val rules = ContactRules(everybody = false, people = listOf(bob.id))
        alice.session.setContactRules(rules)
        assertEquals(rules, alice.session.contactRules())
        his.invite(alice.id)
        alice.room("the invitation") { it.id == room && it.membership == Membership.INVITED }
        assertEquals(Field.USER, fails<Failure.Invalid> { alice.session.setContactRules(rules.copy(people = listOf("bob"))) }.field)
    }
}

package org.bulla.ui.model

import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.support.fails
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Who may contact a person. */
class ContactRulesTest {
    @Test
    fun letsNobodyButThoseNamed() = story {
        val (bilal, person) = agent(1) to person()
        person.app.go(Route.ContactRules)
        val model = checkNotNull(person.app.contactRules())
        model.state.until("everybody at first") { it.rules?.everybody == true && !it.busy }
        model.setEverybody(false).done("nobody")
        val room = bilal.session.createGroup(GroupDraft("Projet", null, listOf()))
        val his = bilal.open(room).room
        assertEquals("M_INVITE_BLOCKED", fails<Failure.Rejected> { his.invite(person.user.id) }.code)
        model.add(" ${bilal.id} ").done("but him")
        model.add(bilal.id).done("again")
        model.add("*.gouv.fr").done("and a whole server")
        assertEquals(listOf(bilal.id, "*.gouv.fr"), model.state.value.exceptions)
        model.add("not a server").done("the refusal")
        assertEquals(Problem.Invalid(Field.HOMESERVER, FieldTrouble.MALFORMED), model.state.value.problem)
        model.remove("*.gouv.fr").done("removing it")
        assertEquals(listOf(bilal.id), model.state.value.exceptions)
        model.setEverybody(true).done("everybody again")
        assertTrue(model.state.value.run { exceptions.isEmpty() && problem == null && rules?.everybody == true })
        his.invite(person.user.id)
        person.rooms.state.until("the invitation") { it.invitations == 1 }
    }
}

package org.bulla.ui.model

import org.bulla.model.Membership
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.person
import org.bulla.ui.trust
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The people one talks to, and those of the directory. */
class ContactsTest {
    @Test
    fun showsThoseOneTalksToAndFindsOthers() = story {
        val (bilal, carole) = agent(1) to agent(0)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        person.app.go(Route.Contacts)
        val model = checkNotNull(person.app.contacts())
        val him = model.state.until("him") { state -> state.talking.any { it.user == bilal.id } }.talking.single()
        assertEquals(room to false, him.room to him.guest)
        model.setSearch(carole.id)
        val state = model.state.until("her, and no longer him") { state -> state.found.any { it.user == carole.id } && state.talking.isEmpty() }
        assertNull(state.found.single { it.user == carole.id }.room)
        model.setSearch(bilal.id)
        model.state.until("him alone, once") { state -> !state.searching && state.talking.map { it.user } == listOf(bilal.id) && state.found.none { it.user == bilal.id } }
        model.setSearch(carole.id)
        val her = model.state.until("her again") { state -> state.found.any { it.user == carole.id } }.found.single { it.user == carole.id }
        model.open(her).done("beginning")
        val here = person.app.state.value.here as Route.Conversation
        carole.room("the invitation") { it.id == here.room && it.membership == Membership.INVITED }
        person.app.go(Route.Contacts)
        val again = checkNotNull(person.app.contacts())
        again.state.until("both") { state -> state.talking.map { it.user }.toSet() == setOf(bilal.id, carole.id) }
        again.open(him).done("going there")
        assertEquals(Route.Conversation(room), person.app.state.value.here)
    }

    @Test
    fun tellsGuestsApart() = story {
        val user = Deployment.newUser(0)
        val guest = agent(1)
        val office = office(user.homeserver, user.id.substringAfter(':'), guests = guest.id.substringAfter(':'))
        val person = newcomer(office.trust())
        person.app.start().done("the start")
        person.app.go(Route.SignIn)
        val entry = person.app.entry()
        entry.setEmail(Deployment.giveEmail(user))
        entry.find().done("finding it")
        entry.setPassword(user.password)
        entry.submit().done("signing in")
        person.app.state.until("signed in") { it.current?.user == user.id }
        person.live()
        person.app.go(Route.Contacts)
        val model = checkNotNull(person.app.contacts())
        model.setSearch(guest.id)
        model.state.until("a guest") { state -> state.found.any { it.user == guest.id && it.guest } }
        val room = person.session.createDirect(guest.id)
        guest.accept(room)
        model.setSearch("")
        val talking = model.state.until("one talks to them") { state -> state.talking.any { it.user == guest.id } }.talking
        assertTrue(talking.single().guest)
    }
}

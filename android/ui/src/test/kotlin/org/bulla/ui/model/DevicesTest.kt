package org.bulla.ui.model

import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.SessionState
import org.bulla.support.Agent
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Where an account is signed in. */
class DevicesTest {
    @Test
    fun aSignInElsewhereIsShownAndDenied() = story {
        val person = person()
        person.app.go(Route.Devices)
        val model = checkNotNull(person.app.devices())
        model.state.until("this one") { state -> state.devices.singleOrNull()?.run { current && verified } == true }
        val there = Agent.signIn(person.user, person.user.homeserver).also { atEnd(it::end) }
        val id = there.session.account().device
        model.state.until("the new one, after this one") { state -> state.devices.map { it.current to it.new } == listOf(true to false, false to true) }
        model.deny(id)
        model.signOut("wrong").done("the refusal")
        assertEquals(Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG), model.state.value.problem)
        assertEquals(listOf(id), model.state.value.leaving)
        model.signOut(person.user.password).done("signing it out")
        assertTrue(model.state.value.run { leaving.isEmpty() && advice && problem == null })
        there.state("erased") { it is SessionState.Erased }
        model.state.until("alone") { it.devices.size == 1 && it.others.isEmpty() }
    }

    @Test
    fun oneIsAcknowledgedAndRenamed() = story {
        val person = person()
        person.app.go(Route.Devices)
        val model = checkNotNull(person.app.devices())
        val there = Agent.signIn(person.user, person.user.homeserver).also { atEnd(it::end) }
        val id = there.session.account().device
        model.state.until("it is new") { state -> state.devices.any { it.id == id && it.new } }
        model.acknowledge(id).done("it was me")
        model.state.until("it is known") { state -> state.devices.any { it.id == id && !it.new } }
        model.rename(id, " Le téléphone ").done("renaming")
        model.state.until("renamed") { state -> state.devices.any { it.id == id && it.name == "Le téléphone" } }
        model.leave(model.state.value.others.map { it.id })
        model.stay()
        assertTrue(model.state.value.leaving.isEmpty())
    }
}

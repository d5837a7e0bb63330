package org.bulla.ui.model

import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.NetworkChange
import org.bulla.model.SessionState
import org.bulla.support.Agent
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.PersonsBrowser
import org.bulla.ui.done
import org.bulla.ui.newcomer
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

    @Test
    fun aServiceThatSignsPeopleInHasAPage() = story {
        val homeserver = Deployment.sovereign()
        val someone = Deployment.newPerson()
        val person = newcomer(browser = PersonsBrowser(someone))
        person.app.go(Route.SignIn)
        person.app.signIn().setServer(homeserver)
        person.app.signIn().browse().done("the browser")
        person.app.state.until("signed in") { it.current?.user == someone.id }
        person.live()
        person.app.go(Route.Devices)
        val model = checkNotNull(person.app.devices())
        model.state.until("this one") { it.devices.size == 1 }
        model.deny("OTHER")
        model.signOut("").done("the refusal")
        assertTrue(model.state.value.run { "device_id=OTHER" in page.orEmpty() && leaving.isEmpty() && problem == null && !advice })
        person.app.go(Route.Password)
        checkNotNull(person.app.changePassword()).state.until("the page for it") { it.page != null }
        person.app.go(Route.Delete)
        val delete = checkNotNull(person.app.delete())
        delete.delete().done("the refusal")
        assertTrue(delete.state.value.run { page != null && problem == null })
    }

    @Test
    fun theBrowserBringsASessionBackThatHasEndedSoftly() = story {
        val proxy = Deployment.sovereignProxy().also { atEnd(it::end) }
        val someone = Deployment.newPerson()
        val person = newcomer(browser = PersonsBrowser(someone))
        person.app.go(Route.SignIn)
        person.app.signIn().setServer(proxy.url)
        person.app.signIn().browse().done("the browser")
        person.app.state.until("signed in") { it.current?.user == someone.id }
        person.live()
        // To all but who it is that renews tokens, which stands under another version of the API.
        proxy.softLogout("3")
        person.session.networkChanged(NetworkChange.AVAILABLE)
        person.rooms.state.until("signed out") { it.connection == SessionState.SignedOut(soft = true) }
        proxy.heal()
        person.rooms.comeBack().done("the browser")
        assertTrue(person.rooms.state.value.run { problem == null && !wantsPassword && !browsing }, "${person.rooms.state.value}")
        person.live()
        assertEquals(someone.id, person.app.state.value.current?.user)
    }

    @Test
    fun thePasswordBringsASessionBackWhereItOpenedOne() = story {
        val proxy = proxy(0)
        val person = newcomer(browser = PersonsBrowser(org.bulla.support.Person("@nobody", "nobody@ministere.test")))
        person.signInAs(Deployment.newUser(0), proxy.url)
        person.live()
        proxy.softLogout()
        person.session.networkChanged(NetworkChange.AVAILABLE)
        person.rooms.state.until("signed out") { it.connection == SessionState.SignedOut(soft = true) }
        proxy.heal()
        person.rooms.comeBack().done("asking the browser")
        assertTrue(person.rooms.state.value.run { wantsPassword && problem == null })
        person.rooms.signInAgain(person.user.password).done("the password")
        assertTrue(person.rooms.state.value.run { !wantsPassword && problem == null })
        person.live()
    }

    @Test
    fun allOthersAreSignedOut() = story {
        val person = person()
        person.app.go(Route.Devices)
        val model = checkNotNull(person.app.devices())
        val there = List(2) { Agent.signIn(person.user, person.user.homeserver).also { agent -> atEnd(agent::end) } }
        model.state.until("three") { it.others.size == 2 }
        model.leave(model.state.value.others.map { it.id })
        model.signOut(person.user.password).done("signing them out")
        assertTrue(model.state.value.run { leaving.isEmpty() && !advice })
        there.forEach { agent -> agent.state("erased") { it is SessionState.Erased } }
        model.state.until("alone") { it.devices.size == 1 }
    }
}

package org.bulla.ui.model

import kotlinx.coroutines.flow.first
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.Link
import org.bulla.model.SessionState
import org.bulla.stateFlow
import org.bulla.support.Deployment
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class AppModelTest {
    @Test
    fun startsWithoutAccounts() = story {
        val newcomer = newcomer()
        newcomer.app.start().done("the start")
        val state = newcomer.app.state.value
        assertTrue(state.started)
        assertEquals(Route.Welcome, state.here)
        assertEquals(emptyList<Any>(), state.accounts)
        assertNull(newcomer.app.session)
        assertFalse(newcomer.app.back())
    }

    @Test
    fun wrongPasswordIsSaidAtItsField() = story {
        val newcomer = newcomer()
        val user = Deployment.newUser(0)
        val model = newcomer.app.signIn()
        model.setServer(user.homeserver)
        model.setUser(user.id)
        model.setPassword("not this")
        model.submit().done("the refusal")
        val state = model.state.value
        assertEquals(Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG), state.problem)
        assertEquals(Field.PASSWORD, state.wrongField)
        assertFalse(state.busy)
        model.setPassword("n")
        assertNull(model.state.value.problem)
    }

    @Test
    fun serverThatDoesNotAnswerIsSaid() = story {
        val proxy = proxy()
        proxy.refuse()
        val newcomer = newcomer()
        val model = newcomer.app.signIn()
        model.setServer(proxy.url)
        model.setUser("someone")
        model.setPassword("secret")
        model.submit().done("no answer")
        assertEquals(Problem.Offline, model.state.value.problem)
        assertNull(newcomer.app.session)
    }

    @Test
    fun signsInAndShowsConversations() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        assertEquals(Route.Rooms, person.app.state.value.here)
        person.rooms.state.until("the new conversation") { state -> !state.loading && state.rows.any { it.id == room } }
        assertEquals(person.user.id, person.app.state.value.current?.user)
    }

    @Test
    fun restoresAtNextStart() = story {
        val bilal = agent(1)
        val first = person()
        val room = first.session.createDirect(bilal.id)
        first.rooms.state.until("the conversation") { state -> state.rows.any { it.id == room } }
        val again = first.restart()
        atEnd(again::end)
        again.app.start().done("the start")
        assertEquals(first.user.id, again.app.state.value.current?.user)
        again.rooms.state.until("the conversation, from the store") { state -> state.rows.any { it.id == room } }
    }

    @Test
    fun switchesAccounts() = story {
        val person = person()
        val first = person.session
        val other = Deployment.newUser(1)
        person.app.accounts().add()
        assertEquals(Route.SignIn, person.app.state.value.here)
        person.signInAs(other)
        val accounts = person.app.accounts()
        accounts.state.until("two accounts") { it.accounts.size == 2 && it.current == person.session.account().id }
        assertNotEquals(first.account().id, person.session.account().id)
        accounts.switchTo(first.account().id).done("the switch")
        assertEquals(person.user.id, person.app.state.value.current?.user)
        assertEquals(Route.Rooms, person.app.state.value.here)
        // The other goes on receiving.
        person.app.open(person.app.state.value.accounts.single { it.user == other.id }.id).done("back")
        inTime("it is live") { person.session.stateFlow().first { it is SessionState.Live } }
    }

    @Test
    fun keepsSettings() = story {
        val person = person()
        val model = checkNotNull(person.app.settings())
        model.state.until("the profile") { it.profile?.user == person.user.id }
        model.setLanguage(Language.ENGLISH)
        model.setTheme(Theme.CONTRAST)
        model.setTextSize(150)
        model.setName("Camille Laurent").done("the name")
        model.state.until("the new name") { it.profile?.name == "Camille Laurent" && it.settings == Settings(Language.ENGLISH, Theme.CONTRAST, 150) }
        val again = person.restart()
        atEnd(again::end)
        assertEquals(Settings(Language.ENGLISH, Theme.CONTRAST, 150), again.app.state.value.settings)
    }

    @Test
    fun signsOutAndForgets() = story {
        val person = person()
        val model = checkNotNull(person.app.settings())
        assertTrue(person.keys.all.isNotEmpty())
        model.signOut().done("signing out")
        val state = person.app.state.until("out") { it.current == null }
        assertEquals(Route.Welcome, state.here)
        assertEquals(emptyList<Any>(), state.accounts)
        assertEquals(emptyMap<String, ByteArray>(), person.keys.all)
    }

    @Test
    fun signingOutWithoutTheServerAsksFirst() = story {
        val proxy = proxy()
        val person = person(0, proxy.url)
        val model = checkNotNull(person.app.settings())
        proxy.refuse()
        model.signOut().done("the attempt")
        assertTrue(model.state.until("it asks") { !it.busy }.signOutOffline)
        assertEquals(person.user.id, person.app.state.value.current?.user)
        model.signOut(evenOffline = true).done("signing out all the same")
        person.app.state.until("out") { it.current == null && it.accounts.isEmpty() }
    }

    @Test
    fun opensALink() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        person.rooms.state.until("the conversation") { state -> state.rows.any { it.id == room } }
        person.app.openLink("https://matrix.to/#/$room").done("the link")
        assertEquals(Route.Conversation(room), person.app.state.value.here)
        person.app.openLink("https://matrix.to/#/${bilal.id}").done("the link to a person")
        assertEquals(Route.NewConversation(bilal.id), person.app.state.value.here)
        val found = checkNotNull(person.app.newConversation(Route.NewConversation(bilal.id)))
        found.state.until("him") { state -> state.found.any { it.user == bilal.id } }
    }

    @Test
    fun aLinkWaitsForSignIn() = story {
        val bilal = agent(1)
        val newcomer = newcomer()
        newcomer.app.start().done("the start")
        newcomer.app.openLink("https://matrix.to/#/${bilal.id}").done("the link")
        assertEquals(Link.Person(bilal.id), newcomer.app.state.value.pendingLink)
        newcomer.signIn()
        newcomer.app.state.until("the link was followed") { it.here == Route.NewConversation(bilal.id) && it.pendingLink == null }
    }

    @Test
    fun refusesAPoisonedLink() = story {
        val person = person()
        val poisoned = listOf(
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://matrix.to.evil.example/#/@a:b",
            "https://matrix.to/#/",
            "matrix:u/" + "a".repeat(100_000),
            "https://matrix.to/#/@a\u202Eb:c\u0000",
            "bulla:../../accounts",
        )
        for (link in poisoned) {
            person.app.openLink(link).done("the link")
            val state = person.app.state.value
            assertEquals(Route.Rooms, state.here, link.take(60))
            assertEquals(Field.LINK, (state.problem as? Problem.Invalid)?.field, link.take(60))
            person.app.problemSeen()
        }
        person.app.openLink("https://matrix.to/#/!nowhere:${Deployment.homeserver(0).substringAfter("//")}").done("the link to a strange room")
        // A strange room is looked at before one joins, and this one is none.
        val here = person.app.state.value.here
        assertTrue(here is Route.Offer, "$here")
        val offer = checkNotNull(person.app.directory(here)).state.until("a word on it") { it.problem != null }
        assertTrue(offer.rooms.isEmpty())
    }
}

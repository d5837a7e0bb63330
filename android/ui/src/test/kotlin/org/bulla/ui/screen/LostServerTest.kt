@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.runDesktopComposeUiTest
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.StateFlow
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.model.SendState
import org.bulla.model.SessionState
import org.bulla.model.TimelineItem
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.model.Problem
import org.bulla.ui.model.Route
import org.bulla.ui.newcomer
import org.bulla.ui.person
import org.bulla.ui.theme.Brand
import org.bulla.ui.until
import org.bulla.ui.words.FrenchWords
import org.bulla.ui.words.problem
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The server goes away under each screen: the screen says so in words, keeps what it shows, and goes on when the server is back. */
class LostServerTest {
    @Test
    fun eachScreenLosesTheServerAndHasItBack() = story {
        val bilal = agent(1)
        val proxy = proxy()
        val person = person(0, proxy.url)
        val app = person.app
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }

        /** What a screen does while the server is away, what it then says, and what it does when it is back. */
        suspend fun <S> loses(screen: String, state: StateFlow<S>, problem: (S) -> Problem?, act: () -> Job) {
            proxy.refuse()
            person.rooms.state.until("$screen: offline") { it.connection is SessionState.Offline }
            act().done("$screen, without the server")
            state.until("$screen: the server does not answer") { problem(it) == Problem.Offline }
            person.says(screen, FrenchWords.problem(Problem.Offline))
            proxy.heal()
            person.rooms.state.until("$screen: live again") { it.connection is SessionState.Live }
            act().done("$screen, with the server back")
            state.until("$screen: no trouble any more") { problem(it) == null }
        }

        loses("list", person.rooms.state, { it.problem }) { person.rooms.problemSeen(); person.rooms.favourite(room, true) }
        person.rooms.state.until("a favourite") { state -> state.rows.any { it.id == room && it.favourite } }

        app.go(Route.Details(room))
        val details = checkNotNull(app.details(room))
        details.state.until("its member") { it.members.size == 1 }
        loses("details", details.state, { it.problem }) { details.rename("Cellule de nuit") }
        assertEquals(1, details.state.value.members.size)

        app.home()
        app.go(Route.NewGroup)
        val group = checkNotNull(app.newConversation(Route.NewGroup))
        group.setGroupName("Astreinte")
        loses("new group", group.state, { it.problem }) { group.createGroup() }
        app.state.until("the group is open") { it.here is Route.Conversation }

        app.home()
        app.go(Route.Settings)
        val settings = checkNotNull(app.settings())
        settings.state.until("the profile") { it.profile != null }
        loses("settings", settings.state, { it.problem }) { settings.setName("Aïcha B.") }
        settings.state.until("the new name") { it.profile?.name == "Aïcha B." }

        app.home()
        app.go(Route.NewConversation())
        val search = checkNotNull(app.newConversation(Route.NewConversation()))
        loses("new conversation", search.state, { it.problem }) {
            search.setSearch(if (search.state.value.search == bilal.id) bilal.id.drop(1) else bilal.id)
            Job().also { it.complete() }
        }
        search.setSearch(bilal.id)
        search.state.until("he is found") { state -> state.found.any { it.user == bilal.id } }
    }

    @Test
    fun aConversationGoesOnWithoutTheServer() = story {
        val proxy = proxy()
        val person = person(0, proxy.url)
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        val model = person.open(room)
        proxy.refuse()
        model.state.until("offline") { it.connection is SessionState.Offline }
        model.setDraft("sans réseau")
        model.send().done("queued")
        model.state.until("it waits") { state -> state.rows.any { it.sendState("sans réseau") is SendState.Sending } }
        person.says("conversation", "sans réseau")
        person.says("conversation", FrenchWords.serviceSilent)
        proxy.heal()
        model.state.until("it left") { state -> state.rows.any { it.sendState("sans réseau") is SendState.Delivered } }
    }

    @Test
    fun signingInSaysItAndSignsInAfterwards() = story {
        val proxy = proxy()
        val person = newcomer()
        person.app.start().done("the start")
        person.app.go(Route.SignIn)
        val user = Deployment.newUser(0)
        val model = person.app.signIn()
        model.setServer(proxy.url)
        model.setUser(user.id)
        model.setPassword(user.password)
        proxy.refuse()
        model.submit().done("signing in without the server")
        assertEquals(Problem.Offline, model.state.value.problem)
        person.says("sign-in", FrenchWords.problem(Problem.Offline))
        proxy.heal()
        model.submit()
        person.app.state.until("signed in") { it.current?.user == user.id }
    }

    private fun TimelineItem.sendState(text: String): SendState? =
        (content as? ItemContent.Event)?.event?.takeIf { (it.body as? MessageBody.Text)?.plain == text }?.sendState

    private fun Person.says(screen: String, words: String) = runDesktopComposeUiTest(TALL.width, TALL.height) {
        setContent { BullaApp(app, Brand.BULLA, INTER) }
        waitUntil("$screen says “$words”", 60_000) { onAllNodes(hasText(words, substring = true)).fetchSemanticsNodes().isNotEmpty() }
    }
}

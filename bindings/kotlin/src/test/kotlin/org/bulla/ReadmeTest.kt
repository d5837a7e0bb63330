package org.bulla

import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.bulla.model.Config
import org.bulla.model.KeyStore
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart
import org.bulla.model.RoomSummary
import org.bulla.model.SessionState
import org.bulla.model.SignInWay
import org.bulla.model.TimelineItem
import org.bulla.model.Trust
import org.bulla.model.UserId
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.OAUTH_APP
import org.bulla.support.Office
import org.bulla.support.Person
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.inTime
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.bulla.support.texts
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test

/** What the README shows is compiled and run. */
class ReadmeTest {
    @Test
    fun `the snippet of the README runs`() = story {
        val (alice, bob) = Deployment.newUser(0) to agent(1)
        val screen = Screen()
        val folder = newFolder()
        atEnd { folder.toFile().deleteRecursively() }
        coroutineScope {
            val running = launch { snippet(folder.toString(), MemoryKeyStore(), alice, bob.id, screen) }
            inTime("the conversation in the list") { screen.rooms.first { rows -> rows.any { it.directWith == bob.id } } }
            inTime("the message") { screen.messages.first { "Hello **there**" in texts(it) } }
            running.cancelAndJoin()
        }
        bob.room("invitation") { it.directWith == alice.id || it.invitedBy == alice.id }
    }

    @Test
    fun `an address leads in by the browser and by a password`() = story {
        assumeTrue(Deployment.isOurs, "needs a deployment of our own")
        val user = Deployment.newUser(0)
        val email = Deployment.giveEmail(user)
        Deployment.makeTemporary(user)
        val session = enters(Office(user.homeserver, user.id.substringAfter(':')), email, Someone(user))
        assertEquals(user.id, session.account().user)
        val other = Office(Deployment.homeserver(1), Deployment.newUser(1).id.substringAfter(':')).apply { ways = listOf("oauth") }
        assertTrue(enters(other, "jeanne@agent.example", Someone()).account().user.startsWith("@jeanne"))
    }

    private suspend fun Stage.enters(office: Office, email: String, person: Someone): Session {
        atEnd { office.close() }
        val folder = newFolder().also { atEnd { it.toFile().deleteRecursively() } }
        val bulla = library(folder, MemoryKeyStore(), Trust(listOf(office.key.public), office.manifest(1))).also { atEnd(it::close) }
        return signIn(bulla, email, OAUTH_APP, person).also { session ->
            atEnd {
                session.shutdown()
                session.close()
            }
        }
    }
}

private suspend fun snippet(folder: String, keys: KeyStore, me: User, friend: UserId, screen: Screen) = coroutineScope {
    // snippet:kotlin
    val bulla = Bulla(Config(folder, deviceName = "My laptop"), keys)
    bulla.signIn(me.homeserver, me.id, me.password).use { session ->
        // The rooms: what is known at once, then whenever the list changes.
        launch { session.roomList().collect { rooms -> screen.show(rooms) } }

        // A conversation: found or made, written to, and shown until this coroutine is cancelled.
        val room = session.room(session.createDirect(friend))
        room.use { it.timeline() }.use { conversation ->
            conversation.sendText("Hello **there**")
            conversation.rows().collect { messages -> screen.showConversation(messages) }
        }
    }
    // end
}

private suspend fun signIn(bulla: Bulla, email: String, app: OauthApp, person: Someone): Session {
    // snippet:sign-in
    val found = bulla.discover(email)
    val server = found.instance.baseUrl
    val session = if (SignInWay.OAUTH in found.instance.signIn) {
        bulla.beginSignIn(server, app, OauthStart(hint = found.email)).use { attempt ->
            // The address that the system's browser comes back to.
            val callback = person.browses(attempt.url())
            attempt.finish(callback)
        }
    } else {
        bulla.signIn(server, found.email, person.password())
    }
    // An account whose password is temporary opens nothing before it has one of its own.
    session.stateFlow().first { state ->
        if (state is SessionState.MustChoosePassword) session.changePassword(person.password(), person.newPassword())
        state is SessionState.Live
    }
    // end
    return session
}

/** Who sits before the app. */
private class Someone(private val user: User? = null) {
    suspend fun browses(url: String): String = Deployment.browse(url, Person("@jeanne", "jeanne${System.nanoTime()}@ministere.test"), allow = true)

    fun password(): String = checkNotNull(user).password

    fun newPassword(): String = "girafe velours tambour 8"
}

private class Screen {
    val rooms = MutableStateFlow(emptyList<RoomSummary>())
    val messages = MutableStateFlow(emptyList<TimelineItem>())

    fun show(rows: List<RoomSummary>) {
        rooms.value = rows
    }

    fun showConversation(rows: List<TimelineItem>) {
        messages.value = rows
    }
}

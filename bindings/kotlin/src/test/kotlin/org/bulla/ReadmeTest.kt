package org.bulla

import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.bulla.model.Config
import org.bulla.model.KeyStore
import org.bulla.model.RoomSummary
import org.bulla.model.TimelineItem
import org.bulla.model.UserId
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.User
import org.bulla.support.inTime
import org.bulla.support.newFolder
import org.bulla.support.story
import org.bulla.support.texts
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

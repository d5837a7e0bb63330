package org.bulla.app

import android.app.NotificationManager
import androidx.lifecycle.Lifecycle.State
import androidx.lifecycle.ProcessLifecycleOwner
import androidx.test.core.app.ActivityScenario
import org.bulla.ui.model.Route
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** While the service keeps the app connected, it tells who wrote. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "fr")
class MessagesTest {
    @get:Rule val phone = Phone()

    @Test fun tellsWhoWroteAndOpensTheConversation() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            phone.signIn()
            val (friend, room) = phone.meet()
            val talk = phone.await("the friend's side") { friend.open(room) }
            Robolectric.buildService(SyncService::class.java).create().startCommand(0, 1)
            activity.moveToState(State.CREATED)
            phone.until("the app is in the background") { ProcessLifecycleOwner.get().lifecycle.currentState == State.CREATED }

            phone.await("the friend writes") { talk.timeline.sendText("le code est 4711") }
            val told = phone.eventually("a notification") { messages().singleOrNull() }
            assertEquals(friend.id.drop(1).substringBefore(':'), told.extras.getString("android.title"))
            assertEquals("Nouveau message", told.extras.getString("android.text"))
            assertFalse("what was written stays in the app", "4711" in told.extras.toString())
            assertNull("there is one account", told.extras.getString("android.subText"))

            activity.moveToState(State.RESUMED)
            phone.until("who looks at the app has been told") { messages().isEmpty() }
            Robolectric.buildActivity(MainActivity::class.java, shadowOf(told.contentIntent).savedIntent).setup().use {
                phone.until("the conversation") { phone.model.state.value.here == Route.Conversation(room) }
            }
        }
    }

    @Test fun tellsForWhichAccountAndOpensIt() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            phone.signIn()
            val (friend, room) = phone.meet()
            val talk = phone.await("the friend's side") { friend.open(room) }
            val first = checkNotNull(phone.model.state.value.current)
            phone.model.addAccount()
            val second = phone.signIn(1)
            phone.until("the other account") { phone.model.state.value.current?.user == second.id }
            Robolectric.buildService(SyncService::class.java).create().startCommand(0, 1)
            activity.moveToState(State.CREATED)
            phone.until("the app is in the background") { ProcessLifecycleOwner.get().lifecycle.currentState == State.CREATED }
            phone.await("the friend writes") { talk.timeline.sendText("pour le premier compte") }
            val told = phone.eventually("a notification") { messages().singleOrNull() }
            assertEquals(first.user, told.extras.getString("android.subText"))
            Robolectric.buildActivity(MainActivity::class.java, shadowOf(told.contentIntent).savedIntent).setup().use {
                phone.until("its conversation") { phone.model.state.value.run { current == first && here == Route.Conversation(room) } }
            }
        }
    }

    private fun messages() = shadowOf(phone.app.getSystemService(NotificationManager::class.java)).allNotifications
        .filter { it.channelId == Channels.MESSAGES }
}

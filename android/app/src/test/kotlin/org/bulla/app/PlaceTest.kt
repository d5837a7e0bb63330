package org.bulla.app

import android.os.Bundle
import org.bulla.ui.model.Route
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner

/** The system ends the process in the background, and the person comes back. */
@RunWith(RobolectricTestRunner::class)
class PlaceTest {
    @get:Rule val phone = Phone()

    /** Leaves what is shown, and lets the process end. */
    private fun end(): Bundle = Bundle().also { saved ->
        Robolectric.buildActivity(MainActivity::class.java).setup().pause().stop().saveInstanceState(saved).destroy()
        phone.await("the process ends") { phone.app.startAgain() }
        assertEquals("nothing of it is left", listOf(Route.Welcome), phone.model.state.value.route)
    }

    @Test fun returnsToTheConversationAndItsDraft() {
        phone.app.process.begin(null)
        phone.signIn()
        phone.wake()
        val (_, room) = phone.meet()
        phone.model.openRoom(room)
        phone.model.go(Route.Details(room))
        phone.model.conversation(room)?.setDraft("commencé")
        val saved = end()
        Robolectric.buildActivity(MainActivity::class.java).setup(saved).use {
            phone.until("where it was") { phone.model.state.value.route == listOf(Route.Rooms, Route.Conversation(room), Route.Details(room)) }
            assertEquals("commencé", phone.model.conversation(room)?.state?.value?.draft)
        }
    }

    @Test fun keepsWhatWasSharedUntilAConversationIsChosen() {
        phone.app.process.begin(null)
        phone.signIn()
        phone.wake()
        val (_, room) = phone.meet()
        phone.app.process.share("à lire")
        val saved = end()
        Robolectric.buildActivity(MainActivity::class.java).setup(saved).use {
            phone.until("it waits again") { phone.app.process.shared.value == "à lire" && phone.model.session != null }
            phone.model.openRoom(room)
            phone.until("it is in the composer") { phone.model.conversation(room)?.state?.value?.draft == "à lire" }
        }
    }

    @Test fun returnsToNothingThatIsGone() {
        phone.app.process.begin(null)
        phone.signIn()
        phone.model.go(Route.Settings)
        val account = phone.session.account().id
        val saved = end()
        phone.app.process.begin(null)
        phone.until("the account is open") { phone.model.session != null }
        phone.await("signing out") { phone.model.signOut(account).join() }
        phone.await("the process ends") { phone.app.startAgain() }
        Robolectric.buildActivity(MainActivity::class.java).setup(saved).use {
            phone.until("the app has started") { phone.model.state.value.started }
            assertEquals(listOf(Route.Welcome), phone.model.state.value.route)
        }
    }
}

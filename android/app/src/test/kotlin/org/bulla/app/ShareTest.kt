package org.bulla.app

import android.content.Intent
import org.bulla.ui.model.Route
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner

/** A text that another app shares becomes the beginning of a message, where the person says. */
@RunWith(RobolectricTestRunner::class)
class ShareTest {
    @get:Rule val phone = Phone()

    private fun share(text: String) = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text).setClass(phone.app, MainActivity::class.java)

    private fun draft(room: String) = phone.model.conversation(room)?.state?.value?.draft

    @Test fun beginsAMessageWhereThePersonSays() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            phone.signIn()
            val (_, room) = phone.meet()
            phone.model.openRoom(room)
            phone.model.conversation(room)?.setDraft("Voici :")
            activity.newIntent(share("https://example.org/note"))
            phone.until("back to the list") { phone.model.state.value.route == listOf(Route.Rooms) }
            assertEquals("https://example.org/note", phone.app.process.shared.value)

            phone.model.openRoom(room)
            phone.until("the text is in the composer") { draft(room) == "Voici :\nhttps://example.org/note" }
            assertNull(phone.app.process.shared.value)
        }
    }

    @Test fun waitsUntilSomeoneIsSignedIn() {
        Robolectric.buildActivity(MainActivity::class.java, share("à lire")).setup().use {
            phone.until("the text waits") { phone.app.process.shared.value == "à lire" }
            phone.signIn()
            val (_, room) = phone.meet()
            phone.model.openRoom(room)
            phone.until("the text is in the composer") { draft(room) == "à lire" }
        }
    }
}

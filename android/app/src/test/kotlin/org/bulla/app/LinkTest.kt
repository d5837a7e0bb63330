package org.bulla.app

import android.content.Intent
import android.net.Uri
import org.bulla.ui.model.Problem
import org.bulla.ui.model.Route
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner

/** Links from other apps: the manifest lets them in, the core says what they mean. */
@RunWith(RobolectricTestRunner::class)
class LinkTest {
    @get:Rule val phone = Phone()

    private fun view(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link), phone.app, MainActivity::class.java)

    @Test fun opensALink() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            phone.signIn()
            val (friend, room) = phone.meet()
            activity.newIntent(view("https://matrix.to/#/$room"))
            phone.until("the conversation") { phone.model.state.value.route == listOf(Route.Rooms, Route.Conversation(room)) }
            activity.newIntent(view("bulla:u/${friend.id.drop(1)}"))
            phone.until("the person") { phone.model.state.value.here == Route.NewConversation(friend.id) }
        }
    }

    @Test fun keepsALinkUntilSomeoneIsSignedIn() {
        Robolectric.buildActivity(MainActivity::class.java, view("https://matrix.to/#/@someone:example.org")).setup().use {
            phone.until("a link waits") { phone.model.state.value.pendingLink != null }
            phone.signIn()
            phone.until("it is followed") { phone.model.state.value.here == Route.NewConversation("@someone:example.org") }
        }
    }

    @Test fun refusesAPoisonedLink() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            phone.signIn()
            for (poison in POISON) {
                activity.newIntent(view(poison))
                val problem = phone.eventually("a word on ${poison.take(60)}") { phone.model.state.value.problem }
                assertTrue("$problem", problem is Problem.Invalid || problem is Problem.NotFound)
                assertEquals(listOf(Route.Rooms), phone.model.state.value.route)
                phone.model.problemSeen()
            }
        }
    }

    @Test fun takesLinksAndTextAndNothingElse() {
        val room = "https://matrix.to/#/!room:example.org"
        for (link in listOf(room, "bulla:r/room:example.org", "matrix:u/someone:example.org")) assertNotNull(link, taker(browsed(link)))
        for (link in listOf("https://example.org/#/!room:example.org", "http://matrix.to/#/x", "javascript:x")) assertEquals(link, null, taker(browsed(link)))
        assertNotNull(taker(Intent(Intent.ACTION_SEND).setType("text/plain")))
        assertEquals(null, taker(Intent(Intent.ACTION_SEND).setType("image/png")))
    }

    private fun browsed(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link)).addCategory(Intent.CATEGORY_BROWSABLE)

    private fun taker(intent: Intent) = phone.app.packageManager.resolveActivity(intent.addCategory(Intent.CATEGORY_DEFAULT), 0)

    private companion object {
        val POISON = listOf(
            "https://matrix.to/",
            "https://matrix.to/#/",
            "https://matrix.to/#/%00%ff%fe",
            "https://matrix.to/#/../../../../data/data/org.bulla.app",
            "https://matrix.to/#/!unknown:example.org?via=${"a".repeat(100_000)}",
            "https://matrix.to/#/@${"a".repeat(100_000)}:example.org",
            "https://matrix.to/#/!room%E2%80%AE:example.org",
            "bulla:${"%2F".repeat(10_000)}",
            "bulla:u/",
            "matrix:r/<script>alert(1)</script>",
        )
    }
}

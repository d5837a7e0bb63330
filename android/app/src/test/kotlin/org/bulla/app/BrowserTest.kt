package org.bulla.app

import android.content.Intent
import android.net.Uri
import androidx.compose.ui.test.hasText
import org.bulla.support.Deployment
import org.bulla.ui.model.Route
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** Signing in by the phone's browser: the app sends for it, and a link of the app's own scheme comes back. */
@RunWith(RobolectricTestRunner::class)
class BrowserTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun signsInThroughTheBrowser() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            val homeserver = phone.await("the server") { Deployment.sovereign() }
            val someone = phone.await("somebody") { Deployment.newPerson() }
            phone.until("it has begun") { phone.model.state.value.started }
            phone.model.go(Route.SignIn)
            hand.fills(FrenchWords.server, homeserver)
            hand.taps(hasText(FrenchWords.browserGo))
            val page = phone.eventually("the browser is sent for") {
                generateSequence { shadowOf(phone.app).nextStartedActivity }.find { it.action == Intent.ACTION_VIEW }?.dataString
            }
            hand.sees(hasText(FrenchWords.browserWaiting))
            // Another app calls first.
            activity.newIntent(called("${AndroidBrowser.SCHEME}:/callback?code=stolen&state=unknown"))
            val callback = phone.await("the page") { Deployment.browse(page, someone, allow = true) }
            assertEquals(AndroidBrowser.SCHEME, Uri.parse(callback).scheme)
            activity.newIntent(called(callback))
            phone.until("signed in") { phone.model.state.value.current?.user == someone.id }
            assertEquals(null, phone.model.state.value.problem)
            hand.sees(hasText(FrenchWords.conversations))
        }
    }

    @Test fun theManifestLetsTheBrowserBackIn() {
        val back = called("${AndroidBrowser.SCHEME}:/callback").setComponent(null).addCategory(Intent.CATEGORY_BROWSABLE).addCategory(Intent.CATEGORY_DEFAULT)
        assertNotNull(phone.app.packageManager.resolveActivity(back, 0))
    }

    private fun called(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link), phone.app, MainActivity::class.java)
}

package org.bulla.app

import android.content.Intent
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performScrollTo
import androidx.test.core.app.ActivityScenario
import org.bulla.ui.model.Route
import org.bulla.ui.words.EnglishWords
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** The app as a person has it in hand, on a phone and on a tablet, in French and in English. */
@RunWith(RobolectricTestRunner::class)
class ScreensTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)

    @Test @Config(qualifiers = "fr-w360dp-h800dp-xhdpi") fun signsInWritesAndGoesBack() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            hand.sees(hasText(FrenchWords.welcomeTitle))
            hand.keepsAPicture(activity, "welcome-fr")
            hand.signsIn(FrenchWords)
            val (friend, room) = phone.meet()
            val talk = phone.await("the friend's side") { friend.open(room) }
            hand.taps(hasContentDescription(friend.id.drop(1).substringBefore(':'), substring = true))
            hand.writes(FrenchWords, "Bonjour, le plan est prêt")
            hand.taps(hasContentDescription(FrenchWords.send))
            phone.await("the friend reads it") { talk.text("Bonjour, le plan est prêt") }
            hand.sees(hasText("Bonjour, le plan est prêt", substring = true)).assertIsDisplayed()
            phone.await("the friend answers") { talk.timeline.sendText("Merci !") }
            hand.sees(hasText("Merci !", substring = true)).assertIsDisplayed()
            hand.keepsAPicture(activity, "conversation-fr")

            activity.onActivity { it.onBackPressedDispatcher.onBackPressed() }
            hand.sees(hasText(FrenchWords.conversations)).assertIsDisplayed()
            hand.keepsAPicture(activity, "list-fr")
        }
    }

    @Test @Config(qualifiers = "en-w411dp-h891dp-mdpi") fun keepsScreenAndDraftWhenTheActivityIsMadeAnew() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            phone.signIn()
            val (_, room) = phone.meet()
            phone.model.openRoom(room)
            hand.writes(EnglishWords, "not yet")
            activity.recreate()
            hand.sees(hasText("not yet")).assertIsDisplayed()
            assertEquals(Route.Conversation(room), phone.model.state.value.here)

            // Turned, the same phone is wide enough for two panes.
            RuntimeEnvironment.setQualifiers("+w891dp-h411dp-land")
            activity.recreate()
            hand.sees(hasText(EnglishWords.conversations)).assertIsDisplayed()
            hand.sees(hasText("not yet")).assertIsDisplayed()
            hand.keepsAPicture(activity, "turned-en")

            // The lower half of a split screen.
            RuntimeEnvironment.setQualifiers("+w411dp-h400dp-port")
            activity.recreate()
            hand.sees(hasText("not yet")).assertIsDisplayed()
            hand.misses(hasText(EnglishWords.conversations))
        }
    }

    @Test @Config(qualifiers = "en-w1280dp-h800dp-mdpi") fun showsTwoPanesOnATablet() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            hand.signsIn(EnglishWords)
            hand.sees(hasText(EnglishWords.choosePane)).assertIsDisplayed()
            val (friend, _) = phone.meet()
            hand.taps(hasContentDescription(friend.id.drop(1).substringBefore(':'), substring = true))
            hand.writes(EnglishWords, "beside the list")
            hand.sees(hasText(EnglishWords.conversations)).assertIsDisplayed()
            hand.keepsAPicture(activity, "tablet-en")
        }
    }

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun saysWhatALinkCannotAndWhereToShare() {
        ActivityScenario.launch(MainActivity::class.java).use {
            phone.signIn()
            phone.model.openLink("bulla:nowhere")
            hand.sees(hasText(FrenchWords.problemLink)).assertIsDisplayed()
            hand.taps(hasContentDescription(FrenchWords.close))
            hand.misses(hasText(FrenchWords.problemLink))

            phone.app.process.share("à relire")
            hand.sees(hasText(FrenchWords.shareChoose)).assertIsDisplayed()
            hand.taps(hasContentDescription(FrenchWords.close))
            hand.misses(hasText(FrenchWords.shareChoose))
        }
    }

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun setsLanguageAndScreenshotsAndSharesOut() {
        ActivityScenario.launch(MainActivity::class.java).use {
            phone.signIn()
            val (friend, room) = phone.meet()
            val talk = phone.await("the friend's side") { friend.open(room) }
            phone.await("the friend writes") { talk.timeline.sendText("à faire suivre") }
            phone.model.openRoom(room)
            hand.taps(hasText("à faire suivre", substring = true))
            hand.taps(hasText(FrenchWords.share))
            val chooser = phone.eventually("another app is asked") {
                generateSequence { shadowOf(phone.app).nextStartedActivity }.find { it.action == Intent.ACTION_CHOOSER }
            }
            assertEquals("à faire suivre", chooser.getParcelableExtra(Intent.EXTRA_INTENT, Intent::class.java)?.getStringExtra(Intent.EXTRA_TEXT))

            phone.model.home()
            hand.taps(hasContentDescription(FrenchWords.settings))
            hand.sees(hasText(FrenchWords.screenshotsAllowed)).performScrollTo()
            hand.taps(hasText(FrenchWords.screenshotsAllowed))
            hand.sees(hasText(FrenchWords.screenshotsAllowed)).assertIsOff()
            assertEquals(false, phone.app.process.preferences.screenshotsAllowed.value)
            hand.sees(hasText(FrenchWords.languageEnglish)).performScrollTo()
            hand.taps(hasText(FrenchWords.languageEnglish))
            hand.sees(hasText(EnglishWords.screenshotsAllowed))
        }
    }
}

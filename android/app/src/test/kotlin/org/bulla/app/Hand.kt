package org.bulla.app

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTextReplacement
import androidx.test.core.app.ActivityScenario
import java.io.File
import org.bulla.support.Deployment
import org.bulla.support.User
import org.bulla.ui.words.Words

/** A person's hand on the screen: waits for what it wants to touch. */
class Hand(private val phone: Phone) {
    private val compose get() = phone.compose

    /** How often it has touched the screen; a text that is typed counts as one. */
    var steps = 0
        private set

    /** Waits until there is such a thing on the screen, the first of them. */
    fun sees(what: SemanticsMatcher): SemanticsNodeInteraction = phone.eventually(what.description) {
        compose.onAllNodes(what).run { if (fetchSemanticsNodes(atLeastOneRootRequired = false).isEmpty()) null else get(0) }
    }

    /** Waits until there is none. */
    fun misses(what: SemanticsMatcher) = phone.until("no ${what.description}") {
        compose.onAllNodes(what).fetchSemanticsNodes(atLeastOneRootRequired = false).isEmpty()
    }

    fun taps(what: SemanticsMatcher) {
        steps += 1
        sees(tappable(what)).performClick()
    }

    fun fills(label: String, text: String) {
        steps += 1
        sees(hasText(label) and hasSetTextAction()).performTextReplacement(text)
    }

    fun writes(words: Words, text: String) = types(words.write, text)

    /** Types into the field of this name. */
    fun types(field: String, text: String) {
        steps += 1
        sees(hasContentDescription(field) and hasSetTextAction()).performTextInput(text)
    }

    /** Taps the one that lies on top, as a dialog does. */
    fun tapsLast(what: SemanticsMatcher) {
        steps += 1
        sees(tappable(what))
        compose.onAllNodes(tappable(what)).onLast().performClick()
    }

    /** From the first screen to the list, at [homeserver] or the user's own. */
    fun signsIn(words: Words, homeserver: String? = null): User {
        val user = phone.await("a new user") { Deployment.newUser(0) }
        taps(hasText(words.signIn))
        fills(words.server, homeserver ?: user.homeserver)
        fills(words.userName, user.id)
        fills(words.password, user.password)
        taps(hasText(words.signIn))
        sees(hasText(words.conversations))
        return user
    }

    /** What the window shows, as a file to look at. */
    fun <A : Activity> keepsAPicture(activity: ActivityScenario<A>, name: String) {
        compose.waitForIdle()
        activity.onActivity {
            val view = it.window.decorView
            val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
            view.draw(Canvas(bitmap))
            val folder = File(System.getProperty("bulla.pictures.folder"), "android").apply { mkdirs() }
            folder.resolve("$name.png").outputStream().use { file -> bitmap.compress(Bitmap.CompressFormat.PNG, 100, file) }
        }
    }

    /** A button that is off takes a tap and does nothing: one waits for it, as a person would. */
    private fun tappable(what: SemanticsMatcher) = what and hasClickAction() and isEnabled()
}

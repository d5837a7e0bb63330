package org.bulla.app

import android.app.Activity
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Color
import android.net.Uri
import android.provider.MediaStore
import androidx.compose.ui.test.hasText
import java.io.ByteArrayOutputStream
import org.bulla.ui.model.Route
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertNull
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** The person's own picture, from the system's picker. */
@RunWith(RobolectricTestRunner::class)
class PortraitTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun aPictureIsChosenAndSeen() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            phone.signIn()
            phone.model.go(Route.Settings)
            val settings = phone.eventually("the settings") { phone.model.settings() }
            phone.until("the profile") { settings.state.value.card != null }
            choose(activity.get(), null)
            assertNull(settings.state.value.profile?.avatar)
            choose(activity.get(), "<svg/>".toByteArray())
            hand.sees(hasText(FrenchWords.problemNotAPicture))
            choose(activity.get(), picture())
            phone.until("it is there") { settings.state.value.profile?.avatar != null }
            hand.sees(hasText(FrenchWords.avatarRemove))
        }
    }

    /** The picker comes back with a picture of these bytes, or with none. */
    private fun choose(activity: Activity, bytes: ByteArray?) {
        hand.taps(hasText(FrenchWords.avatarChoose))
        val asked: Intent = phone.eventually("the picker is sent for") {
            generateSequence { shadowOf(phone.app).nextStartedActivity }.find { it.action == MediaStore.ACTION_PICK_IMAGES }
        }
        val place = Uri.parse("content://pictures/chosen")
        bytes?.let { shadowOf(phone.app.contentResolver).registerInputStreamSupplier(place) { it.inputStream() } }
        shadowOf(activity).receiveResult(asked, if (bytes == null) Activity.RESULT_CANCELED else Activity.RESULT_OK, bytes?.let { Intent().setData(place) })
        phone.until("it waits for nothing") { phone.model.settings()?.state?.value?.busy == false }
    }

    private fun picture(): ByteArray {
        val bitmap = Bitmap.createBitmap(64, 64, Bitmap.Config.ARGB_8888).also { it.eraseColor(Color.BLUE) }
        return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }.toByteArray()
    }
}

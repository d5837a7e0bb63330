package org.bulla.app

import android.app.Activity
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Color
import android.net.Uri
import android.provider.MediaStore
import androidx.compose.ui.test.hasText
import org.bulla.drawQr
import org.bulla.model.QrGrantState
import org.bulla.model.QrPicture
import org.bulla.model.QrSignInState
import org.bulla.support.Deployment
import org.bulla.support.seen
import org.bulla.support.signedInByBrowser
import org.bulla.support.wait
import org.bulla.ui.model.CodeSignInState
import org.bulla.ui.model.Route
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** Signing in by the code of another device, of which the phone's camera app takes a picture. */
@RunWith(RobolectricTestRunner::class)
class CameraTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun signsInByTheCodeOfAnotherDevice() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            val (someone, old) = phone.await("the other device") { phone.stage.signedInByBrowser() }
            val grant = phone.await("its code") { old.linkDevice() }.also { phone.stage.atEnd(it::close) }
            val code = phone.await("its code") { grant.wait("a code") { (it as? QrGrantState.ShowCode)?.bytes } }
            phone.until("it has begun") { phone.model.state.value.started }
            phone.model.go(Route.SignIn)
            hand.taps(hasText(FrenchWords.signInCode))
            // No picture changes nothing, and one without a code is told.
            hand.taps(hasText(FrenchWords.codeTake))
            shadowOf(activity.get()).receiveResult(phone.asked(), Activity.RESULT_CANCELED, null)
            phone.until("it waits for nothing") { phone.model.codeSignIn(Route.SignInCode())?.state?.value == CodeSignInState() }
            for (lies in listOf(QrPicture(30u, ByteArray(900)), drawQr(code))) {
                hand.taps(hasText(FrenchWords.codeTake))
                val asked = phone.asked()
                photograph(asked, lies)
                shadowOf(activity.get()).receiveResult(asked, Activity.RESULT_OK, null)
                if (lies.width == 30u) hand.sees(hasText(FrenchWords.problemNoCode))
            }
            val digits = phone.eventually("the digits") { (step() as? QrSignInState.ShowCheckCode)?.code }.toString().padStart(2, '0')
            hand.sees(hasText(digits))
            assertFalse("the picture is kept", phone.app.cacheDir.resolve("pictures/code.jpg").exists())
            phone.await("the digits") { grant.enterCheckCode(digits) }
            val page = phone.await("the page") { grant.wait("a page") { (it as? QrGrantState.Approve)?.url } }
            phone.await("the yes") {
                grant.confirm()
                Deployment.browse(page, someone, allow = true)
            }
            phone.until("signed in") { phone.model.state.value.current?.user == someone.id }
            phone.await("the end") { grant.finish() }
            hand.sees(hasText(FrenchWords.conversations))
        }
    }

    private fun step() = phone.model.codeSignIn(Route.SignInCode())?.state?.value?.step

    /** What the camera app was asked for. */
    private fun Phone.asked(): Intent = eventually("the camera is sent for") {
        generateSequence { shadowOf(app).nextStartedActivity }.find { it.action == MediaStore.ACTION_IMAGE_CAPTURE }
    }

    /** The camera app writes its picture where it was asked to. */
    private fun photograph(asked: Intent, code: QrPicture) {
        val place = checkNotNull(asked.getParcelableExtra(MediaStore.EXTRA_OUTPUT, Uri::class.java))
        val (width, luma) = code.seen(12)
        val bitmap = Bitmap.createBitmap(width, luma.size / width, Bitmap.Config.ARGB_8888)
        bitmap.setPixels(IntArray(luma.size) { at -> (luma[at].toInt() and 0xff).let { Color.rgb(it, it, it) } }, 0, width, 0, 0, width, luma.size / width)
        val written = checkNotNull(phone.app.contentResolver.openOutputStream(place)).use { bitmap.compress(Bitmap.CompressFormat.JPEG, 90, it) }
        assertTrue(written)
    }
}

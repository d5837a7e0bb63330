package org.bulla.app

import android.app.Activity
import android.content.Intent
import android.net.Uri
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import java.io.ByteArrayOutputStream
import org.bulla.ui.model.SoundTrouble
import org.bulla.ui.model.files
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** A file chosen in the system's picker and sent, a copy of it written where the system says; no microphone without one. */
@RunWith(RobolectricTestRunner::class)
class FilesTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun aFileIsChosenSentAndCopied() {
        Robolectric.buildActivity(MainActivity::class.java).setup().use { activity ->
            phone.signIn()
            val (_, room) = phone.meet()
            phone.model.openRoom(room)
            val model = phone.eventually("the conversation") { phone.model.conversation(room)?.takeIf { !it.state.value.loading } }
            val bytes = ByteArray(5_000) { it.toByte() }
            val place = Uri.parse("content://documents/rapport.bin")
            hand.taps(hasContentDescription(FrenchWords.addToMessage))
            hand.taps(hasText(FrenchWords.addFile))
            val asked = asked(Intent.ACTION_OPEN_DOCUMENT)
            shadowOf(phone.app.contentResolver).registerInputStreamSupplier(place) { bytes.inputStream() }
            shadowOf(activity.get()).receiveResult(asked, Activity.RESULT_OK, Intent().setData(place))
            hand.sees(hasText("rapport.bin"))
            hand.taps(hasText(FrenchWords.send))
            val row = phone.eventually("it has arrived") { model.state.value.rows.files().lastOrNull() }
            assertEquals("rapport.bin", row.body.name)
            phone.until("the copy of the cache is gone") { phone.app.cacheDir.resolve("sending").list().orEmpty().isEmpty() }

            val copy = Uri.parse("content://documents/copie")
            val written = ByteArrayOutputStream()
            shadowOf(phone.app.contentResolver).registerOutputStream(copy, written)
            model.media.files.save(row.item)
            val saving = asked(Intent.ACTION_CREATE_DOCUMENT)
            assertEquals("rapport.bin", saving.getStringExtra(Intent.EXTRA_TITLE))
            shadowOf(activity.get()).receiveResult(saving, Activity.RESULT_OK, Intent().setData(copy))
            phone.until("a copy is written") { model.media.files.state.value.saved }
            assertArrayEquals(bytes, written.toByteArray())

            // This machine has no microphone, and says so.
            model.media.voice.begin()
            phone.until("it is told") { model.media.voice.state.value.trouble != null }
            assertTrue(model.media.voice.state.value.trouble in setOf(SoundTrouble.NO_INPUT, SoundTrouble.NOT_ALLOWED))
        }
    }

    private fun asked(action: String): Intent = phone.eventually("the picker is sent for") {
        generateSequence { shadowOf(phone.app).nextStartedActivity }.find { it.action == action }
    }
}

package org.bulla.app

import android.app.NotificationManager
import android.content.RestrictionsManager
import android.os.Bundle
import android.view.WindowManager
import androidx.test.core.app.ActivityScenario
import org.bulla.ui.model.Language
import org.bulla.ui.model.Settings
import org.bulla.ui.model.Theme
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** What a person, and an administration, set for this phone. */
@RunWith(RobolectricTestRunner::class)
class PreferencesTest {
    @get:Rule val phone = Phone()

    @Test fun keepsSettings() {
        val chosen = Settings(Language.FRENCH, Theme.CONTRAST, textSize = 150)
        phone.model.set(chosen)
        phone.await("the process ends") { phone.app.startAgain() }
        assertEquals(chosen, phone.model.state.value.settings)
    }

    @Test fun startsWithoutWhatAnotherVersionWrote() {
        phone.app.getSharedPreferences("settings", 0).edit().putString("theme", "PLAID").putInt("textSize", 9_000).commit()
        assertEquals(Settings(textSize = 200), Preferences(phone.app).load())
    }

    @Test fun keepsScreenshotsOutWhereThePersonOrThePolicySaysSo() {
        val preferences = phone.app.process.preferences
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            fun secure(): Boolean {
                var flags = 0
                activity.onActivity { flags = it.window.attributes.flags }
                return flags and WindowManager.LayoutParams.FLAG_SECURE != 0
            }
            phone.until("allowed at first") { !secure() }
            preferences.allowScreenshots(false)
            phone.until("forbidden by the person") { secure() }
            preferences.allowScreenshots(true)
            phone.until("allowed again") { !secure() }

            val restrictions = phone.app.getSystemService(RestrictionsManager::class.java)
            shadowOf(restrictions).setApplicationRestrictions(Bundle().apply { putBoolean("screenshots", false) })
            activity.recreate()
            phone.until("forbidden by the administration") { secure() }
            preferences.allowScreenshots(true)
            assertTrue(preferences.screenshotsForbidden)
            assertFalse(preferences.screenshotsAllowed.value)
        }
    }

    @Test @Config(qualifiers = "fr") fun namesChannelsInFrench() = assertEquals(
        mapOf(Channels.CONNECTION to "Connexion en arrière-plan", Channels.MESSAGES to "Messages"),
        channels(),
    )

    @Test @Config(qualifiers = "en") fun namesChannelsInEnglish() = assertEquals(
        mapOf(Channels.CONNECTION to "Connection in the background", Channels.MESSAGES to "Messages"),
        channels(),
    )

    private fun channels() = phone.app.getSystemService(NotificationManager::class.java)!!.notificationChannels.associate { it.id to "${it.name}" }
}

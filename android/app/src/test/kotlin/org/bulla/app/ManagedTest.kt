package org.bulla.app

import android.content.RestrictionsManager
import android.os.Bundle
import android.view.WindowManager
import androidx.test.core.app.ActivityScenario
import org.bulla.model.Rule as CoreRule
import org.bulla.model.RuleSource
import org.bulla.model.UnheardReason
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

/** What the phone's management says comes to the core, and what comes of it. */
@RunWith(RobolectricTestRunner::class)
class ManagedTest {
    @get:Rule val phone = Phone()

    @Test fun theManagementIsHeard() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            phone.until("it has begun") { phone.model.state.value.started }
            assertNull(phone.model.state.value.deployment?.manifest)
            val restrictions = shadowOf(phone.app.getSystemService(RestrictionsManager::class.java))
            restrictions.setApplicationRestrictions(
                Bundle().apply {
                    putBoolean("screenshots", true)
                    putBoolean("no_screenshots", true)
                    putBoolean("no_other_accounts", true)
                    putBoolean("app_lock", false)
                    putString("colour", "red")
                },
            )
            activity.recreate()
            phone.until("it was heard") { rules?.noOtherAccounts?.on == true }
            assertEquals(CoreRule(true, RuleSource.MANAGED), rules?.noScreenshots)
            assertEquals(false, rules?.appLock?.on)
            assertEquals(mapOf("colour" to UnheardReason.UNKNOWN_KEY), rules?.unheard?.associate { it.key to it.why })
            phone.until("screenshots are forbidden") {
                var flags = 0
                activity.onActivity { flags = it.window.attributes.flags }
                flags and WindowManager.LayoutParams.FLAG_SECURE != 0
            }

            restrictions.setApplicationRestrictions(Bundle())
            activity.recreate()
            phone.until("it is taken back") { rules?.noOtherAccounts?.on == false && rules?.noScreenshots?.on == false }
        }
    }

    @Test fun withoutADeploymentNothingIsBuiltIn() = assertNull(phone.app.builtInTrust())

    private val rules get() = phone.model.state.value.deployment?.rules
}

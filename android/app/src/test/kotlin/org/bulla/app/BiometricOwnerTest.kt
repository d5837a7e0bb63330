package org.bulla.app

import android.hardware.biometrics.BiometricManager
import androidx.compose.ui.test.hasText
import androidx.test.core.app.ActivityScenario
import org.bulla.model.AppLockState
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowBiometricManager

/** The lock opened by a finger. The file, the cipher and the screens are the app's own; the pair is the JVM's, and the finger the test's. */
@RunWith(RobolectricTestRunner::class)
class BiometricOwnerTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)
    private val secret = ByteArray(32) { it.toByte() }

    @Test fun keepsAKeyForTheOwnerAlone() {
        val file = phone.app.noBackupFilesDir.resolve("test/owner.key")
        val pair = JvmOwnerKey()
        var owner = true
        val check = BiometricOwner(file, pair, { cipher -> cipher.takeIf { owner } }, { true })
        assertNull(check.ask())
        check.keep(secret)
        assertTrue(check.kept)
        assertFalse(file.readBytes().toList().windowed(8).any { it == secret.take(8) })
        assertArrayEquals(secret, check.ask())
        owner = false
        assertNull(check.ask())
        assertTrue(check.kept)
        // Another finger was added: the pair is no good any more.
        pair.forget()
        assertNull(check.ask())
        assertFalse(check.kept)
        check.keep(secret.reversedArray())
        owner = true
        assertArrayEquals(secret.reversedArray(), check.ask())
        check.forget()
        check.forget()
        assertEquals(false to null, check.kept to check.ask())
    }

    @Test fun asksThePhoneWhatItCanDo() {
        val sensor = Shadow.extract<ShadowBiometricManager>(checkNotNull(phone.app.getSystemService(BiometricManager::class.java)))
        sensor.setCanAuthenticate(false)
        assertFalse(phone.app.knowsItsOwner())
        sensor.setCanAuthenticate(true)
        sensor.setAuthenticatorType(BiometricManager.Authenticators.BIOMETRIC_STRONG)
        assertTrue(phone.app.knowsItsOwner())
    }

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun opensTheLockOnTheScreen() {
        ActivityScenario.launch(MainActivity::class.java).use {
            phone.until("it has begun") { phone.model.state.value.started }
            val settings = phone.model.lock()
            phone.until("how it stands") { settings.state.value.lock != null }
            settings.setNew("193728")
            settings.setAgain("193728")
            phone.await("setting it") { settings.choose().join() }
            phone.await("letting a finger open it") { settings.allowOwner().join() }
            phone.await("locking") { settings.lockNow().join() }
            phone.until("locked") { phone.model.state.value.lockedOut }
            phone.app.ownersFinger = false
            hand.taps(hasText(FrenchWords.ownerUnlock))
            hand.sees(hasText(FrenchWords.ownerDeclined))
            assertTrue(phone.model.state.value.lock is AppLockState.Locked)
            phone.app.ownersFinger = true
            hand.taps(hasText(FrenchWords.ownerUnlock))
            phone.until("open") { !phone.model.state.value.lockedOut }
            hand.sees(hasText(FrenchWords.signIn))
        }
    }
}

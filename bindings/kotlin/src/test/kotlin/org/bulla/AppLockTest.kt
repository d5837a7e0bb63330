package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.AppLockState
import org.bulla.model.Barrier
import org.bulla.model.Config
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.PlatformUnlock
import org.bulla.model.SessionState
import org.bulla.model.Trust
import org.bulla.support.Office
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.story
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val PIN = "193728"
private const val OTHER = "283746"

/** The lock of the app over a real account. */
class AppLockTest {
    @Test
    fun `locked, nothing opens, and unlocked everything is there`() = story {
        val alice = agent()
        alice.live()
        val account = alice.session.account().id
        alice.bulla.appLock().use { lock ->
            assertEquals(AppLockState.Off(required = false), lock.now())
            invalid(Field.PIN, FieldTrouble.TOO_SHORT) { lock.setPin("1937") }
            lock.setPin(PIN)
            alice.live()
            lock.lock()
            assertEquals(AppLockState.Locked(attemptsLeft = null, wait = null), lock.now())
            locked { alice.bulla.accounts() }
            locked { alice.bulla.open(account) }
            fails<Failure.Closed> { alice.session.profile() }
            invalid(Field.PIN, FieldTrouble.WRONG) { lock.unlock(OTHER) }
            lock.unlock(PIN)
            inTime("opening") { alice.bulla.open(account) }.use { session ->
                inTime("live") { session.stateFlow().first { it is SessionState.Live } }
                session.shutdown()
            }
            lock.changePin(PIN, OTHER)
        }
        // A new start is locked, and what is under the account's name is not its key.
        library(alice.folder, alice.keys).use { next ->
            locked { next.open(account) }
            next.appLock().use { lock ->
                lock.unlock(OTHER)
                assertEquals(listOf(account), next.accounts().map { it.id })
                lock.removePin(OTHER)
                assertEquals(AppLockState.Off(required = false), lock.now())
            }
            assertEquals(listOf(account), next.accounts().map { it.id })
        }
    }

    @Test
    fun `too many wrong PINs erase every account`() = story {
        val alice = agent()
        alice.live()
        alice.session.shutdown()
        val office = Office(alice.user.homeserver, alice.user.id.substringAfter(':')).also { atEnd(it::close) }
        val manifest = office.manifest(1) {
            putJsonObject("session") { put("app_lock", true); put("wipe_after", 2) }
        }
        val trust = Trust(listOf(office.key.public), manifest)
        Bulla(Config(alice.folder.toString(), "Bulla test", trust), alice.keys).use { bulla ->
            bulla.appLock().use { lock ->
                assertEquals(AppLockState.Off(required = true), lock.now())
                lock.setPin(PIN)
                assertEquals(Barrier.APP_LOCK_FORCED, fails<Failure.Forbidden> { lock.removePin(PIN) }.why)
                lock.lock()
                invalid(Field.PIN, FieldTrouble.WRONG) { lock.unlock(OTHER) }
                assertEquals(AppLockState.Locked(attemptsLeft = 1u, wait = null), lock.now())
                invalid(Field.PIN, FieldTrouble.WRONG) { lock.unlock(OTHER) }
                assertEquals(AppLockState.Wiped, lock.now())
            }
            assertEquals(emptyList<Any>(), bulla.accounts())
        }
        assertTrue(alice.keys.all.isEmpty())
        assertTrue(alice.folder.toFile().listFiles()!!.none { it.isDirectory })
    }

    @Test
    fun `the platform opens it, and the background closes it`() = story {
        val alice = agent()
        alice.live()
        val finger = Finger()
        alice.bulla.appLock().use { lock ->
            assertFalse(lock.unlockWithPlatform(finger))
            lock.setPin(PIN)
            lock.allowPlatform(finger)
            lock.lock()
            assertTrue(lock.unlockWithPlatform(finger))
            assertEquals(AppLockState.Unlocked, lock.now())
            // Away for a moment only.
            lock.background()
            lock.foreground()
            assertEquals(AppLockState.Unlocked, lock.now())
            lock.forbidPlatform(finger)
            assertNull(finger.key)
            val states = lock.states()
            assertEquals(AppLockState.Unlocked, states.next())
            lock.lock()
            assertTrue(states.next() is AppLockState.Locked)
            states.cancel()
            assertNull(states.next())
            states.close()
            assertFalse(lock.unlockWithPlatform(finger))
            lock.unlock(PIN)
        }
    }
}

private class Finger : PlatformUnlock {
    @Volatile var key: ByteArray? = null

    override fun keep(key: ByteArray) {
        this.key = key
    }

    override fun ask(): ByteArray? = key

    override fun forget() {
        key = null
    }
}

private suspend fun AppLock.now(): AppLockState = inTime("a state") { stateFlow().first() }

private suspend fun locked(work: suspend () -> Any?) = assertEquals(Barrier.APP_LOCKED, fails<Failure.Forbidden> { work() }.why)

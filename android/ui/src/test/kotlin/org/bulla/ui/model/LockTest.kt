package org.bulla.ui.model

import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.AppLockState
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.Finger
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.person
import org.bulla.ui.trust
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The lock of the app. */
class LockTest {
    @Test
    fun locksAndOpensWhereThePersonWas() = story {
        val person = person()
        val app = person.app
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        app.go(Route.AppLock)
        val settings = app.lock()
        settings.setNew("111111")
        settings.setAgain("111111")
        settings.choose().done("the refusal")
        assertEquals(FieldTrouble.TOO_WEAK, settings.state.value.lacks)
        settings.setNew(PIN)
        settings.setAgain("28")
        assertTrue(settings.state.value.run { differ && !chosen })
        settings.setAgain(PIN)
        settings.choose().done("setting it")
        settings.state.until("it is set") { it.done && it.lock is AppLockState.Unlocked && it.new.isEmpty() }

        app.openRoom(room)
        person.open(room)
        app.lock().lockNow().done("locking")
        app.state.until("locked, and nothing shown") { it.lockedOut && it.current == null && it.accounts.isEmpty() }
        val lock = app.lock()
        lock.setPin("283746")
        lock.unlock().done("a wrong one")
        assertTrue(lock.state.value.run { wrong && pin.isEmpty() })
        lock.setPin(PIN)
        lock.unlock().done("the right one")
        val back = app.state.until("back in the conversation") { it.current?.user == person.user.id && it.here == Route.Conversation(room) }
        assertFalse(back.lockedOut)
        person.live()

        // A new start asks before anything is opened.
        val next = person.restart()
        atEnd(next::stop)
        next.app.start().done("the start")
        assertTrue(next.app.state.value.run { lockedOut && current == null })
        next.app.lock().state.until("it asks") { it.lock is AppLockState.Locked }
        next.app.lock().setPin(PIN)
        next.app.lock().unlock().done("unlocking")
        next.app.state.until("open") { it.current != null && !it.lockedOut }
        next.app.go(Route.AppLock)
        next.app.lock().setPin(PIN)
        next.app.lock().remove().done("taking it away")
        next.app.lock().state.until("it is gone") { it.lock == AppLockState.Off(required = false) }
    }

    @Test
    fun aLockThatIsAskedForWantsAPinFirst() = story {
        val person = newcomer()
        val app = person.app
        app.start().done("the start")
        app.setManaged(mapOf("app_lock" to "true")).done("the management's word")
        app.state.until("a PIN is wanted") { it.lockedOut }
        app.lock().setNew(PIN)
        app.lock().setAgain(PIN)
        app.lock().choose().done("setting it")
        app.state.until("on with it") { !it.lockedOut }
        app.lock().setPin(PIN)
        app.lock().remove().done("the refusal")
        assertTrue(app.lock().state.value.problem is Problem.Forbidden)
    }

    @Test
    fun wrongPinsHaveToWait() = story {
        val person = newcomer()
        person.app.start().done("the start")
        val lock = person.app.lock()
        lock.setNew(PIN)
        lock.setAgain(PIN)
        lock.choose().done("setting it")
        lock.lockNow().done("locking")
        person.app.state.until("locked") { it.lockedOut }
        repeat(3) {
            person.app.lock().setPin("283746")
            person.app.lock().unlock().done("a wrong one")
        }
        person.app.lock().setPin(PIN)
        person.app.lock().unlock().done("too soon")
        val told = person.app.lock().state.until("it has to wait") { it.wait > 0 }
        assertTrue(told.wait in 1..31 && !told.mayUnlock, "$told")
        person.app.lock().state.until("the seconds go by") { it.wait < told.wait }
    }

    @Test
    fun aFingerOpensItBesideThePin() = story {
        val finger = Finger()
        val person = newcomer(owner = finger)
        person.app.start().done("the start")
        person.app.go(Route.AppLock)
        val settings = person.app.lock()
        settings.state.until("how it stands") { it.lock != null }
        assertFalse(settings.state.value.byOwner)
        settings.setNew(PIN)
        settings.setAgain(PIN)
        settings.choose().done("setting it")
        settings.allowOwner().done("letting a finger open it")
        assertTrue(settings.state.value.run { byOwner && problem == null }, "${settings.state.value}")
        settings.lockNow().done("locking")
        person.app.state.until("locked") { it.lockedOut }
        val lock = person.app.lock()
        lock.state.until("it asks") { it.lock is AppLockState.Locked && it.byOwner }
        finger.known = false
        lock.unlockByOwner().done("a stranger's finger")
        assertTrue(lock.state.value.declined && person.app.state.value.lockedOut)
        finger.known = true
        lock.unlockByOwner().done("the owner's")
        person.app.state.until("open") { !it.lockedOut }
        person.app.go(Route.AppLock)
        val again = person.app.lock()
        again.state.until("how it stands") { it.lock is AppLockState.Unlocked }
        again.forbidOwner().done("the PIN alone")
        assertFalse(again.state.value.byOwner || finger.kept)
        again.allowOwner().done("once more")
        again.setPin(PIN)
        again.remove().done("taking the lock away")
        assertFalse(finger.kept)
    }

    @Test
    fun itLocksWhenNobodyHasSeenItForAWhile() = story {
        val office = office(Deployment.homeserver(0), "agent.example")
        val person = newcomer(office.trust { putJsonObject("session") { put("lock_after_s", 1) } })
        person.app.start().done("the start")
        val lock = person.app.lock()
        lock.state.until("how it stands") { it.lock != null }
        lock.setNew(PIN)
        lock.setAgain(PIN)
        lock.choose().done("setting it")
        person.app.hidden().done("it goes away")
        person.app.state.until("locked") { it.lockedOut }
    }

    private companion object {
        const val PIN = "193728"
    }
}

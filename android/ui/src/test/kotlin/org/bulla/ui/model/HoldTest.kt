package org.bulla.ui.model

import org.bulla.model.FieldTrouble
import org.bulla.model.SessionState
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What holds an account up: a temporary password, its end, its being erased. */
class HoldTest {
    @Test
    fun aTemporaryPasswordIsChangedBeforeAnythingElse() = story {
        val user = Deployment.newUser(1)
        Deployment.makeTemporary(user)
        val person = came(user, Hold.CHOOSE_PASSWORD)
        val model = checkNotNull(person.app.password())
        model.state.until("what it has to be") { it.policy?.minLength == 12u && it.policy?.digit == true }
        model.setNew("girafe")
        assertFalse(model.state.until("how weak it is") { it.strength != null }.complete)
        model.setOld(user.password)
        model.submit().done("the refusal")
        assertEquals(FieldTrouble.TOO_SHORT, model.state.value.lacks)
        model.setNew(OWN)
        assertNull(model.state.value.problem)
        model.state.until("how strong it is") { it.strength?.score == 4u.toUByte() }
        model.setOld("not this")
        model.submit().done("the refusal of the old one")
        assertTrue(model.state.value.oldWrong)
        assertEquals(Hold.CHOOSE_PASSWORD, person.app.state.value.hold)
        model.setOld(user.password)
        model.submit().done("the change")
        person.app.state.until("nothing holds it up") { it.hold == null }
        person.live()
        person.rooms.state.until("the list") { !it.loading && it.listProblem == null }
        newcomer().signInAs(User(user.id, OWN, user.homeserver))
    }

    @Test
    fun aPasswordIsChangedFromTheSettings() = story {
        val user = Deployment.newUser(0)
        val person = came(user, null)
        person.live()
        person.app.go(Route.Password)
        val model = checkNotNull(person.app.changePassword())
        model.setOld(user.password)
        model.setNew(OWN)
        model.submit().done("the change")
        assertTrue(model.state.value.run { done && old.isEmpty() && new.isEmpty() && problem == null }, "${model.state.value}")
        newcomer().signInAs(User(user.id, OWN, user.homeserver))
    }

    @Test
    fun anExpiredAccountIsRenewedByMail() = story {
        val user = Deployment.newUser(0)
        val email = Deployment.giveEmail(user)
        Deployment.expire(user)
        val person = came(user, Hold.EXPIRED)
        person.app.goOn()
        person.rooms.state.until("it may be read, and is said") { it.connection is SessionState.Expired }
        assertNull(person.app.state.value.hold)
        person.app.renew()
        val model = checkNotNull(person.app.renewal())
        model.check().done("asking the server")
        assertTrue(model.state.value.notYet)
        model.sendMail().done("the mail")
        assertTrue(model.state.value.run { sent && !notYet && wait == 0 })
        model.sendMail().done("a mail too many")
        val told = model.state.value
        assertTrue(told.wait in 1..30 && told.problem == null, "$told")
        model.state.until("the seconds go by") { it.wait < told.wait }
        Deployment.followMail(email)
        model.check().done("asking again")
        person.app.state.until("nothing holds it up") { it.hold == null }
        person.live()
    }

    @Test
    fun anErasedAccountIsLeft() = story {
        val user = Deployment.newUser(0)
        val person = came(user, null)
        person.live()
        Deployment.logOut(user)
        person.app.state.until("erased") { it.hold == Hold.ERASED }
        assertEquals(emptyMap<String, ByteArray>(), person.keys.all)
        person.app.leaveErased().done("leaving")
        val state = person.app.state.value
        assertEquals(Route.Welcome to null, state.here to state.hold)
        assertEquals(emptyList<Any>(), state.accounts)
        assertNull(state.problem)
        // Another account may be signed in to at once.
        person.signInAs(Deployment.newUser(0))
        person.live()
    }

    private suspend fun Stage.came(user: User, hold: Hold?): Person {
        val person = newcomer()
        person.app.start().done("the start")
        person.signInAs(user)
        person.app.state.until("held: $hold") { it.hold == hold }
        return person
    }

    private companion object {
        const val OWN = "girafe velours tambour 8"
    }
}

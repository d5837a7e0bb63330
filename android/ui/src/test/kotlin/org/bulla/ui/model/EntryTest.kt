package org.bulla.ui.model

import java.time.Instant
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.delay
import org.bulla.model.Barrier
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.SignInWay
import org.bulla.model.Trust
import org.bulla.model.TrustTrouble
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.PersonsBrowser
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.trust
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Coming in: by an address and what it leads to, through the browser, with a forgotten password. */
class EntryTest {
    @Test
    fun anAddressLeadsToItsServerAndAPassword() = story {
        val user = Deployment.newUser(0)
        val email = Deployment.giveEmail(user)
        val office = office(user.homeserver, user.server)
        val person = newcomer(office.trust())
        person.app.start().done("the start")
        assertEquals("Messagerie", person.app.state.value.deployment?.manifest?.name)
        person.app.go(Route.SignIn)
        val model = person.app.entry()
        model.setEmail(" ${email.uppercase()} ")
        model.find().done("finding it")
        val found = checkNotNull(model.state.value.found)
        assertEquals(listOf("Agents", email, office.url), listOf(found.instance.label, found.email, found.instance.baseUrl))
        assertTrue(model.state.value.run { allows(SignInWay.PASSWORD) && !allows(SignInWay.OAUTH) })
        model.setPassword("not this")
        model.submit().done("the refusal")
        assertEquals(Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG), model.state.value.problem)
        assertEquals(Field.PASSWORD, model.state.value.wrongField)
        model.setPassword(user.password)
        model.submit().done("signing in")
        person.app.state.until("signed in") { it.current?.user == user.id && it.here == Route.Rooms }
        person.live()
    }

    @Test
    fun eachRefusalOfAnAddressIsSaid() = story {
        val user = Deployment.newUser(0)
        val office = office(user.homeserver, user.server)
        val person = newcomer(office.trust())
        val model = person.app.entry()
        suspend fun refused(email: String, directory: String): Problem? {
            office.directory = directory
            model.setEmail(email)
            model.find().done("the refusal")
            assertNull(model.state.value.found)
            assertFalse(model.state.value.busy)
            return model.state.value.problem
        }
        assertEquals(Problem.Invalid(Field.EMAIL, FieldTrouble.MALFORMED), refused("jean", "{}"))
        assertEquals(Field.EMAIL, model.state.value.wrongField)
        assertEquals(Problem.Forbidden(Barrier.NOT_PROFESSIONAL), refused("jean@mail.example", "{}"))
        assertEquals(Problem.Forbidden(Barrier.NOT_INVITED), refused("jean@mail.example", """{"hs":"guests.example"}"""))
        assertEquals(Problem.Untrusted(TrustTrouble.NOT_LISTED), refused("jean@mail.example", """{"hs":"evil.example"}"""))
        office.directory = """{"hs":"${user.server}"}"""
        model.find().done("finding it")
        office.proves = null
        model.setPassword(user.password)
        model.submit().done("the refusal of the server")
        assertEquals(Problem.Untrusted(TrustTrouble.PROOF_MISSING), model.state.value.problem)
        assertTrue(office.asked.none { it.endsWith("/login") })
        model.change()
        assertEquals("jean@mail.example" to null, model.state.value.run { email to found })
        office.close()
        model.find().done("no answer")
        assertEquals(Problem.Offline, model.state.value.problem)
    }

    @Test
    fun aManifestThatIsOldStaysAndIsTold() = story {
        val user = Deployment.newUser(0)
        val office = office(user.homeserver, user.server)
        val person = newcomer(Trust(listOf(office.key.public), office.manifest(1, expires = Instant.now().plusSeconds(5))))
        person.app.start().done("the start")
        assertEquals("Messagerie" to false, person.app.state.value.deployment?.run { manifest?.name to expired })
        inTime("it is old") { while (!person.bulla.deployment().expired) delay(50.milliseconds) }
        person.app.setManaged(emptyMap()).done("looking again")
        assertEquals("Messagerie" to true, person.app.state.value.deployment?.run { manifest?.name to expired })
    }

    @Test
    fun anAddressLeadsToTheBrowser() = story {
        val homeserver = Deployment.sovereign()
        val someone = Deployment.newPerson()
        val office = office(homeserver, someone.id.substringAfter(':'))
        office.ways = listOf("oauth")
        val person = newcomer(office.trust(), PersonsBrowser(someone))
        person.app.go(Route.SignIn)
        val model = person.app.entry()
        model.setEmail(someone.email)
        model.find().done("finding it")
        assertTrue(model.state.value.run { allows(SignInWay.OAUTH) && !allows(SignInWay.PASSWORD) })
        model.browse().done("the browser")
        assertNull(model.state.value.problem)
        person.app.state.until("signed in") { it.current?.user == someone.id }
        person.live()
    }

    @Test
    fun signsInThroughTheBrowserAtAServerOfOnesChoice() = story {
        val homeserver = Deployment.sovereign()
        val someone = Deployment.newPerson()
        val refusing = newcomer(browser = PersonsBrowser(someone, allow = false))
        refusing.app.signIn().run {
            setServer(homeserver)
            browse().done("the no")
            assertEquals(Problem.Refused("access_denied"), state.value.problem)
            assertFalse(state.value.run { busy || browsing })
            setServer(Deployment.homeserver(0))
            browse().done("a server without it")
            assertEquals(Problem.Refused("OAUTH_UNSUPPORTED"), state.value.problem)
        }
        assertEquals(0, refusing.keys.all.size)
        val person = newcomer(browser = PersonsBrowser(someone))
        person.app.signIn().setServer(homeserver)
        person.app.signIn().browse().done("the browser")
        person.app.state.until("signed in") { it.current?.user == someone.id }
        person.live()
    }

    @Test
    fun aForgottenPasswordIsReplacedByMail() = story {
        val user = Deployment.newUser(1)
        val email = Deployment.giveEmail(user)
        val person = newcomer()
        person.app.go(Route.SignIn)
        person.app.go(Route.ForgottenPassword(user.homeserver))
        val model = person.app.forgotten(Route.ForgottenPassword(user.homeserver))
        assertEquals(user.homeserver, model.state.value.server)
        model.setEmail("nobody")
        model.sendMail().done("the refusal")
        assertEquals(Field.EMAIL, model.state.value.wrongField)
        model.setEmail(email)
        model.sendMail().done("the mail")
        assertTrue(model.state.value.sent)
        model.setPassword("court 1")
        model.state.until("how weak it is") { it.strength != null }
        model.finish().done("too short")
        assertEquals(Problem.Invalid(Field.PASSWORD, FieldTrouble.TOO_SHORT), model.state.value.problem)
        model.setPassword(OWN)
        model.finish().done("too early")
        assertEquals(Problem.Forbidden(Barrier.EMAIL_NOT_CONFIRMED), model.state.value.problem)
        Deployment.followMail(email)
        model.finish().done("the change")
        assertTrue(model.state.value.done)
        person.app.back()
        person.signInAs(User(user.id, OWN, user.homeserver))
    }

    private val User.server get() = id.substringAfter(':')

    private companion object {
        const val OWN = "girafe velours tambour 8"
    }
}

package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.NetworkChange
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart
import org.bulla.model.SessionState
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.Person
import org.bulla.support.Stage
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test

/** Coming in through the browser. The browser is the deployment's, and so are the pages that it meets. */
class SignInAttemptTest {
    private val app = OauthApp("Bulla", "https://bulla.example.org/", "org.example.bulla:/callback")

    @Test
    fun `one signs in by the browser and out again`() = story {
        val homeserver = Deployment.sovereign()
        val person = Deployment.newPerson()
        val (bulla, keys) = emptyLibrary()
        bulla.beginSignIn(homeserver, app, OauthStart(hint = person.email)).use { attempt ->
            val callback = Deployment.browse(attempt.url(), person, allow = true)
            rejected("OAUTH_STATE") { attempt.finish(callback.replace("state=", "state=x")) }
            rejected("OAUTH_ISSUER") { attempt.finish(callback.substringBefore("&iss=")) }
            invalid(Field.LINK, FieldTrouble.MALFORMED) { attempt.finish("https://evil.example/?code=a") }
            val session = attempt.finish(callback)
            atEnd(session::close)
            fails<Failure.Closed> { attempt.finish(callback) }
            assertEquals(person.id, session.account().user)
            inTime("live") { session.stateFlow().first { it is SessionState.Live } }
            session.signOut(evenOffline = false)
        }
        assertEquals(0, keys.all.size)
    }

    @Test
    fun `a no and a cancelled attempt leave nothing behind`() = story {
        val homeserver = Deployment.sovereign()
        val person = Deployment.newPerson()
        val (bulla, keys) = emptyLibrary()
        bulla.beginSignIn(homeserver, app, OauthStart(signUp = true)).use { attempt ->
            val callback = Deployment.browse(attempt.url(), person, allow = false)
            rejected("access_denied") { attempt.finish(callback) }
            assertEquals(0, keys.all.size)
        }
        bulla.beginSignIn(homeserver, app, OauthStart()).use { attempt ->
            assertEquals(1, keys.all.size)
            attempt.cancel()
            assertEquals(0, keys.all.size)
            fails<Failure.Closed> { attempt.finish("${app.callback}?code=a") }
        }
        rejected("OAUTH_UNSUPPORTED") { bulla.beginSignIn(Deployment.homeserver(0), app, OauthStart()) }
        assertEquals(0, keys.all.size)
    }

    @Test
    fun `a server with a single sign-on of its own is come into the same way`() = story {
        assumeTrue(Deployment.isOurs, "needs a deployment of our own")
        val (bulla, keys) = emptyLibrary()
        val person = Person("@jeanne", "jeanne${System.nanoTime()}@ministere.test")
        bulla.beginSignIn(Deployment.homeserver(1), app, OauthStart()).use { attempt ->
            val callback = Deployment.browse(attempt.url(), person, allow = true)
            rejected("OAUTH_STATE") { attempt.finish(callback.replace("state=", "state=x")) }
            val session = attempt.finish(callback)
            atEnd(session::close)
            assertEquals(person.email.substringBefore('@'), session.account().user.drop(1).substringBefore(':'))
            inTime("live") { session.stateFlow().first { it is SessionState.Live } }
            session.signOut(evenOffline = false)
        }
        assertEquals(0, keys.all.size)
    }

    @Test
    fun `after a soft logout the browser brings the same person back`() = story {
        val proxy = Deployment.sovereignProxy().also { atEnd(it::end) }
        val (person, stranger) = Deployment.newPerson() to Deployment.newPerson()
        val (bulla, _) = emptyLibrary()
        val session = bulla.beginSignIn(proxy.url, app, OauthStart()).use { it.finish(Deployment.browse(it.url(), person, allow = true)) }
        atEnd { session.shutdown(); session.close() }
        inTime("live") { session.stateFlow().first { it is SessionState.Live } }
        fails<Failure.Closed> { session.beginSignInAgain(app) }
        suspend fun endSoftly() {
            // To all but who it is that renews tokens, which stands under another version of the API.
            proxy.softLogout("3")
            session.networkChanged(NetworkChange.AVAILABLE)
            inTime("signed out") { session.stateFlow().first { it == SessionState.SignedOut(soft = true) } }
            proxy.heal()
        }
        endSoftly()
        session.beginSignInAgain(app).use { attempt ->
            val callback = Deployment.browse(attempt.url(), stranger, allow = true)
            invalid(Field.USER, FieldTrouble.WRONG) { attempt.finish(callback) }
        }
        // Nobody but the proxy has refused what was kept, and that is what is used again.
        inTime("live") { session.stateFlow().first { it is SessionState.Live } }
        endSoftly()
        session.beginSignInAgain(app).use { attempt ->
            val callback = Deployment.browse(attempt.url(), person, allow = true)
            rejected("OAUTH_STATE") { attempt.finish(callback.replace("state=", "state=x")) }
            attempt.finish(callback).use { back -> assertEquals(session.account(), back.account()) }
        }
        inTime("live again") { session.stateFlow().first { it is SessionState.Live } }
    }

    private fun Stage.emptyLibrary(): Pair<Bulla, MemoryKeyStore> {
        val (folder, keys) = newFolder() to MemoryKeyStore()
        val bulla = library(folder, keys)
        atEnd {
            bulla.close()
            folder.toFile().deleteRecursively()
        }
        return bulla to keys
    }

    private suspend fun rejected(code: String, work: suspend () -> Any?) = assertEquals(code, fails<Failure.Rejected>(work).code)
}

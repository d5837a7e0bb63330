package org.bulla.ui

import java.net.InetAddress
import java.net.ServerSocket
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.serialization.json.JsonObjectBuilder
import org.bulla.model.Trust
import org.bulla.support.Deployment
import org.bulla.support.Office
import org.bulla.support.Stage
import org.bulla.ui.model.BrowserPort
import org.bulla.ui.model.BrowserVisit
import org.bulla.ui.model.Route
import org.junit.jupiter.api.Assumptions.assumeTrue

/** What a deployment puts in front of a real homeserver of this name. */
fun Stage.office(homeserver: String, name: String, guests: String = "guests.example"): Office {
    assumeTrue(Deployment.isOurs, "needs a deployment of our own")
    return Office(homeserver, name, guests).also { atEnd { it.close() } }
}

/** What an app of that deployment ships with. */
fun Office.trust(more: JsonObjectBuilder.() -> Unit = {}): Trust = Trust(listOf(key.public), manifest(1, more = more))

/** Someone who comes in by an address, at each step of it, before what [look] sees of it. */
suspend fun Stage.entering(look: suspend Person.(String) -> Unit) {
    val user = Deployment.newUser(0)
    val email = Deployment.giveEmail(user)
    val office = office(user.homeserver, user.id.substringAfter(':'))
    val person = newcomer(office.trust(), SilentBrowser)
    person.app.start().done("the start")
    person.app.go(Route.SignIn)
    val model = person.app.entry()
    person.look("entry")
    model.setEmail("camille.laurent@mail.example")
    office.directory.let { before ->
        office.directory = "{}"
        model.find().done("the refusal")
        person.look("entry-not-professional")
        office.directory = before
    }
    model.setEmail(email)
    model.find().done("finding it")
    person.look("entry-password")
    office.proves = null
    model.setPassword(user.password)
    model.submit().done("the refusal of the server")
    person.look("entry-not-proven")
    person.app.go(Route.ForgottenPassword(office.url, email))
    val forgotten = person.app.forgotten(Route.ForgottenPassword(office.url, email))
    person.look("forgotten")
    office.proves = user.id.substringAfter(':')
    forgotten.sendMail().done("the mail")
    forgotten.setPassword("Printemps2026")
    forgotten.state.until("its strength") { it.strength != null }
    person.look("forgotten-sent")
    Deployment.followMail(email)
    forgotten.setPassword("girafe velours tambour")
    forgotten.finish().done("the change")
    person.look("forgotten-done")
    browsing(look)
}

/** The same where the browser is the way in, and the server takes its time. */
private suspend fun Stage.browsing(look: suspend Person.(String) -> Unit) {
    val silent = ServerSocket(0, 8, InetAddress.getLoopbackAddress()).also { atEnd { it.close() } }
    val office = office("http://127.0.0.1:${silent.localPort}", "agents.example")
    office.ways = listOf("oauth", "password")
    val person = newcomer(office.trust(), SilentBrowser)
    person.app.start().done("the start")
    person.app.go(Route.SignIn)
    val model = person.app.entry()
    model.setEmail("camille.laurent@agents.example")
    model.find().done("finding it")
    person.look("entry-browser")
    val visit = model.browse()
    model.state.until("it waits") { it.browsing }
    person.look("entry-browsing")
    model.cancel()
    visit.done("the end of the wait")
}

/** A browser that never comes back. */
object SilentBrowser : BrowserPort {
    override val name = "Bulla"
    override val website = "https://bulla.example.org/"

    override fun visit() = object : BrowserVisit {
        override val callback = "org.example.bulla:/callback"

        override fun open(url: String): Flow<String> = flow { awaitCancellation() }

        override fun close() {}
    }
}

/** A browser in which [person] meets the real pages and says yes or no; a hostile app calls back first. */
class PersonsBrowser(private val person: org.bulla.support.Person, private val allow: Boolean = true) : BrowserPort {
    override val name = "Bulla"
    override val website = "https://bulla.example.org/"

    override fun visit() = object : BrowserVisit {
        override val callback = "org.example.bulla:/callback"

        override fun open(url: String): Flow<String> = flow {
            emit("$callback?code=stolen&state=unknown")
            emit("https://evil.example/?code=stolen")
            emit(Deployment.browse(url, person, allow))
        }

        override fun close() {}
    }
}

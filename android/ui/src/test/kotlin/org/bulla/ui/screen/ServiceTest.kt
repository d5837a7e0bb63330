@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.platform.LocalUriHandler
import androidx.compose.ui.platform.UriHandler
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isDialog
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.runDesktopComposeUiTest
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.Gate
import org.bulla.model.SessionState
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.model.Problem
import org.bulla.ui.model.Route
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.theme.Brand
import org.bulla.ui.trust
import org.bulla.ui.until
import org.bulla.ui.words.FrenchWords
import org.bulla.ui.words.problem
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

/** What the deployment says of its service: where to look when it is silent, and which versions it still takes. */
class ServiceTest {
    @Test
    fun aSilentServiceHasItsPage() = story {
        val user = Deployment.newUser(0)
        val email = Deployment.giveEmail(user)
        val proxy = proxy(0)
        val office = office(proxy.url, user.id.substringAfter(':'))
        val person = newcomer(office.trust { put("status", STATUS); put("support", SUPPORT) })
        person.app.start().done("the start")
        person.app.go(Route.SignIn)
        val entry = person.app.entry()
        entry.setEmail(email)
        entry.find().done("finding it")
        proxy.refuse()
        entry.setPassword(user.password)
        entry.submit().done("signing in without the server")
        assertEquals(Problem.Offline, entry.state.value.problem)
        assertEquals(STATUS, person.opens(FrenchWords.problem(Problem.Offline), FrenchWords.serviceStatus))
        proxy.heal()
        entry.submit()
        person.app.state.until("signed in") { it.current?.user == user.id }
        person.live()
        proxy.refuse()
        person.rooms.state.until("offline") { it.connection is SessionState.Offline }
        assertEquals(STATUS, person.opens(FrenchWords.serviceSilent, FrenchWords.serviceStatus))
        proxy.heal()
    }

    @Test
    fun aVersionThatIsNearlyOverIsPutOffOnceAStart() = story {
        val office = office(Deployment.homeserver(0), "agent.example")
        val person = newcomer(office.trust { versions("mandatory") })
        person.app.start().done("the start")
        assertEquals(Gate.Mandatory(null), person.app.state.value.gate)
        person.shown {
            waitUntil("it is told", 60_000) { onAllNodes(isDialog()).fetchSemanticsNodes().size == 1 }
            onNodeWithText(FrenchWords.tooOldSoon).assertExists()
            onNodeWithText(FrenchWords.tooOldLater).performClick()
            waitUntil("it is put off", 60_000) { onAllNodes(isDialog()).fetchSemanticsNodes().isEmpty() }
        }
        // The management is heard whenever the app comes back.
        person.app.setManaged(mapOf("no_export" to "true")).done("the management's word")
        assertNull(person.app.state.value.gate)
        val again = person.restart().also { atEnd(it::end) }
        again.app.start().done("another start")
        assertEquals(Gate.Mandatory(null), again.app.state.value.gate)
    }

    @Test
    fun aVersionThatIsOverLeadsToHelp() = story {
        val office = office(Deployment.homeserver(0), "agent.example")
        val person = newcomer(office.trust { versions("critical"); put("support", SUPPORT) })
        person.app.start().done("the start")
        assertEquals(SUPPORT, person.opens(FrenchWords.tooOldText, FrenchWords.support))
    }

    private fun JsonObjectBuilder.versions(level: String) = putJsonObject("app_versions") { putJsonObject(level) { put("version", "99.0"); putJsonObject("text") {} } }

    /** The address that the button [name] leads to, once the screen says [words]. */
    private fun Person.opens(words: String, name: String): String? {
        val opened = mutableListOf<String>()
        shown(opened) {
            waitUntil("it says “$words”", 60_000) { onAllNodes(hasText(words, substring = true)).fetchSemanticsNodes().isNotEmpty() }
            onNode(hasText(name) and hasClickAction()).performClick()
            waitForIdle()
        }
        return opened.singleOrNull()
    }

    private fun Person.shown(opened: MutableList<String> = mutableListOf(), look: ComposeUiTest.() -> Unit) = runDesktopComposeUiTest(TALL.width, TALL.height) {
        val browser = object : UriHandler {
            override fun openUri(uri: String) {
                opened += uri
            }
        }
        setContent { CompositionLocalProvider(LocalUriHandler provides browser) { BullaApp(app, Brand.BULLA, INTER) } }
        look()
    }

    private companion object {
        const val STATUS = "https://status.agent.example/"
        const val SUPPORT = "https://help.agent.example/"
    }
}

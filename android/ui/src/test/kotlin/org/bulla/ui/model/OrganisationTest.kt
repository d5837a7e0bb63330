package org.bulla.ui.model

import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.Gate
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.person
import org.bulla.ui.trust
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

/** What the organisation says of the app and of the person. */
class OrganisationTest {
    @Test
    fun aVersionThatIsTooOldIsTold() = story {
        val office = office(Deployment.homeserver(0), "agent.example")
        val news = newcomer(office.trust { versions("info") })
        news.app.start().done("the start")
        assertEquals(Gate.Info("Nouvelle version"), news.app.state.value.gate)
        news.app.gateSeen()
        assertNull(news.app.state.value.gate)
        val blocked = newcomer(office.trust { versions("critical") })
        blocked.app.start().done("the start")
        assertEquals(Gate.Critical("Nouvelle version"), blocked.app.state.value.gate)
    }

    @Test
    fun withoutAManifestEveryVersionMayBeUsed() = story {
        val person = newcomer()
        person.app.start().done("the start")
        assertEquals(Gate.Open, person.app.state.value.gate)
        assertNull(person.app.state.value.servicePage)
    }

    @Test
    fun thePersonsCardIsShown() = story {
        val person = person()
        person.session.setDisplayName("Jean Martin [Préfecture]")
        person.app.go(Route.Settings)
        val model = checkNotNull(person.app.settings())
        val card = model.state.until("the card") { it.card != null }.card!!
        assertEquals("Jean Martin" to "Préfecture", card.name to card.organisation)
        assertEquals(false to false, card.guest to card.nameLocked)
    }

    private fun kotlinx.serialization.json.JsonObjectBuilder.versions(level: String) {
        putJsonObject("app_versions") {
            putJsonObject(level) {
                put("version", "99.0")
                putJsonObject("text") {
                    put("fr", "Nouvelle version")
                    put("en", "New version")
                }
            }
        }
    }
}

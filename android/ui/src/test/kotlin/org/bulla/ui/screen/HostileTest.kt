@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isNotFocusable
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.runDesktopComposeUiTest
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.add
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.person
import org.bulla.ui.until
import org.bulla.ui.theme.Brand
import org.bulla.ui.model.Route
import org.bulla.ui.model.Settings
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What others may send is drawn, and freezes nothing. */
class HostileTest {
    @Test
    fun hostileMessagesAreDrawnInTime() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        person.rooms.state.until("both are in") { state -> state.rows.any { it.id == room && it.members == 2u } }
        bilal.session.setDisplayName("\u202Eadministrateur\u202C \u200B\u200B" + "n".repeat(200))
        val his = bilal.open(room)
        val hostile = listOf(
            "a".repeat(30_000),
            "\u200B".repeat(9_000),
            "\u202E" + "fdp.exe".repeat(50),
            "e\u0301\u0302\u0303\u0304\u0305".repeat(1_000),
            "**".repeat(5_000),
            "> ".repeat(200) + "deep",
            "[https://bank.example](https://evil.example)",
            "\u05D0\u05D1\u05D2 abc \u0627\u0644 123",
        )
        for (text in hostile) his.timeline.sendText(text)
        val model = person.open(room)
        model.state.until("all came") { state -> state.rows.count { (it.content as? ItemContent.Event)?.event?.sender == bilal.id } > hostile.size }
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas ->
            canvas.settle { !model.state.value.loading }
            val began = System.nanoTime()
            repeat(10) { canvas.frame() }
            val took = (System.nanoTime() - began) / 1_000_000
            assertTrue(took < 5_000, "ten frames took $took ms")
            assertTrue(canvas.pixels().toSet().size > 20)
        }
        person.app.set(Settings(textSize = 200))
        person.app.home()
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas -> assertTrue(canvas.settle().pixels().toSet().size > 20) }
    }

    @Test
    fun aMessageOfSixtyFourKilobytesIsDrawn() = story {
        val person = person()
        val bilal = Deployment.newUser(1)
        // Nothing of ours sends as much: another client, in clear, up to what a server takes (Matrix v1.18, 65,536 bytes an event).
        val login = buildJsonObject {
            put("type", "m.login.password")
            putJsonObject("identifier") { put("type", "m.id.user"); put("user", bilal.id) }
            put("password", bilal.password)
        }
        var token: String? = null
        suspend fun ask(method: String, path: String, body: JsonObject): JsonObject {
            val (status, answer) = Deployment.request(method, "${bilal.homeserver}/_matrix/client/v3/$path", body, token)
            check(status == 200) { "$path: $status $answer" }
            return Json.parseToJsonElement(answer).jsonObject
        }
        token = ask("POST", "login", login).getValue("access_token").jsonPrimitive.content
        val room = ask("POST", "createRoom", buildJsonObject { put("preset", "private_chat"); putJsonArray("invite") { add(person.user.id) } })
            .getValue("room_id").jsonPrimitive.content
        person.rooms.state.until("the invitation") { it.invitations == 1 }
        person.session.join(room)
        val long = "Lorem ipsum dolor sit amet. ".repeat(2_300)
        ask("PUT", "rooms/$room/send/m.room.message/1", buildJsonObject { put("msgtype", "m.text"); put("body", long) })
        val model = person.open(room)
        model.state.until("it came whole") { state ->
            state.rows.any { row -> ((row.content as? ItemContent.Event)?.event?.body as? MessageBody.Text)?.plain?.length == long.length }
        }
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas ->
            canvas.settle()
            val began = System.nanoTime()
            repeat(10) { canvas.frame() }
            val took = (System.nanoTime() - began) / 1_000_000
            assertTrue(took < 5_000, "ten frames took $took ms")
            assertTrue(canvas.pixels().toSet().size > 20)
        }
    }

    /** Names that look like another's are shown with the id beside them, and without what cannot be seen. */
    @Test
    fun aNameDoesNotPassForAnother() = story {
        val person = person()
        val (real, forged) = agent(0) to agent(1)
        real.session.setDisplayName("Direction générale")
        // A Cyrillic i, a zero-width space, and an override that would turn the letters round.
        forged.session.setDisplayName("D\u0456rection\u200B \u202Egénérale")
        val group = person.session.createGroup(GroupDraft("Cellule", null, listOf(real.id, forged.id)))
        for (agent in listOf(real, forged)) agent.accept(group)
        person.rooms.state.until("all are in") { state -> state.rows.any { it.id == group && it.members == 3u } }
        person.app.openRoom(group)
        person.app.go(Route.Details(group))
        checkNotNull(person.app.details(group)).state.until("members") { state -> state.members.count { it.name?.startsWith("D") == true } == 2 }
        runDesktopComposeUiTest(TALL.width, TALL.height) {
            setContent { BullaApp(person.app, Brand.BULLA, INTER) }
            for (agent in listOf(real, forged)) {
                val row = hasText(agent.id, substring = true) and hasText("rection", substring = true)
                waitUntil("the row of ${agent.id}", 60_000) { onAllNodes(row).fetchSemanticsNodes().isNotEmpty() }
            }
            val shown = onAllNodes(isRoot() or isNotFocusable(), useUnmergedTree = true).fetchSemanticsNodes().joinToString { it.label }
            assertTrue("rection" in shown && "\u200B" !in shown && "\u202E" !in shown, shown)
        }
    }

    @Test
    fun aNameOfAnyLengthFitsItsScreen() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("n".repeat(250), "t".repeat(500), listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas -> assertTrue(canvas.settle().pixels().toSet().size > 20) }
        person.open(room)
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas -> assertTrue(canvas.settle().pixels().toSet().size > 20) }
    }
}

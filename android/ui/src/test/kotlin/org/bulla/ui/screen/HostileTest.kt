package org.bulla.ui.screen

import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.support.story
import org.bulla.ui.person
import org.bulla.ui.until
import org.bulla.ui.theme.Brand
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
    fun aNameOfAnyLengthFitsItsScreen() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("n".repeat(250), "t".repeat(500), listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas -> assertTrue(canvas.settle().pixels().toSet().size > 20) }
        person.open(room)
        Canvas(SMALL_PHONE) { BullaApp(person.app, Brand.BULLA, INTER) }.use { canvas -> assertTrue(canvas.settle().pixels().toSet().size > 20) }
    }
}

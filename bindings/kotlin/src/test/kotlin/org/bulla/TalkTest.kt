package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.model.RoomKind
import org.bulla.support.Deployment
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.bulla.support.texts
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Two people on two servers talk. */
class TalkTest {
    @Test
    fun `a whole conversation`() = story {
        val (alice, bob, room) = two()
        val row = bob.room("the conversation") { it.id == room && it.encrypted && it.kind == RoomKind.DIRECT }
        assertEquals(alice.id, row.directWith)
        val (hers, his) = alice.open(room) to bob.open(room)
        assertEquals(room, hers.room.id())

        hers.timeline.sendText("Réunion **urgente** à 15h, salle Bercy")
        val first = his.text("Réunion **urgente** à 15h, salle Bercy")
        assertTrue("<strong>urgente</strong>" in (first.event.body as MessageBody.Text).html.orEmpty())
        assertNull(first.event.shield, "signed by its owner, encrypted")

        his.timeline.reply(first.item, "J'arrive")
        val reply = hers.text("J'arrive")
        assertEquals(first.event.eventId, reply.event.replyTo?.eventId)

        val mine = hers.text("Réunion **urgente** à 15h, salle Bercy")
        hers.timeline.edit(mine.item, "Réunion à 16h")
        assertTrue(his.text("Réunion à 16h").event.edited)

        assertTrue(his.timeline.react(first.item, "👍"))
        hers.event("the reaction") { event -> event.reactions.any { it.key == "👍" && !it.mine } }
        assertFalse(his.timeline.react(first.item, "👍"), "it is taken back")
        hers.event("no reaction any more") { it.text == "Réunion à 16h" && it.reactions.isEmpty() }

        his.timeline.redact(his.text("J'arrive").item, "too soon")
        hers.event("the redaction") { !it.mine && it.body is MessageBody.Redacted }

        if (Deployment.isOurs) {
            assertEquals(emptyList<Any>(), Deployment.search("Réunion", "J'arrive"), "what the servers saw")
        }
    }

    @Test
    fun `who reads and who types is seen`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.sendText("Are you there?")
        his.text("Are you there?")
        bob.room("something unread") { it.id == room && it.unread == 1u }

        his.timeline.markRead()
        hers.event("his receipt") { event -> event.readBy.any { it.user == bob.id } }
        bob.room("nothing unread") { it.id == room && it.unread == 0u }

        his.room.setTyping(true)
        inTime("typing") { hers.timeline.typing().first { it == listOf(bob.id) } }
        his.room.setTyping(false)
        inTime("typing no more") { hers.timeline.typing().first { it.isEmpty() } }
    }

    @Test
    fun `older messages come page by page, to the start`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        val sent = (1..12).map { "message $it" }
        sent.forEach { hers.timeline.sendText(it) }
        his.text(sent.last())

        inTime("the start") { while (!his.timeline.paginateBack(5u)) Unit }
        val shown = his.rows("the start") { rows -> rows.takeIf { it.first().content is ItemContent.Start } }
        assertEquals(sent, texts(shown))
    }
}

package org.bulla

import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlinx.coroutines.flow.first
import org.bulla.model.DraftPurpose
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.Link
import org.bulla.model.Mention
import org.bulla.model.MessageDraft
import org.bulla.model.Missing
import org.bulla.model.SavedDraft
import org.bulla.support.Conversation
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.bulla.support.texts
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a message may have, and what may be done with one. */
class MessageTest {
    @Test
    fun `a thread is apart and listed`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.sendText("Quel ordre du jour ?")
        val root = his.text("Quel ordre du jour ?").event.eventId!!
        his.room.thread(root).use { thread ->
            thread.sendText("Le budget")
            hers.event("the summary") { it.threadSummary?.replies == 1u && it.eventId == root }
            val threads = hers.room.threads()
            val listed = inTime("the list") { threads.rows().first { it.isNotEmpty() } }
            assertEquals(listOf(root), listed.map { it.root })
        }
        hers.room.threads().use { threads ->
            assertNotNull(threads.next())
            assertFalse(threads.more())
            threads.cancel()
            assertNull(threads.next())
        }
        hers.room.thread(root).use { thread ->
            val said = Conversation(hers.room, thread).text("Le budget")
            assertEquals(root, said.event.thread)
        }
    }

    @Test
    fun `whoever is named hears of it`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.send(MessageDraft("Merci @Bilal", mentions = listOf(Mention("@Bilal", bob.id))))
        val said = his.event("a highlight") { it.highlighted && it.text == "Merci @Bilal" }
        his.timeline.send(MessageDraft("De rien", replyTo = said.item))
        hers.event("the answer") { it.text == "De rien" && it.replyTo?.eventId == said.event.eventId }
    }

    @Test
    fun `an announcement tells who has read it`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.send(MessageDraft("Exercice à 15 h", announcement = true))
        val asked = his.event("the announcement") { it.announcement != null }
        assertTrue(his.timeline.confirm(asked.item))
        hers.event("his confirmation") { it.announcement?.confirmed == listOf(bob.id) }
    }

    @Test
    fun `pinned, linked, edited, forwarded and found by its date`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.sendText("à 14 h")
        val said = hers.text("à 14 h")
        hers.timeline.setPinned(said.item, true)
        his.event("the pin") { it.pinned }
        his.room.pinned().use { pinned -> Conversation(his.room, pinned).rows("what is pinned") { rows -> texts(rows).takeIf { it == listOf("à 14 h") } } }
        hers.timeline.edit(said.item, "à 15 h")
        val edited = his.text("à 15 h")
        assertEquals(listOf("à 14 h"), his.timeline.history(edited.item).mapNotNull { (it.body as? org.bulla.model.MessageBody.Text)?.plain }.take(1))
        val link = parseLink(hers.timeline.link(said.item)) as Link.Room
        assertEquals(said.event.eventId to room, link.event to link.room)
        his.room.around(link.event!!).use { there ->
            Conversation(his.room, there).text("à 15 h")
            inTime("the newest") { while (!there.paginateForward(50u)) Unit }
        }
        assertEquals(Missing.EVENT, fails<Failure.NotFound> { his.room.around("\$gone") }.what)
        assertNotNull(his.room.eventAt(Instant.now().minus(1, ChronoUnit.HOURS)))
        val (elsewhere, here) = his.timeline.forward(edited.item, listOf("!nowhere:example.org", room))
        assertEquals(Missing.ROOM, (elsewhere.failure as Failure.NotFound).what)
        assertNull(here.failure)
    }

    @Test
    fun `a draft survives a restart`() = story {
        val (alice, _, room) = two()
        val typed = SavedDraft("à finir", purpose = DraftPurpose.Write)
        alice.open(room).room.setDraft(typed)
        alice.restart()
        val here = alice.open(room).room
        assertEquals(typed, here.draft())
        here.setDraft(null)
        assertNull(here.draft())
    }

    @Test
    fun `one hears no more of whom one ignores, and can tell of them`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        his.timeline.sendText("avant")
        val said = hers.text("avant")
        hers.timeline.report(said.item, "Propos déplacés")
        hers.room.report("Propos déplacés")
        alice.session.reportUser(bob.id, "Propos déplacés")
        assertEquals(Field.REASON, fails<Failure.Invalid> { alice.session.reportUser(bob.id, " ") }.field)
        alice.session.setIgnored(bob.id, true)
        hers.rows("nothing of his") { rows -> rows.takeIf { texts(it).isEmpty() } }
        inTime("the list of the ignored") { while (alice.session.ignored() != listOf(bob.id)) Unit }
        alice.session.setIgnored(bob.id, false)
        hers.room.setMarkedUnread(true)
        alice.room("marked") { it.id == room && it.markedUnread }
    }
}

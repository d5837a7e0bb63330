package org.bulla

import java.nio.file.Files
import java.time.Duration
import org.bulla.model.Barrier
import org.bulla.model.EndingLimit
import org.bulla.model.EndingState
import org.bulla.model.Failure
import org.bulla.model.FieldTrouble
import org.bulla.model.Lifetime
import org.bulla.model.MediaDraft
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.MessageDraft
import org.bulla.model.SendState
import org.bulla.model.StateKind
import org.bulla.support.Said
import org.bulla.support.events
import org.bulla.support.fails
import org.bulla.support.newFolder
import org.bulla.support.story
import org.bulla.support.text
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

/** Messages that end by themselves, what is read once, and how long a room keeps what is said. */
class EndingTest {
    private val shortest = Lifetime.FromSending(Duration.ofSeconds(30))

    @Test
    fun `a message ends by itself, for both`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        assertNull(hers.room.ending())
        hers.room.setEnding(shortest)
        bob.room("the lifetime they agreed on") { it.id == room && it.ending == shortest }
        his.event("that she has set it") { (it.body as? MessageBody.State)?.kind == StateKind.ENDING }
        hers.timeline.sendText("reste trente secondes")
        val said = his.event("it, with its time") { it.text == "reste trente secondes" && it.ending?.state is EndingState.Due }
        assertEquals(shortest, said.event.ending?.lifetime)
        assertEquals(Barrier.ENDING, fails<Failure.Forbidden> { his.timeline.forward(said.item, listOf(room)) }.why)
        his.rows("it has gone") { rows -> events(rows).takeIf { shown -> shown.none { it.event.text == "reste trente secondes" } } }
        hers.rows("hers has gone") { rows -> events(rows).takeIf { shown -> shown.none { it.event.text == "reste trente secondes" } } }
        hers.room.setEnding(null)
        val tooShort = fails<Failure.Invalid> {
            hers.timeline.send(MessageDraft("non", lifetime = Lifetime.FromReading(Duration.ofSeconds(1))))
        }
        assertEquals(FieldTrouble.TOO_SHORT, tooShort.why)
    }

    /** The same of every one: other clients, cameras and servers may keep what they saw. */
    @Test
    fun `what cannot be promised of a lifetime is told`() {
        for (lifetime in listOf(shortest, Lifetime.FromReading(Duration.ofMinutes(5)), Lifetime.Once)) {
            assertEquals(setOf(EndingLimit.OTHER_CLIENTS, EndingLimit.PICTURES, EndingLimit.SERVER_COPY), endingLimits(lifetime).toSet(), "$lifetime")
        }
    }

    @Test
    fun `what is read once opens once`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.send(MessageDraft("une seule fois", lifetime = Lifetime.Once))
        val covered = his.event("the cover") { it.body is MessageBody.Covered && it.sendState is SendState.Delivered }
        his.timeline.openOnce(covered.item).use { once ->
            assertEquals("une seule fois", (once.body() as MessageBody.Text).plain)
            assertNull(once.media())
        }
        his.event("that it is gone") { it.body is MessageBody.Opened }
        fails<Failure.NotFound> { his.timeline.openOnce(covered.item) }
        hers.event("that he has opened it") { it.body is MessageBody.Opened && it.ending?.openedBy == listOf(bob.id) }

        val paper = newFolder().resolve("note.txt").also { Files.write(it, ByteArray(2_000) { 7 }) }
        hers.timeline.sendMedia(MediaDraft(paper.toString(), MediaKind.FILE, lifetime = Lifetime.Once))
        val file: Said = his.event("the cover of the file") { (it.body as? MessageBody.Covered)?.media == MediaKind.FILE }
        his.timeline.openOnce(file.item).use { once ->
            once.media()!!.use { media -> media.open().use { assertEquals(2_000uL, it.size()) } }
        }
    }

    @Test
    fun `a room keeps what is said for a while`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        assertNull(hers.room.retention().effective)
        assertEquals(FieldTrouble.TOO_SHORT, fails<Failure.Invalid> { hers.room.setRetention(Duration.ofHours(1)) }.why)
        hers.room.setRetention(Duration.ofDays(90))
        bob.room("his row says so") { it.id == room && it.retention == Duration.ofDays(90) }
        assertEquals(Duration.ofDays(90), his.room.retention().effective)
    }
}

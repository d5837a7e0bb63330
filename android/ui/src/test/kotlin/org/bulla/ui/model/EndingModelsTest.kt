package org.bulla.ui.model

import java.awt.Color
import java.time.Duration
import org.bulla.model.EndingState
import org.bulla.model.EventItem
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.Lifetime
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.Missing
import org.bulla.model.SendState
import org.bulla.support.story
import org.bulla.ui.Desk
import org.bulla.ui.done
import org.bulla.ui.equipped
import org.bulla.ui.meet
import org.bulla.ui.person
import org.bulla.ui.photo
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Messages that end: by the conversation's choice, by their own, and read once. */
class EndingModelsTest {
    @Test
    fun `a conversation's messages end as those who manage it choose`() = story {
        val (alice, bob) = person() to person(1)
        val room = alice.session.createGroup(GroupDraft("Astreinte", null, listOf(bob.user.id)))
        bob.session.join(room)
        alice.app.go(Route.Ending(room))
        val hers = checkNotNull(alice.app.ending(room))
        hers.state.until("what she may") { !it.loading && it.mayChange && it.mayChangeRetention }
        assertNull(hers.state.value.lifetime)
        val hour = Lifetime.FromSending(Duration.ofHours(1))
        hers.setLifetime(hour).done("an hour")
        assertEquals(hour to null, hers.state.value.run { lifetime to problem })
        hers.setRetention(Duration.ofDays(90)).done("ninety days")
        assertEquals(Duration.ofDays(90), hers.state.value.retention?.effective)
        // Too short, and told so.
        hers.setLifetime(Lifetime.FromSending(Duration.ofSeconds(1))).done("the refusal")
        assertTrue(hers.state.value.problem is Problem.Invalid)
        hers.problemSeen()

        bob.app.go(Route.Ending(room))
        val his = checkNotNull(bob.app.ending(room))
        his.state.until("the same to him") { !it.loading && it.lifetime == hour && !it.mayChange }
        val model = alice.open(room)
        model.state.until("it is known in the conversation") { it.summary?.ending == hour }
        model.setDraft("Code d’accès au parking")
        model.send().done("sending")
        val seen = bob.open(room).row("it is due") { it.text == "Code d’accès au parking" && it.ending?.state is EndingState.Due }
        assertEquals(hour, seen.second.ending?.lifetime)
        // One message has a life of its own.
        model.setLifetime(Lifetime.FromReading(Duration.ofMinutes(5)))
        model.setDraft("Le badge est au poste")
        model.send().done("sending")
        assertNull(model.state.value.lifetime)
        model.row("its own life") { it.text == "Le badge est au poste" && it.ending?.lifetime == Lifetime.FromReading(Duration.ofMinutes(5)) }
    }

    @Test
    fun `a text is read once`() = story {
        val (alice, bob) = person() to person(1)
        val room = alice.meet(bob)
        val hers = alice.open(room)
        hers.setLifetime(Lifetime.Once)
        hers.setDraft("Le code est 4821")
        hers.send().done("sending")
        val mine = hers.row("covered to her as well") { it.body is MessageBody.Covered && it.sendState is SendState.Delivered }
        hers.media.once.open(mine.first).done("her own")
        assertTrue(hers.media.once.state.value.problem is Problem.Forbidden)
        assertTrue(alice.app.back())

        val his = bob.open(room)
        val covered = his.row("covered") { it.body is MessageBody.Covered && !it.mine }
        val once = his.media.once
        once.open(covered.first).done("opening it")
        assertEquals("Le code est 4821", (once.state.value.body as? MessageBody.Text)?.plain, "${once.state.value.problem}")
        // Back closes it, and it is gone.
        assertTrue(bob.app.back())
        assertEquals(ReadOnceState(), once.state.value)
        assertEquals(Route.Conversation(room), bob.app.state.value.here)
        val opened = his.row("gone") { it.body is MessageBody.Opened }
        once.open(opened.first).done("again")
        assertEquals(Problem.NotFound(Missing.EVENT), once.state.value.problem)
        assertNull(once.state.value.body)
        assertTrue(once.close())
        assertFalse(once.close())
    }

    @Test
    fun `a picture is read once, and in no gallery`() = story {
        val desk = Desk()
        val (alice, bob) = equipped(desk) to person(1)
        val room = alice.meet(bob)
        val hers = alice.open(room)
        desk.lay("badge.jpg", "image/jpeg", photo(Color(20, 90, 200)))
        hers.media.attachments.choose(pictures = true).done("choosing")
        hers.setLifetime(Lifetime.Once)
        hers.media.attachments.send().done("sending")
        assertNull(hers.state.value.lifetime)
        val his = bob.open(room)
        val covered = his.row("covered") { (it.body as? MessageBody.Covered)?.media == MediaKind.IMAGE }
        assertTrue(his.state.value.rows.files().isEmpty())
        val once = his.media.once
        once.open(covered.first).done("opening it")
        once.state.until("the picture") { it.picture != null }
        assertEquals(MediaKind.IMAGE, (once.state.value.body as? MessageBody.Media)?.kind)
        assertNotNull(once.state.value.item)
        once.close()
        assertNull(once.state.value.picture)
        his.row("gone") { it.body is MessageBody.Opened }
    }

    private val EventItem.text get() = (body as? MessageBody.Text)?.plain

    private suspend fun ConversationModel.row(what: String, wanted: (EventItem) -> Boolean): Pair<ItemId, EventItem> {
        fun found(state: ConversationState) = state.rows.firstNotNullOfOrNull { row -> (row.content as? ItemContent.Event)?.event?.takeIf(wanted)?.let { row.id to it } }
        return checkNotNull(found(state.until(what) { found(it) != null }))
    }
}

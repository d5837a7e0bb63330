package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.Command
import org.bulla.model.CommandArgument
import org.bulla.model.CommandName
import org.bulla.model.CommandOutcome
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.model.Place
import org.bulla.model.RoomAction
import org.bulla.model.ThreadReading
import org.bulla.model.TypedLine
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Lines that begin with a slash, places that are typed, and what is unread in a thread. */
class CommandTest {
    @Test
    fun `a line is read before it is done`() {
        assertEquals(TypedLine.Message, readLine("/me boit un café"))
        assertEquals(TypedLine.Command(Command.Topic("Le budget"), RoomAction.CHANGE_TOPIC), readLine("/topic Le budget"))
        assertEquals(TypedLine.Wrong(CommandName.INVITE, CommandArgument.USER, FieldTrouble.MALFORMED), readLine("/invite anne"))
        assertEquals(TypedLine.Unknown("topik"), readLine("/topik x"))
        assertEquals(listOf("/unban"), commandHints("/un").map { it.typed })
    }

    @Test
    fun `a place is read before it is sent`() = story {
        assertEquals(Place(48_856_600, 2_352_200, null), readPlace("48,8566 ; 2,3522"))
        assertEquals(Field.PLACE, fails<Failure.Invalid> { readPlace("place Bercy") }.field)
        agent(0).session.maySendPlace()
    }

    @Test
    fun `a line is done`() = story {
        val alice = agent(0)
        val room = alice.session.createGroup(GroupDraft("Projet", null, listOf()))
        alice.session.room(room).use { hers ->
            assertEquals(CommandOutcome.Done, hers.run(Command.Topic("Le budget")))
            alice.room("its topic") { it.id == room && it.topic == "Le budget" }
            assertEquals(CommandOutcome.Left, hers.run(Command.Leave))
        }
    }

    @Test
    fun `what is unread in a thread is counted`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.sendText("Quel ordre du jour ?")
        val root = checkNotNull(his.text("Quel ordre du jour ?").event.eventId)
        his.room.thread(root).use { it.sendText("Le budget, ${alice.id} ?") }
        hers.event("the summary") { it.threadSummary?.replies == 1u && it.eventId == root }
        val threads = hers.room.threads()
        inTime("it is new") { threads.rows().first { rows -> rows.any { it.root == root && it.reading == ThreadReading(1u, 1u) } } }
        hers.room.markThreadRead(root)
        inTime("it is read") { while (hers.room.threadReading(root) != ThreadReading(0u, 0u)) Unit }
    }
}

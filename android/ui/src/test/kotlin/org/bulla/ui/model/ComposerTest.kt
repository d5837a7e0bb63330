package org.bulla.ui.model

import java.time.Instant
import org.bulla.model.CommandArgument
import org.bulla.model.CommandName
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.Membership
import org.bulla.model.MessageBody
import org.bulla.model.NoScheduling
import org.bulla.model.Place
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomKind
import org.bulla.model.ThreadReading
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.bulla.ui.words.EnglishWords
import org.bulla.ui.words.answer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a composer does beside sending at once: later, a place, commands; and what is new in threads. */
class ComposerTest {
    @Test
    fun aMessageLeavesLater() = story {
        val person = person()
        val forum = person.session.createGroup(GroupDraft("Cantine", null, listOf(), kind = RoomKind.FORUM))
        val model = person.open(forum)
        val scheduling = checkNotNull(model.scheduling)
        scheduling.look().done("asking")
        assertTrue(scheduling.state.value.may, "${scheduling.state.value}")
        model.setDraft("le menu de demain")
        model.sendLater(Instant.now().minusSeconds(60)).done("the refusal")
        assertTrue(scheduling.state.value.problem is Problem.Invalid, "${scheduling.state.value.problem}")
        assertEquals("le menu de demain", model.state.value.draft)
        for (text in listOf("le menu de demain", "jamais")) {
            model.setDraft(text)
            model.sendLater(Instant.now().plusSeconds(3_600)).done("scheduling")
        }
        assertEquals("", model.state.value.draft)
        assertEquals(setOf("le menu de demain", "jamais"), scheduling.state.value.waiting.map { it.plain }.toSet())
        scheduling.cancel(scheduling.state.value.waiting.single { it.plain == "jamais" }.id).done("cancelling")
        scheduling.sendNow(scheduling.state.value.waiting.single().id).done("sending")
        model.state.until("it has left") { state -> state.rows.any { row -> ((row.content as? ItemContent.Event)?.event?.body as? MessageBody.Text)?.plain == "le menu de demain" } }
        inTime("nothing waits") { while (scheduling.state.value.waiting.isNotEmpty()) scheduling.look().join() }
        val secret = person.session.createGroup(GroupDraft("Projet", null, listOf()))
        val other = checkNotNull(person.open(secret).scheduling)
        other.look().done("asking")
        assertEquals(NoScheduling.ENCRYPTED, other.state.value.refused)
    }

    @Test
    fun aPlaceIsShownAndSent() = story {
        val person = Person(places = { Place(48_856_600, 2_352_200, 12u) }).also { atEnd(it::end) }.signIn().live()
        val room = person.session.createGroup(GroupDraft("Projet", null, listOf()))
        val model = person.open(room)
        model.beginPlace().done("beginning")
        val placing = checkNotNull(model.state.value.placing)
        placing.setText("place Bercy")
        assertTrue(placing.state.value.problem is Problem.Invalid)
        placing.setText("48,8400 ; 2,3783")
        assertEquals(Place(48_840_000, 2_378_300, null), placing.state.value.place)
        placing.locate().done("looking")
        assertEquals(Place(48_856_600, 2_352_200, 12u), placing.state.value.place)
        placing.setAbout(" La cour ")
        model.sendPlace().done("sending")
        assertNull(model.state.value.placing)
        model.state.until("it is there") { state ->
            state.rows.any { row -> ((row.content as? ItemContent.Event)?.event?.body as? MessageBody.Location)?.run { place?.latitude == 48_856_600 && description == "La cour" } == true }
        }
    }

    @Test
    fun commandsAreDoneRefusedAndAskedAbout() = story {
        val (person, bilal) = person() to agent(1)
        val room = person.session.createGroup(GroupDraft("Projet", null, listOf()))
        val model = person.open(room)
        model.state.until("what one may") { it.may(RoomAction.INVITE) }
        model.setDraft("/inv")
        assertEquals(listOf("/invite"), model.commands.state.value.hints.map { it.typed })
        model.put(model.commands.state.value.hints.single())
        assertEquals("/invite ", model.state.value.draft)
        model.send().done("the question")
        assertEquals(CommandAnswer.Wrong(CommandName.INVITE, CommandArgument.USER, FieldTrouble.EMPTY), model.commands.state.value.answer)
        model.setDraft("/invite ${bilal.id}")
        model.send().done("inviting")
        assertEquals("", model.state.value.draft)
        bilal.live()
        bilal.room("he is invited") { it.id == room && it.membership == Membership.INVITED }
        model.setDraft("/topik x")
        model.send().done("the question")
        assertEquals(CommandAnswer.Unknown("topik"), model.commands.state.value.answer)
        assertTrue(EnglishWords.answer(CommandAnswer.Unknown("topik"))?.contains("topik") == true)
        model.sendAsMessage().done("sending it even so")
        model.state.until("it is said") { state -> state.rows.any { row -> ((row.content as? ItemContent.Event)?.event?.body as? MessageBody.Text)?.plain == "/topik x" } }
        model.setDraft("/help")
        model.send().done("help")
        assertEquals(CommandAnswer.Help, model.commands.state.value.answer)
        model.commands.answerSeen()
        // He may not, and is told before anything is asked of a server.
        val his = bilal.session.createGroup(GroupDraft("Autre", null, listOf(person.user.id)))
        person.app.home()
        person.rooms.state.until("the invitation") { it.invitations == 1 }
        person.rooms.accept(his).done("accepting")
        val other = person.open(his)
        other.state.until("what one may not") { it.abilities[RoomAction.CHANGE_TOPIC] is Refusal.NeedsRole }
        other.setDraft("/topic x")
        other.send().done("the refusal")
        assertTrue(other.commands.state.value.answer is CommandAnswer.Refused)
        assertEquals("/topic x", other.state.value.draft)
        other.commands.answerSeen()
        other.setDraft("/leave")
        other.send().done("leaving")
        assertEquals(Route.Rooms, person.app.state.value.here)
    }

    @Test
    fun threadsTellWhatIsNew() = story {
        val (person, bilal) = person() to agent(1)
        val room = person.session.createGroup(GroupDraft("Projet", null, listOf(bilal.id)))
        val his = bilal.accept(room).let { bilal.open(room) }
        val model = person.open(room)
        model.setDraft("Quel ordre du jour ?")
        model.send().done("sending")
        val root = checkNotNull(his.text("Quel ordre du jour ?").event.eventId)
        his.room.thread(root).use { it.sendText("Le budget, ${person.user.id} ?") }
        model.state.until("the answer") { state -> state.rows.any { row -> (row.content as? ItemContent.Event)?.event?.threadSummary?.replies == 1u } }
        assertEquals(ThreadReading(1u, 1u), model.threadReading(root))
        person.app.go(Route.Threads(room))
        val threads = checkNotNull(person.app.threads(room))
        threads.state.until("it is new") { state -> state.rows.singleOrNull()?.reading == ThreadReading(1u, 1u) }
        threads.markRead(root).done("marking")
        threads.state.until("it is read") { state -> state.rows.single().reading == ThreadReading(0u, 0u) }
        assertNull(threads.state.value.problem)
    }
}

package org.bulla.ui.model

import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.delay
import kotlinx.coroutines.yield
import org.bulla.liveObjects
import org.bulla.model.PollDraft
import org.bulla.model.EventItem
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.model.RoomId
import org.bulla.model.SendState
import org.bulla.support.Agent
import org.bulla.support.Stage
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ConversationModelTest {
    @Test
    fun sendsAndShowsItsState() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        model.setDraft("Bonjour **Bilal**")
        model.send().done("sending")
        assertEquals("", model.state.value.draft)
        val sent = model.said("it is delivered") { it.text == "Bonjour **Bilal**" && it.sendState is SendState.Delivered }
        assertTrue(sent.second.mine)
        val his = bilal.open(room)
        his.text("Bonjour **Bilal**")
        his.timeline.markRead()
        model.said("he has read it") { event -> event.text == "Bonjour **Bilal**" && event.readBy.any { it.user == bilal.id } }
    }

    @Test
    fun repliesAndEdits() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        val his = bilal.open(room)
        his.timeline.sendText("À quelle heure ?")
        val asked = model.said("his question") { it.text == "À quelle heure ?" }.first
        model.setDraft("À 16 h")
        model.reply(asked)
        assertEquals("À 16 h", model.state.value.draft)
        model.send().done("replying")
        assertEquals(Mode.Write, model.state.value.mode)
        val answer = model.said("the answer") { it.text == "À 16 h" && it.replyTo != null && it.sendState is SendState.Delivered }.first
        model.setDraft("begun")
        model.edit(answer)
        assertEquals("À 16 h", model.state.value.draft)
        model.stopReplyOrEdit()
        assertEquals("begun", model.state.value.draft)
        model.editLast()
        model.setDraft("À 17 h")
        model.send().done("editing")
        assertEquals("begun", model.state.value.draft)
        model.said("the change") { it.text == "À 17 h" && it.edited }
        his.event("the change") { it.text == "À 17 h" && it.edited }
    }

    @Test
    fun reactsAndRedacts() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        val his = bilal.open(room)
        his.timeline.sendText("Bravo")
        val bravo = model.said("bravo") { it.text == "Bravo" }.first
        model.react(bravo, "🎉").done("reacting")
        model.said("the reaction") { event -> event.reactions.any { it.key == "🎉" && it.mine } }
        his.event("the reaction") { event -> event.reactions.any { it.key == "🎉" } }
        model.react(bravo, "🎉").done("taking it back")
        model.said("no reaction") { it.text == "Bravo" && it.reactions.isEmpty() }
        model.setDraft("Faux")
        model.send().done("sending")
        val wrong = model.said("sent") { it.text == "Faux" && it.sendState is SendState.Delivered }.first
        model.redact(wrong).done("deleting")
        his.event("it is deleted") { it.body is MessageBody.Redacted }
    }

    @Test
    fun failedMessageIsRetriedOrTakenBack() = story {
        val proxy = proxy()
        val person = person(0, proxy.url)
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        val model = person.open(room)
        proxy.respond(403, "M_FORBIDDEN", "/send/")
        model.setDraft("un")
        model.send().done("sending")
        model.setDraft("deux")
        model.send().done("sending")
        val first = model.said("it failed") { it.text == "un" && (it.sendState as? SendState.Failed)?.retrying == false }.first
        val second = model.said("the other waits") { it.text == "deux" && it.sendState !is SendState.Delivered }.first
        model.cancelSend(second).done("taking it back")
        model.state.until("it is gone") { state -> state.rows.none { it.event?.text == "deux" } }
        proxy.heal()
        model.retry(first).done("retrying")
        model.said("it is delivered") { it.text == "un" && it.sendState is SendState.Delivered }
    }

    @Test
    fun showsWhoTypes() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        val his = bilal.open(room)
        bilal.session.setDisplayName("Bilal B.")
        his.timeline.sendText("Attendez")
        model.said("his message under his name") { it.text == "Attendez" && it.senderName == "Bilal B." }
        his.room.setTyping(true)
        model.state.until("he types") { it.typing == listOf(bilal.id) && it.names == mapOf(bilal.id to "Bilal B.") }
        his.room.setTyping(false)
        model.state.until("he stopped") { it.typing.isEmpty() }
    }

    @Test
    fun marksRead() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        bilal.open(room).timeline.sendText("Lisez-moi")
        model.said("his message") { it.text == "Lisez-moi" }
        person.rooms.state.until("unread") { state -> state.rows.any { it.id == room && it.unread == 1u } }
        model.markRead().done("reading")
        person.rooms.state.until("read") { state -> state.rows.any { it.id == room && it.unread == 0u } }
        model.state.until("the summary follows") { it.summary?.unread == 0u }
    }

    @Test
    fun loadsOlderUntilTheStart() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Longue", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        val model = person.open(room)
        for (number in 1..60) {
            model.setDraft("message $number")
            model.send().done("sending $number")
        }
        model.said("the last") { it.text == "message 60" && it.sendState is SendState.Delivered }
        inTime("the start") { while (!model.state.value.atStart) model.older().join() }
        model.state.until("the start and the first") { state ->
            state.rows.first().content is ItemContent.Start && state.rows.any { it.event?.text == "message 1" }
        }
        val count = model.state.value.rows.size
        model.older().done("nothing more")
        assertEquals(count, model.state.value.rows.size)
    }

    @Test
    fun keepsTheDraftPerConversation() = story {
        val person = person()
        val (one, other) = listOf("Une", "Autre").map { person.session.createGroup(GroupDraft(it, null, listOf())) }
        person.rooms.state.until("both rooms") { state -> state.rows.size == 2 }
        person.open(one).setDraft("begun in one")
        person.open(other).setDraft("begun in the other")
        assertEquals("begun in one", person.open(one).state.value.draft)
        assertEquals("begun in the other", person.open(other).state.value.draft)
        person.app.home()
        val model = person.open(one)
        model.send().done("sending")
        person.app.home()
        assertEquals("", person.open(one).state.value.draft)
    }

    @Test
    fun opensOnceHoweverManyAsk() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        fun open() = liveObjects().let { it.rooms to it.timelines }
        val before = open()
        person.open(room)
        val one = open()
        person.app.home()
        inTime("it is closed") { while (open() != before) delay(10) }
        person.app.openRoom(room)
        val model = checkNotNull(person.app.conversation(room))
        // The stream and eight commands, all before anything is open.
        List(8) { model.markRead() }.forEach { it.done("marking it read") }
        model.state.until("the conversation") { !it.loading && it.summary != null }
        assertEquals(one, open())
    }

    @Test
    fun asksVotesAndClosesAPoll() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        model.sendPoll(PollDraft("Quel jour ?", listOf("lundi", "mardi"))).done("asking")
        fun polls(wanted: (MessageBody.Poll) -> Boolean): (ConversationState) -> Boolean = { state ->
            state.rows.any { row -> (row.content as? ItemContent.Event)?.event?.let { it.eventId != null && (it.body as? MessageBody.Poll)?.let(wanted) == true } == true }
        }
        model.state.until("the poll", polls { it.voters == 0u })
        val item = model.state.value.rows.last { (it.content as? ItemContent.Event)?.event?.body is MessageBody.Poll }.id
        model.vote(item, "1").done("the vote")
        model.state.until("her vote", polls { it.answers[0].mine && it.answers[0].votes == 1u })
        model.vote(item, "2").done("another")
        model.state.until("her other vote", polls { it.answers[1].mine && !it.answers[0].mine })
        model.vote(item, "2").done("none")
        model.state.until("no vote", polls { it.voters == 0u })
        model.closePoll(item).done("closing")
        model.state.until("its end", polls { it.ended })
        val his = bilal.open(room)
        his.event("the end at his") { (it.body as? MessageBody.Poll)?.ended == true }
        assertEquals(null, model.state.value.problem)
    }

    @Test
    fun mayBeLeftAtAnyMoment() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        val trouble = ConcurrentLinkedQueue<Throwable>()
        val before = Thread.getDefaultUncaughtExceptionHandler()
        Thread.setDefaultUncaughtExceptionHandler { _, thrown -> trouble.add(thrown) }
        try {
            repeat(60) { moment ->
                person.app.openRoom(room)
                checkNotNull(person.app.conversation(room))
                // Some are left at once, the others when the core has made what the screen does not hold yet.
                inTime("it opens") { while (moment % 3 > 0 && liveObjects().timelines == 0u) yield() }
                person.app.home()
                inTime("it is closed") { while (liveObjects().timelines > 0u) yield() }
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before)
        }
        assertEquals(emptyList<Throwable>(), trouble.toList())
    }

    @Test
    fun countsWhatComesBelow() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        val his = bilal.open(room)
        his.timeline.sendText("un")
        model.said("the first") { it.text == "un" }
        model.setAtNewest(false)
        his.timeline.sendText("deux")
        his.timeline.sendText("trois")
        model.state.until("two below") { it.newBelow == 2 && !it.atNewest }
        model.jumpToNewest()
        assertEquals(0, model.state.value.newBelow)
    }

    @Test
    fun whatIsRefusedComesBackIntoTheComposer() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        val model = person.open(room)
        val long = "a".repeat(40_000)
        model.setDraft(long)
        model.send().done("the refusal")
        assertEquals(long, model.state.value.draft)
        assertTrue(model.state.value.problem is Problem.Invalid, "${model.state.value.problem}")
        model.problemSeen()
        model.setDraft("   ")
        assertFalse(model.state.value.canSend)
    }
}

internal data class Two(val person: Person, val bilal: Agent, val room: RoomId)

/** Somebody with the app, and a colleague on another server, in a direct conversation. */
internal suspend fun Stage.acquainted(): Two {
    val bilal = agent(1)
    val person = person()
    val room = person.session.createDirect(bilal.id)
    bilal.accept(room)
    person.rooms.state.until("both are in") { state -> state.rows.any { it.id == room && it.members == 2u } }
    return Two(person, bilal, room)
}

private val org.bulla.model.TimelineItem.event: EventItem? get() = (content as? ItemContent.Event)?.event

/** Waits for a row with an event like this. */
internal suspend fun ConversationModel.said(what: String, wanted: (EventItem) -> Boolean) =
    state.until(what) { state -> state.rows.any { it.event?.let(wanted) == true } }
        .rows.last { it.event?.let(wanted) == true }.let { it.id to checkNotNull(it.event) }

package org.bulla.ui.model

import java.time.Instant
import org.bulla.model.GroupDraft
import org.bulla.model.Link
import org.bulla.model.MessageBody
import org.bulla.model.MessageDraft
import org.bulla.model.RoomAction
import org.bulla.model.SendState
import org.bulla.parseLink
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.bulla.ui.done
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What may be done with a message, on the screens' models. */
class MessagesTest {
    @Test
    fun repliesInAThread() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        bilal.open(room).timeline.sendText("Quel ordre du jour ?")
        val root = checkNotNull(model.said("the question") { it.text == "Quel ordre du jour ?" }.second.eventId)
        val way = Route.Of(room, Part.Thread(root))
        person.app.go(way)
        val thread = checkNotNull(person.app.part(way))
        thread.said("what it began with") { it.text == "Quel ordre du jour ?" }
        thread.setDraft("Le budget")
        thread.send().done("answering")
        thread.said("the answer") { it.text == "Le budget" && it.sendState is SendState.Delivered }
        model.said("the summary") { it.threadSummary?.replies == 1u }
        assertEquals("", model.state.value.draft)
        person.app.go(Route.Threads(room))
        val threads = checkNotNull(person.app.threads(room))
        val listed = threads.state.until("the list") { it.rows.isNotEmpty() }
        assertEquals(root, listed.rows.single().root)
    }

    @Test
    fun suggestsAndMentions() = story {
        val (person, bilal, room) = acquainted()
        bilal.session.setDisplayName("Bilal Haddad")
        val model = person.open(room)
        val his = bilal.open(room)
        his.timeline.sendText("Qui vient ?")
        model.said("his name") { it.senderName == "Bilal Haddad" }
        model.setDraft("Toi, @bil")
        val suggested = model.state.until("he is suggested") { it.suggestions.isNotEmpty() }.suggestions.single()
        assertEquals(bilal.id, suggested.user)
        model.mention(suggested)
        assertEquals("Toi, @Bilal Haddad ", model.state.value.draft)
        model.state.until("no suggestion any more") { it.suggestions.isEmpty() }
        model.send().done("sending")
        his.event("a highlight") { it.highlighted && it.text == "Toi, @Bilal Haddad" }
    }

    @Test
    fun announcesAndConfirms() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        model.setAnnouncing(true)
        model.setDraft("Exercice à 15 h")
        model.send().done("sending")
        assertFalse(model.state.value.announcing)
        val his = bilal.open(room)
        val asked = his.event("the announcement") { it.announcement != null }
        his.timeline.confirm(asked.item)
        model.said("his confirmation") { it.announcement?.confirmed == listOf(bilal.id) }
        his.timeline.send(MessageDraft("Et celui-ci ?", announcement = true))
        val item = model.said("his own") { it.text == "Et celui-ci ?" && it.announcement != null }.first
        model.confirm(item).done("confirming")
        model.said("confirmed") { it.text == "Et celui-ci ?" && it.announcement?.mine == true }
    }

    @Test
    fun pinsAndFindsWhatIsPinned() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        bilal.open(room).timeline.sendText("À garder")
        val item = model.said("his message") { it.text == "À garder" }.first
        model.state.until("it may be pinned") { it.may(RoomAction.PIN) }
        model.pin(item, true).done("pinning")
        model.said("the pin") { it.pinned }
        val way = Route.Of(room, Part.Pinned)
        person.app.go(way)
        val pinned = checkNotNull(person.app.part(way))
        pinned.said("it is there") { it.text == "À garder" }
        model.pin(item, false).done("no longer")
        pinned.state.until("nothing there") { state -> !state.loading && state.rows.isEmpty() }
    }

    @Test
    fun forwardsLinksAndTellsWhatWasSaidBefore() = story {
        val (person, bilal, room) = acquainted()
        val other = person.session.createGroup(GroupDraft("Autre", null, listOf()))
        person.rooms.state.until("both rooms") { state -> state.rows.size == 2 }
        val model = person.open(room)
        model.setDraft("à 14 h")
        model.send().done("sending")
        val item = model.said("it is sent") { it.text == "à 14 h" && it.sendState is SendState.Delivered }.first
        model.edit(item)
        model.setDraft("à 15 h")
        model.send().done("editing")
        model.said("it is edited") { it.edited }
        model.showVersions(item).done("looking")
        val first = model.state.value.versions?.first()?.body as MessageBody.Text
        assertEquals("à 14 h", first.plain)
        model.hideVersions()
        var link = ""
        model.link(item) { link = it }.done("the link")
        assertEquals(room, (parseLink(link) as Link.Room).room)
        model.chooseForward(item).done("where to")
        assertEquals(listOf(other), model.state.value.forwarding?.rooms?.map { it.id })
        model.forward(listOf(other)).done("forwarding")
        assertEquals(null, model.state.value.forwarding)
        model.report(item, " ").done("the refusal")
        assertTrue(model.state.value.problem is Problem.Invalid)
        person.open(other).said("the copy") { it.text == "à 15 h" }
    }

    @Test
    fun goesToADayAndToALink() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        bilal.open(room).timeline.sendText("Ce jour-là")
        val event = checkNotNull(model.said("his message") { it.text == "Ce jour-là" }.second.eventId)
        val details = checkNotNull(person.app.run { go(Route.Details(room)); details(room) })
        var found: String? = null
        details.findDay(Instant.now().minusSeconds(3_600)) { found = it }.done("finding")
        assertTrue(found != null)
        person.app.openLink("https://matrix.to/#/$room/$event?via=localhost").done("following the link")
        val here = person.app.state.until("the message") { it.here == Route.Of(room, Part.Around(event)) }.here as Route.Of
        val around = checkNotNull(person.app.part(here))
        around.said("what was said then") { it.text == "Ce jour-là" }
        inTime("the end") { while (!around.state.value.atEnd) around.newer().join() }
    }

    @Test
    fun keepsTheDraftOverARestart() = story {
        val (person, _, room) = acquainted()
        person.open(room).setDraft("à finir")
        inTime("it is kept") { while (person.session.room(room).use { it.draft() }?.text != "à finir") Unit }
        val next = person.restart()
        atEnd(next::end)
        next.app.start().done("the start")
        val again = next.open(room)
        again.state.until("it is there again") { it.draft == "à finir" }
        again.setDraft("")
        inTime("it is gone") { while (next.session.room(room).use { it.draft() } != null) Unit }
    }

    @Test
    fun ignoresAndMarksUnread() = story {
        val (person, bilal, room) = acquainted()
        val details = checkNotNull(person.app.run { go(Route.Details(room)); details(room) })
        details.markUnread().done("marking")
        person.rooms.state.until("it is marked") { state -> state.rows.any { it.id == room && it.markedUnread } }
        val again = checkNotNull(person.app.run { go(Route.Details(room)); details(room) })
        again.report("Propos déplacés").done("reporting")
        assertEquals(null, again.state.value.problem)
        again.ignore(bilal.id).done("ignoring")
        inTime("he is ignored") { while (person.session.ignored() != listOf(bilal.id)) Unit }
    }
}

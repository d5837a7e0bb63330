package org.bulla.ui.model

import java.io.File
import java.nio.file.Files
import java.time.Duration
import org.bulla.model.Barrier
import org.bulla.model.ExportFormat
import org.bulla.model.ExportWords
import org.bulla.model.MessageBody
import org.bulla.model.Place
import org.bulla.model.SendState
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.theme.wordsOf
import org.bulla.ui.until
import org.bulla.ui.words.line
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a conversation holds besides texts, who has read it, and what leaves the app, on the screens' models. */
class ItemsTest {
    @Test
    fun tellsPlacesInWordsAndTheirSource() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        bilal.open(room).timeline.sendLocation(Place(48_856_600, 2_352_200, 12u), null)
        val (item, event) = model.said("the place") { it.body is MessageBody.Location }
        assertEquals("Position\u00A0: 48.85660, 2.35220, à 12 mètres près", wordsOf(Language.FRENCH).line(event.body, event.sender, null))
        assertEquals("Location: 48.85660, 2.35220, within 12 metres", wordsOf(Language.ENGLISH).line(event.body, event.sender, null))
        model.showSource(item).done("looking")
        assertTrue("geo:48.856600,2.352200;u=12" in model.state.value.source.orEmpty())
        model.hideSource()
        assertNull(model.state.value.source)
    }

    @Test
    fun sharesAPlaceAsItChanges() = story {
        val (first, second) = Place(48_856_600, 2_352_200, 12u) to Place(48_840_000, 2_378_300, 12u)
        val person = Person(places = Walk(first, second)).also { atEnd(it::end) }.signIn().live()
        val bilal = agent(1)
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        val his = bilal.open(room)
        val model = person.open(room)
        model.beginPlace().done("beginning")
        model.sharePlace(PlaceSharing.DURATIONS.first()).done("sharing")
        assertNull(model.state.value.placing)
        his.event("the second place") { (it.body as? MessageBody.LiveLocation)?.place == second }
        model.said("it goes on") { (it.body as? MessageBody.LiveLocation)?.ended == false && it.mine }
        model.sharing.stop().done("stopping")
        his.event("the end") { (it.body as? MessageBody.LiveLocation)?.ended == true }
        assertNull(model.state.value.problem)
    }

    @Test
    fun tellsWhoHasRead() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        model.setDraft("vu ?")
        model.send().done("sending")
        val item = model.said("it is sent") { it.text == "vu ?" && it.sendState is SendState.Delivered }.first
        val his = bilal.open(room)
        his.text("vu ?")
        his.timeline.markRead()
        model.said("his receipt") { event -> event.text == "vu ?" && event.readBy.any { it.user == bilal.id } }
        model.showReaders(item).done("looking")
        assertEquals(listOf(bilal.id), model.state.value.readers?.map { it.user })
        model.hideReaders()
        assertNull(model.state.value.readers)
    }

    @Test
    fun suggestsEmojiAndPutsThem() = story {
        val (person, bilal, room) = acquainted()
        val model = person.open(room)
        model.setDraft("Bravo :tad")
        assertEquals("🎉", model.state.value.emoji.first().text)
        model.put(model.state.value.emoji.first())
        assertEquals("Bravo 🎉 " to true, model.state.value.run { draft to emoji.isEmpty() })
        model.send().done("sending")
        bilal.open(room).text("Bravo 🎉")
    }

    @Test
    fun followsAThread() = story {
        val (person, bilal, room) = acquainted()
        val his = bilal.open(room)
        his.timeline.sendText("Quel ordre du jour ?")
        val root = checkNotNull(person.open(room).said("the question") { it.text == "Quel ordre du jour ?" }.second.eventId)
        his.room.thread(root).use { it.sendText("Le budget") }
        person.open(room).said("the answer") { it.threadSummary != null }
        val way = Route.Of(room, Part.Thread(root))
        person.app.go(way)
        val thread = checkNotNull(person.app.part(way))
        thread.state.until("it is known") { it.follows == false }
        thread.follow(true).done("following")
        assertEquals(true, thread.state.value.follows)
        assertTrue(person.session.room(room).use { it.followsThread(root) })
    }

    @Test
    fun marksEverythingAsRead() = story {
        val (person, bilal, room) = acquainted()
        bilal.open(room).timeline.sendText("un")
        val list = person.rooms
        list.state.until("unread") { state -> state.rows.any { it.id == room && it.unread == 1u } }
        list.markAllRead().done("marking")
        assertEquals(1u to 1u, list.state.value.marking?.run { done to total })
        list.state.until("read") { state -> state.rows.any { it.id == room && it.unread == 0u } }
        list.markingSeen()
        assertNull(list.state.value.marking)
    }

    @Test
    fun keepsToItselfWhatWasRead() = story {
        val (person, _, _) = acquainted()
        person.app.go(Route.Settings)
        val settings = checkNotNull(person.app.settings())
        settings.state.until("it is known") { it.privateReceipts == false }
        settings.setPrivateReceipts(true).done("setting it")
        assertEquals(true, settings.state.value.privateReceipts)
        inTime("it is kept") { while (!person.session.privateReceipts()) Unit }
    }

    @Test
    fun writesAConversationOut() = story {
        val folder = Files.createTempDirectory("bulla-export").toFile()
        val person = Person(exports = { name -> File(folder, name).path }).also { atEnd(it::end) }.signIn().live()
        val room = person.session.createGroup(org.bulla.model.GroupDraft("Cellule", null, listOf()))
        val model = person.open(room)
        model.setDraft("Compte <rendu>")
        model.send().done("sending")
        model.said("it is sent") { it.text == "Compte <rendu>" && it.sendState is SendState.Delivered }
        val export = checkNotNull(person.app.run { go(Route.Details(room)); details(room) }?.export)
        val words = ExportWords("Cellule", "Supprimé", "Illisible", "modifié", "Fichier", 60)
        export.begin(ExportFormat.HTML, words).done("the export")
        val told = export.state.value
        assertFalse(told.running)
        assertNull(told.problem)
        assertTrue(told.events > 5 && "<p>Compte &lt;rendu&gt;</p>" in File(checkNotNull(told.file)).readText())
        export.begin(ExportFormat.HTML, words, files = true).done("the export with files")
        assertTrue(File(checkNotNull(export.state.value.file)).let { it.name == "conversation.zip" && it.length() > 0 })
        person.app.setManaged(mapOf("no_export" to "true")).done("the management's word")
        export.begin(ExportFormat.JSON, words).done("the refusal")
        assertEquals(Problem.Forbidden(Barrier.NO_EXPORT), export.state.value.problem)
        assertEquals(setOf("conversation.html", "conversation.zip"), folder.list()?.toSet())
        folder.deleteRecursively()
    }
}

/** In the place of the system's location: it tells one place after the other, and stays at the last. */
private class Walk(vararg places: Place) : PlacePort {
    private val ahead = ArrayDeque(places.toList())

    override val pace: Duration = Duration.ofMillis(100)

    override suspend fun here(): Place = if (ahead.size > 1) ahead.removeFirst() else ahead.first()
}

package org.bulla

import java.nio.file.Files
import java.util.zip.ZipFile
import java.time.Duration
import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import org.bulla.model.Barrier
import org.bulla.model.EmojiKind
import org.bulla.model.ExportFormat
import org.bulla.model.ExportWords
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.GroupDraft
import org.bulla.model.Mention
import org.bulla.model.MessageBody
import org.bulla.model.MessageDraft
import org.bulla.model.Missing
import org.bulla.model.NameDoubt
import org.bulla.model.NoScheduling
import org.bulla.model.Place
import org.bulla.model.RoomKind
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a conversation holds besides texts, who has read it, what leaves later, and what leaves the library. */
class ItemsTest {
    @Test
    fun `a place is sent and an event's source is read`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        val there = Place(48_856_600, 2_352_200, 12u)
        hers.timeline.sendLocation(there, "Le point de rassemblement")
        val said = his.event("the place") { (it.body as? MessageBody.Location)?.place == there }
        assertEquals("Le point de rassemblement", (said.event.body as MessageBody.Location).description)
        assertTrue("geo:48.856600,2.352200;u=12" in his.timeline.source(said.item))
        assertEquals(Field.PLACE, fails<Failure.Invalid> { hers.timeline.sendLocation(Place(100_000_000, 0), null) }.field)
    }

    @Test
    fun `a place is shared as it moves`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        val there = Place(48_856_600, 2_352_200, 12u)
        assertEquals(Missing.EVENT, fails<Failure.NotFound> { hers.room.tellPlace(there) }.what)
        assertEquals(Field.LIFETIME, fails<Failure.Invalid> { hers.room.sharePlace(Duration.ofDays(2), null) }.field)
        hers.room.sharePlace(Duration.ofMinutes(15), null)
        hers.room.tellPlace(there)
        his.event("the place") { (it.body as? MessageBody.LiveLocation)?.place == there }
        hers.room.stopPlace()
        his.event("the end") { (it.body as? MessageBody.LiveLocation)?.ended == true }
        assertEquals(Missing.EVENT, fails<Failure.NotFound> { hers.room.tellPlace(there) }.what)
    }

    @Test
    fun `people and emoji are suggested, and names are doubted`() = story {
        val (alice, bob, room) = two()
        val hers = alice.open(room)
        val suggested = hers.room.suggestPeople(bob.id.substring(1, 5), 5u)
        assertEquals(listOf(bob.id), suggested.map { it.user })
        assertEquals("🎉", suggestEmoji(":tada", 3u).first().text)
        assertTrue(emojiGroups().first { it.kind == EmojiKind.FLAGS }.emoji.any { it.text == "🇫🇷" })
        assertEquals(NameDoubt.MIXED_ALPHABETS, nameDoubt("Direction Générаle"))
        assertNull(nameDoubt("Aïcha Benali [DGFiP]"))
    }

    @Test
    fun `an edit still means whom it meant`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.send(MessageDraft("Merci @Bilal", mentions = listOf(Mention("@Bilal", bob.id))))
        val said = hers.text("Merci @Bilal")
        hers.timeline.edit(said.item, "Merci @Bilal et @Aïcha", listOf(Mention("@Aïcha", alice.id)))
        val edited = his.event("the edit") { it.edited }
        val html = (edited.event.body as MessageBody.Text).html.orEmpty()
        for (user in listOf(alice.id, bob.id)) assertTrue("https://matrix.to/#/$user" in html, html)
    }

    @Test
    fun `who has read is told, unless they keep it to themselves`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        assertFalse(bob.session.privateReceipts())
        hers.timeline.sendText("vu ?")
        his.text("vu ?")
        his.timeline.markRead()
        val seen = hers.event("his receipt") { event -> event.text == "vu ?" && event.readBy.any { it.user == bob.id } }
        assertEquals(listOf(bob.id), hers.timeline.readers(seen.item).map { it.user })
        bob.session.setPrivateReceipts(true)
        inTime("the setting") { while (!bob.session.privateReceipts()) Unit }
    }

    @Test
    fun `everything is marked as read`() = story {
        val (alice, bob, room) = two()
        bob.open(room).timeline.sendText("un")
        alice.room("unread") { it.id == room && it.unread == 1u }
        alice.session.markAllRead().use { marking ->
            assertEquals(1u, marking.next()?.total)
            assertEquals(1u, marking.next()?.done)
            assertNull(marking.next())
        }
        alice.room("read") { it.id == room && it.unread == 0u }
        alice.session.markAllRead().use { marking ->
            marking.cancel()
            assertNull(marking.next())
        }
    }

    @Test
    fun `a conversation is written out where that is allowed`() = story {
        val (alice, bob, room) = two()
        val hers = alice.open(room)
        bob.open(room).timeline.sendText("<b>Compte rendu</b>")
        hers.text("<b>Compte rendu</b>")
        val folder = Files.createTempDirectory("bulla-export")
        val words = ExportWords("Cellule", "Supprimé", "Illisible", "modifié", "Fichier", 60)
        val page = folder.resolve("c.html")
        hers.room.export(page.toString(), ExportFormat.HTML, words).use { export ->
            inTime("the export") { while (export.next()?.finished != true) Unit }
            assertNull(export.next())
        }
        assertTrue("<p>&lt;b&gt;Compte rendu&lt;/b&gt;</p>" in Files.readString(page))
        val events = folder.resolve("c.json")
        hers.room.export(events.toString(), ExportFormat.JSON, words).use { inTime("the export") { while (it.next()?.finished != true) Unit } }
        assertTrue(Json.parseToJsonElement(Files.readString(events)).jsonObject.getValue("events").jsonArray.size > 5)
        val archive = folder.resolve("c.zip")
        hers.room.export(archive.toString(), ExportFormat.HTML, words, files = true).use { inTime("the archive") { while (it.next()?.finished != true) Unit } }
        ZipFile(archive.toFile()).use { zip ->
            assertTrue("Compte rendu" in zip.getInputStream(zip.getEntry("conversation.html")).readBytes().decodeToString())
        }
        val begun = hers.room.export(folder.resolve("d.html").toString(), ExportFormat.HTML, words)
        begun.cancel()
        assertNull(begun.next())
        begun.close()
        assertEquals(Field.FOLDER, fails<Failure.Invalid> { hers.room.export("here.html", ExportFormat.HTML, words) }.field)
        alice.bulla.setManaged(mapOf("no_export" to "true"))
        assertEquals(Barrier.NO_EXPORT, fails<Failure.Forbidden> { hers.room.export(page.toString(), ExportFormat.HTML, words) }.why)
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `a message leaves later, at once or never`() = story {
        val (alice, _, direct) = two()
        val here = alice.open(alice.session.createGroup(GroupDraft("Avis", null, emptyList(), RoomKind.FORUM)))
        assertNull(here.room.noScheduling())
        assertEquals(NoScheduling.ENCRYPTED, alice.open(direct).room.noScheduling())
        val later = Instant.now().plus(1, ChronoUnit.HOURS)
        val never = here.room.schedule("jamais", later.plusSeconds(60))
        val soon = here.room.schedule("tout de suite", later)
        assertEquals(listOf(soon to "tout de suite", never to "jamais"), here.room.scheduled().map { it.id to it.plain })
        here.room.cancelScheduled(never)
        here.room.sendScheduled(soon)
        here.text("tout de suite")
        assertEquals(Missing.EVENT, fails<Failure.NotFound> { here.room.cancelScheduled(never) }.what)
        assertEquals(Field.DATE, fails<Failure.Invalid> { here.room.schedule("trop tard", Instant.now().minusSeconds(9)) }.field)
    }

    @Test
    fun `a thread is followed and no longer`() = story {
        val (alice, _, room) = two()
        val hers = alice.open(room)
        hers.timeline.sendText("Quel ordre du jour ?")
        val root = hers.text("Quel ordre du jour ?").event.eventId!!
        hers.room.thread(root).use { it.sendText("Le budget") }
        hers.event("the answer") { it.threadSummary != null }
        assertFalse(hers.room.followsThread(root))
        hers.room.setFollowsThread(root, true)
        assertTrue(hers.room.followsThread(root))
        hers.room.setFollowsThread(root, false)
        assertFalse(hers.room.followsThread(root))
    }
}

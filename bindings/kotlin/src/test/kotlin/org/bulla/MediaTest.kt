package org.bulla

import java.awt.Color
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.RandomAccessFile
import java.nio.file.Files
import java.time.Duration
import javax.imageio.ImageIO
import kotlinx.coroutines.flow.first
import org.bulla.model.Failure
import org.bulla.model.FieldTrouble
import org.bulla.model.MediaDraft
import org.bulla.model.MediaKind
import org.bulla.model.MediaRetention
import org.bulla.model.MessageBody
import org.bulla.model.NetworkChange
import org.bulla.model.ScanState
import org.bulla.model.SendState
import org.bulla.model.SessionState
import org.bulla.model.UploadState
import org.bulla.support.Conversation
import org.bulla.support.Said
import org.bulla.support.events
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.newFolder
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Files in messages, between two servers. */
class MediaTest {
    @Test
    fun `a picture and a file arrive as they were sent`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        val folder = newFolder()
        val photo = folder.resolve("IMG_0001.png").also { Files.write(it, png(900, 600)) }
        hers.timeline.sendMedia(MediaDraft(photo.toString(), MediaKind.IMAGE, caption = "La salle"))
        val paper = folder.resolve("rapport.txt").also { Files.write(it, ByteArray(100_000) { at -> (at % 251).toByte() }) }
        hers.timeline.sendMedia(MediaDraft(paper.toString(), MediaKind.FILE))
        inTime("nothing left to send") { alice.session.uploadList().first { it.isEmpty() } }

        val picture = his.file("IMG_0001.png")
        val body = picture.event.body as MessageBody.Media
        assertEquals("La salle", body.caption)
        assertEquals(900u to 600u, body.details.width to body.details.height)
        val colours = ImageIO.read(blurhashPicture(body.details.blurhash!!, 9u, 6u).inputStream())
        assertEquals(9 to 6, colours.width to colours.height)
        his.timeline.media(picture.item).use { media ->
            assertEquals(body.details.id, media.id())
            assertEquals(ScanState.CLEAN, media.check())
            assertEquals(300, ImageIO.read(media.thumbnail(300u).inputStream()).width)
        }

        his.timeline.media(his.file("rapport.txt").item).use { media ->
            assertFalse(media.stateFlow().first().here)
            media.open().use { file ->
                assertEquals(Triple("rapport.txt", "text/plain", 100_000uL), Triple(file.name(), file.mime(), file.size()))
                assertArrayEquals(Files.readAllBytes(paper).copyOfRange(99_990, 100_000), file.read(99_990uL, 100u))
                assertEquals(0, file.read(100_000uL, 1u).size)
                val copy = folder.resolve("copie.txt")
                file.save(copy.toString())
                assertArrayEquals(Files.readAllBytes(paper), Files.readAllBytes(copy))
                file.release()
                fails<Failure.Closed> { file.read(0uL, 1u) }
            }
            inTime("here") { media.stateFlow().first { it.here && it.transfer == null } }
            media.states().use { states ->
                assertTrue(states.next()!!.here)
                states.cancel()
                assertNull(states.next())
            }
        }
        alice.session.uploads().use { uploads ->
            assertTrue(uploads.next()!!.isEmpty())
            uploads.cancel()
            assertNull(uploads.next())
        }
    }

    @Test
    fun `what is kept here can be seen and freed`() = story {
        val (alice, _, room) = two()
        val hers = alice.open(room)
        val path = newFolder().resolve("a.bin").also { Files.write(it, ByteArray(50_000)) }
        hers.timeline.sendMedia(MediaDraft(path.toString(), MediaKind.FILE))
        hers.file("a.bin")
        inTime("its row is gone") { alice.session.uploadList().first { it.isEmpty() } }
        assertEquals(50_000uL to 1u, alice.session.mediaStorage().let { it.bytes to it.files })
        val usual = alice.session.mediaRetention()
        alice.session.setMediaRetention(MediaRetention(10_000uL, Duration.ofDays(3)))
        assertEquals(MediaRetention(10_000uL, Duration.ofDays(3)), alice.session.mediaRetention())
        assertEquals(0u, alice.session.mediaStorage().files)
        alice.session.setMediaRetention(usual)
        hers.timeline.media(hers.file("a.bin").item).use { it.open().close() }
        assertEquals(1u, alice.session.mediaStorage().files)
        alice.session.clearMedia()
        assertEquals(0u, alice.session.mediaStorage().files)
    }

    @Test
    fun `what is on its way out can be taken back`() = story {
        val (alice, bob, room) = two()
        val hers = alice.open(room)
        val limit = alice.session.mediaLimit()!!
        val folder = newFolder()
        val huge = folder.resolve("huge.bin").toFile().also { file -> RandomAccessFile(file, "rw").use { it.setLength(limit.toLong() + 1) } }
        val refused = fails<Failure.Invalid> { hers.timeline.sendMedia(MediaDraft(huge.path, MediaKind.FILE)) }
        assertEquals(FieldTrouble.TOO_LONG, refused.why)

        alice.session.networkChanged(NetworkChange.LOST)
        alice.state("offline") { it is SessionState.Offline }
        val (first, second) = listOf("one.txt", "two.txt").map { name ->
            val path = folder.resolve(name).also { Files.writeString(it, name) }
            hers.timeline.sendMedia(MediaDraft(path.toString(), MediaKind.FILE))
        }
        inTime("both wait") { alice.session.uploadList().first { rows -> rows.size == 2 && rows.all { it.state is UploadState.Waiting } } }
        alice.session.retryUpload(second)
        assertTrue(alice.session.cancelUpload(first))
        assertFalse(alice.session.cancelUpload(first))
        fails<Failure.NotFound> { alice.session.retryUpload(first) }
        alice.session.networkChanged(NetworkChange.AVAILABLE)
        val his = bob.open(room)
        his.file("two.txt")
        val files = his.rows("the file") { rows -> events(rows).mapNotNull { it.event.body as? MessageBody.Media }.ifEmpty { null } }
        assertEquals(listOf("two.txt"), files.map { it.name })
    }

    @Test
    fun `what leaves can be taken back while its bytes are on the way`() = story {
        val proxy = proxy()
        val (alice, bob) = agent(0, proxy.url) to agent(1)
        val room = meet(alice, bob)
        val (hers, his) = alice.open(room) to bob.open(room)
        val folder = newFolder()
        val photos = folder.resolve("photos.zip").also { Files.write(it, ByteArray(3_000_000)) }
        proxy.stall()
        val upload = hers.timeline.sendMedia(MediaDraft(photos.toString(), MediaKind.FILE))
        inTime("some of it has left") { alice.session.uploadList().first { rows -> rows.any { it.state is UploadState.Uploading && it.sent > 0uL } } }
        assertTrue(alice.session.cancelUpload(upload))
        inTime("it leaves no more") { alice.session.uploadList().first { it.isEmpty() } }
        assertFalse(alice.session.cancelUpload(upload))
        proxy.heal()
        val note = folder.resolve("note.txt").also { Files.writeString(it, "la suite") }
        hers.timeline.sendMedia(MediaDraft(note.toString(), MediaKind.FILE))
        his.file("note.txt")
        val files = his.rows("the file") { rows -> events(rows).mapNotNull { it.event.body as? MessageBody.Media }.ifEmpty { null } }
        assertEquals(listOf("note.txt"), files.map { it.name })
    }

    @Test
    fun `sound and speech arrive as such, and a file answers a message`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        val folder = newFolder()
        val sound = folder.resolve("annonce.mp3").also { Files.write(it, ByteArray(3_000) { at -> (at % 251).toByte() }) }
        hers.timeline.sendMedia(MediaDraft(sound.toString(), MediaKind.AUDIO, mime = "audio/mpeg", caption = "L’annonce", duration = Duration.ofSeconds(9)))
        val heard = his.file("annonce.mp3")
        val audio = heard.event.body as MessageBody.Media
        assertEquals(listOf(MediaKind.AUDIO, "annonce.mp3", "L’annonce", 3_000uL), audio.run { listOf(kind, name, caption, size) })
        assertEquals(Triple("audio/mpeg", Duration.ofSeconds(9), 0), audio.details.run { Triple(mime, duration, waveform.size) })
        his.timeline.media(heard.item).use { media ->
            media.open().use { assertArrayEquals(Files.readAllBytes(sound), it.read(0uL, 3_000u)) }
        }

        val voice = folder.resolve("voix.ogg").also { Files.write(it, ByteArray(2_000) { 7 }) }
        val draft = MediaDraft(voice.toString(), MediaKind.VOICE, mime = "audio/ogg", duration = Duration.ofMillis(2_500), waveform = byteArrayOf(0, 50, 100))
        hers.timeline.sendMedia(draft)
        val spoken = his.file("voix.ogg").event.body as MessageBody.Media
        assertEquals(Triple(MediaKind.VOICE, "audio/ogg", Duration.ofMillis(2_500)), spoken.run { Triple(kind, details.mime, details.duration) })
        assertArrayEquals(byteArrayOf(0, 50, 100), spoken.details.waveform)

        hers.timeline.sendText("Où est le compte rendu ?")
        val asked = his.text("Où est le compte rendu ?")
        val paper = folder.resolve("compte-rendu.txt").also { Files.writeString(it, "le voici") }
        his.timeline.sendMedia(MediaDraft(paper.toString(), MediaKind.FILE, replyTo = asked.item))
        val answer = hers.file("compte-rendu.txt")
        assertEquals(asked.event.eventId to bob.id, answer.event.replyTo?.eventId to answer.event.sender)
        assertNotNull(asked.event.eventId)
        assertNull(heard.event.replyTo)
    }

    private suspend fun Conversation.file(name: String): Said =
        event(name) { (it.body as? MessageBody.Media)?.name == name && it.sendState is SendState.Delivered }

    private fun png(width: Int, height: Int): ByteArray {
        val picture = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
        picture.createGraphics().apply { color = Color(200, 30, 30); fillRect(0, 0, width, height) }
        return ByteArrayOutputStream().also { ImageIO.write(picture, "png", it) }.toByteArray()
    }
}

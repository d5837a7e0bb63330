package org.bulla.ui.model

import java.awt.Color
import java.time.Duration
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.put
import org.bulla.model.FieldTrouble
import org.bulla.model.Field
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.NetworkChange
import org.bulla.model.ScanState
import org.bulla.model.SessionState
import org.bulla.model.UploadState
import org.bulla.support.Deployment
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.uploadList
import org.bulla.ui.Desk
import org.bulla.ui.EICAR
import org.bulla.ui.TestSound
import org.bulla.ui.deployed
import org.bulla.ui.done
import org.bulla.ui.equipped
import org.bulla.ui.meet
import org.bulla.ui.person
import org.bulla.ui.photo
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Files, pictures and voice: chosen, sent, looked at, heard, collected, freed. */
class MediaModelsTest {
    @Test
    fun `a file is chosen, captioned and sent, and a copy of it kept`() = story {
        val (desk, his) = Desk() to Desk()
        val (alice, bob) = equipped(desk) to equipped(his, server = 1)
        val room = alice.meet(bob)
        val model = alice.open(room)
        val attachments = model.media.attachments
        // Whoever chooses none sends none.
        attachments.choose(pictures = false).done("giving it up")
        assertNull(attachments.state.value.chosen)
        val bytes = "rapport".repeat(2_000).toByteArray()
        desk.lay("rapport.txt", "text/plain", bytes)
        attachments.choose(pictures = false).done("choosing")
        assertEquals(alice.session.mediaLimit(), attachments.state.value.limit)
        attachments.setCaption(" À lire ")
        attachments.send().done("sending")
        assertEquals(null to 1, attachments.state.value.chosen to desk.released)
        model.arrived("rapport.txt")
        attachments.state.until("nothing is on its way") { it.uploads.isEmpty() }

        val hers = bob.open(room)
        val row = hers.arrived("rapport.txt")
        assertEquals("À lire" to MediaKind.FILE, row.body.caption to row.body.kind)
        inTime("it may be opened") { hers.media.files.watch(row.item).first { it.mayOpen } }
        his.keeps = false
        hers.media.files.save(row.item).done("giving the copy up")
        assertFalse(hers.media.files.state.value.saved)
        his.keeps = true
        hers.media.files.save(row.item).done("a copy")
        assertTrue(hers.media.files.state.value.saved)
        assertArrayEquals(bytes, his.copy("rapport.txt"))
        inTime("it is here") { hers.media.files.watch(row.item).first { it.here } }
    }

    @Test
    fun `what the server does not take is said before it leaves`() = story {
        val desk = Desk()
        val alice = equipped(desk)
        val room = alice.meet(person(1))
        val attachments = alice.open(room).media.attachments
        val limit = checkNotNull(alice.session.mediaLimit())
        desk.lay("film.bin", null, ByteArray(1)).let { desk.next = ChosenFile(it.path, it.name, null, limit.toLong() + 1) }
        attachments.choose(pictures = false).done("choosing")
        assertTrue(attachments.state.value.run { tooLarge && !canSend })
        attachments.giveUp()
        // What is called a picture and is none is refused, and goes as a file.
        desk.lay("faux.png", "image/png", "pas une image".toByteArray())
        attachments.choose(pictures = true).done("choosing")
        attachments.send().done("the refusal")
        assertEquals(Problem.Invalid(Field.PICTURE, FieldTrouble.MALFORMED), attachments.state.value.problem)
        assertNotNull(attachments.state.value.chosen)
        attachments.setOriginal(true)
        attachments.send().done("sending it as a file")
        val row = alice.open(room).arrived("faux.png")
        assertEquals(MediaKind.FILE, row.body.kind)
    }

    @Test
    fun `what is on its way waits for the network, can be taken back and sent again`() = story {
        val (desk, proxy) = Desk() to proxy()
        val alice = equipped(desk, homeserver = proxy.url)
        val room = alice.meet(person(1))
        val model = alice.open(room)
        val attachments = model.media.attachments
        alice.session.networkChanged(NetworkChange.LOST)
        model.state.until("offline") { it.connection is SessionState.Offline }
        for (name in listOf("un.txt", "deux.txt")) {
            desk.lay(name, "text/plain", name.toByteArray())
            attachments.choose(pictures = false).done("choosing")
            attachments.send().done("handing it over")
        }
        val (first, second) = attachments.state.until("both wait") { it.uploads.size == 2 }.uploads
        assertTrue(first.state is UploadState.Waiting)
        attachments.cancel(first.id).done("taking it back")
        attachments.state.until("one is left") { it.uploads.map { upload -> upload.id } == listOf(second.id) }
        proxy.respond(413, "M_TOO_LARGE", "/upload")
        alice.session.networkChanged(NetworkChange.AVAILABLE)
        attachments.state.until("it is refused") { it.uploads.singleOrNull()?.state is UploadState.Failed }
        proxy.heal()
        attachments.retry(second.id).done("again")
        model.arrived("deux.txt")
        attachments.state.until("it has left") { it.uploads.isEmpty() }
        // Another conversation is not told of it.
        assertTrue(alice.open(alice.session.createDirect(person(1).user.id)).media.attachments.state.value.uploads.isEmpty())
    }

    @Test
    fun `nothing is opened that the antivirus did not find clean`() = story {
        val scanner = Deployment.scanner()
        val (desk, his) = Desk() to Desk()
        val alice = equipped(desk)
        val bob = deployed(his) { put("media_scanner", scanner) }
        val room = alice.meet(bob)
        val sent = alice.open(room).media.attachments
        val program = byteArrayOf(0x7f, 'E'.code.toByte(), 'L'.code.toByte(), 'F'.code.toByte(), 2, 1, 1) + ByteArray(9) + byteArrayOf(3, 0, 0x3e, 0) + ByteArray(200)
        val files = mapOf("propre.txt" to "rien de mal".toByteArray(), "virus.txt" to EICAR, "programme" to program)
        for ((name, bytes) in files) {
            desk.lay(name, null, bytes)
            sent.choose(pictures = false).done("choosing")
            sent.send().done("sending")
        }
        val model = bob.open(room)
        assertTrue(model.media.attachments.scanned)
        val wanted = mapOf("propre.txt" to ScanState.CLEAN, "virus.txt" to ScanState.INFECTED, "programme" to ScanState.TYPE_NOT_ALLOWED)
        for ((name, scan) in wanted) {
            val row = model.arrived(name)
            val state = inTime("$name is $scan") { model.media.files.watch(row.item).first { it.scan == scan } }
            assertEquals(scan == ScanState.CLEAN, state.mayOpen)
        }
        val infected = model.arrived("virus.txt")
        model.media.files.save(infected.item).done("the refusal")
        assertEquals(Problem.Forbidden(org.bulla.model.Barrier.INFECTED), model.media.files.state.value.problem)
        assertFalse(model.media.files.state.value.saved)
    }

    @Test
    fun `an antivirus that does not answer shows nothing, and is asked again`() = story {
        val desk = Desk()
        val alice = equipped(desk)
        val bob = deployed { put("media_scanner", "http://127.0.0.1:9") }
        val room = alice.meet(bob)
        desk.lay("plan.jpg", "image/jpeg", photo(Color(20, 90, 200)))
        val sent = alice.open(room).media.attachments
        sent.choose(pictures = true).done("choosing")
        sent.send().done("sending")
        val model = bob.open(room)
        val row = model.arrived("plan.jpg")
        val states = model.media.files.watch(row.item)
        inTime("no answer") { states.first { it.scan == ScanState.UNAVAILABLE } }
        assertNull(model.media.files.thumbnail(row.item, 96u))
        model.media.files.again(row.item).done("asking again")
        inTime("no answer still") { states.first { it.scan == ScanState.UNAVAILABLE } }
    }

    @Test
    fun `a voice message is recorded, sent and heard`() = story {
        val (hers, his) = TestSound() to TestSound()
        val (alice, bob) = equipped(Desk(), hers) to equipped(Desk(), his, server = 1)
        val room = alice.meet(bob)
        val model = alice.open(room)
        val voice = model.media.voice
        hers.trouble = SoundTrouble.NO_INPUT
        voice.begin().done("no microphone")
        assertEquals(VoiceState(trouble = SoundTrouble.NO_INPUT), voice.state.value)
        hers.trouble = null
        voice.begin().done("recording")
        assertEquals(Duration.ofSeconds(120), hers.longest)
        voice.discard()
        assertEquals(1 to VoiceState(), hers.discarded to voice.state.value)
        voice.begin().done("recording again")
        hers.heard.value = Heard(Duration.ofSeconds(12), List(240) { it % 101 })
        voice.state.until("it hears") { it.heard.levels.size == 240 }
        voice.stop().done("stopping")
        assertTrue(voice.state.value.run { ready && !recording })
        voice.send().done("sending")
        assertEquals(VoiceState(), voice.state.value)
        assertTrue(hers.leftNothing())

        val heard = bob.open(room)
        val row = heard.arrived("voice.wav")
        assertEquals(Triple(MediaKind.VOICE, Duration.ofSeconds(12), 120), row.body.run { Triple(kind, details.duration, details.waveform.size) })
        val playback = heard.media.playback
        his.trouble = SoundTrouble.NO_OUTPUT
        playback.toggle(row.item).done("no loudspeaker")
        assertEquals(SoundTrouble.NO_OUTPUT, playback.state.value.trouble)
        his.trouble = null
        playback.toggle(row.item).done("playing")
        playback.state.until("it plays") { it.item == row.item && it.sounding.playing }
        playback.seek(Duration.ofSeconds(5))
        playback.state.until("further on") { it.sounding.position == Duration.ofSeconds(5) }
        playback.toggle(row.item).done("pausing")
        playback.state.until("it rests") { !it.sounding.playing }
        playback.toggle(row.item).done("going on")
        playback.stop()
        assertEquals(PlaybackState(), playback.state.value)
        inTime("it is closed") { while (his.closed == 0) kotlinx.coroutines.yield() }
    }

    @Test
    fun `a recording ends by itself when it is long enough`() = story {
        val sound = TestSound()
        val alice = equipped(Desk(), sound)
        val voice = alice.open(alice.meet(person(1))).media.voice
        voice.begin().done("recording")
        sound.heard.value = Heard(Duration.ofSeconds(120), List(1_200) { 40 }, ended = true)
        voice.state.until("it is ready") { it.ready && it.heard.duration == Duration.ofSeconds(120) }
        assertEquals(120, waveform(voice.state.value.heard.levels).size)
        assertEquals(listOf<Byte>(3, 9), waveform(listOf(3, 9)).toList())
        assertEquals(listOf<Byte>(9, 100), waveform(listOf(3, 9, 300, 2), most = 2).toList())
    }

    @Test
    fun `the files of a conversation are collected, and pictures looked at one after another`() = story {
        val desk = Desk()
        val (alice, bob) = equipped(desk) to person(1)
        val room = alice.meet(bob)
        val sent = alice.open(room).media.attachments
        for ((name, mime) in listOf("un.jpg" to "image/jpeg", "note.txt" to "text/plain", "deux.jpg" to "image/jpeg")) {
            desk.lay(name, mime, if (mime == "text/plain") name.toByteArray() else photo(Color(20, 90, 200)))
            sent.choose(pictures = false).done("choosing")
            sent.send().done("sending")
            alice.open(room).arrived(name)
        }
        bob.open(room).arrived("deux.jpg")
        bob.app.go(Route.Gallery(room))
        val gallery = checkNotNull(bob.app.gallery(room))
        inTime("the beginning") { while (!gallery.state.value.atStart) gallery.older().join() }
        val state = gallery.state.until("all of them") { it.pictures.size == 2 && it.others.size == 1 && it.atStart }
        assertEquals(listOf("deux.jpg", "un.jpg"), state.pictures.map { it.body.name })
        gallery.show(others = true)
        assertEquals(listOf("note.txt"), gallery.state.value.shown.map { it.body.name })
        assertTrue(state.pictures.all { it.isPicture })

        gallery.viewer.open(state.pictures[1].item)
        gallery.viewer.move(-1)
        assertEquals(state.pictures[1].item, gallery.viewer.state.value)
        gallery.viewer.move(1)
        assertEquals(state.pictures[0].item, gallery.viewer.state.value)
        assertNotNull(gallery.files.thumbnail(state.pictures[0].item, 2_048u))
        // Back leads out of the picture first.
        assertTrue(bob.app.back())
        assertNull(gallery.viewer.state.value)
        assertEquals(Route.Gallery(room), bob.app.state.value.here)
        assertTrue(bob.app.back())
        assertFalse(bob.app.state.value.here is Route.Gallery)
    }

    @Test
    fun `what files take up is seen and freed`() = story {
        val desk = Desk()
        val alice = equipped(desk)
        val room = alice.meet(person(1))
        desk.lay("a.bin", null, ByteArray(50_000))
        val sent = alice.open(room).media.attachments
        sent.choose(pictures = false).done("choosing")
        sent.send().done("sending")
        alice.open(room).arrived("a.bin")
        // What the model shows may be older than what is.
        inTime("it has left") { alice.session.uploadList().first { it.isEmpty() } }
        alice.app.go(Route.Storage)
        val storage = checkNotNull(alice.app.storage())
        val state = storage.state.until("what there is") { it.storage != null && !it.busy }
        assertEquals(1u to 50_000uL, state.storage?.run { files to bytes })
        assertTrue(state.retention?.maxBytes in StorageModel.MOST && state.retention?.maxAge in StorageModel.LONGEST)
        storage.setLongest(Duration.ofDays(7)).done("a week")
        storage.setMost(100_000_000uL).done("less")
        assertEquals(Duration.ofDays(7) to 100_000_000uL, alice.session.mediaRetention().run { maxAge to maxBytes })
        storage.clear().done("freeing it")
        assertEquals(0u, storage.state.value.storage?.files)
    }

    private suspend fun ConversationModel.arrived(name: String): FileRow =
        state.until(name) { state -> state.rows.files().any { it.body.name == name } }.rows.files().last { it.body.name == name }
}

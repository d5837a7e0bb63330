package org.bulla.ui.screen

import java.awt.Color
import java.time.Duration
import kotlin.math.sin
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.put
import org.bulla.model.GroupDraft
import org.bulla.model.ItemId
import org.bulla.model.MediaKind
import org.bulla.model.RoomKind
import org.bulla.model.ScanState
import org.bulla.model.UploadState
import org.bulla.support.DEADLINE
import org.bulla.support.Deployment
import org.bulla.support.inTime
import org.bulla.support.story
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
import org.bulla.ui.model.ChosenFile
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.Heard
import org.bulla.ui.model.Route
import org.bulla.ui.model.SoundTrouble
import org.bulla.ui.model.Sounding
import org.bulla.ui.model.files
import org.junit.jupiter.api.Test

/** Files, pictures and voice in their main states, drawn from what the real core says of the real servers. */
class MediaPicturesTest {
    @Test
    fun `files in a conversation, looked at, collected, heard`() = story(DEADLINE * 6) {
        val scanner = Deployment.scanner()
        val (desk, sound) = Desk() to TestSound()
        val bilal = equipped(desk)
        bilal.session.setDisplayName("Bilal Haddad")
        val me = deployed(Desk(), sound) { put("media_scanner", scanner) }
        val room = bilal.meet(me)
        val his = bilal.open(room)
        val sky = photo(Color(0x3A, 0x6E, 0xA5), Color(0x9C, 0xC4, 0xE4))
        his.sends(desk, "salle-bercy.jpg", "image/jpeg", sky, "La salle pour demain")
        his.sends(desk, "portrait.jpg", "image/jpeg", photo(Color(0x2E, 0x7D, 0x5B), Color(0xB7, 0xE0, 0xC8)))
        his.sends(desk, "exercice.mp4", "video/mp4", MP4, film = ChosenFile.Film(1280, 720, Duration.ofSeconds(83), photo(Color(0xB0, 0x5A, 0x2C), Color(0xF0, 0xD0, 0xA0))))
        his.sends(desk, "compte-rendu.txt", "text/plain", ByteArray(48_300) { 'a'.code.toByte() })
        his.sends(desk, "facture.txt", "text/plain", EICAR)
        val voice = ByteArray(90) { (50 + 45 * sin(it * 0.7) * sin(it * 0.11)).toInt().coerceIn(2, 100).toByte() }
        val path = desk.lay("voice.ogg", "audio/ogg", "OggS".toByteArray() + ByteArray(400))
        bilal.session.room(room).use { it.timeline().use { line -> line.sendMedia(org.bulla.model.MediaDraft(path.path, MediaKind.VOICE, path.name, path.mime, duration = Duration.ofSeconds(42), waveform = voice)) } }
        val model = me.open(room)
        model.stands("facture.txt", ScanState.INFECTED)
        val spoken = model.stands("voice.ogg", ScanState.CLEAN)
        val picture = model.stands("salle-bercy.jpg", ScanState.CLEAN)
        model.stands("exercice.mp4", ScanState.CLEAN)
        me.draw("media/conversation", TALL)
        me.draw("media/conversation", SMALL_PHONE, HUGE)
        me.draw("media/conversation", TABLET, DARK)
        me.draw("media/conversation", Device("tall", 411, 1_900), ENGLISH)
        sound.sounding.value = Sounding()
        model.media.playback.toggle(spoken).done("playing")
        sound.sounding.value = Sounding(playing = true, position = Duration.ofSeconds(17), duration = Duration.ofSeconds(42))
        model.media.playback.state.until("it plays") { it.sounding.playing && it.sounding.position.seconds == 17L }
        me.draw("media/playing", Device("tall", 411, 1_900))
        me.draw("media/playing", Device("tall", 411, 1_900), ENGLISH)
        model.media.playback.stop()
        sound.trouble = SoundTrouble.FORMAT
        model.media.playback.toggle(spoken).done("no such format")
        me.draw("media/playing-unknown", PHONE, CONTRAST)
        me.draw("media/playing-unknown", PHONE, ENGLISH)
        model.media.viewer.open(picture)
        me.draw("media/viewer")
        me.draw("media/viewer", TABLET, DARK)
        me.draw("media/viewer", SMALL_PHONE, HUGE)
        me.draw("media/viewer", PHONE, ENGLISH)
        model.media.viewer.leave()
        me.app.go(Route.Gallery(room))
        val gallery = checkNotNull(me.app.gallery(room))
        inTime("the beginning") { while (!gallery.state.value.atStart) gallery.older().join() }
        gallery.state.until("all") { it.pictures.size == 3 && it.others.size == 3 }
        me.draw("media/gallery")
        me.draw("media/gallery", TABLET, DARK)
        me.draw("media/gallery", PHONE, ENGLISH)
        gallery.show(others = true)
        me.draw("media/gallery-files")
        me.draw("media/gallery-files", SMALL_PHONE, HUGE)
        me.draw("media/gallery-files", PHONE, ENGLISH)
        me.app.back()
        me.app.go(Route.Storage)
        checkNotNull(me.app.storage()).state.until("what there is") { it.storage != null && !it.busy }
        me.draw("media/storage")
        me.draw("media/storage", SMALL_PHONE, HUGE)
        me.draw("media/storage", PHONE, ENGLISH)
    }

    @Test
    fun `what is being sent`() = story(DEADLINE * 6) {
        val (desk, sound) = Desk() to TestSound()
        val proxy = proxy()
        val me = equipped(desk, sound, homeserver = proxy.url)
        val room = me.meet(person(1))
        val model = me.open(room)
        val attachments = model.media.attachments
        desk.lay("IMG_2041.jpg", "image/jpeg", photo(Color(20, 90, 200)))
        attachments.choose(pictures = true).done("choosing")
        attachments.setCaption("La salle pour demain")
        me.draw("media/attach")
        me.draw("media/attach", SMALL_PHONE, HUGE)
        me.draw("media/attach", TABLET, DARK)
        attachments.setOriginal(true)
        me.draw("media/attach", PHONE, ENGLISH)
        attachments.giveUp()
        desk.next = ChosenFile("/nowhere", "archive.zip", "application/zip", 900L shl 20)
        attachments.choose(pictures = false).done("choosing")
        me.draw("media/attach-too-large", PHONE, CONTRAST)
        me.draw("media/attach-too-large", PHONE, ENGLISH)
        attachments.giveUp()

        proxy.respond(413, "M_TOO_LARGE", "/upload")
        desk.lay("plan.pdf", "application/pdf", ByteArray(300_000))
        attachments.choose(pictures = false).done("choosing")
        attachments.send().done("handing it over")
        attachments.state.until("it is refused") { it.uploads.singleOrNull()?.state is UploadState.Failed }
        proxy.heal()
        proxy.stall()
        desk.lay("photos.zip", "application/zip", ByteArray(3_000_000))
        attachments.choose(pictures = false).done("choosing")
        attachments.send().done("handing it over")
        desk.lay("note.txt", "text/plain", ByteArray(1_000))
        attachments.choose(pictures = false).done("choosing")
        attachments.send().done("handing it over")
        attachments.state.until("three are on their way") { it.uploads.size == 3 && it.uploads.any { upload -> upload.state is UploadState.Uploading } }
        me.draw("media/uploads")
        me.draw("media/uploads", SMALL_PHONE, HUGE)
        me.draw("media/uploads", PHONE, ENGLISH)
        proxy.heal()

        val voice = model.media.voice
        sound.trouble = SoundTrouble.NO_INPUT
        voice.begin().done("no microphone")
        me.draw("media/voice-no-microphone")
        me.draw("media/voice-no-microphone", PHONE, ENGLISH)
        sound.trouble = null
        voice.begin().done("recording")
        sound.heard.value = Heard(Duration.ofSeconds(23), List(230) { (50 + 45 * sin(it * 0.6) * sin(it * 0.13)).toInt() })
        voice.state.until("it hears") { it.heard.duration.seconds == 23L }
        me.draw("media/voice-recording")
        me.draw("media/voice-recording", SMALL_PHONE, HUGE)
        me.draw("media/voice-recording", TABLET, DARK)
        me.draw("media/voice-recording", PHONE, ENGLISH)
        voice.stop().done("stopping")
        me.draw("media/voice-ready")
        me.draw("media/voice-ready", PHONE, ENGLISH)
        voice.discard()

        val forum = me.session.createGroup(GroupDraft("Actualités", null, listOf(), kind = RoomKind.FORUM))
        me.rooms.state.until("the forum") { state -> state.rows.any { it.id == forum } }
        val open = me.open(forum)
        open.state.until("what it is") { it.summary?.encrypted == false }
        open.media.attachments.choose(pictures = false).done("choosing")
        me.draw("media/attach-not-encrypted")
        me.draw("media/attach-not-encrypted", PHONE, ENGLISH)
        open.media.attachments.giveUp()
    }

    private suspend fun ConversationModel.sends(desk: Desk, name: String, mime: String, bytes: ByteArray, caption: String = "", film: ChosenFile.Film? = null) {
        desk.lay(name, mime, bytes, film)
        media.attachments.choose(pictures = false).done("choosing")
        media.attachments.setCaption(caption)
        media.attachments.send().done("sending")
        state.until("$name; ${media.attachments.state.value.problem}") { state -> state.rows.files().any { it.body.name == name } }
    }

    /** The row of the file that is called so, once the antivirus says this of it. */
    private suspend fun ConversationModel.stands(name: String, scan: ScanState): ItemId {
        val row = state.until(name) { state -> state.rows.files().any { it.body.name == name } }.rows.files().last { it.body.name == name }
        inTime("$name is $scan") { media.files.watch(row.item).first { it.scan == scan } }
        return row.item
    }

    private companion object {
        /** As much of a film as says what it is. */
        val MP4 = byteArrayOf(0, 0, 0, 24) + "ftypmp42".toByteArray() + ByteArray(4) + "mp42isom".toByteArray() + ByteArray(40_000)
    }
}

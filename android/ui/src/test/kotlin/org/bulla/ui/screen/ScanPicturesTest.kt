package org.bulla.ui.screen

import java.awt.Color
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.put
import org.bulla.model.ScanState
import org.bulla.support.DEADLINE
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.Desk
import org.bulla.ui.TestScanner
import org.bulla.ui.deployed
import org.bulla.ui.done
import org.bulla.ui.equipped
import org.bulla.ui.meet
import org.bulla.ui.photo
import org.bulla.ui.until
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.files
import org.bulla.ui.words.Words
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A file and a picture that cannot be opened, in each state that keeps them closed; the harmful one is among [MediaPicturesTest]'s. */
class ScanPicturesTest {
    @Test
    fun `a file and a picture that the antivirus does not let through`() = story(DEADLINE * 6) {
        val scanner = TestScanner().also { atEnd { it.close() } }
        val desk = Desk()
        val bilal = equipped(desk)
        bilal.session.setDisplayName("Bilal Haddad")
        val me = deployed(Desk()) { put("media_scanner", scanner.url) }
        val room = bilal.meet(me)
        val his = bilal.open(room)
        his.sends(desk, "salle-bercy.jpg", "image/jpeg", photo(Color(0x3A, 0x6E, 0xA5), Color(0x9C, 0xC4, 0xE4)))
        his.sends(desk, "compte-rendu.txt", "text/plain", ByteArray(48_300) { 'a'.code.toByte() })
        val model = me.open(room)
        model.state.until("both") { it.rows.files().size == 2 }

        suspend fun draws(name: String, answer: TestScanner.Answer?, scan: ScanState, said: (Words) -> List<String>) {
            scanner.says = answer
            // Drawn is what the core says, not what is drawn before it says anything.
            for (row in model.state.value.rows.files()) inTime("${row.body.name} is $scan") { model.media.files.watch(row.item).first { it.scan == scan } }
            for ((look, words) in LANGUAGES) {
                // One for the file, and one for the picture.
                me.reads(said(words), look, times = 2)
                me.draw("media/scan-$name", PHONE, look)
            }
        }
        draws("unavailable", TestScanner.UNAVAILABLE, ScanState.UNAVAILABLE) { listOf(it.problemNotScanned, it.retry) }
        draws("gone", TestScanner.GONE, ScanState.GONE) { listOf(it.problemFileGone) }
        draws("waiting", null, ScanState.WAITING) { listOf(it.scanWaiting) }
        assertTrue(scanner.kept.get() >= 2, "the antivirus was not asked")
        // This one the core remembers: it is the last.
        draws("type-not-allowed", TestScanner.TYPE_NOT_ALLOWED, ScanState.TYPE_NOT_ALLOWED) { listOf(it.problemFileType) }
    }

    private suspend fun ConversationModel.sends(desk: Desk, name: String, mime: String, bytes: ByteArray) {
        desk.lay(name, mime, bytes)
        media.attachments.choose(pictures = mime.startsWith("image/")).done("choosing")
        media.attachments.send().done("sending")
        state.until("$name; ${media.attachments.state.value.problem}") { state -> state.rows.files().any { it.body.name == name } }
    }
}

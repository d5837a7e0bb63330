package org.bulla.desktop

import java.io.ByteArrayInputStream
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import javax.sound.sampled.AudioFileFormat
import javax.sound.sampled.AudioFormat
import javax.sound.sampled.AudioInputStream
import javax.sound.sampled.AudioSystem
import kotlin.math.PI
import kotlin.math.sin
import kotlinx.coroutines.flow.first
import org.bulla.model.GroupDraft
import org.bulla.model.MediaDraft
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.SendState
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.model.Heard
import org.bulla.ui.model.SoundFailure
import org.bulla.ui.model.SoundTrouble
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The desktop's sound on real files, with lines of the test's own in a sound card's place. */
class DesktopSoundTest {
    @TempDir lateinit var folder: Path

    /** A card that says [said] into its microphone and keeps what its loudspeaker is given. */
    private class TestCard(private val said: ByteArray = ByteArray(0)) : SoundCard {
        val heard = ConcurrentLinkedQueue<ByteArray>()
        @Volatile var endless = false
        @Volatile var inputClosed = false

        override fun input() = object : SoundCard.Microphone {
            private var at = 0

            override fun read(samples: ByteArray): Int {
                if (endless) return samples.size
                if (at == said.size) return -1
                val count = minOf(samples.size, said.size - at)
                said.copyInto(samples, 0, at, at + count)
                at += count
                return count
            }

            override fun close() {
                inputClosed = true
            }
        }

        override fun output(format: AudioFormat) = object : SoundCard.Loudspeaker {
            override fun write(samples: ByteArray, count: Int) {
                heard += samples.copyOf(count)
            }

            override fun drain() {}

            override fun flush() {}

            override fun close() {}
        }

        fun all(): ByteArray = heard.fold(ByteArray(0)) { all, part -> all + part }
    }

    @Test
    fun `what is recorded is a file that any reader knows, and its loudness is seen`() = story {
        val tone = tone(16_000, 0.5) + ByteArray(16_000)
        val card = TestCard(tone)
        val recording = DesktopSound(card).record(Duration.ofSeconds(120))
        val heard = inTime("the end") { recording.heard.first { it.ended } }
        val file = recording.finish()
        assertTrue(card.inputClosed)
        assertEquals(Duration.ofMillis(1_500), heard.duration)
        assertEquals(15, heard.levels.size)
        // A tone of half the loudest is at -9 dB, and silence is none.
        assertTrue(heard.levels.take(10).all { it in 80..84 }, "${heard.levels}")
        assertTrue(heard.levels.drop(10).all { it == 0 }, "${heard.levels}")
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file.path))))
        AudioSystem.getAudioInputStream(File(file.path)).use { read ->
            assertEquals(Triple(16_000f, 16, 1), read.format.run { Triple(sampleRate, sampleSizeInBits, channels) })
            assertArrayEquals(tone, read.readAllBytes())
        }
        file.release()
        assertFalse(File(file.path).exists())
    }

    @Test
    fun `a recording ends when it is long enough, and leaves nothing when it is thrown away`() = story {
        val card = TestCard().apply { endless = true }
        val long = DesktopSound(card).record(Duration.ofSeconds(3))
        val heard: Heard = inTime("the end") { long.heard.first { it.ended } }
        assertEquals(Duration.ofSeconds(3), heard.duration)
        long.finish().release()
        val before = recordings()
        val second = DesktopSound(card).record(Duration.ofSeconds(3))
        second.discard()
        inTime("it is gone") { while (recordings() != before) kotlinx.coroutines.yield() }
    }

    @Test
    fun `formats that Java knows are heard, others are said to be unknown`() = story {
        val tone = tone(8_000, 0.3)
        for (type in listOf(AudioFileFormat.Type.WAVE, AudioFileFormat.Type.AIFF, AudioFileFormat.Type.AU)) {
            val card = TestCard()
            val bytes = written(tone, type)
            val player = WavePlayer(card) { ByteArrayInputStream(bytes) }
            assertEquals(Duration.ofMillis(500), player.state.value.duration, "$type")
            player.play()
            inTime("its end") { player.state.first { !it.playing && it.position == Duration.ofMillis(500) } }
            assertEquals(tone.size, card.all().size, "$type")
            player.close()
        }
        for (lie in listOf(ByteArray(0), "ID3".toByteArray() + ByteArray(500), "OggS".toByteArray() + ByteArray(500), Wave.head(1_000).copyOf(20))) {
            val failure = assertThrows(SoundFailure::class.java) { WavePlayer(TestCard()) { ByteArrayInputStream(lie) } }
            assertEquals(SoundTrouble.FORMAT, failure.why)
        }
    }

    @Test
    fun `one goes to any place of it, and it goes on from there`() = story {
        val tone = tone(16_000, 0.3)
        val card = TestCard()
        val bytes = Wave.head(tone.size) + tone
        val player = WavePlayer(card) { ByteArrayInputStream(bytes) }
        player.seek(Duration.ofMillis(750))
        assertEquals(Duration.ofMillis(750), player.state.value.position)
        player.play()
        inTime("its end") { player.state.first { !it.playing && it.position == Duration.ofSeconds(1) } }
        assertArrayEquals(tone.copyOfRange(24_000, 32_000), card.all())
        // From the beginning, once it was heard to its end.
        player.play()
        inTime("its end") { player.state.first { !it.playing && it.position == Duration.ofSeconds(1) } }
        assertEquals(8_000 + 32_000, card.all().size)
        player.close()
        assertNull(player.state.value.trouble)
    }

    /** Tests run without a sound card; where there is one, there is nothing to say. */
    @Test
    fun `a machine without a sound card says so`() = story {
        if (AudioSystem.getMixerInfo().isNotEmpty()) return@story
        val input = runCatching { DesktopSound().record(Duration.ofSeconds(1)) }.exceptionOrNull()
        assertEquals(SoundTrouble.NO_INPUT, (input as? SoundFailure)?.why)
        val bytes = Wave.head(3_200) + ByteArray(3_200)
        val player = WavePlayer(SoundCard.System) { ByteArrayInputStream(bytes) }
        player.play()
        inTime("it is told") { player.state.first { it.trouble == SoundTrouble.NO_OUTPUT && !it.playing } }
    }

    @Test
    fun `a file of the core's is heard as it was sent`() = story {
        val alice = agent(0)
        alice.live()
        val room = alice.session.createGroup(GroupDraft("Sons", null, listOf()))
        val tone = tone(100_000, 0.4)
        val path = folder.resolve("voice.wav").also { Files.write(it, Wave.head(tone.size) + tone) }
        val hers = alice.open(room)
        hers.timeline.sendMedia(MediaDraft(path.toString(), MediaKind.VOICE, duration = Duration.ofMillis(6_250), waveform = ByteArray(3)))
        val said = hers.event("the sound") { it.body is MessageBody.Media && it.sendState is SendState.Delivered }
        hers.timeline.media(said.item).use { media ->
            media.open().use { file ->
                val card = TestCard()
                val player = DesktopSound(card).open(file)
                player.seek(Duration.ofMillis(3_125))
                player.play()
                inTime("its end") { player.state.first { !it.playing && it.position == Duration.ofMillis(6_250) } }
                assertArrayEquals(tone.copyOfRange(100_000, 200_000), card.all())
                player.close()
                file.release()
            }
        }
    }

    private fun recordings(): Int = File(System.getProperty("java.io.tmpdir")).list { _, name -> name.startsWith("bulla") && name.endsWith(".wav") }.orEmpty().size

    /** So many samples of 440 Hz, as loud as [amplitude] of the loudest. */
    private fun tone(samples: Int, amplitude: Double) = ByteArray(samples * 2).also { bytes ->
        repeat(samples) { at ->
            val sample = (sin(2 * PI * 440 * at / Wave.RATE) * amplitude * 32_767).toInt()
            bytes[2 * at] = sample.toByte()
            bytes[2 * at + 1] = (sample shr 8).toByte()
        }
    }

    private fun written(tone: ByteArray, type: AudioFileFormat.Type): ByteArray {
        val format = AudioFormat(Wave.RATE.toFloat(), 16, 1, true, false)
        val file = folder.resolve("tone.${type.extension}").toFile()
        // AU and AIFF are of the other order of bytes.
        val asked = if (type == AudioFileFormat.Type.WAVE) format else AudioFormat(Wave.RATE.toFloat(), 16, 1, true, true)
        AudioInputStream(tone.inputStream(), format, (tone.size / 2).toLong()).use { AudioSystem.write(AudioSystem.getAudioInputStream(asked, it), type, file) }
        return file.readBytes()
    }
}

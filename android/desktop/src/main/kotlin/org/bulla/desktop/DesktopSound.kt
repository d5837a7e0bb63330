package org.bulla.desktop

import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import java.time.Duration
import javax.sound.sampled.AudioFormat
import javax.sound.sampled.AudioInputStream
import javax.sound.sampled.AudioSystem
import javax.sound.sampled.DataLine
import javax.sound.sampled.LineUnavailableException
import javax.sound.sampled.SourceDataLine
import javax.sound.sampled.TargetDataLine
import javax.sound.sampled.UnsupportedAudioFileException
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.bulla.MediaFile
import org.bulla.model.Failure
import org.bulla.ui.model.ChosenFile
import org.bulla.ui.model.Heard
import org.bulla.ui.model.SoundFailure
import org.bulla.ui.model.SoundPlayer
import org.bulla.ui.model.SoundPort
import org.bulla.ui.model.SoundRecording
import org.bulla.ui.model.SoundTrouble
import org.bulla.ui.model.Sounding

/** The sound card through Java's own API, which knows WAV, AIFF and AU. Voice messages are recorded as WAV. */
class DesktopSound(private val sounds: SoundCard = SoundCard.System) : SoundPort {
    override suspend fun record(longest: Duration): SoundRecording = withContext(Dispatchers.IO) { WaveRecording(sounds.input(), longest) }

    override suspend fun open(file: MediaFile): SoundPlayer = withContext(Dispatchers.IO) {
        WavePlayer(sounds) { MediaInput(file) }
    }
}

/** Where samples come from and go to: the lines of a sound card. */
interface SoundCard {
    /** A microphone that is on, in [Wave]'s format. */
    fun input(): Microphone

    /** A loudspeaker for [format]. */
    fun output(format: AudioFormat): Loudspeaker

    interface Microphone : AutoCloseable {
        /** Blocks until there are some; negative at the end. */
        fun read(samples: ByteArray): Int
    }

    interface Loudspeaker : AutoCloseable {
        /** Blocks while what was written before is heard. */
        fun write(samples: ByteArray, count: Int)

        /** Blocks until all was heard. */
        fun drain()

        /** What was written and not heard is dropped. */
        fun flush()
    }

    object System : SoundCard {
        override fun input(): Microphone {
            val format = AudioFormat(Wave.RATE.toFloat(), 16, 1, true, false)
            val line = line(SoundTrouble.NO_INPUT) {
                (AudioSystem.getLine(DataLine.Info(TargetDataLine::class.java, format)) as TargetDataLine).apply {
                    open(format)
                    start()
                }
            }
            return object : Microphone {
                override fun read(samples: ByteArray) = line.read(samples, 0, samples.size).let { if (it == 0 && !line.isOpen) -1 else it }

                override fun close() = line.close()
            }
        }

        override fun output(format: AudioFormat): Loudspeaker {
            val line = line(SoundTrouble.NO_OUTPUT) {
                (AudioSystem.getLine(DataLine.Info(SourceDataLine::class.java, format)) as SourceDataLine).apply {
                    open(format)
                    start()
                }
            }
            return object : Loudspeaker {
                override fun write(samples: ByteArray, count: Int) {
                    line.write(samples, 0, count)
                }

                override fun drain() = line.drain()

                override fun flush() = line.flush()

                override fun close() = line.close()
            }
        }

        /** A machine without a sound card knows no such line; one whose card is taken has none free. */
        private fun <L> line(none: SoundTrouble, open: () -> L): L = try {
            open()
        } catch (_: IllegalArgumentException) {
            throw SoundFailure(none)
        } catch (_: LineUnavailableException) {
            throw SoundFailure(none)
        } catch (_: SecurityException) {
            throw SoundFailure(SoundTrouble.NOT_ALLOWED)
        }
    }
}

/** Records into a file that only this person can read, on a thread of its own. */
internal class WaveRecording(private val microphone: SoundCard.Microphone, longest: Duration) : SoundRecording {
    private val states = MutableStateFlow(Heard())
    private val file: File = Files.createTempFile("bulla", ".wav", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))).toFile()
    @Volatile private var stopped = false

    override val heard: StateFlow<Heard> = states.asStateFlow()

    private val worker = thread(name = "recording", isDaemon = true) {
        val part = ByteArray(Wave.BYTES_A_SECOND / 10)
        val most = longest.toMillis() * Wave.BYTES_A_SECOND / 1000
        var all = 0L
        try {
            WaveFile(file).use { wave ->
                while (!stopped && all < most) {
                    val read = microphone.read(part)
                    if (read < 0) break
                    wave.write(part, read)
                    all += read
                    val level = Wave.level(part, read)
                    states.update { Heard(Duration.ofMillis(all * 1000 / Wave.BYTES_A_SECOND), it.levels + level) }
                }
            }
        } catch (_: IOException) {
            // The disk is full: what there is, is kept.
        } finally {
            microphone.close()
            states.update { it.copy(ended = true) }
        }
    }

    override suspend fun finish(): ChosenFile = withContext(Dispatchers.IO) {
        stopped = true
        worker.join()
        ChosenFile(file.path, "voice.wav", "audio/wav", file.length()) { file.delete() }
    }

    override fun discard() {
        stopped = true
        thread(isDaemon = true) {
            worker.join()
            file.delete()
        }
    }
}

/** Plays what [source] gives, which can be asked for again, on a thread of its own. */
internal class WavePlayer(private val card: SoundCard, private val source: () -> InputStream) : SoundPlayer {
    private val duration: Duration
    private val states: MutableStateFlow<Sounding>
    private var worker: Thread? = null
    private var run: Run? = null
    private var wanted = Duration.ZERO

    override val state: StateFlow<Sounding>

    init {
        duration = opened().use { length(it) }
        states = MutableStateFlow(Sounding(duration = duration))
        state = states.asStateFlow()
    }

    @Synchronized override fun play() {
        if (states.value.playing) return
        if (wanted >= duration) wanted = Duration.ZERO
        val (run, before) = Run() to worker
        this.run = run
        states.update { it.copy(playing = true, position = wanted, trouble = null) }
        worker = thread(name = "sound", isDaemon = true) {
            // Two at once would be heard at once.
            before?.join()
            run(run)
        }
    }

    @Synchronized override fun pause() {
        run?.stopped = true
        states.update { it.copy(playing = false) }
    }

    @Synchronized override fun seek(position: Duration) {
        val plays = states.value.playing
        if (plays) pause()
        wanted = position.coerceIn(Duration.ZERO, duration)
        states.update { it.copy(position = wanted) }
        if (plays) play()
    }

    override fun close() {
        pause()
        // The file is released after this.
        worker?.join()
    }

    /** One time that it is heard, until it is stopped. */
    private class Run {
        @Volatile var stopped = false
    }

    private fun run(run: Run) {
        val trouble = try {
            opened().use { hear(it, run) }
            null
        } catch (failure: SoundFailure) {
            failure.why
        } catch (_: IOException) {
            SoundTrouble.FORMAT
        }
        synchronized(this) { if (!run.stopped) states.update { it.copy(playing = false, position = wanted, trouble = trouble) } }
    }

    private fun hear(sound: AudioInputStream, run: Run) {
        val format = sound.format
        val second = (format.frameRate * format.frameSize).toLong()
        var done = synchronized(this) { wanted.toMillis() } * second / 1000 / format.frameSize * format.frameSize
        skip(sound, done)
        card.output(format).use { loudspeaker ->
            val part = ByteArray((second / 20).toInt() / format.frameSize * format.frameSize)
            while (true) {
                val read = sound.readNBytes(part, 0, part.size)
                if (read <= 0) break
                if (run.stopped) return loudspeaker.flush()
                loudspeaker.write(part, read - read % format.frameSize)
                done += read
                if (!moved(run, Duration.ofMillis(done * 1000 / second))) return loudspeaker.flush()
            }
            loudspeaker.drain()
        }
        moved(run, duration)
    }

    @Synchronized private fun moved(run: Run, position: Duration): Boolean {
        if (run.stopped) return false
        wanted = position
        states.update { it.copy(position = position) }
        return true
    }

    private fun skip(sound: InputStream, bytes: Long) {
        var left = bytes
        while (left > 0) {
            val skipped = sound.skip(left)
            if (skipped <= 0) return
            left -= skipped
        }
    }

    /** As samples that a sound card takes. */
    private fun opened(): AudioInputStream {
        val sound = try {
            AudioSystem.getAudioInputStream(source())
        } catch (_: UnsupportedAudioFileException) {
            throw SoundFailure(SoundTrouble.FORMAT)
        } catch (_: IOException) {
            throw SoundFailure(SoundTrouble.FORMAT)
        }
        val format = sound.format
        if (format.encoding == AudioFormat.Encoding.PCM_SIGNED && format.sampleSizeInBits == 16) return checked(sound)
        val plain = AudioFormat(format.sampleRate, 16, format.channels, true, false)
        if (!AudioSystem.isConversionSupported(plain, format)) throw SoundFailure(SoundTrouble.FORMAT)
        return checked(AudioSystem.getAudioInputStream(plain, sound))
    }

    /** What a file says of itself may be anything. */
    private fun checked(sound: AudioInputStream): AudioInputStream {
        val format = sound.format
        if (format.frameRate !in 1_000f..200_000f || format.frameSize !in 1..64 || sound.frameLength < 0) throw SoundFailure(SoundTrouble.FORMAT)
        return sound
    }

    private fun length(sound: AudioInputStream) = Duration.ofMillis((sound.frameLength * 1000.0 / sound.format.frameRate).toLong())
}

/** A file of the core's, read part by part: nothing of it is written in clear anywhere. For threads that may wait. */
internal class MediaInput(private val file: MediaFile) : InputStream() {
    private val size = file.size().toLong()
    private var at = 0L
    private var part = ByteArray(0)
    private var begins = 0L
    private var marked = 0L

    override fun read(): Int = ByteArray(1).let { if (read(it, 0, 1) < 1) -1 else it[0].toInt() and 0xff }

    override fun read(into: ByteArray, offset: Int, length: Int): Int {
        if (length == 0) return 0
        if (at >= size) return -1
        if (at !in begins until begins + part.size) {
            part = try {
                runBlocking { file.read(at.toULong(), PART) }
            } catch (failure: Failure) {
                throw IOException(failure)
            }
            begins = at
            if (part.isEmpty()) return -1
        }
        val from = (at - begins).toInt()
        val count = minOf(length, part.size - from)
        part.copyInto(into, offset, from, from + count)
        at += count
        return count
    }

    override fun skip(count: Long): Long {
        val skipped = count.coerceIn(0, size - at)
        at += skipped
        return skipped
    }

    override fun available(): Int = (size - at).coerceAtMost(Int.MAX_VALUE.toLong()).toInt()

    override fun markSupported() = true

    override fun mark(limit: Int) {
        marked = at
    }

    override fun reset() {
        at = marked
    }

    private companion object {
        const val PART = 65_536u
    }
}

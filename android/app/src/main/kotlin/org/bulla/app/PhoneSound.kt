package org.bulla.app

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.media.MediaDataSource
import android.media.MediaPlayer
import android.media.MediaRecorder
import android.os.Build
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContracts
import java.io.File
import java.io.IOException
import java.time.Duration
import java.util.UUID
import kotlin.math.log10
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
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

/** The phone's microphone and loudspeaker. Voice messages are AAC in MPEG-4; what is heard is read from the core part by part. */
class PhoneSound(private val context: Context, private val scope: CoroutineScope) : SoundPort {
    private var permission: ActivityResultLauncher<String>? = null
    private var waiting: CompletableDeferred<Boolean>? = null

    /** The activity that is in front: the system asks before it. */
    fun use(activity: ComponentActivity) {
        permission = activity.registerForActivityResult(ActivityResultContracts.RequestPermission()) { allowed -> waiting?.complete(allowed) }
    }

    override suspend fun record(longest: Duration): SoundRecording {
        if (!context.packageManager.hasSystemFeature(PackageManager.FEATURE_MICROPHONE)) throw SoundFailure(SoundTrouble.NO_INPUT)
        if (!allowed()) throw SoundFailure(SoundTrouble.NOT_ALLOWED)
        return PhoneRecording(context, longest, scope)
    }

    override suspend fun open(file: MediaFile): SoundPlayer = PhonePlayer.open(file, scope)

    private suspend fun allowed(): Boolean {
        if (context.checkSelfPermission(Manifest.permission.RECORD_AUDIO) == PackageManager.PERMISSION_GRANTED) return true
        val answer = CompletableDeferred<Boolean>().also { waiting = it }
        permission?.launch(Manifest.permission.RECORD_AUDIO) ?: return false
        return answer.await()
    }
}

private class PhoneRecording(context: Context, longest: Duration, scope: CoroutineScope) : SoundRecording {
    private val file = File(context.cacheDir, "sending").apply { mkdirs() }.resolve("${UUID.randomUUID()}.m4a")
    private val states = MutableStateFlow(Heard())
    private val recorder = @Suppress("DEPRECATION") if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) MediaRecorder(context) else MediaRecorder()

    override val heard: StateFlow<Heard> = states.asStateFlow()

    init {
        try {
            recorder.run {
                setAudioSource(MediaRecorder.AudioSource.MIC)
                setOutputFormat(MediaRecorder.OutputFormat.MPEG_4)
                setAudioEncoder(MediaRecorder.AudioEncoder.AAC)
                setAudioSamplingRate(44_100)
                setAudioEncodingBitRate(64_000)
                setOutputFile(file.path)
                prepare()
                start()
            }
        } catch (_: IOException) {
            throw failed()
        } catch (_: RuntimeException) {
            // Somebody else has the microphone.
            throw failed()
        }
    }

    private val listening = scope.launch(Dispatchers.Default) {
        val begun = System.nanoTime()
        while (true) {
            delay(100)
            val level = level(recorder.maxAmplitude)
            val duration = Duration.ofNanos(System.nanoTime() - begun)
            val over = duration >= longest
            states.update { Heard(if (over) longest else duration, it.levels + level, over) }
            if (over) break
        }
    }

    override suspend fun finish(): ChosenFile = withContext(Dispatchers.IO) {
        if (!stopped()) throw failed()
        ChosenFile(file.path, "voice.m4a", "audio/mp4", file.length()) { file.delete() }
    }

    override fun discard() {
        stopped()
        file.delete()
    }

    /** Whether there is anything: the recorder fails where it heard nothing at all. */
    private fun stopped(): Boolean {
        listening.cancel()
        return try {
            recorder.stop()
            true
        } catch (_: RuntimeException) {
            false
        } finally {
            recorder.release()
        }
    }

    private fun failed(): SoundFailure {
        recorder.release()
        file.delete()
        return SoundFailure(SoundTrouble.NO_INPUT)
    }

    /** From 0 for silence (under -50 dB) to 100 for the loudest there is. */
    private fun level(amplitude: Int): Int = ((20 * log10((amplitude / 32_767.0).coerceAtLeast(1e-9)) + 50) * 2).toInt().coerceIn(0, 100)
}

private class PhonePlayer private constructor(private val player: MediaPlayer, private val scope: CoroutineScope) : SoundPlayer {
    private val states = MutableStateFlow(Sounding(duration = Duration.ofMillis(player.duration.coerceAtLeast(0).toLong())))

    override val state: StateFlow<Sounding> = states.asStateFlow()

    init {
        player.setOnCompletionListener { states.update { it.copy(playing = false, position = it.duration) } }
    }

    private val following = scope.launch {
        while (true) {
            delay(100)
            if (player.isPlaying) tell()
        }
    }

    override fun play() {
        player.start()
        tell()
    }

    override fun pause() {
        player.pause()
        tell()
    }

    override fun seek(position: Duration) {
        player.seekTo(position.toMillis().toInt())
        tell()
    }

    override fun close() {
        following.cancel()
        player.release()
    }

    private fun tell() = states.update { it.copy(playing = player.isPlaying, position = Duration.ofMillis(player.currentPosition.toLong())) }

    companion object {
        suspend fun open(file: MediaFile, scope: CoroutineScope): SoundPlayer {
            val player = MediaPlayer()
            val ready = CompletableDeferred<Boolean>()
            player.setOnPreparedListener { ready.complete(true) }
            player.setOnErrorListener { _, _, _ -> ready.complete(false); true }
            try {
                player.setDataSource(MediaSource(file))
                player.prepareAsync()
            } catch (_: IOException) {
                ready.complete(false)
            } catch (_: IllegalStateException) {
                ready.complete(false)
            }
            if (ready.await()) return PhonePlayer(player, scope)
            player.release()
            throw SoundFailure(SoundTrouble.FORMAT)
        }
    }
}

/** A file of the core's for the system's player, which asks on threads of its own. */
private class MediaSource(private val file: MediaFile) : MediaDataSource() {
    override fun readAt(position: Long, buffer: ByteArray, offset: Int, size: Int): Int {
        if (position >= file.size().toLong()) return -1
        val part = try {
            runBlocking { file.read(position.toULong(), size.toUInt()) }
        } catch (failure: Failure) {
            throw IOException(failure)
        }
        if (part.isEmpty()) return -1
        part.copyInto(buffer, offset)
        return part.size
    }

    override fun getSize(): Long = file.size().toLong()

    /** Who opened it releases it. */
    override fun close() {}
}

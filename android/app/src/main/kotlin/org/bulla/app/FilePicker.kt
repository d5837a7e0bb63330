package org.bulla.app

import android.content.ActivityNotFoundException
import android.content.Context
import android.graphics.Bitmap
import android.media.MediaMetadataRetriever
import android.net.Uri
import android.provider.OpenableColumns
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.time.Duration
import java.util.UUID
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.MediaFile
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.ChosenFile
import org.bulla.ui.model.FilePort

/**
 * The system's own pickers, which show this app what was chosen and need no permission. What is chosen is copied into the app's cache, since the
 * core wants a path, and removed once the core has it.
 */
class FilePicker(private val context: Context) : FilePort {
    private var pictures: ActivityResultLauncher<PickVisualMediaRequest>? = null
    private var documents: ActivityResultLauncher<Array<String>>? = null
    private var copies: ActivityResultLauncher<String>? = null
    private var waiting: CompletableDeferred<Uri?>? = null

    /** The activity that is in front: a picker comes back to it, or to the one that was made in its place. */
    fun use(activity: ComponentActivity) {
        val answer = { chosen: Uri? -> waiting?.complete(chosen); Unit }
        pictures = activity.registerForActivityResult(ActivityResultContracts.PickVisualMedia(), answer)
        documents = activity.registerForActivityResult(ActivityResultContracts.OpenDocument(), answer)
        copies = activity.registerForActivityResult(ActivityResultContracts.CreateDocument("*/*"), answer)
    }

    override suspend fun choose(pictures: Boolean): ChosenFile? {
        val chosen = asked {
            if (pictures) this.pictures?.launch(PickVisualMediaRequest(ActivityResultContracts.PickVisualMedia.ImageAndVideo))
            else documents?.launch(arrayOf("*/*"))
        } ?: return null
        return withContext(Dispatchers.IO) { taken(chosen) }
    }

    override suspend fun save(file: MediaFile): Boolean {
        val place = asked { copies?.launch(file.name()) } ?: return false
        withContext(Dispatchers.IO) {
            try {
                val out = context.contentResolver.openOutputStream(place) ?: throw IOException()
                out.use {
                    var done = 0uL
                    while (done < file.size()) {
                        val part = file.read(done, PART)
                        if (part.isEmpty()) break
                        out.write(part)
                        done += part.size.toUInt()
                    }
                }
            } catch (_: IOException) {
                throw Failure.Storage(org.bulla.model.StorageTrouble.FULL)
            }
        }
        return true
    }

    private suspend fun asked(ask: () -> Unit?): Uri? {
        val answer = CompletableDeferred<Uri?>().also { waiting = it }
        try {
            ask() ?: return null
        } catch (_: ActivityNotFoundException) {
            return null
        }
        return answer.await()
    }

    private fun taken(chosen: Uri): ChosenFile {
        // A name of our own: what another app calls it is text.
        val copy = File(context.cacheDir, "sending").apply { mkdirs() }.resolve(UUID.randomUUID().toString())
        try {
            val stream = context.contentResolver.openInputStream(chosen) ?: throw IOException()
            stream.use { from -> copy.outputStream().use { from.copyTo(it) } }
        } catch (_: IOException) {
            copy.delete()
            throw Failure.Invalid(Field.MEDIA, FieldTrouble.WRONG)
        }
        val mime = context.contentResolver.getType(chosen)
        return ChosenFile(copy.path, name(chosen), mime, copy.length(), if (mime?.startsWith("video/") == true) film(copy) else null) { copy.delete() }
    }

    private fun name(chosen: Uri): String = context.contentResolver.query(chosen, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)?.use { rows ->
        if (rows.moveToFirst()) rows.getString(0) else null
    } ?: chosen.lastPathSegment ?: "file"

    /** What a film is like; null where the system cannot tell. */
    private fun film(file: File): ChosenFile.Film? {
        val reader = MediaMetadataRetriever()
        return try {
            reader.setDataSource(file.path)
            fun number(what: Int) = reader.extractMetadata(what)?.toLongOrNull()
            val width = number(MediaMetadataRetriever.METADATA_KEY_VIDEO_WIDTH)?.toInt() ?: return null
            val height = number(MediaMetadataRetriever.METADATA_KEY_VIDEO_HEIGHT)?.toInt() ?: return null
            val turned = number(MediaMetadataRetriever.METADATA_KEY_VIDEO_ROTATION)?.let { it % 180 != 0L } == true
            val duration = Duration.ofMillis(number(MediaMetadataRetriever.METADATA_KEY_DURATION) ?: 0)
            val poster = reader.frameAtTime?.let { frame -> ByteArrayOutputStream().also { frame.compress(Bitmap.CompressFormat.JPEG, 85, it) }.toByteArray() }
            ChosenFile.Film(if (turned) height else width, if (turned) width else height, duration, poster)
        } catch (_: RuntimeException) {
            // What the system makes of a file that lies.
            null
        } finally {
            reader.release()
        }
    }

    private companion object {
        const val PART = 1_048_576u
    }
}

package org.bulla.app

import android.content.ActivityNotFoundException
import android.content.Context
import android.net.Uri
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.PicturePort

/** The system's own picker, which shows this app the one picture that is chosen and needs no permission. */
class PortraitPicker(private val context: Context) : PicturePort {
    private var launcher: ActivityResultLauncher<PickVisualMediaRequest>? = null
    private var waiting: CompletableDeferred<Uri?>? = null

    /** The activity that is in front: the picker comes back to it, or to the one that was made in its place. */
    fun use(activity: ComponentActivity) {
        launcher = activity.registerForActivityResult(ActivityResultContracts.PickVisualMedia()) { chosen -> waiting?.complete(chosen) }
    }

    override suspend fun picture(): ByteArray? {
        val answer = CompletableDeferred<Uri?>().also { waiting = it }
        try {
            launcher?.launch(PickVisualMediaRequest(ActivityResultContracts.PickVisualMedia.ImageOnly)) ?: return null
        } catch (_: ActivityNotFoundException) {
            return null
        }
        val chosen = answer.await() ?: return null
        return withContext(Dispatchers.IO) { bytes(chosen) }
    }

    private fun bytes(chosen: Uri): ByteArray = try {
        context.contentResolver.openInputStream(chosen)?.use { it.upTo(PicturePort.LARGEST) }
    } catch (_: IOException) {
        null
    } ?: throw Failure.Invalid(Field.PICTURE, FieldTrouble.MALFORMED)

    private fun InputStream.upTo(largest: Long): ByteArray {
        val bytes = ByteArrayOutputStream()
        val part = ByteArray(64 * 1024)
        while (true) {
            val read = read(part)
            if (read < 0) return bytes.toByteArray()
            bytes.write(part, 0, read)
            if (bytes.size() > largest) throw Failure.Invalid(Field.PICTURE, FieldTrouble.TOO_LONG)
        }
    }
}

package org.bulla.app

import android.content.ActivityNotFoundException
import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Color
import android.net.Uri
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContracts
import androidx.core.content.FileProvider
import java.io.File
import kotlin.math.max
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.CameraPort
import org.bulla.ui.model.GreyPicture

/** The phone's own camera app takes the picture, which needs no permission of ours. It is read, then deleted. */
class CodeCamera(private val context: Context) : CameraPort {
    override val takes = true

    private var launcher: ActivityResultLauncher<Uri>? = null
    private var waiting: CompletableDeferred<Boolean>? = null

    /** The activity that is in front: the camera app comes back to it, or to the one that was made in its place. */
    fun use(activity: ComponentActivity) {
        launcher = activity.registerForActivityResult(ActivityResultContracts.TakePicture()) { taken -> waiting?.complete(taken) }
    }

    override suspend fun picture(): GreyPicture? {
        val file = File(context.cacheDir, "pictures/code.jpg")
        return try {
            if (taken(file)) withContext(Dispatchers.IO) { grey(file) } else null
        } finally {
            file.delete()
        }
    }

    private suspend fun taken(file: File): Boolean {
        file.parentFile?.mkdirs()
        val answer = CompletableDeferred<Boolean>().also { waiting = it }
        try {
            launcher?.launch(FileProvider.getUriForFile(context, "${context.packageName}.pictures", file)) ?: return false
        } catch (_: ActivityNotFoundException) {
            return false
        }
        return answer.await()
    }

    private fun grey(file: File): GreyPicture {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeFile(file.path, size)
        val options = BitmapFactory.Options().apply { inSampleSize = max(1, max(size.outWidth, size.outHeight) / SIDE) }
        val bitmap = BitmapFactory.decodeFile(file.path, options) ?: throw Failure.Invalid(Field.PICTURE, FieldTrouble.MALFORMED)
        return bitmap.grey().also { bitmap.recycle() }
    }

    private fun Bitmap.grey(): GreyPicture {
        val pixels = IntArray(width * height)
        getPixels(pixels, 0, width, 0, 0, width, height)
        val luma = ByteArray(pixels.size) { at -> (Color.luminance(pixels[at]) * 255).toInt().toByte() }
        return GreyPicture(width, luma)
    }

    private companion object {
        /** A picture is between so many pixels a side and twice as many. */
        const val SIDE = 1_200
    }
}

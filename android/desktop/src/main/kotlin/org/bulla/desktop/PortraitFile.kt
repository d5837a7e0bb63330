package org.bulla.desktop

import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.PicturePort

/** The person chooses a file. */
object PortraitFile : PicturePort {
    override suspend fun picture(): ByteArray? = withContext(Dispatchers.IO) { chosenFile()?.let(::bytes) }

    internal fun bytes(file: File): ByteArray = try {
        // No more than that is read, whatever the file says of itself.
        val bytes = file.inputStream().use { it.readNBytes(PicturePort.LARGEST.toInt() + 1) }
        if (bytes.size > PicturePort.LARGEST) throw Failure.Invalid(Field.PICTURE, FieldTrouble.TOO_LONG)
        bytes
    } catch (_: IOException) {
        throw Failure.Invalid(Field.PICTURE, FieldTrouble.MALFORMED)
    }
}

/** The file that the person chooses in the system's own dialog, or none. */
internal fun chosenFile(): File? {
    val dialog = FileDialog(null as Frame?, "", FileDialog.LOAD)
    dialog.isVisible = true
    return dialog.files.firstOrNull()
}

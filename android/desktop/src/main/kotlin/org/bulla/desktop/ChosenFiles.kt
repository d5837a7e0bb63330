package org.bulla.desktop

import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import java.io.IOException
import java.net.URLConnection
import java.nio.file.Files
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.MediaFile
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.ChosenFile
import org.bulla.ui.model.FilePort

/** Files by the system's own dialogs. */
object ChosenFiles : FilePort {
    override suspend fun choose(pictures: Boolean): ChosenFile? = withContext(Dispatchers.IO) { chosenFile()?.let(::chosen) }

    override suspend fun save(file: MediaFile): Boolean {
        val place = withContext(Dispatchers.IO) {
            val dialog = FileDialog(null as Frame?, null, FileDialog.SAVE).apply { this.file = file.name() }
            try {
                dialog.isVisible = true
                dialog.file?.let { File(dialog.directory, it).absolutePath }
            } finally {
                dialog.dispose()
            }
        } ?: return false
        file.save(place)
        return true
    }

    /** What [file] is, by its name. Nothing else of it is read. */
    internal fun chosen(file: File): ChosenFile {
        if (!file.isFile) throw Failure.Invalid(Field.MEDIA, FieldTrouble.WRONG)
        val mime = try {
            Files.probeContentType(file.toPath())
        } catch (_: IOException) {
            null
        } ?: URLConnection.guessContentTypeFromName(file.name)
        return ChosenFile(file.absolutePath, file.name, mime, file.length())
    }
}

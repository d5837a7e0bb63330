package org.bulla.app

import android.content.Context
import android.os.Environment
import java.io.File
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.ui.model.ExportPort

/** Conversations that are written out go to the app's documents, which a file manager shows; each has the time in its name. */
class ExportFolder(private val context: Context) : ExportPort {
    override suspend fun file(name: String): String? = withContext(Dispatchers.IO) {
        val folder = context.getExternalFilesDir(Environment.DIRECTORY_DOCUMENTS) ?: return@withContext null
        val time = SimpleDateFormat("yyyy-MM-dd-HHmmss", Locale.ROOT).format(Date())
        File(folder, "$time-$name").absolutePath
    }
}

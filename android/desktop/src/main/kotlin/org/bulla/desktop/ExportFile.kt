package org.bulla.desktop

import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.ui.model.ExportPort

/** Where the person wants a conversation: the platform's own dialog asks. */
object ExportFile : ExportPort {
    override suspend fun file(name: String): String? = withContext(Dispatchers.IO) {
        val dialog = FileDialog(null as Frame?, null, FileDialog.SAVE).apply { file = name }
        try {
            dialog.isVisible = true
            dialog.file?.let { File(dialog.directory, it).absolutePath }
        } finally {
            dialog.dispose()
        }
    }
}

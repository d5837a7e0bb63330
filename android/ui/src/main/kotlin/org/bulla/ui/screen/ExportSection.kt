package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Checkbox
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import java.time.Instant
import java.time.ZoneId
import org.bulla.model.ExportFormat
import org.bulla.model.ExportWords
import org.bulla.ui.model.Exporting
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.isolated
import org.bulla.ui.words.problem

/** Writing the conversation out: asked before, with how far it is and where it went. */
@Composable
internal fun ExportSection(model: Exporting, title: String) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var asking by remember { mutableStateOf(false) }
    var files by remember { mutableStateOf(true) }
    Action(Icons.File, words.export) { asking = true }
    if (state.running) {
        Row(Modifier.fillMaxWidth().padding(start = 62.dp, end = 8.dp)) {
            Column(Modifier.weight(1f).padding(vertical = 10.dp).semantics { liveRegion = LiveRegionMode.Polite }) {
                LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
                val files = if (state.files > 0) ", " + words.exportProgressFiles(state.files) else ""
                Text(words.exportProgress(state.events) + files, style = MaterialTheme.typography.bodySmall)
            }
            TextButton(model::stop, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) }
        }
    }
    state.file?.let { Remark(if (state.shortened) words.exportedPart(isolated(it)) else words.exported(isolated(it))) }
    state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
    if (asking) {
        fun begin(format: ExportFormat) = { asking = false; model.begin(format, exportWords(words, title), files); Unit }
        AlertDialog(
            onDismissRequest = { asking = false },
            title = { Text(words.export, style = MaterialTheme.typography.headlineSmall) },
            text = {
                Column(Modifier.verticalScroll(rememberScrollState())) {
                    Text(words.exportText, style = MaterialTheme.typography.bodyLarge)
                    Row(
                        Modifier.fillMaxWidth().toggleable(files, role = Role.Checkbox) { files = it }.heightIn(min = 56.dp).padding(vertical = 4.dp),
                        Arrangement.spacedBy(12.dp),
                        Alignment.CenterVertically,
                    ) {
                        Checkbox(files, null)
                        Text(words.exportFiles, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
                    }
                }
            },
            confirmButton = {
                TextButton(begin(ExportFormat.HTML), Modifier.heightIn(min = 48.dp)) { Text(words.exportPage, style = MaterialTheme.typography.labelLarge) }
                TextButton(begin(ExportFormat.JSON), Modifier.heightIn(min = 48.dp)) { Text(words.exportData, style = MaterialTheme.typography.labelLarge) }
            },
            dismissButton = { TextButton({ asking = false }, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
            containerColor = MaterialTheme.colorScheme.surfaceContainer,
        )
    }
}

/** What the page says in the person's language, by their clock. */
private fun exportWords(words: Words, title: String) = ExportWords(
    title,
    words.messageDeleted,
    words.undecryptableWaiting,
    words.edited,
    words.mediaFile,
    (ZoneId.systemDefault().rules.getOffset(Instant.now()).totalSeconds / 60).toShort(),
)

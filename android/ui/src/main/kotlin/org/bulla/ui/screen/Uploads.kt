package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.MediaKind
import org.bulla.model.Upload
import org.bulla.model.UploadState
import org.bulla.ui.model.Attachments
import org.bulla.ui.model.AttachmentsState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.isolated
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.part
import org.bulla.ui.words.standing

/** The files that are on their way out of this conversation, below what was said. */
@Composable
internal fun Uploads(state: AttachmentsState, attachments: Attachments) {
    if (state.uploads.isEmpty()) return
    Column(Modifier.fillMaxWidth().heightIn(max = 240.dp).verticalScroll(rememberScrollState())) {
        HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
        for (upload in state.uploads) UploadRow(upload, attachments)
    }
}

@Composable
private fun UploadRow(upload: Upload, attachments: Attachments) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val failed = upload.state is UploadState.Failed
    val name = if (upload.kind == MediaKind.VOICE) words.mediaVoice else oneLine(upload.name, 80)
    Row(Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = 20.dp, end = 8.dp), Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
        Icon(if (failed) Icons.Warning else icon(upload.kind), null, Modifier.size(22.dp), if (failed) colors.error else colors.onSurfaceVariant)
        Column(Modifier.weight(1f).padding(vertical = 6.dp), Arrangement.spacedBy(4.dp)) {
            Text(name, style = MaterialTheme.typography.bodyMedium, maxLines = 1, overflow = TextOverflow.Ellipsis)
            Text(words.standing(upload), color = if (failed) colors.error else colors.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
            // Below the text: beside it there is no room where letters are large.
            if (failed) TextButton({ attachments.retry(upload.id) }, Modifier.heightIn(min = 48.dp)) { Text(words.retry, style = MaterialTheme.typography.labelLarge) }
            if (upload.state is UploadState.Uploading) LinearProgressIndicator({ part(upload.sent, upload.size) / 100f }, Modifier.fillMaxWidth())
        }
        IconAction(Icons.Close, words.uploadCancel(isolated(name)), { attachments.cancel(upload.id) })
    }
}

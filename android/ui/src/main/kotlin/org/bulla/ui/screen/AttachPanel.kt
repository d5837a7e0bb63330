package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.MediaKind
import org.bulla.ui.model.Attachments
import org.bulla.ui.model.AttachmentsState
import org.bulla.ui.model.ChosenFile
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.media
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.size

/** What was chosen, in the composer's place: what becomes of it is said before it is sent. */
@Composable
internal fun AttachPanel(state: AttachmentsState, file: ChosenFile, attachments: Attachments, encrypted: Boolean, onSend: () -> Unit) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val focus = remember { FocusRequester() }
    LaunchedEffect(file) { focus.requestFocus() }
    Column(
        Modifier.fillMaxWidth().onPreviewKeyEvent { event ->
            when {
                event.type != KeyEventType.KeyDown || event.key != Key.Escape -> false
                else -> true.also { attachments.giveUp() }
            }
        },
    ) {
        HorizontalDivider(color = colors.outlineVariant)
        Column(Modifier.fillMaxWidth().heightIn(max = 420.dp).verticalScroll(rememberScrollState()).padding(horizontal = 20.dp, vertical = 12.dp), Arrangement.spacedBy(10.dp)) {
            Text(words.attachTitle, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
            Row(Modifier, Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
                Icon(icon(file.kind), null, Modifier.size(32.dp), colors.primary)
                Column {
                    Text(oneLine(file.name, 80), style = MaterialTheme.typography.bodyLarge, maxLines = 2, overflow = TextOverflow.Ellipsis)
                    Text("${words.media(file.kind)} · ${words.size(file.size.toULong())}", color = colors.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
                }
            }
            val limit = state.limit
            when {
                limit != null && state.tooLarge -> Said(Icons.Warning, words.attachTooLarge(words.size(file.size.toULong()), words.size(limit)), colors.error)
                limit != null -> Said(Icons.Info, words.attachLimit(words.size(limit)), colors.onSurfaceVariant)
            }
            if (!encrypted) Said(Icons.Unlock, words.attachNotEncrypted, colors.error)
            if (attachments.scanned) Said(Icons.Shield, words.attachScanned, colors.onSurfaceVariant)
            if (file.kind == MediaKind.IMAGE) {
                Toggle(Icons.File, words.attachOriginal, state.original, attachments::setOriginal)
                Said(Icons.Info, if (state.original) words.attachOriginalSaid else words.attachOriginalHint, colors.onSurfaceVariant)
            }
            OutlinedTextField(
                state.caption,
                attachments::setCaption,
                Modifier.fillMaxWidth().focusRequester(focus),
                label = { Text(words.attachCaption) },
                maxLines = 4,
                keyboardOptions = KeyboardOptions(capitalization = KeyboardCapitalization.Sentences),
            )
        }
        Row(Modifier.fillMaxWidth().padding(horizontal = 20.dp, vertical = 8.dp), Arrangement.spacedBy(12.dp, Alignment.End), Alignment.CenterVertically) {
            TextButton(attachments::giveUp, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) }
            MainButton(words.send, onSend, enabled = state.canSend)
        }
    }
}

@Composable
internal fun Said(icon: ImageVector, text: String, ink: Color) {
    Row(Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
        Icon(icon, null, Modifier.size(20.dp), ink)
        Text(text, color = ink, style = MaterialTheme.typography.bodyMedium)
    }
}

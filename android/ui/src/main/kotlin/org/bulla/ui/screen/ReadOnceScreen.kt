package org.bulla.ui.screen

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.focusable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.ItemId
import org.bulla.model.Lifetime
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.endingLimits
import org.bulla.ui.model.Playback
import org.bulla.ui.model.ReadOnce
import org.bulla.ui.model.ReadOnceState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.limit
import org.bulla.ui.words.mediaNamed
import org.bulla.ui.words.problem

/** What can be read once, for as long as it is open. */
@Composable
internal fun ReadOnceScreen(item: ItemId, state: ReadOnceState, once: ReadOnce, playback: Playback) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    Column(
        Modifier.fillMaxSize().background(colors.background).focusRequester(focus).focusable().onPreviewKeyEvent { event ->
            if (event.type == KeyEventType.KeyDown && event.key == Key.Escape) once.close() else false
        },
    ) {
        TopBar(words.endingOnce, null)
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        Column(Modifier.weight(1f).fillMaxWidth().verticalScroll(rememberScrollState()).padding(24.dp), Arrangement.spacedBy(16.dp), Alignment.CenterHorizontally) {
            when (val body = state.body) {
                null -> if (state.problem == null) CircularProgressIndicator(Modifier.semantics { contentDescription = words.loading })
                is MessageBody.Text -> Text(body.plain, Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleLarge)
                is MessageBody.Media -> {
                    OnceMedia(item, body, state, once, playback)
                    body.caption?.let { Text(it, Modifier.fillMaxWidth(), style = MaterialTheme.typography.bodyLarge) }
                }
                else -> Text(words.unknownMessage, style = MaterialTheme.typography.bodyLarge)
            }
        }
        Column(Modifier.fillMaxWidth().padding(20.dp), Arrangement.spacedBy(6.dp)) {
            for (limit in endingLimits(Lifetime.Once)) Text(words.limit(limit), color = colors.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
            MainButton(words.coverClose, { once.close() }, Modifier.fillMaxWidth())
        }
    }
}

@Composable
private fun OnceMedia(item: ItemId, body: MessageBody.Media, state: ReadOnceState, once: ReadOnce, playback: Playback) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    when (body.kind) {
        MediaKind.IMAGE, MediaKind.STICKER -> {
            val thumbnails = LocalThumbnails.current
            val picture by produceState<ImageBitmap?>(null, state.picture) { value = state.picture?.let { thumbnails?.passing(it) } }
            when (val seen = picture) {
                null -> if (state.problem == null) CircularProgressIndicator(Modifier.semantics { contentDescription = words.loading })
                else -> Image(seen, words.mediaNamed(body), Modifier.fillMaxWidth().heightIn(max = 560.dp), contentScale = ContentScale.Fit)
            }
        }
        MediaKind.VOICE, MediaKind.AUDIO -> SoundRow(item, body, playback, mayOpen = true, colors.onSurface, colors.onSurfaceVariant) { once.play() }
        MediaKind.VIDEO, MediaKind.FILE -> {
            Named(body, colors.onSurface, colors.onSurfaceVariant)
            if (once.saves) TextButton({ once.save() }, Modifier.heightIn(min = 48.dp), enabled = !state.saving) {
                Icon(Icons.Save, null)
                Text(words.saveCopy, Modifier.padding(start = 8.dp), style = MaterialTheme.typography.labelLarge)
            }
        }
    }
}

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.FilledIconButton
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.VoiceMessage
import org.bulla.ui.model.VoiceState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.clock
import org.bulla.ui.words.problem

/** A voice message while it is recorded, and before it is sent, in the composer's place. Escape throws it away. */
@Composable
internal fun VoicePanel(state: VoiceState, voice: VoiceMessage, encrypted: Boolean) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    Column(
        Modifier.fillMaxWidth().onPreviewKeyEvent { event ->
            if (event.type == KeyEventType.KeyDown && event.key == Key.Escape) true.also { voice.discard() } else false
        },
    ) {
        HorizontalDivider(color = colors.outlineVariant)
        Column(Modifier.padding(start = 20.dp, end = 20.dp, top = 12.dp), Arrangement.spacedBy(6.dp)) {
            val time = clock(state.heard.duration)
            Row(Modifier, Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
                Icon(Icons.Mic, null, Modifier.size(22.dp), if (state.recording) colors.error else colors.primary)
                // What changes every second is not read out every second: the heading alone is said when it comes.
                Text(if (state.recording) words.voiceRecording(time) else words.voiceReady(time), style = MaterialTheme.typography.titleMedium)
            }
            Text(words.voiceLimit, color = colors.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
            if (!encrypted) Said(Icons.Unlock, words.attachNotEncrypted, colors.error)
            state.problem?.let { Text(words.problem(it), Modifier.semantics { liveRegion = LiveRegionMode.Assertive }, color = colors.error, style = MaterialTheme.typography.bodyMedium) }
            Wave(state.heard.levels.takeLast(LAST), 0f, colors.onSurface, Modifier.fillMaxWidth().height(40.dp))
        }
        Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(horizontal = 12.dp, vertical = 8.dp), Arrangement.SpaceBetween, Alignment.CenterVertically) {
            IconAction(Icons.Bin, words.voiceDiscard, voice::discard, tint = colors.error)
            if (state.recording) IconAction(Icons.Stop, words.voiceStop, { voice.stop() })
            FilledIconButton({ voice.send() }, Modifier.size(48.dp).focusRequester(focus)) { Icon(Icons.Send, words.voiceSend, Modifier.size(22.dp)) }
        }
    }
}

/** Twelve seconds of it. */
private const val LAST = 120

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import java.time.Duration
import org.bulla.ui.model.PlaceSharing
import org.bulla.ui.model.Placing
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.degrees
import org.bulla.ui.words.span

/** A place that is about to be sent: what was typed or where the device is, shown before it goes. */
@Composable
internal fun SendPlace(placing: Placing, onSend: () -> Unit, onShare: (Duration) -> Unit, onClose: () -> Unit) {
    val state by placing.state.collectAsState()
    val words = LocalWords.current
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.sendPlace, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState()), Arrangement.spacedBy(8.dp)) {
                if (placing.locates) TextButton({ placing.locate() }, Modifier.heightIn(min = 48.dp), enabled = !state.looking) { Text(words.placeHere, style = MaterialTheme.typography.labelLarge) }
                if (state.looking) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.placeLooking })
                if (state.unknown) Text(words.placeUnknown, color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.bodyMedium)
                Entry(words.placeTyped, state.text, placing::setText, hint = words.placeTypedHint, error = state.problem?.let { words.problemPlace })
                Entry(words.placeAbout, state.about, placing::setAbout)
                state.place?.let { place ->
                    Text(words.placeShown(words.degrees(place)), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.bodyLarge)
                }
                if (placing.locates) Live(onShare)
            }
        },
        confirmButton = { TextButton(onSend, Modifier.heightIn(min = 48.dp), enabled = state.place != null) { Text(words.send, style = MaterialTheme.typography.labelLarge) } },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

/** Offers to share where one is as it changes, for a while. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Live(onShare: (Duration) -> Unit) {
    val words = LocalWords.current
    Text(words.placeLive, style = MaterialTheme.typography.bodyLarge)
    FlowRow(horizontalArrangement = Arrangement.spacedBy(4.dp)) {
        for (duration in PlaceSharing.DURATIONS) {
            TextButton({ onShare(duration) }, Modifier.heightIn(min = 48.dp)) { Text(words.span(duration), style = MaterialTheme.typography.labelLarge) }
        }
    }
    Text(words.placeLiveHint, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
}

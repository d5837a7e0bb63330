package org.bulla.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.StorageModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.problem
import org.bulla.ui.words.size

/** What files take up here, how to free it, and how long they stay. */
@Composable
internal fun StorageScreen(model: StorageModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var asked by remember { mutableStateOf(false) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.storage, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        Box(Modifier.fillMaxSize(), Alignment.TopCenter) {
            Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(bottom = 24.dp)) {
                state.storage?.let { storage ->
                    Text(
                        words.storageUsed(words.size(storage.bytes), storage.files.toInt()),
                        Modifier.padding(start = 20.dp, end = 20.dp, top = 24.dp).semantics { liveRegion = LiveRegionMode.Polite },
                        style = MaterialTheme.typography.headlineSmall,
                    )
                    Text(
                        words.storageHint,
                        Modifier.padding(horizontal = 20.dp, vertical = 8.dp),
                        style = MaterialTheme.typography.bodyMedium,
                        color = MaterialTheme.colorScheme.onSurfaceVariant,
                    )
                    if (storage.files > 0u) Action(Icons.Bin, words.storageClear, danger = true) { asked = true }
                }
                state.retention?.let { retention ->
                    Section(words.storageMost)
                    Choices((StorageModel.MOST + retention.maxBytes).distinct().sorted().associateWith(words::size), retention.maxBytes, model::setMost)
                    Section(words.storageLongest)
                    Choices((StorageModel.LONGEST + retention.maxAge).distinct().sorted().associateWith { words.daysCount(it.toDays().toInt()) }, retention.maxAge, model::setLongest)
                }
            }
        }
    }
    if (asked) Ask(words.storageClear, words.storageClearText, words.storageClear, { asked = false; model.clear() }, { asked = false })
}

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.font.FontStyle
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.delay
import org.bulla.model.Ending
import org.bulla.model.EndingState
import org.bulla.model.EventItem
import org.bulla.model.ItemId
import org.bulla.model.MessageBody
import org.bulla.ui.model.ReadOnce
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.cover
import org.bulla.ui.words.ending

/** When a message ends. It is not read out as it runs: whoever comes to it hears how it stands. */
@Composable
internal fun Ends(ending: Ending, soft: Color, modifier: Modifier) {
    val words = LocalWords.current
    val now by produceState(System.currentTimeMillis(), ending) {
        while (ending.state is EndingState.Due) {
            value = System.currentTimeMillis()
            delay(if ((ending.state as EndingState.Due).at.toEpochMilli() - value < 60_000) 1_000 else 30_000)
        }
    }
    val text = words.ending(ending, now) ?: return
    Row(modifier, Arrangement.spacedBy(4.dp), Alignment.CenterVertically) {
        Icon(Icons.Timer, null, Modifier.size(14.dp), soft)
        Text(text, color = soft, style = MaterialTheme.typography.labelSmall)
    }
}

/** A message that can be opened once: nothing of it is seen. */
@Composable
internal fun Cover(item: ItemId, event: EventItem, body: MessageBody.Covered, once: ReadOnce, ink: Color, soft: Color) {
    val words = LocalWords.current
    var asked by remember(item) { mutableStateOf(false) }
    Column(Modifier.padding(vertical = 4.dp), Arrangement.spacedBy(4.dp)) {
        Row(Modifier, Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
            Icon(Icons.Once, null, Modifier.size(26.dp), ink)
            Text(words.cover(body), color = ink, style = MaterialTheme.typography.bodyLarge)
        }
        if (event.mine) {
            Text(words.coverMine, color = soft, style = MaterialTheme.typography.bodySmall)
            val opened = event.ending?.openedBy.orEmpty().size
            if (opened > 0) Text(words.openedBy(opened), color = soft, style = MaterialTheme.typography.bodySmall)
        } else {
            TextButton({ asked = true }, Modifier.heightIn(min = 48.dp)) { Text(words.coverOpen, style = MaterialTheme.typography.labelLarge) }
        }
    }
    if (asked) Ask(words.coverOpen, words.coverAsk, words.coverOpen, { asked = false; once.open(item) }, { asked = false })
}

/** One that was opened. */
@Composable
internal fun Gone(soft: Color) {
    Row(Modifier, Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        Icon(Icons.Once, null, Modifier.size(18.dp), soft)
        Text(LocalWords.current.openedGone, color = soft, style = MaterialTheme.typography.bodyLarge, fontStyle = FontStyle.Italic)
    }
}

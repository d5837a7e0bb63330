package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.bulla.model.Announcement
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalPalette
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.theme.color

/** What asks to be confirmed: a button for whoever reads it, and who has pressed theirs. */
@Composable
internal fun Announced(announcement: Announcement, mine: Boolean, onConfirm: () -> Unit) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    var who by remember { mutableStateOf(false) }
    val count = announcement.confirmed.size
    Column(Modifier.padding(top = 4.dp), Arrangement.spacedBy(4.dp)) {
        Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.Horn, null, Modifier.size(18.dp), color(palette.accent))
            Text(words.announcement, color = color(palette.accent), style = MaterialTheme.typography.labelMedium)
        }
        if (!mine) {
            OutlinedButton(onConfirm, Modifier.heightIn(min = 48.dp)) {
                if (announcement.mine) Icon(Icons.Check, null, Modifier.padding(end = 8.dp).size(18.dp))
                Text(if (announcement.mine) words.confirmed else words.confirmReading, style = MaterialTheme.typography.labelLarge)
            }
        }
        if (count > 0) {
            TextButton({ who = true }, Modifier.heightIn(min = 48.dp)) { Text(words.confirmedBy(count), style = MaterialTheme.typography.labelLarge) }
        } else Text(words.confirmedByNobody, color = color(if (mine) palette.softOnMine else palette.softInk), style = MaterialTheme.typography.bodySmall)
    }
    if (who) {
        AlertDialog(
            onDismissRequest = { who = false },
            title = { Text(words.confirmedBy(count), style = MaterialTheme.typography.headlineSmall) },
            text = { LazyColumn { items(announcement.confirmed) { Text(it, Modifier.padding(vertical = 6.dp), style = MaterialTheme.typography.bodyLarge) } } },
            confirmButton = { TextButton({ who = false }, Modifier.heightIn(min = 48.dp)) { Text(words.close, style = MaterialTheme.typography.labelLarge) } },
            containerColor = MaterialTheme.colorScheme.surfaceContainer,
        )
    }
}

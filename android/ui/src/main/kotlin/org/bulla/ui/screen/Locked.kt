package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.disabled
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/** What this person may not do here, and [why]: no button, and read out as one line. */
@Composable
internal fun Locked(icon: ImageVector, text: String, why: String) {
    val ink = MaterialTheme.colorScheme.onSurfaceVariant
    Row(
        Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(horizontal = 20.dp, vertical = 6.dp).semantics(mergeDescendants = true) { disabled() },
        Arrangement.spacedBy(18.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(24.dp), ink)
        Column {
            Text(text, color = ink, style = MaterialTheme.typography.bodyLarge)
            Text(why, color = ink, style = MaterialTheme.typography.bodySmall)
        }
    }
}

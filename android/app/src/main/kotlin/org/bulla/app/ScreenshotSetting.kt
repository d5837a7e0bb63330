package org.bulla.app

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.bulla.ui.theme.LocalWords

/** Whether the screens may be photographed. Where the administration has decided, it says so and does nothing. */
@Composable
fun ScreenshotSetting(preferences: Preferences) {
    val words = LocalWords.current
    val allowed by preferences.screenshotsAllowed.collectAsStateWithLifecycle()
    val decided = preferences.screenshotsForbidden
    Row(
        Modifier.fillMaxWidth()
            .toggleable(allowed, enabled = !decided, role = Role.Switch, onValueChange = preferences::allowScreenshots)
            .heightIn(min = 56.dp)
            .padding(horizontal = 20.dp, vertical = 8.dp),
        Arrangement.spacedBy(16.dp),
        Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f)) {
            Text(words.screenshotsAllowed, style = MaterialTheme.typography.bodyLarge)
            if (decided) Text(words.screenshotsForbidden, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
        Switch(allowed, null, enabled = !decided)
    }
}

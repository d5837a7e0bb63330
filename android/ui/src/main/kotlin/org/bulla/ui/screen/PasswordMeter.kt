package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.PasswordPolicy
import org.bulla.model.PasswordStrength
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.demands
import org.bulla.ui.words.hint
import org.bulla.ui.words.strength

/** How hard a password is to guess: how far a bar is filled, and, first of all, in words; then what would make it better. */
@Composable
internal fun PasswordMeter(strength: PasswordStrength) {
    val words = LocalWords.current
    val score = strength.score.toInt()
    val ink = if (score < GOOD) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.primary
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(6.dp)) {
        // One part is filled even at the worst, so that it is a measure and no line.
        Row(Modifier.fillMaxWidth().clearAndSetSemantics {}, Arrangement.spacedBy(4.dp)) {
            for (part in 0..BEST) {
                val bar = Modifier.weight(1f).height(8.dp).clip(CircleShape)
                Box(if (part <= score) bar.background(ink) else bar.border(1.dp, MaterialTheme.colorScheme.outline, CircleShape))
            }
        }
        Column(Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(2.dp)) {
            Text(words.passwordStrength(words.strength(score)), style = MaterialTheme.typography.titleSmall, color = ink)
            for (reason in strength.reasons) Text(words.hint(reason), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
    }
}

/** What a password has to be. */
@Composable
internal fun PasswordDemands(policy: PasswordPolicy) {
    val words = LocalWords.current
    val demands = words.demands(policy).ifEmpty { return }
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(2.dp)) {
        Text(words.demandsTitle, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleSmall)
        for (demand in demands) {
            Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(8.dp)) {
                Text("•", Modifier.clearAndSetSemantics {}, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.primary)
                Text(demand, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
            }
        }
    }
}

private const val GOOD = 3
private const val BEST = 4

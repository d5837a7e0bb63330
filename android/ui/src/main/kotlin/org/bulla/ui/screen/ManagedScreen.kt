package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.DeploymentStatus
import org.bulla.model.RuleSource
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.oneLine

/** What the organisation asks for on this device, and by whom. */
@Composable
fun ManagedScreen(deployment: DeploymentStatus?, onBack: () -> Unit) {
    val words = LocalWords.current
    val asked = deployment?.let { words.asked(it) }.orEmpty()
    Column(Modifier.fillMaxSize()) {
        TopBar(words.managed, onBack)
        Column(
            Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp),
            Arrangement.spacedBy(16.dp),
        ) {
            deployment?.manifest?.let { Text(oneLine(it.name), style = MaterialTheme.typography.titleLarge) }
            if (asked.isEmpty()) Text(words.managedNothing, style = MaterialTheme.typography.bodyLarge)
            for ((what, by) in asked) {
                Column(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(2.dp)) {
                    Text(what, style = MaterialTheme.typography.bodyLarge)
                    if (by != null) Text(by, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
                }
            }
        }
    }
}

private fun Words.asked(deployment: DeploymentStatus): List<Pair<String, String?>> {
    val rules = deployment.rules
    val on = listOf(
        managedLock to rules.appLock,
        managedScreenshots to rules.noScreenshots,
        managedAccounts to rules.noOtherAccounts,
        managedExport to rules.noExport,
    ).filter { (_, rule) -> rule.on }
    val instance = rules.instance?.let { managedOnlyInstance(oneLine(it)) to managedByDevice }
    return on.map { (what, rule) -> what to by(rule.by) } + listOfNotNull(instance)
}

private fun Words.by(source: RuleSource): String? = when (source) {
    RuleSource.DEFAULT -> null
    RuleSource.MANIFEST -> managedByDeployment
    RuleSource.MANAGED -> managedByDevice
}

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
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
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.ContactRulesModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** Who may contact this person: everybody or nobody, and whom that does not hold for. */
@Composable
fun ContactRulesScreen(model: ContactRulesModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var adding by remember { mutableStateOf(false) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.contactRules, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, words.retry.takeIf { state.rules == null }, { model.again() }, onClose = model::problemSeen) }
        val rules = state.rules ?: return@Column
        Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(bottom = 24.dp)) {
            Text(words.contactRulesText, Modifier.padding(20.dp), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
            Choices(mapOf(true to words.contactEverybody, false to words.contactNobody), rules.everybody, model::setEverybody)
            Section(if (rules.everybody) words.contactExceptBlocked else words.contactExceptAllowed)
            for (name in state.exceptions) {
                val shown = oneLine(name)
                Row(Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = 20.dp, end = 4.dp), Arrangement.SpaceBetween, Alignment.CenterVertically) {
                    Text(shown, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
                    IconAction(Icons.Close, words.contactRemove(shown), { model.remove(name) }, enabled = !state.busy)
                }
            }
            Action(Icons.Plus, words.contactAdd) { adding = true }
        }
    }
    if (adding) Prompt(words.contactAdd, words.contactAddHint, "", words.save, { adding = false }, model::add)
}

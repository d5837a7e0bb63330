package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.DeleteModel
import org.bulla.ui.model.Problem
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.problem

/** What deleting an account means, and how it is done. */
@Composable
fun DeleteScreen(model: DeleteModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var sure by remember { mutableStateOf(false) }
    val wrong = state.problem == Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG)
    Column(Modifier.fillMaxSize()) {
        TopBar(words.deleteAccount, onBack)
        state.problem?.takeIf { !wrong }?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        Column(
            Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp),
            Arrangement.spacedBy(16.dp),
        ) {
            for (meaning in listOf(words.deleteMeansFinal, words.deleteMeansMessages, words.deleteMeansDevice)) {
                Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(10.dp)) {
                    Text("•", Modifier.clearAndSetSemantics {}, color = MaterialTheme.colorScheme.error)
                    Text(meaning, style = MaterialTheme.typography.bodyLarge)
                }
            }
            val page = state.page
            if (page != null) {
                Text(words.deleteElsewhere, style = MaterialTheme.typography.bodyLarge)
                Page(page)
            } else {
                Secret(words.password, state.password, model::setPassword, state.problem?.takeIf { wrong }?.let(words::problem)) {}
                if (state.busy) Busy(words.deleteBusy) else MainButton(words.deleteAccount, { sure = true }, Modifier.fillMaxWidth())
            }
        }
    }
    if (sure) Ask(words.deleteAccount, words.deleteMeansFinal, words.deleteAccount, { sure = false; model.delete() }, { sure = false })
}

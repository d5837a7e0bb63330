package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.unit.dp
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.PasswordModel
import org.bulla.ui.model.PasswordState
import org.bulla.ui.model.Problem
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.problem

/** Instead of a temporary password, one of the person's own. */
@Composable
internal fun ChoosePasswordScreen(model: PasswordModel, waysOut: @Composable () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    Column(Modifier.fillMaxSize()) {
        state.problem?.takeIf { !state.oldWrong && state.lacks == null }?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        Standstill(Icons.Lock, words.choosePasswordTitle, words.choosePasswordText) {
            PasswordFields(model, state, words.givenPassword, words.givenPasswordWrong, Modifier.focusRequester(focus))
            if (state.busy) Busy(words.choosePasswordBusy)
            else MainButton(words.choosePasswordUse, { model.submit() }, Modifier.fillMaxWidth(), state.complete)
            waysOut()
        }
    }
}

/** Another password, among the settings. */
@Composable
fun ChangePasswordScreen(model: PasswordModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.changePassword, onBack)
        state.problem?.takeIf { !state.oldWrong && state.lacks == null }?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        if (state.done) Notice(words.passwordChanged, Tone.INFO, Icons.Check)
        Column(
            Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp),
            Arrangement.spacedBy(16.dp),
        ) {
            val page = state.page
            if (page != null) {
                Text(words.passwordElsewhere, style = MaterialTheme.typography.bodyLarge)
                Page(page)
            } else {
                PasswordFields(model, state, words.oldPassword, words.problem(Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG)))
                if (state.busy) Busy(words.choosePasswordBusy) else MainButton(words.changePassword, { model.submit() }, Modifier.fillMaxWidth(), state.complete)
            }
        }
    }
}

/** The old password, the new one, how good that is, and what it has to be. */
@Composable
internal fun PasswordFields(model: PasswordModel, state: PasswordState, oldLabel: String, oldWrong: String, modifier: Modifier = Modifier) {
    val words = LocalWords.current
    Secret(oldLabel, state.old, model::setOld, oldWrong.takeIf { state.oldWrong }, modifier) { if (model.state.value.complete) model.submit() }
    Secret(words.newPassword, state.new, model::setNew, state.problem?.takeIf { state.lacks != null }?.let(words::problem)) { if (model.state.value.complete) model.submit() }
    state.strength?.let { PasswordMeter(it) }
    state.policy?.let { PasswordDemands(it) }
}

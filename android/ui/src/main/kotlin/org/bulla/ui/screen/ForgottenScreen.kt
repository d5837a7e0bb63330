package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import org.bulla.model.Field
import org.bulla.model.Missing
import org.bulla.ui.model.ForgottenModel
import org.bulla.ui.model.ForgottenState
import org.bulla.ui.model.Problem
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** A mail with a link, then a new password. [onlyEmail] where the server is known already. */
@Composable
internal fun ForgottenScreen(model: ForgottenModel, onlyEmail: Boolean, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    if (state.done) {
        Standstill(Icons.Check, words.forgottenDoneTitle, words.forgottenDoneText) { MainButton(words.signIn, onBack, Modifier.fillMaxWidth()) }
        return
    }
    val wrong = state.wrongField ?: Field.HOMESERVER.takeIf { state.problem == Problem.NotFound(Missing.SERVER) }
    val said = state.problem?.let(words::problem)
    fun at(field: Field) = said.takeIf { wrong == field }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.passwordForgotten, onBack)
        if (said != null && wrong == null) Notice(said, Tone.DANGER, Icons.Warning)
        Form { if (state.sent) NewOne(model, state, at(Field.PASSWORD)) else Whose(model, state, onlyEmail, ::at) }
    }
}

@Composable
private fun Whose(model: ForgottenModel, state: ForgottenState, onlyEmail: Boolean, error: (Field) -> String?) {
    val words = LocalWords.current
    val complete = state.complete
    Text(words.forgottenText, style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)
    if (!onlyEmail) Entry(words.server, state.server, model::setServer, hint = words.serverHint, error = error(Field.HOMESERVER), keyboard = KeyboardType.Uri)
    val send = { if (model.state.value.complete) model.sendMail() }
    Entry(words.email, state.email, model::setEmail, error = error(Field.EMAIL), keyboard = KeyboardType.Email, action = ImeAction.Go, onDone = { send() })
    if (state.busy) Busy(words.forgottenSending) else MainButton(words.forgottenSend, { send() }, Modifier.fillMaxWidth(), complete)
}

@Composable
private fun NewOne(model: ForgottenModel, state: ForgottenState, error: String?) {
    val words = LocalWords.current
    Text(words.forgottenSentTitle, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
    Text(words.forgottenSent(oneLine(state.email)), style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)
    Secret(words.newPassword, state.password, model::setPassword, error) { if (model.state.value.password.isNotEmpty()) model.finish() }
    state.strength?.let { PasswordMeter(it) }
    if (state.busy) {
        Busy(words.choosePasswordBusy)
    } else {
        MainButton(words.choosePasswordUse, { model.finish() }, Modifier.fillMaxWidth(), state.password.isNotEmpty())
        Quiet(words.renewalAgain, Modifier.fillMaxWidth()) { model.sendMail() }
    }
}

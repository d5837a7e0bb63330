package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.input.VisualTransformation
import org.bulla.model.Field
import org.bulla.model.Missing
import org.bulla.ui.model.Problem
import org.bulla.ui.model.SignInModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.problem

/** Server, user, password, or the browser in place of the last two; or a code, which [onCode] leads to. What is wrong is said at its field. */
@Composable
fun SignInScreen(model: SignInModel, onForgotten: (server: String) -> Unit, onCode: (server: String) -> (() -> Unit)?, onBack: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val said = state.problem?.let(words::problem)
    val (server, user, password) = remember { List(3) { FocusRequester() } }
    LaunchedEffect(Unit) {
        // What is to be filled in next; a deployment may have filled in the rest.
        listOf(state.server to server, state.user to user).firstOrNull { it.first.isEmpty() }.let { it?.second ?: password }.requestFocus()
    }
    val wrong = state.wrongField ?: Field.HOMESERVER.takeIf { state.problem == Problem.NotFound(Missing.SERVER) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.signInTitle, onBack)
        if (said != null && wrong == null) Notice(said, Tone.DANGER, Icons.Warning)
        Form {
            Entry(words.server, state.server, model::setServer, Modifier.focusRequester(server), hint = words.serverHint, error = said.takeIf { wrong == Field.HOMESERVER }, keyboard = KeyboardType.Uri)
            Entry(words.userName, state.user, model::setUser, Modifier.focusRequester(user), error = said.takeIf { wrong == Field.USER })
            Secret(words.password, state.password, model::setPassword, said.takeIf { wrong == Field.PASSWORD }, Modifier.focusRequester(password)) { if (model.state.value.complete) model.submit() }
            if (state.busy) {
                Busy(if (state.browsing) words.browserWaiting else words.signInBusy, model::cancel)
            } else {
                MainButton(words.signIn, { model.submit() }, Modifier.fillMaxWidth(), enabled = state.complete)
                if (model.hasBrowser) Quiet(words.browserGo, Modifier.fillMaxWidth(), state.server.isNotBlank()) { model.browse() }
                onCode(state.server)?.let { Quiet(words.signInCode, Modifier.fillMaxWidth(), onClick = it) }
                Quiet(words.passwordForgotten, Modifier.fillMaxWidth()) { onForgotten(state.server) }
            }
        }
    }
}

/** A line to fill in, with its name, a hint, and what is wrong with it. */
@Composable
internal fun Entry(
    label: String,
    value: String,
    onValue: (String) -> Unit,
    modifier: Modifier = Modifier,
    hint: String? = null,
    error: String? = null,
    keyboard: KeyboardType = KeyboardType.Text,
    action: ImeAction = ImeAction.Next,
    onDone: () -> Unit = {},
) {
    val typed = rememberTyped(value)
    OutlinedTextField(
        typed.value,
        { typed.type(it, onValue) },
        modifier.fillMaxWidth().semantics { if (error != null) error(error) },
        label = { Text(label) },
        supportingText = (error ?: hint)?.let { text -> { Text(text) } },
        isError = error != null,
        singleLine = true,
        keyboardOptions = KeyboardOptions(keyboardType = keyboard, imeAction = action, autoCorrectEnabled = keyboard == KeyboardType.Text && action != ImeAction.Next),
        keyboardActions = KeyboardActions(onDone = { onDone() }, onGo = { onDone() }),
    )
}

@Composable
internal fun Secret(label: String, value: String, onValue: (String) -> Unit, error: String?, modifier: Modifier = Modifier, onDone: () -> Unit) {
    val words = LocalWords.current
    var shown by remember { mutableStateOf(false) }
    val typed = rememberTyped(value)
    OutlinedTextField(
        typed.value,
        { typed.type(it, onValue) },
        modifier.fillMaxWidth().semantics { if (error != null) error(error) },
        label = { Text(label) },
        supportingText = error?.let { text -> { Text(text) } },
        isError = error != null,
        singleLine = true,
        visualTransformation = if (shown) VisualTransformation.None else PasswordVisualTransformation(),
        trailingIcon = {
            IconAction(if (shown) Icons.EyeOff else Icons.Eye, if (shown) words.hidePassword else words.showPassword, { shown = !shown })
        },
        keyboardOptions = KeyboardOptions(keyboardType = KeyboardType.Password, imeAction = ImeAction.Done),
        keyboardActions = KeyboardActions(onDone = { onDone() }),
    )
}

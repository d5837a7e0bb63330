package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.bulla.model.Field
import org.bulla.model.Manifest
import org.bulla.model.SignInWay
import org.bulla.ui.model.EntryModel
import org.bulla.ui.model.EntryState
import org.bulla.ui.model.Problem
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** The professional address first; what it leads to says how to come in. Or a code, which [onCode] leads to where it can be. */
@Composable
internal fun EntryScreen(
    model: EntryModel,
    manifest: Manifest,
    expired: Boolean,
    onForgotten: (server: String, email: String) -> Unit,
    onCode: (server: String) -> (() -> Unit)?,
    onBack: () -> Unit,
) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val found = state.found
    Column(Modifier.fillMaxSize()) {
        TopBar(words.signInTitle, if (found == null) onBack else model::change)
        val said = state.problem?.let(words::problem)
        if (said != null && state.problem is Problem.Offline) ServiceNotice(said, Tone.DANGER, Icons.Warning)
        else if (said != null && state.wrongField == null) Notice(said, Tone.DANGER, Icons.Warning)
        else if (expired) Notice(words.manifestOld, Tone.INFO, Icons.Clock)
        Form {
            if (found == null) Address(model, state, oneLine(manifest.name), said.takeIf { state.wrongField == Field.EMAIL }, onCode(""))
            else Ways(model, state, said.takeIf { state.wrongField == Field.PASSWORD }, onCode(found.instance.baseUrl)) { onForgotten(found.instance.baseUrl, found.email) }
        }
    }
}

/** A column of fields, as wide as is good to read. */
@Composable
internal fun Form(content: @Composable ColumnScope.() -> Unit) {
    Box(Modifier.fillMaxSize(), Alignment.TopCenter) {
        Column(Modifier.widthIn(max = 440.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(24.dp), Arrangement.spacedBy(16.dp), content = content)
    }
}

@Composable
private fun Address(model: EntryModel, state: EntryState, deployment: String, error: String?, onCode: (() -> Unit)?) {
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    // What was typed last may not be drawn yet when Enter comes.
    val go = { if (model.state.value.email.isNotBlank()) model.find() }
    Text(words.entryTitle, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
    Text(words.entryText(deployment), style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)
    Entry(words.email, state.email, model::setEmail, Modifier.focusRequester(focus), words.emailHint, error, KeyboardType.Email, ImeAction.Go, { go() })
    if (state.busy) {
        Busy(words.entrySearching, model::cancel)
    } else {
        MainButton(words.goOn, { go() }, Modifier.fillMaxWidth(), state.email.isNotBlank())
        if (onCode != null) Quiet(words.signInCode, Modifier.fillMaxWidth(), onClick = onCode)
    }
}

/** How the server that was found lets people in. */
@Composable
private fun Ways(model: EntryModel, state: EntryState, error: String?, onCode: (() -> Unit)?, onForgotten: () -> Unit) {
    val words = LocalWords.current
    val found = state.found ?: return
    Found(oneLine(found.instance.label), oneLine(found.email), found.invited)
    val browser = state.allows(SignInWay.OAUTH) && model.hasBrowser
    val password = state.allows(SignInWay.PASSWORD)
    when {
        state.browsing -> {
            Text(words.browserOpen, style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)
            Busy(words.browserWaiting, model::cancel)
        }
        !browser && !password -> Text(words.noWayIn, style = MaterialTheme.typography.bodyLarge)
        else -> {
            if (browser) {
                Text(words.browserText, style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)
                if (!state.busy) MainButton(words.browserGo, { model.browse() }, Modifier.fillMaxWidth())
                if (!state.busy && onCode != null) Quiet(words.signInCode, Modifier.fillMaxWidth(), onClick = onCode)
            }
            if (password) ByPassword(model, state, error, main = !browser)
            if (state.busy) Busy(words.signInBusy, model::cancel) else if (password) Quiet(words.passwordForgotten, Modifier.fillMaxWidth(), onClick = onForgotten)
        }
    }
}

@Composable
private fun ByPassword(model: EntryModel, state: EntryState, error: String?, main: Boolean) {
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    if (main) LaunchedEffect(Unit) { focus.requestFocus() }
    Secret(words.password, state.password, model::setPassword, error, Modifier.focusRequester(focus)) { if (model.state.value.password.isNotEmpty()) model.submit() }
    when {
        state.busy -> {}
        main -> MainButton(words.signIn, { model.submit() }, Modifier.fillMaxWidth(), state.password.isNotEmpty())
        else -> Quiet(words.signInPassword, Modifier.fillMaxWidth(), state.password.isNotEmpty()) { model.submit() }
    }
}

/** Which server answers for whom: it has been found; it proves itself before anything is sent to it. */
@Composable
private fun Found(label: String, email: String, invited: Boolean) {
    val words = LocalWords.current
    Row(Modifier.fillMaxWidth().semantics(mergeDescendants = true) { heading() }, Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
        Icon(Icons.Globe, null, Modifier.size(32.dp), MaterialTheme.colorScheme.primary)
        Column {
            Text(label, style = MaterialTheme.typography.headlineSmall)
            Text(email, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
            if (invited) Text(words.invitationWaits, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.primary)
        }
    }
}

package org.bulla.ui.screen

import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import org.bulla.model.OfflineCause
import org.bulla.model.SessionState
import org.bulla.ui.model.Problem
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.problem

/** How the session stands with its server, where that is worth a word. */
@Composable
internal fun Connection(state: SessionState, onRenew: (() -> Unit)? = null, onReturn: (() -> Unit)? = null) {
    val words = LocalWords.current
    when (state) {
        is SessionState.Offline ->
            if (state.cause == OfflineCause.NO_NETWORK) Notice(words.offlineBanner, Tone.INFO, Icons.Offline)
            else ServiceNotice(words.serviceSilent, Tone.INFO, Icons.Offline)
        is SessionState.SignedOut ->
            if (state.soft) Notice(words.sessionEnded, Tone.DANGER, Icons.Lock, words.signInAgain.takeIf { onReturn != null }, { onReturn?.invoke() })
            else Notice(words.deviceRemoved, Tone.DANGER, Icons.Lock)
        is SessionState.Failed -> ServiceNotice(words.connectionFailed(words.problem(Problem.of(state.why))), Tone.DANGER, Icons.Warning)
        is SessionState.Erased -> Notice(words.erased, Tone.DANGER, Icons.Lock)
        is SessionState.Expired -> Notice(words.accountExpired, Tone.DANGER, Icons.Lock, words.renew.takeIf { onRenew != null }, { onRenew?.invoke() })
        is SessionState.MustChoosePassword -> Notice(words.mustChoosePassword, Tone.DANGER, Icons.Lock)
        is SessionState.Attaching, is SessionState.Live, is SessionState.Paused -> {}
    }
}

/** Asks for the password that brings back a session which has ended softly. */
@Composable
internal fun PasswordDialog(onPassword: (String) -> Unit, onClose: () -> Unit) {
    val words = LocalWords.current
    var password by remember { mutableStateOf("") }
    val focus = remember { FocusRequester() }
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.signInAgain, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Secret(words.password, password, { password = it }, null, Modifier.focusRequester(focus)) { if (password.isNotEmpty()) onPassword(password) }
            LaunchedEffect(Unit) { focus.requestFocus() }
        },
        confirmButton = { TextButton({ onPassword(password) }, enabled = password.isNotEmpty()) { Text(words.signIn) } },
        dismissButton = { TextButton(onClose) { Text(words.cancel) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.AppState
import org.bulla.ui.model.Hold
import org.bulla.ui.model.Problem
import org.bulla.ui.model.RenewalModel
import org.bulla.ui.model.Route
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** What holds the current account up, before all other screens of it. */
@Composable
internal fun HoldScreen(hold: Hold, app: AppModel, state: AppState) {
    when (hold) {
        Hold.CHOOSE_PASSWORD -> app.password()?.let { ChoosePasswordScreen(it) { WaysOut(app, state) } }
        Hold.EXPIRED -> app.renewal()?.let { ExpiredScreen(it, app::goOn) { WaysOut(app, state) } }
        Hold.ERASED -> ErasedScreen(state.current?.user.orEmpty()) { app.leaveErased() }
    }
}

/** One thing to be said, and what can be done about it. */
@Composable
internal fun Standstill(icon: ImageVector, title: String, text: String, content: @Composable ColumnScope.() -> Unit) {
    Box(Modifier.fillMaxSize(), Alignment.TopCenter) {
        Column(
            Modifier.widthIn(max = 440.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(24.dp),
            Arrangement.spacedBy(16.dp, Alignment.CenterVertically),
        ) {
            Box(Modifier.size(64.dp).clip(CircleShape).background(MaterialTheme.colorScheme.secondaryContainer), Alignment.Center) {
                Icon(icon, null, Modifier.size(30.dp), MaterialTheme.colorScheme.primary)
            }
            Text(title, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineMedium)
            Text(text, style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)
            content()
        }
    }
}

/** Instead of a button, while what it does is being done. */
@Composable
internal fun Busy(text: String, onCancel: (() -> Unit)? = null) {
    Row(Modifier.heightIn(min = 52.dp), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
        CircularProgressIndicator(Modifier.size(24.dp), strokeWidth = 2.5.dp)
        Text(text, Modifier.weight(1f).semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.bodyLarge)
        if (onCancel != null) Quiet(LocalWords.current.cancel, onClick = onCancel)
    }
}

/** What can be done as well. */
@Composable
internal fun Quiet(text: String, modifier: Modifier = Modifier, enabled: Boolean = true, onClick: () -> Unit) {
    TextButton(onClick, modifier.heightIn(min = 48.dp), enabled) { Text(text, style = MaterialTheme.typography.labelLarge, textAlign = TextAlign.Center) }
}

/** To another account, or out of this one. */
@Composable
private fun WaysOut(app: AppModel, state: AppState) {
    val words = LocalWords.current
    var leaving by remember { mutableStateOf(false) }
    if (state.accounts.size > 1) Quiet(words.accounts, Modifier.fillMaxWidth()) { app.go(Route.Accounts) }
    Quiet(words.signOut, Modifier.fillMaxWidth()) { leaving = true }
    if (leaving) {
        // Who was told so by the server's silence is asked whether to go on without it.
        val offline = state.problem == Problem.Offline
        val leave = {
            leaving = false
            app.problemSeen()
            state.current?.let { app.signOut(it.id, evenOffline = offline) }
            Unit
        }
        Ask(words.signOutTitle, if (offline) words.signOutOffline else words.signOutText, if (offline) words.signOutAnyway else words.signOut, leave) { leaving = false }
    }
}

@Composable
private fun ExpiredScreen(model: RenewalModel, onRead: () -> Unit, waysOut: @Composable () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        if (state.notYet) Notice(words.renewalNotYet, Tone.DANGER, Icons.Clock)
        if (state.sent && state.problem == null && !state.notYet) Notice(words.renewalSent, Tone.INFO, Icons.Mail)
        Standstill(Icons.Clock, words.expiredTitle, words.expiredText) {
            if (state.busy) {
                Busy(words.renewalChecking)
            } else {
                val ask = @Composable {
                    val label = if (state.wait > 0) words.renewalWait(state.wait) else if (state.sent) words.renewalAgain else words.renewalSend
                    if (state.sent) Quiet(label, Modifier.fillMaxWidth(), state.wait == 0) { model.sendMail() } else MainButton(label, { model.sendMail() }, Modifier.fillMaxWidth(), state.wait == 0)
                }
                val check = @Composable {
                    if (state.sent) MainButton(words.renewalDone, { model.check() }, Modifier.fillMaxWidth()) else Quiet(words.renewalDone, Modifier.fillMaxWidth()) { model.check() }
                }
                // What comes next is what stands out.
                if (state.sent) check() else ask()
                if (state.sent) ask() else check()
            }
            Quiet(words.expiredRead, Modifier.fillMaxWidth(), onClick = onRead)
            waysOut()
        }
    }
}

@Composable
private fun ErasedScreen(user: String, onLeave: () -> Unit) {
    val words = LocalWords.current
    Standstill(Icons.Bin, words.erasedTitle, words.erasedText(oneLine(user))) {
        MainButton(words.erasedLeave, onLeave, Modifier.fillMaxWidth())
    }
}

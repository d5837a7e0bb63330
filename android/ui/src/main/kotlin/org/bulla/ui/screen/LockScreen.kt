package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
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
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.AppLockState
import org.bulla.ui.model.LockModel
import org.bulla.ui.model.LockModelState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.problem

/** Before everything else while the app is locked, while it has to have a PIN and has none, and after too many wrong ones. */
@Composable
internal fun LockScreen(model: LockModel, onWiped: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    when (val lock = state.lock) {
        is AppLockState.Locked -> Locked(model, state, lock)
        is AppLockState.Off -> Standstill(Icons.Lock, words.choosePinTitle, words.choosePinRequired) { NewPin(model, state) }
        is AppLockState.Wiped -> Standstill(Icons.Bin, words.wipedTitle, words.wipedText) { MainButton(words.erasedLeave, onWiped, Modifier.fillMaxWidth()) }
        is AppLockState.Unlocked, null -> {}
    }
}

@Composable
private fun Locked(model: LockModel, state: LockModelState, lock: AppLockState.Locked) {
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    Standstill(Icons.Lock, words.lockedTitle, words.lockedText) {
        Secret(words.pin, state.pin, model::setPin, state.problem?.let(words::problem), Modifier.focusRequester(focus)) { if (model.state.value.mayUnlock) model.unlock() }
        Told(listOfNotNull(words.pinWait(state.wait).takeIf { state.wait > 0 }, lock.attemptsLeft?.let { words.pinAttempts(it.toInt()) }))
        if (state.declined) Told(listOf(words.ownerDeclined))
        if (state.busy) Busy(words.unlocking) else MainButton(words.unlock, { model.unlock() }, Modifier.fillMaxWidth(), state.mayUnlock)
        if (state.byOwner && !state.busy) Quiet(words.ownerUnlock, Modifier.fillMaxWidth()) { model.unlockByOwner() }
    }
}

/** What is read out as it changes. */
@Composable
private fun Told(lines: List<String>) {
    if (lines.isEmpty()) return
    Column(Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(4.dp)) {
        for (line in lines) Text(line, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

/** A new PIN, twice. */
@Composable
private fun NewPin(model: LockModel, state: LockModelState) {
    val words = LocalWords.current
    val done = { if (model.state.value.chosen) model.choose() }
    Secret(words.newPin, state.new, model::setNew, state.lacks?.let { words.pinLacks }) { done() }
    Secret(words.newPinAgain, state.again, model::setAgain, words.pinsDiffer.takeIf { state.differ }) { done() }
    if (state.busy) Busy(words.choosePinBusy) else MainButton(words.choosePinUse, { model.choose() }, Modifier.fillMaxWidth(), state.chosen)
}

/** The lock among the settings: set, changed, taken away, locked now. */
@Composable
fun AppLockScreen(model: LockModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var removing by remember { mutableStateOf(false) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.appLock, onBack)
        state.problem?.takeIf { !state.wrong && state.lacks == null }?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        if (state.done) Notice(words.appLockDone, Tone.INFO, Icons.Check)
        Column(
            Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp),
            Arrangement.spacedBy(16.dp),
        ) {
            Text(explained(words, state), style = MaterialTheme.typography.bodyLarge)
            if (state.lock is AppLockState.Unlocked) {
                MainButton(words.lockNow, { model.lockNow() }, Modifier.fillMaxWidth())
                Secret(words.pin, state.pin, model::setPin, state.problem?.takeIf { state.wrong }?.let(words::problem)) {}
                Told(listOfNotNull(words.pinWait(state.wait).takeIf { state.wait > 0 }))
                if (state.byOwner) Quiet(words.ownerForbid, Modifier.fillMaxWidth(), !state.busy) { model.forbidOwner() }
                else if (state.ownerAvailable) Quiet(words.ownerAllow, Modifier.fillMaxWidth(), !state.busy) { model.allowOwner() }
            }
            if (state.lock != null) NewPin(model, state)
            if (state.lock is AppLockState.Unlocked) Quiet(words.removePin, Modifier.fillMaxWidth(), state.mayUnlock) { removing = true }
        }
    }
    if (removing) Ask(words.removePin, words.removePinText, words.removePin, { removing = false; model.remove() }, { removing = false })
}

private fun explained(words: Words, state: LockModelState) = if (state.lock is AppLockState.Unlocked) words.appLockOn else words.appLockOff

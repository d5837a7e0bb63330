package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import org.bulla.model.QrGrantState
import org.bulla.ui.model.LinkDeviceModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.linkProblem

/** A code for a new device to read, or the reading of its own, and what is to be done until it is in. */
@Composable
internal fun LinkDeviceScreen(model: LinkDeviceModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    if (state.done) {
        Standstill(Icons.Check, words.linkDevice, words.linkDone) { MainButton(words.close, onBack, Modifier.fillMaxWidth()) }
        return
    }
    val said = state.problem?.let(words::linkProblem)
    Column(Modifier.fillMaxSize()) {
        TopBar(words.linkDevice, onBack)
        if (said != null && !state.wrongForm) {
            Notice(said, Tone.DANGER, Icons.Warning)
            Form { MainButton(words.retry, model::again, Modifier.fillMaxWidth()) }
            return
        }
        Form {
            when (val step = state.step) {
                null, is QrGrantState.Connecting -> Busy(words.linkPreparing)
                is QrGrantState.ShowCode -> {
                    state.picture?.let { Code(words.linkDeviceText, it) }
                    if (model.reads) Quiet(words.linkRead, Modifier.fillMaxWidth()) { model.read() }
                }
                is QrGrantState.EnterCheckCode ->
                    Digits(words.linkDigitsText, words.linkDigits, { model.state.value.digits }, state.digits, model::setDigits, said, state.busy) { model.enter() }
                is QrGrantState.ShowCheckCode -> {
                    Said(words.linkShowDigits)
                    Compared(twoDigits(step.code))
                    Quiet(words.linkShow, Modifier.fillMaxWidth(), onClick = model::again)
                }
                is QrGrantState.Approve -> {
                    Said(words.linkApprove)
                    Page(step.url, Modifier, model::approve)
                    if (state.approving) Busy(words.browserWaiting)
                }
                is QrGrantState.Sending, is QrGrantState.Done -> Busy(words.linkSending)
            }
        }
    }
}

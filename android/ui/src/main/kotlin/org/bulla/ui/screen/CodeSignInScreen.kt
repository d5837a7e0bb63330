package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import org.bulla.model.QrSignInState
import org.bulla.ui.model.CodeSignInModel
import org.bulla.ui.model.CodeSignInState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.codeProblem
import org.bulla.ui.words.oneLine

/** Comes in by the code that another device shows, or by one that it reads here. */
@Composable
internal fun CodeSignInScreen(model: CodeSignInModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.signInCode, onBack)
        val said = state.problem?.let(words::codeProblem)
        if (said != null && !state.wrongForm) Notice(said, Tone.DANGER, Icons.Warning)
        Form {
            when (val step = state.step) {
                null -> Beginnings(model, state)
                is QrSignInState.Connecting -> Busy(words.codeConnecting, model::cancel)
                is QrSignInState.ShowCode -> {
                    state.picture?.let { Code(words.codeShowText, it) }
                    Quiet(words.cancel, Modifier.fillMaxWidth(), onClick = model::cancel)
                }
                is QrSignInState.EnterCheckCode -> {
                    Digits(words.codeEnterText, words.codeDigits, { model.state.value.digits }, state.digits, model::setDigits, said, busy = false) { model.enter() }
                    Quiet(words.cancel, Modifier.fillMaxWidth(), onClick = model::cancel)
                }
                is QrSignInState.ShowCheckCode -> {
                    Said(words.codeDigitsText)
                    Compared(twoDigits(step.code))
                    Quiet(words.cancel, Modifier.fillMaxWidth(), onClick = model::cancel)
                }
                is QrSignInState.WaitingForApproval -> {
                    Said(words.codeApproval)
                    Compared(oneLine(step.userCode, 32))
                    Busy(words.browserWaiting, model::cancel)
                }
                is QrSignInState.Receiving, is QrSignInState.Done -> Busy(words.codeReceiving)
            }
        }
    }
}

/** A code is read, or shown where it is known for which server. */
@Composable
private fun Beginnings(model: CodeSignInModel, state: CodeSignInState) {
    val words = LocalWords.current
    val takes = model.takes
    if (takes != null) {
        Said(words.signInCodeText)
        MainButton(if (takes) words.codeTake else words.codeChoose, { model.scan() }, Modifier.fillMaxWidth(), enabled = !state.busy)
        if (model.shows) Quiet(words.codeShow, Modifier.fillMaxWidth(), !state.busy) { model.show() }
    } else {
        Said(words.codeShowText)
        MainButton(words.codeShow, { model.show() }, Modifier.fillMaxWidth(), enabled = !state.busy)
    }
}

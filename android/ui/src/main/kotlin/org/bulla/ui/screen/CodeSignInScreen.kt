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
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import org.bulla.model.QrSignInState
import org.bulla.ui.model.CodeSignInModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.codeProblem
import org.bulla.ui.words.oneLine

/** Comes in by the code that another device shows. */
@Composable
internal fun CodeSignInScreen(model: CodeSignInModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.signInCode, onBack)
        state.problem?.let { Notice(words.codeProblem(it), Tone.DANGER, Icons.Warning) }
        Form {
            when (val step = state.step) {
                null -> {
                    Said(words.signInCodeText)
                    val what = if (model.takes) words.codeTake else words.codeChoose
                    MainButton(what, { model.scan() }, Modifier.fillMaxWidth(), enabled = !state.busy)
                }
                is QrSignInState.Connecting -> Busy(words.codeConnecting, model::cancel)
                is QrSignInState.ShowCheckCode -> {
                    Said(words.codeDigitsText)
                    val digits = step.code.toString().padStart(2, '0')
                    Large(digits, digits.toList().joinToString(" "))
                    Quiet(words.cancel, Modifier.fillMaxWidth(), onClick = model::cancel)
                }
                is QrSignInState.WaitingForApproval -> {
                    Said(words.codeApproval)
                    val code = oneLine(step.userCode, 32)
                    Large(code, code.toList().joinToString(" "))
                    Busy(words.browserWaiting, model::cancel)
                }
                is QrSignInState.Receiving, is QrSignInState.Done -> Busy(words.codeReceiving)
            }
        }
    }
}

/** What is to be compared with another screen, sign by sign. */
@Composable
private fun Large(text: String, spoken: String) {
    val seen = Modifier.fillMaxWidth().semantics {
        contentDescription = spoken
        liveRegion = LiveRegionMode.Polite
    }
    Text(text, seen, style = MaterialTheme.typography.displaySmall, textAlign = TextAlign.Center)
}

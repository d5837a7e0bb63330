package org.bulla.ui.screen

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import kotlin.math.floor
import org.bulla.model.QrGrantState
import org.bulla.model.QrPicture
import org.bulla.ui.model.LinkDeviceModel
import org.bulla.ui.model.LinkDeviceState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.problem

/** A code for a new device to read, and what is to be done until it is in. */
@Composable
internal fun LinkDeviceScreen(model: LinkDeviceModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    if (state.done) {
        Standstill(Icons.Check, words.linkDevice, words.linkDone) { MainButton(words.close, onBack, Modifier.fillMaxWidth()) }
        return
    }
    val said = state.problem?.let(words::problem)
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
                is QrGrantState.ShowCode -> state.picture?.let { Code(it) }
                is QrGrantState.EnterCheckCode -> Digits(model, state, said)
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

@Composable
private fun Code(picture: QrPicture) {
    val words = LocalWords.current
    Said(words.linkDeviceText)
    QrCode(picture, words.linkCode, Modifier.widthIn(max = 360.dp).fillMaxWidth())
}

@Composable
private fun Digits(model: LinkDeviceModel, state: LinkDeviceState, error: String?) {
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    // What was typed last may not be drawn yet when Enter comes.
    val go = { if (model.state.value.digits.length == 2) model.enter() }
    Said(words.linkDigitsText)
    Entry(words.linkDigits, state.digits, model::setDigits, Modifier.focusRequester(focus), error = error, keyboard = KeyboardType.Number, action = ImeAction.Go, onDone = { go() })
    if (state.busy) Busy(words.linkPreparing) else MainButton(words.goOn, { go() }, Modifier.fillMaxWidth(), state.digits.length == 2)
}

/** What a step of signing in by a code asks for, or tells. */
@Composable
internal fun Said(text: String) {
    Text(text, Modifier.semantics { heading() }, style = MaterialTheme.typography.bodyLarge)
}

/** A QR code, black on white in every theme. Its modules are whole pixels, without seams between them. */
@Composable
private fun QrCode(picture: QrPicture, label: String, modifier: Modifier) {
    val described = modifier.semantics {
        contentDescription = label
        role = Role.Image
    }
    Canvas(described.aspectRatio(1f).background(Color.White)) {
        val modules = picture.width.toInt()
        val side = floor(size.width / modules)
        val edge = floor((size.width - side * modules) / 2)
        picture.modules.forEachIndexed { at, dark ->
            if (dark.toInt() == 1) drawRect(Color.Black, Offset(edge + at % modules * side, edge + at / modules * side), Size(side, side))
        }
    }
}

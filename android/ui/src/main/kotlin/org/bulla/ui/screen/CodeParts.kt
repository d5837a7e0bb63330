package org.bulla.ui.screen

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import kotlin.math.floor
import org.bulla.model.QrPicture
import org.bulla.ui.theme.LocalWords

/** A code for another device to read. */
@Composable
internal fun Code(text: String, picture: QrPicture) {
    Said(text)
    QrCode(picture, LocalWords.current.linkCode, Modifier.widthIn(max = 360.dp).fillMaxWidth())
}

/** The two digits that the other device shows are typed here. [now] is what is typed: it may not be drawn yet when Enter comes. */
@Composable
internal fun Digits(text: String, label: String, now: () -> String, digits: String, onDigits: (String) -> Unit, error: String?, busy: Boolean, onEnter: () -> Unit) {
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    val go = { if (now().length == 2) onEnter() }
    Said(text)
    Entry(label, digits, onDigits, Modifier.focusRequester(focus), error = error, keyboard = KeyboardType.Number, action = ImeAction.Go, onDone = go)
    if (busy) Busy(words.linkPreparing) else MainButton(words.goOn, go, Modifier.fillMaxWidth(), digits.length == 2)
}

/** What is to be compared with another screen, sign by sign. */
@Composable
internal fun Compared(text: String) {
    val seen = Modifier.fillMaxWidth().semantics {
        contentDescription = text.toList().joinToString(" ")
        liveRegion = LiveRegionMode.Polite
    }
    Text(text, seen, style = MaterialTheme.typography.displaySmall, textAlign = TextAlign.Center)
}

internal fun twoDigits(code: UByte): String = code.toString().padStart(2, '0')

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

package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.text.TextRange
import androidx.compose.ui.text.input.TextFieldValue

/**
 * What stands in a field. A letter that is typed shows at once; the model hears of it, and its echo, which may come a frame later, never
 * takes back what was typed meanwhile. What the model changes itself comes in.
 */
internal class Typed(text: String) {
    var value by mutableStateOf(TextFieldValue(text, TextRange(text.length)))
        private set
    private val told = mutableSetOf<String>()

    fun type(new: TextFieldValue, tell: (String) -> Unit) {
        val other = new.text != value.text
        value = new
        if (other) {
            told += new.text
            tell(new.text)
        }
    }

    /** Puts [text] where the cursor is. */
    fun insert(text: String, tell: (String) -> Unit) {
        val (from, to) = value.selection.min to value.selection.max
        type(TextFieldValue(value.text.replaceRange(from, to, text), TextRange(from + text.length)), tell)
    }

    fun hear(text: String) {
        when {
            text == value.text -> told.clear()
            text in told -> {}
            else -> {
                told.clear()
                value = TextFieldValue(text, TextRange(text.length))
            }
        }
    }
}

@Composable
internal fun rememberTyped(text: String): Typed {
    val typed = remember { Typed(text) }
    remember(text) { typed.hear(text) }
    return typed
}

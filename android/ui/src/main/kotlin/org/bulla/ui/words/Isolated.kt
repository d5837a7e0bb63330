package org.bulla.ui.words

import java.text.NumberFormat
import java.util.Locale

/**
 * A text of someone else inside a sentence of ours. Marks that turn the direction of what follows are taken out, and a text that is
 * itself written from right to left is isolated: neither can reorder the words around it.
 */
fun isolated(text: String): String {
    val plain = if (text.any(::turns)) text.filterNot(::turns) else text
    return if (plain.any(::isRightToLeft)) "\u2068$plain\u2069" else plain
}

/** A name for one line: bounded, without line breaks and without what cannot be seen. */
fun oneLine(text: String, limit: Int = 200): String {
    val plain = text.take(limit * 4).filterNot { turns(it) || it in INVISIBLE }
    return plain.replace(BREAKS, " ").trim().take(limit)
}

internal fun number(value: Int, locale: Locale): String = NumberFormat.getIntegerInstance(locale).format(value)

private fun turns(letter: Char) = letter in '\u202A'..'\u202E' || letter in '\u2066'..'\u2069' || letter == '\u200E' || letter == '\u200F'

private fun isRightToLeft(letter: Char) = when (Character.getDirectionality(letter)) {
    Character.DIRECTIONALITY_RIGHT_TO_LEFT, Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC -> true
    else -> letter in '\uD802'..'\uD803' || letter == '\uD83A' || letter == '\uD83B'
}

/** Zero-width letters that only serve to make two names look alike. Joiners stay where scripts and emoji need them: between two letters. */
private const val INVISIBLE = "\u200B\u2060\uFEFF\u00AD\u180E\u061C"
private val BREAKS = Regex("[\\p{Cntrl}\\u2028\\u2029]+")

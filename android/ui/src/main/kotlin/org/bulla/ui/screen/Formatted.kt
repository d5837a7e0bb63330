package org.bulla.ui.screen

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.LinkAnnotation
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.TextLinkStyles
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDecoration

/**
 * A message's HTML as styled text. The library has reduced it to Matrix's safe subset; what is not known here loses its marks and keeps
 * its words.
 */
internal fun formatted(html: String, link: Color): AnnotatedString = Formatter(html, link).text()

/** A message without HTML as text whose addresses can be opened. */
internal fun linked(plain: String, link: Color): AnnotatedString = buildAnnotatedString { addresses(withoutTurns(plain), link) { append(it) } }

/** Says [text] piece by piece, its web addresses as links. The full stop after an address is not of it. */
private fun AnnotatedString.Builder.addresses(text: String, link: Color, say: (String) -> Unit) {
    var at = 0
    for (match in ADDRESS.findAll(text)) {
        val address = match.value.trimEnd('.', ',', ';', ':', '!', '?', ')', '»', '\u00A0')
        say(text.substring(at, match.range.first))
        pushLink(LinkAnnotation.Url(address, linkStyle(link)))
        say(address)
        pop()
        at = match.range.first + address.length
    }
    say(text.substring(at))
}

private fun linkStyle(link: Color) = TextLinkStyles(SpanStyle(color = link, textDecoration = TextDecoration.Underline))

private val ADDRESS = Regex("https?://[^\\s<>\"]+", RegexOption.IGNORE_CASE)

/** Without the marks that turn what follows around: nobody's text may read otherwise than it was written. */
internal fun withoutTurns(text: String): String = text.filterNot { it == '\u202D' || it == '\u202E' }

private class Formatter(private val html: String, private val link: Color) {
    private val builder = AnnotatedString.Builder()
    private val open = ArrayDeque<String>()
    private var letters = 0
    private var last = '\n'
    private var item = 0

    fun text(): AnnotatedString {
        var at = 0
        while (at < html.length) {
            val begin = html.indexOf('<', at).let { if (it < 0) html.length else it }
            say(html.substring(at, begin))
            if (begin == html.length) break
            val end = html.indexOf('>', begin)
            if (end < 0) {
                say(html.substring(begin))
                break
            }
            tag(html.substring(begin + 1, end))
            at = end + 1
        }
        while (open.isNotEmpty()) close(open.last())
        val text = builder.toAnnotatedString()
        return text.subSequence(0, text.text.trimEnd().length)
    }

    private fun say(raw: String) {
        val plain = withoutTurns(decoded(raw))
        val text = if ("pre" in open) plain else plain.replace(BLANKS, " ").let { if (last == '\n') it.trimStart() else it }
        if ("a" in open) put(text) else builder.addresses(text, link, ::put)
    }

    private fun put(text: String) {
        if (text.isEmpty()) return
        builder.append(text)
        letters += text.length
        last = text.last()
    }

    private fun line() {
        if (letters > 0 && last != '\n') put("\n")
    }

    private fun tag(inner: String) {
        val name = inner.trim('/', ' ').substringBefore(' ').lowercase()
        when {
            name == "br" -> put("\n")
            name == "hr" -> line()
            inner.startsWith("/") -> close(name)
            else -> begin(name, inner)
        }
    }

    private fun begin(name: String, inner: String) {
        if (name in BLOCKS) line()
        when (name) {
            "li" -> put(if (open.lastOrNull { it == "ol" || it == "ul" } == "ol") "${++item}. " else "•  ")
            "ol" -> item = 0
        }
        val address = if (name == "a") address(inner) else null
        when {
            address != null -> builder.pushLink(LinkAnnotation.Url(address, linkStyle(link)))
            else -> builder.pushStyle(style(name))
        }
        open.addLast(name)
    }

    private fun close(name: String) {
        if (name !in open) return
        while (open.isNotEmpty()) {
            val closed = open.removeLast()
            builder.pop()
            if (closed in BLOCKS) line()
            if (closed == name) return
        }
    }

    private fun style(name: String): SpanStyle = when (name) {
        "b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th" -> SpanStyle(fontWeight = FontWeight.SemiBold)
        "i", "em" -> SpanStyle(fontStyle = FontStyle.Italic)
        "u" -> SpanStyle(textDecoration = TextDecoration.Underline)
        "del", "s", "strike" -> SpanStyle(textDecoration = TextDecoration.LineThrough)
        "code", "pre" -> SpanStyle(fontFamily = FontFamily.Monospace)
        else -> SpanStyle()
    }

    /** Only what opens in a browser or a mail program. */
    private fun address(inner: String): String? {
        val found = HREF.find(inner)?.groupValues?.get(2)?.let(::decoded) ?: return null
        return found.takeIf { address -> SCHEMES.any { address.startsWith(it, ignoreCase = true) } }
    }

    private fun decoded(text: String) = ENTITY.replace(text) { match ->
        when (val name = match.groupValues[1]) {
            "amp" -> "&"
            "lt" -> "<"
            "gt" -> ">"
            "quot" -> "\""
            "nbsp" -> "\u00A0"
            else -> {
                val code = if (name.startsWith("#x", true)) name.drop(2).toIntOrNull(16) else name.removePrefix("#").toIntOrNull()
                if (code != null && Character.isValidCodePoint(code) && code > 31) String(Character.toChars(code)) else match.value
            }
        }
    }

    private companion object {
        val BLOCKS = setOf("p", "div", "ul", "ol", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr")
        val SCHEMES = listOf("https://", "http://", "mailto:", "matrix:")
        val HREF = Regex("href\\s*=\\s*([\"'])(.*?)\\1", RegexOption.IGNORE_CASE)
        val ENTITY = Regex("&(#?\\w{1,8});")
        val BLANKS = Regex("\\s+")
    }
}

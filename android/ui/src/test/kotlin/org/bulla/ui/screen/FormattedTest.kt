package org.bulla.ui.screen

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.LinkAnnotation
import androidx.compose.ui.text.font.FontWeight
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class FormattedTest {
    private fun text(html: String) = formatted(html, Color.Blue)

    @Test
    fun marksBecomeStyles() {
        val text = text("<p>à <strong>16 h</strong></p><ul><li>un</li><li>deux</li></ul>")
        assertEquals("à 16 h\n•  un\n•  deux", text.text)
        assertTrue(text.spanStyles.any { it.item.fontWeight == FontWeight.SemiBold && text.text.substring(it.start, it.end) == "16 h" })
    }

    @Test
    fun listsAreNumbered() = assertEquals("1. un\n2. deux", text("<ol><li>un</li><li>deux</li></ol>").text)

    @Test
    fun linksKeepTheirRealTarget() {
        val text = text("<a href=\"https://evil.example/\">https://bank.example</a> <a href='javascript:x()'>y</a> <a href=\"file:///etc/passwd\">z</a>")
        val links = text.getLinkAnnotations(0, text.length).map { (it.item as LinkAnnotation.Url).url }
        assertEquals(listOf("https://evil.example/"), links)
        assertEquals("https://bank.example y z", text.text)
    }

    @Test
    fun addressesCanBeOpened() {
        val text = text("<p>voir https://intranet.gouv.example/a?b=1&amp;c=2. Et <a href=\"https://b.example\">https://c.example</a></p>")
        val links = text.getLinkAnnotations(0, text.length).map { (it.item as LinkAnnotation.Url).url }
        assertEquals(listOf("https://intranet.gouv.example/a?b=1&c=2", "https://b.example"), links)
        val plain = linked("HTTPS://a.example, ftp://b javascript:x", Color.Blue)
        assertEquals(listOf("HTTPS://a.example"), plain.getLinkAnnotations(0, plain.length).map { (it.item as LinkAnnotation.Url).url })
        assertEquals("HTTPS://a.example, ftp://b javascript:x", plain.text)
    }

    @Test
    fun whatIsBrokenKeepsItsWords() {
        for (html in listOf("<b>un", "un</b>", "<b><i>un</b></i>", "<", "un <", "<a>un</a>", "&#x0;un", "&#99999999;un", "</p></p>un", "<p")) {
            text(html)
        }
        assertTrue("un" in text("<b><i>un</b></i>").text)
        assertEquals("1 < 2 & \"3\"", text("1 &lt; 2 &amp; &quot;3&quot;").text)
    }

    @Test
    fun overridesAreTakenOut() = assertFalse(text("<p>a\u202Eb&#x202e;c</p>").text.contains('\u202E'))
}

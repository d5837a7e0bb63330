package org.bulla.ui.words

import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import org.bulla.model.MessageBody
import org.bulla.model.TextStyle
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class WordsTest {
    @Test
    fun numbersChooseTheirForm() {
        assertEquals("0 message non lu", FrenchWords.unreadCount(0))
        assertEquals("1 message non lu", FrenchWords.unreadCount(1))
        assertEquals("2 messages non lus", FrenchWords.unreadCount(2))
        assertEquals("0 unread messages", EnglishWords.unreadCount(0))
        assertEquals("1 unread message", EnglishWords.unreadCount(1))
        assertTrue(FrenchWords.unreadCount(12345).first().isDigit())
        assertEquals("12,345 unread messages", EnglishWords.unreadCount(12345))
    }

    @Test
    fun datesFollowTheLanguage() {
        val zone = ZoneId.of("Europe/Paris")
        val at = Instant.parse("2024-03-05T14:05:00Z")
        assertEquals("15:05", FrenchWords.time(at, zone))
        assertEquals("15:05", EnglishWords.time(at, zone))
        assertEquals("Mardi 5 mars", FrenchWords.day(at, zone, LocalDate.of(2024, 4, 1)))
        assertEquals("Tuesday 5 March", EnglishWords.day(at, zone, LocalDate.of(2024, 4, 1)))
        assertEquals("Hier", FrenchWords.day(at, zone, LocalDate.of(2024, 3, 6)))
        assertEquals("15:05", FrenchWords.moment(at, zone, LocalDate.of(2024, 3, 5)))
    }

    @Test
    fun hostileNamesCannotReorderASentence() {
        val spoof = "\u202Egro.live\u202C\u2066\u2069 Bilal"
        val said = FrenchWords.invitedBy(spoof)
        assertFalse(said.any { it in '\u202A'..'\u202E' })
        assertTrue(said.endsWith(" vous invite"))
        assertEquals("\u2068ראש הממשלה\u2069 vous invite", FrenchWords.invitedBy("ראש הממשלה"))
        assertEquals("Bilal", nameOf("@bilal:a", "\u200BBil\u202Eal\uFEFF\n"))
    }

    @Test
    fun aNameThatCannotBeSeenIsNotAName() {
        for (name in listOf("", "   ", "\u200B\u200B", "\u200D", "\u3164", "\u2800", "\n\t")) assertEquals("bilal", nameOf("@bilal:server", name), name)
    }

    @Test
    fun longNamesAreBounded() {
        val began = System.nanoTime()
        assertTrue(oneLine("n".repeat(65_536)).length <= 200)
        assertTrue(nameOf("@a:b", "\u202E".repeat(65_536) + "x").isNotEmpty())
        assertTrue(System.nanoTime() - began < 1_000_000_000)
    }

    @Test
    fun aLineShowsNoMarks() {
        val body = MessageBody.Text(TextStyle.SAID, "à **16 h**", "<p>à <strong>16 h</strong> &amp; plus</p>")
        assertEquals("à 16 h & plus", FrenchWords.line(body, "@a:b", null))
    }
}

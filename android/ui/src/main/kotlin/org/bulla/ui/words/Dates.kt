package org.bulla.ui.words

import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import java.util.Locale

// Dates and times as the language writes them, in the zone of the device.

/** 14:05, 2:05 PM. */
fun Words.time(at: Instant, zone: ZoneId = ZoneId.systemDefault()): String =
    DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT).withLocale(formats).format(at.atZone(zone))

/** The heading above a day's messages. */
fun Words.day(at: Instant, zone: ZoneId = ZoneId.systemDefault(), now: LocalDate = LocalDate.now(zone)): String {
    val day = at.atZone(zone).toLocalDate()
    val pattern = if (day.year == now.year) "EEEE d MMMM" else "d MMMM yyyy"
    return when (day) {
        now -> today
        now.minusDays(1) -> yesterday
        else -> DateTimeFormatter.ofPattern(pattern, formats).format(day).replaceFirstChar(Char::uppercase)
    }
}

/** When a conversation last moved, as short as it can be said. */
fun Words.moment(at: Instant, zone: ZoneId = ZoneId.systemDefault(), now: LocalDate = LocalDate.now(zone)): String {
    val day = at.atZone(zone).toLocalDate()
    return when {
        day == now -> time(at, zone)
        day == now.minusDays(1) -> yesterday
        day > now.minusDays(7) && day < now -> DateTimeFormatter.ofPattern("EEE", formats).format(day)
        else -> DateTimeFormatter.ofLocalizedDate(FormatStyle.SHORT).withLocale(formats).format(day)
    }
}

/** 1.2 MB. */
fun Words.size(count: ULong): String = when {
    count < 1000u -> bytes("$count")
    count < 1_000_000u -> kilobytes("${(count + 500u) / 1000u}")
    count < 100_000_000u -> megabytes(String.format(locale, "%.1f", count.toDouble() / 1_000_000))
    count < 1_000_000_000u -> megabytes("${(count + 500_000u) / 1_000_000u}")
    else -> gigabytes(String.format(locale, "%.1f", count.toDouble() / 1_000_000_000))
}

/** British dates with English: 24 hours and the day first, as Europe writes them. */
private val Words.formats get() = if (locale.language == "en") Locale.UK else locale

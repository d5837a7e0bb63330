package org.bulla.ui.words

import java.time.Duration
import org.bulla.model.Ending
import org.bulla.model.EndingLimit
import org.bulla.model.EndingState
import org.bulla.model.Lifetime
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.Retention

// Messages that end, in words.

/** So much time in its largest unit, rounded up. */
fun Words.span(duration: Duration): String {
    val seconds = (duration.toMillis() + 999).coerceAtLeast(0) / 1000
    fun whole(unit: Long) = ((seconds + unit - 1) / unit).toInt()
    return when {
        seconds < 60 -> secondsCount(seconds.toInt())
        seconds < 3_600 -> minutesCount(whole(60))
        seconds < 86_400 -> hoursCount(whole(3_600))
        else -> daysCount(whole(86_400))
    }
}

fun Words.lifetime(lifetime: Lifetime?): String = when (lifetime) {
    null -> endingNever
    is Lifetime.FromSending -> endingAfterSending(span(lifetime.after))
    is Lifetime.FromReading -> endingAfterReading(span(lifetime.after))
    is Lifetime.Once -> endingOnce
}

/** What a row says of its end, [now] being the moment in milliseconds; null where its body says it. */
fun Words.ending(ending: Ending, now: Long): String? = when (val state = ending.state) {
    is EndingState.NotBegun -> (ending.lifetime as? Lifetime.FromReading)?.let { endingNotBegun(span(it.after)) }
    is EndingState.Due -> endingLeft(span(Duration.ofMillis(state.at.toEpochMilli() - now)))
    is EndingState.Covered, is EndingState.Opened -> null
}

fun Words.covered(media: MediaKind?): String = if (media == null) coverText else coverMedia(media(media))

fun Words.cover(body: MessageBody.Covered): String = covered(body.media)

fun Words.limit(limit: EndingLimit): String = when (limit) {
    EndingLimit.OTHER_CLIENTS -> endingOtherApps
    EndingLimit.PICTURES -> endingPictures
    EndingLimit.SERVER_COPY -> endingServer
}

fun Words.retention(retention: Retention): String = retention.effective?.let { retentionOlder(span(it)) } ?: retentionForEver

package org.bulla

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import org.bulla.model.GroupDraft
import org.bulla.model.LogLevel
import org.bulla.model.LogRecord
import org.bulla.model.LogSink
import org.bulla.model.MessageBody
import org.bulla.model.NetworkChange
import org.bulla.support.inTime
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.parallel.Isolated

/** What the library logs. Alone, since there is one sink. */
@Isolated
class LogTest {
    @Test
    fun `lines come until they are turned off`() = story {
        val lines = Lines()
        setLogSink(lines, LogLevel.DEBUG)
        atEnd { setLogLevel(LogLevel.OFF) }
        val alice = agent()
        alice.live()
        alice.session.pause()
        lines.until("paused")
        assertTrue(lines.all.all { it.target.startsWith("bulla") && it.level != LogLevel.OFF })

        setLogLevel(LogLevel.OFF)
        alice.session.resume()
        alice.live()
        alice.session.pause()
        setLogLevel(LogLevel.DEBUG)
        alice.session.resume()
        lines.until("live", times = 2)
        assertEquals(1, lines.all.count { "paused" in it.text }, "the second pause was not told")
    }

    @Test
    fun `no line holds a name, a text or a secret`() = story {
        val lines = Lines()
        setLogSink(lines, LogLevel.DEBUG)
        atEnd { setLogLevel(LogLevel.OFF) }
        val proxy = proxy()
        val (alice, bob) = agent(homeserver = proxy.url) to agent(1)
        val room = meet(alice, bob)
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.sendText("canary one")
        val first = his.text("canary one")
        his.timeline.reply(first.item, "canary two")
        hers.timeline.edit(hers.text("canary one").item, "canary three")
        his.timeline.react(his.text("canary three").item, "canary four")
        his.timeline.redact(his.text("canary two").item, "canary five")
        hers.event("the redaction") { it.body is MessageBody.Redacted }
        val group = alice.session.createGroup(GroupDraft("canary six", "canary seven", listOf(bob.id)))
        bob.accept(group)
        proxy.respond(403, "M_FORBIDDEN", path = "/send/")
        hers.timeline.sendText("canary eight")
        proxy.refuse()
        alice.session.networkChanged(NetworkChange.AVAILABLE)
        alice.restart()
        alice.session.pause()
        lines.until("paused")

        val people = listOf(alice, bob).flatMap { listOf(it.id, it.user.localpart, it.user.password, it.session.account().device) }
        val canaries = people + listOf("canary", room, group, room.take(12), first.event.eventId!!)
        val leaks = lines.all.filter { line -> canaries.any { it in line.text || it in line.target } }
        assertEquals(emptyList<LogRecord>(), leaks)
    }
}

/** Keeps every line. */
private class Lines : LogSink {
    private val lines = MutableStateFlow(emptyList<LogRecord>())
    val all get() = lines.value

    override fun log(record: LogRecord) = lines.update { it + record }

    suspend fun until(text: String, times: Int = 1) = inTime("a line with $text") {
        lines.first { all -> all.count { text in it.text } >= times }
    }
}

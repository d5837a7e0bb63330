package org.bulla

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.transformWhile
import org.bulla.model.NetworkChange
import org.bulla.model.OfflineCause
import org.bulla.model.SendState
import org.bulla.model.SendTrouble
import org.bulla.model.SessionState
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.support.text
import org.bulla.support.texts
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** How a session stands with its server, and what waits to be sent. */
class StateTest {
    @Test
    fun `a session attaches and is live`() = story {
        val alice = agent()
        alice.restart()
        val states = inTime("live") {
            alice.session.stateFlow().transformWhile { emit(it); it !is SessionState.Live }.toList()
        }
        assertEquals(listOf(SessionState.Attaching, SessionState.Live), states)
    }

    @Test
    fun `a network that goes and comes back is seen`() = story {
        val proxy = proxy()
        val alice = agent(homeserver = proxy.url)
        alice.live()
        proxy.refuse()
        alice.state("the service does not answer") { it is SessionState.Offline && it.cause == OfflineCause.NO_ANSWER }
        alice.session.networkChanged(NetworkChange.LOST)
        alice.state("offline") { it is SessionState.Offline && it.cause == OfflineCause.NO_NETWORK }
        proxy.heal()
        alice.session.networkChanged(NetworkChange.AVAILABLE)
        alice.live()
    }

    @Test
    fun `a pause leaves no connection open`() = story {
        val proxy = proxy()
        val (alice, bob) = agent(homeserver = proxy.url) to agent(1)
        val room = meet(alice, bob)
        alice.session.pause()
        alice.state("paused") { it is SessionState.Paused }
        proxy.until("no connection is open") { open() == 0 }
        val before = proxy.requests("/sync")
        bob.open(room).run {
            timeline.sendText("while you were away")
            text("while you were away")
        }
        assertEquals(before, proxy.requests("/sync"))
        alice.session.resume()
        alice.live()
        alice.open(room).text("while you were away")
    }

    @Test
    fun `a message written offline leaves once`() = story {
        val proxy = proxy()
        val (alice, bob) = agent(homeserver = proxy.url) to agent(1)
        val room = meet(alice, bob)
        val (hers, his) = alice.open(room) to bob.open(room)
        proxy.refuse()
        alice.session.networkChanged(NetworkChange.LOST)
        alice.state("offline") { it is SessionState.Offline }
        hers.timeline.sendText("from the tunnel")
        hers.event("it waits") { it.text == "from the tunnel" && it.sendState.waits }

        proxy.heal()
        alice.session.networkChanged(NetworkChange.AVAILABLE)
        hers.text("from the tunnel")
        hers.timeline.sendText("and after")
        val shown = his.rows("both") { rows -> texts(rows).takeIf { "and after" in it } }
        assertEquals(listOf("from the tunnel", "and after"), shown)
    }

    @Test
    fun `a message that the server refuses is retried or taken back`() = story {
        val proxy = proxy()
        val (alice, bob) = agent(homeserver = proxy.url) to agent(1)
        val room = meet(alice, bob)
        val (hers, his) = alice.open(room) to bob.open(room)
        val refused = SendState.Failed(SendTrouble.Rejected("M_FORBIDDEN"), retrying = false)

        proxy.respond(403, "M_FORBIDDEN", path = "/send/")
        hers.timeline.sendText("first")
        val first = hers.event("refused") { it.text == "first" && it.sendState is SendState.Failed }
        assertEquals(refused, first.event.sendState)
        proxy.heal()
        hers.timeline.retry(first.item)
        his.text("first")
        assertFalse(hers.timeline.cancelSend(hers.text("first").item), "it has left")

        proxy.respond(403, "M_FORBIDDEN", path = "/send/")
        hers.timeline.sendText("second")
        val second = hers.event("refused") { it.text == "second" && it.sendState == refused }
        assertTrue(hers.timeline.cancelSend(second.item))
        hers.rows("it is taken back") { rows -> rows.takeIf { "second" !in texts(it) } }
        proxy.heal()
        hers.timeline.sendText("third")
        val shown = his.rows("the third") { rows -> texts(rows).takeIf { "third" in it } }
        assertEquals(listOf("first", "third"), shown)
    }
}

/** On its way, or stopped by what passes. */
private val SendState.waits get() = this is SendState.Sending || this is SendState.Failed && retrying

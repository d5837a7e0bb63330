package org.bulla.support

import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.bulla.model.RoomId

/** No test waits longer for anything. */
val DEADLINE = 60.seconds

/** Runs [work], or fails saying [what] did not come. */
suspend fun <T> inTime(what: String, work: suspend () -> T): T = inTime({ what }, work)

/** The same, where [what] is only known when the time is over. */
suspend fun <T> inTime(what: () -> String, work: suspend () -> T): T = try {
    withTimeout(DEADLINE) { work() }
} catch (_: TimeoutCancellationException) {
    throw AssertionError("not in time: ${what()}")
}

/** A story that people of its own tell, within [limit]; whatever they opened is closed at its end. */
fun story(limit: Duration = DEADLINE * 2, tell: suspend Stage.() -> Unit) = runBlocking(Dispatchers.Default) {
    val stage = Stage()
    try {
        withTimeout(limit) { stage.tell() }
    } finally {
        withContext(NonCancellable) { inTime("the end of everything that was opened") { stage.end() } }
    }
}

/** Who and what a story needs. */
class Stage {
    private val ends = ArrayDeque<suspend () -> Unit>()

    /** A new person on a server, signed in at [homeserver], which may be a proxy. */
    suspend fun agent(server: Int = 0, homeserver: String? = null): Agent {
        val user = Deployment.newUser(server)
        return inTime("sign-in") { Agent.signIn(user, homeserver ?: user.homeserver) }.also { atEnd(it::end) }
    }

    /** A new person on a server that stands behind [offices]. */
    suspend fun agent(server: Int, offices: Offices): Agent {
        val user = Deployment.newUser(server)
        return inTime("sign-in") { Agent.signIn(user, offices.url(server), offices.trust) }.also { atEnd(it::end) }
    }

    /** Offices before the first server and the second, whose people are from outside. */
    suspend fun offices(identity: Boolean = false): Offices = Deployment.offices(identity).also { atEnd(it::end) }

    /** A proxy in front of a server. */
    suspend fun proxy(server: Int = 0): Proxy = Deployment.proxy(server).also { atEnd(it::end) }

    /** Two people on two servers, in a direct conversation. */
    suspend fun two(): Meeting = coroutineScope {
        val (alice, bob) = listOf(async { agent(0) }, async { agent(1) }).map { it.await() }
        Meeting(alice, bob, meet(alice, bob))
    }

    /** [alice] invites [bob] into a direct conversation, and he comes in. */
    suspend fun meet(alice: Agent, bob: Agent): RoomId {
        alice.live()
        val room = alice.session.createDirect(bob.id)
        bob.accept(room)
        alice.room("both are in") { it.id == room && it.members == 2u }
        return room
    }

    /** Runs [end] after the story, the newest first. */
    fun atEnd(end: suspend () -> Unit) = synchronized(ends) { ends.addFirst(end) }

    suspend fun end() {
        var trouble: Throwable? = null
        for (end in synchronized(ends) { ends.toList() }) {
            runCatching { end() }.onFailure { trouble = trouble ?: it }
        }
        trouble?.let { throw it }
    }
}

/** Two people and their conversation. */
data class Meeting(val alice: Agent, val bob: Agent, val room: RoomId)

package org.bulla

import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.bulla.model.LiveObjects
import org.bulla.model.Failure
import org.bulla.model.GroupDraft
import org.bulla.model.NetworkChange
import org.bulla.model.RoomFilter
import org.bulla.model.RoomListChange
import org.bulla.model.SessionState
import org.bulla.model.TimelineChange
import org.bulla.support.Agent
import org.bulla.support.Conversation
import org.bulla.support.Stage
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.parallel.Isolated

/** Streams begin whole, end when told, and leave nothing behind. Alone, since live objects are counted in the whole process. */
@Isolated
class StreamTest {
    @Test
    fun `ten thousand streams leave nothing behind`() = story {
        val (alice, conversation) = room()
        val before = liveObjects()
        val flows = flows(alice, conversation)
        inTime("10,000 streams") {
            repeat(10_000) { flows[it % flows.size].first() }
        }
        assertNoMoreThan(before)
    }

    @Test
    fun `cancelling ends a pending stream at once`() = story {
        val (alice, conversation) = room()
        alice.live()
        val before = liveObjects()
        for (flow in flows(alice, conversation)) {
            coroutineScope {
                val began = Channel<Unit>(Channel.UNLIMITED)
                val collecting = launch { flow.collect { began.send(Unit) } }
                inTime("the first batch") { began.receive() }
                inTime("the end") { collecting.cancelAndJoin() }
            }
        }
        assertNoMoreThan(before)
    }

    @Test
    fun `a stream that is pulled by hand ends when cancelled`() = story {
        val (alice, conversation) = room()
        alice.live()
        alice.session.states().use { states ->
            assertEquals(SessionState.Live, states.next())
            states.ends(StateStream::cancel) { next() }
        }
        alice.session.rooms(RoomFilter.ALL, 1u).use { rooms ->
            assertEquals(1, (rooms.next()!!.first() as RoomListChange.Reset).items.size)
            rooms.setFilter(RoomFilter.INVITATIONS)
            val none = inTime("the other filter") { rooms.next()!!.first() as RoomListChange.Reset }
            assertEquals(emptyList<Any>(), none.items)
            rooms.more()
            rooms.setFilter(RoomFilter.ALL)
            rooms.setSearch("no room is called that")
            val nothing = inTime("the search") { rooms.next()!!.first() as RoomListChange.Reset }
            assertEquals(emptyList<Any>(), nothing.items)
            rooms.ends(RoomListStream::cancel) { next() }
        }
        conversation.room.changes().use { rows ->
            assertEquals(conversation.room.id(), rows.next()!!.id)
            rows.ends(RoomStream::cancel) { next() }
        }
        conversation.room.abilities().use { abilities ->
            assertTrue(abilities.next()!!.isNotEmpty())
            abilities.cancel()
            assertNull(abilities.next())
        }
        conversation.room.memberChanges().use { members ->
            assertTrue(members.next()!!.any { it.user == alice.id })
            members.cancel()
            assertNull(members.next())
        }
        conversation.timeline.items().use { items ->
            assertTrue(items.next()!!.first() is TimelineChange.Reset)
            items.ends(TimelineStream::cancel) { next() }
        }
    }

    @Test
    fun `a session that was shut down ends its streams and refuses calls`() = story {
        val (alice, conversation) = room()
        alice.live()
        val (room, timeline) = conversation.room to conversation.timeline
        coroutineScope {
            val streams = flows(alice, conversation).map { flow ->
                val began = Channel<Unit>(Channel.UNLIMITED)
                val whole = async(start = UNDISPATCHED) {
                    flow.collect { began.send(Unit) }
                }
                inTime("the first batch") { began.receive() }
                whole
            }
            alice.session.shutdown()
            inTime("the end of every stream") { streams.forEach { it.await() } }
        }
        val session = alice.session
        assertNull(session.states().use { it.next() })
        fails<Failure.Closed> { session.rooms(RoomFilter.ALL, 10u) }
        fails<Failure.Closed> { session.room(room.id()) }
        fails<Failure.Closed> { session.createGroup(GroupDraft("Too late")) }
        fails<Failure.Closed> { session.pause() }
        fails<Failure.Closed> { room.summary() }
        fails<Failure.Closed> { room.timeline() }
        fails<Failure.Closed> { timeline.sendText("too late") }
        session.networkChanged(NetworkChange.AVAILABLE)
        session.shutdown()
        assertNotNull(session.account())
    }
}

/** Someone with a room, its conversation open. */
private suspend fun Stage.room(): Pair<Agent, Conversation> {
    val alice = agent()
    val conversation = alice.open(alice.session.createGroup(GroupDraft("Group")))
    return alice to conversation
}

private fun flows(agent: Agent, conversation: Conversation): List<Flow<Any>> = listOf(
    agent.session.stateFlow(),
    agent.session.roomList(),
    conversation.timeline.rows(),
)

/** A pending [next] returns none when the stream is cancelled, and so does every later one. */
private suspend fun <S> S.ends(cancel: S.() -> Unit, next: suspend S.() -> Any?) = coroutineScope {
    val pending = async(start = UNDISPATCHED) { while (next() != null) Unit }
    cancel()
    inTime("the end") { pending.await() }
    assertNull(next())
}

/** Fewer may be left: what an earlier test did not close goes when the collector of garbage comes by. */
private fun assertNoMoreThan(before: LiveObjects) {
    val now = liveObjects()
    val kinds = listOf<(LiveObjects) -> UInt>({ it.sessions }, { it.rooms }, { it.timelines }, { it.streams })
    assertTrue(kinds.all { it(now) <= it(before) }) { "$before before, $now now" }
}

package org.bulla.bench

import androidx.compose.foundation.lazy.LazyListState
import java.nio.file.Path
import kotlin.system.exitProcess
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.bulla.Session
import org.bulla.model.EventItem
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomListChange
import org.bulla.model.RoomSummary
import org.bulla.model.TimelineItem
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.screen.BullaApp
import org.bulla.ui.theme.Brand
import uniffi.bulla_peer.PeerList
import uniffi.bulla_peer.PeerRoom
import uniffi.bulla_peer.PeerTimeline

private const val ROW = 12
private const val PAGE = 50
private val TIMES = System.getenv("BULLA_BENCH_N")?.toInt() ?: 20

/**
 * Row 12: the screens. Ours: records from the library, as the app has them. Peer: the same screens, drawn by the same code, over an object a
 * row, each field a call when the row is drawn. The argument is the folder of the filled accounts.
 */
fun main(arguments: Array<String>) {
    val fixtures = Path.of(arguments.single())
    runBlocking(Dispatchers.Default) {
        for (rooms in listOf(100, 10_000)) Account(fixtures, "start-$rooms").use { start(it, rooms) }
        Account(fixtures, "conversation").use { conversation(it) }
        Account(fixtures, "start-10000").use { scroll(it) }
        Account(fixtures, "conversation").use { oneMessage(it) }
        Account(fixtures, "start-1000").use { memory(it) }
    }
    exitProcess(0)
}

/** From making the library to the first rows drawn. */
private suspend fun start(account: Account, rooms: Int) {
    val (ours, peer) = mutableListOf<Double>() to mutableListOf<Double>()
    turns(
        {
            val library = account.library()
            val app = App(library)
            ours += milliseconds {
                app.model.start()
                app.model.state.first { it.current != null }
                val rows = checkNotNull(app.model.rooms()).state.first { it.rows.isNotEmpty() }.rows
                Screen { Rooms(rows, RoomSummary::id, { it }) }.use { it.frame() }
            }
            app.close()
        },
        {
            val library = account.library()
            lateinit var session: Session
            lateinit var rows: List<RoomSummary>
            val read = milliseconds {
                session = library.open(account.id)
                rows = session.page(PAGE)
            }
            // Its records have become objects before: that a library with objects does inside.
            val list = PeerList(rows)
            peer += read + milliseconds {
                Screen { Rooms(list.objects(0u, PAGE.toUInt()), PeerRoom::id, { it.record() }) }.use { it.frame() }
            }
            session.shutdown()
            session.close()
            library.close()
        },
    )
    print(ROW, "start to the first list drawn, $rooms rooms", "ms", mapOf("ours" to ours, "peer" to peer))
}

/** From opening a conversation of 10,000 events to its newest drawn. */
private suspend fun conversation(account: Account) {
    val app = App(account.library()).started()
    val room = checkNotNull(app.model.session).page(1).single().id
    val (ours, peer) = mutableListOf<Double>() to mutableListOf<Double>()
    turns(
        {
            ours += milliseconds {
                app.model.openRoom(room)
                val model = checkNotNull(app.model.conversation(room))
                val rows = model.state.first { !it.loading }.rows.mapNotNull { it.said }
                Screen { Messages(rows, { it.eventId.orEmpty() }, { it }, model) }.use { it.frame() }
            }
            app.model.home()
        },
        {
            app.model.openRoom(room)
            val model = checkNotNull(app.model.conversation(room))
            lateinit var rows: List<TimelineItem>
            val read = milliseconds { rows = model.state.first { !it.loading }.rows }
            val timeline = PeerTimeline(rows.mapNotNull { it.said })
            peer += read + milliseconds {
                Screen { Messages(timeline.objects(), { it.eventId().orEmpty() }, { it.record() }, model) }.use { it.frame() }
            }
            app.model.home()
        },
    )
    print(ROW, "open a conversation of 10,000 events", "ms", mapOf("ours" to ours, "peer" to peer))
    app.close()
}

/** 1,000 rows from the top to the bottom, two rows a frame. */
private suspend fun scroll(account: Account) {
    val app = App(account.library()).started()
    val rooms = checkNotNull(app.model.session).page(1_000)
    check(rooms.size == 1_000) { "${rooms.size} rooms" }
    fun <T> frames(rows: List<T>, key: (T) -> String, record: (T) -> RoomSummary): List<Double> {
        val list = LazyListState()
        return Screen { Rooms(rows, key, record, list) }.use { screen ->
            screen.frame()
            buildList {
                while (list.canScrollForward) {
                    list.dispatchRawDelta(148f)
                    add(screen.frame())
                }
            }
        }
    }
    val (ours, peer) = mutableListOf<List<Double>>() to mutableListOf<List<Double>>()
    val objects = PeerList(rooms).objects(0u, 1_000u)
    turns(
        { ours += frames(rooms, RoomSummary::id) { it } },
        { peer += frames(objects, PeerRoom::id) { it.record() } },
        (TIMES / 4).coerceAtLeast(2),
    )
    print(ROW, "a frame while scrolling 1,000 rooms", "ms", mapOf("ours" to ours.flatten(), "peer" to peer.flatten()))
    fun slow(all: List<List<Double>>) = all.map { frames -> frames.count { it > 16.0 }.toDouble() }
    print(ROW, "frames over 16 ms while scrolling 1,000 rooms, of ${ours[0].size}", "frames", mapOf("ours" to slow(ours), "peer" to slow(peer)))
    app.close()
}

/** What is composed anew when one message is there. */
private suspend fun oneMessage(account: Account) {
    val app = App(account.library()).started()
    val room = checkNotNull(app.model.session).page(1).single().id
    app.model.openRoom(room)
    val model = checkNotNull(app.model.conversation(room))
    model.state.first { !it.loading }
    val all = mutableListOf<Double>()
    val messages = mutableListOf<Double>()
    Screen { BullaApp(app.model, Brand.BULLA) }.use { screen ->
        repeat(30) { screen.frame() }
        repeat(TIMES) { number ->
            model.setDraft("message $number")
            repeat(10) { screen.frame() }
            val composed = Composed.during {
                model.send()
                model.state.first { state -> state.rows.any { (it.said?.body as? MessageBody.Text)?.plain == "message $number" } }
                repeat(10) { screen.frame() }
            }
            all += composed.size.toDouble()
            messages += composed.count { it.startsWith("org.bulla.ui.screen.Message ") }.toDouble()
        }
    }
    print(ROW, "functions composed when one message is sent", "functions", mapOf("ours" to all))
    print(ROW, "messages composed when one message is sent", "functions", mapOf("ours" to messages))
    app.close()
}

/** What stays after ten conversations were opened and closed. */
private suspend fun memory(account: Account) {
    val app = App(account.library()).started()
    val rooms = checkNotNull(app.model.session).page(30)
    val (ours, peer, floor) = List(3) { mutableListOf<Double>() }
    suspend fun visit(room: RoomId, show: suspend (ConversationModel, List<EventItem>) -> Unit) {
        app.model.openRoom(room)
        val model = checkNotNull(app.model.conversation(room))
        show(model, model.state.first { !it.loading }.rows.mapNotNull { it.said })
        app.model.home()
    }
    suspend fun ours(room: RoomId) = visit(room) { model, rows ->
        Screen { Messages(rows, { it.eventId.orEmpty() }, { it }, model) }.use { it.frame() }
    }
    suspend fun peer(room: RoomId) = visit(room) { model, rows ->
        // Nobody closes an object of a list: a cleaner has to find it.
        Screen { Messages(PeerTimeline(rows).objects(), { it.eventId().orEmpty() }, { it.record() }, model) }.use { it.frame() }
    }
    // The same screen over one and the same conversation, which nobody opens: what a screen alone leaves.
    app.model.openRoom(rooms.first().id)
    val kept = checkNotNull(app.model.conversation(rooms.first().id))
    val same = kept.state.first { !it.loading }.rows.mapNotNull { it.said }
    fun floor() = Screen { Messages(same, { it.eventId.orEmpty() }, { it }, kept) }.use { it.frame() }
    rooms.forEach { floor(); ours(it.id); peer(it.id) }
    repeat((TIMES / 4).coerceAtLeast(2)) { val before = resident(); repeat(10) { floor() }; floor += resident() - before }
    turns(
        { val before = resident(); rooms.take(10).forEach { ours(it.id) }; ours += resident() - before },
        { val before = resident(); rooms.take(10).forEach { peer(it.id) }; peer += resident() - before },
        (TIMES / 4).coerceAtLeast(2),
    )
    print(ROW, "memory that ten conversations, opened and closed, leave taken", "KB", mapOf("ours" to ours, "peer" to peer, "floor" to floor))
    app.close()
}

/** Runs the two sides in turns, whoever is first changing. */
private suspend fun turns(ours: suspend () -> Unit, peer: suspend () -> Unit, times: Int = TIMES) = repeat(times) { turn ->
    if (turn % 2 == 0) ours().also { peer() } else peer().also { ours() }
}

private suspend fun Session.page(size: Int): List<RoomSummary> = rooms(RoomFilter.ALL, size.toUInt()).use { stream ->
    var rows = emptyList<RoomSummary>()
    while (rows.isEmpty()) rows = stream.next()!!.filterIsInstance<RoomListChange.Reset>().flatMap { it.items }
    rows
}

private val TimelineItem.said: EventItem? get() = (content as? ItemContent.Event)?.event

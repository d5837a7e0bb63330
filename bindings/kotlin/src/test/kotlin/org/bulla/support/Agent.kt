package org.bulla.support

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import org.bulla.Bulla
import org.bulla.Room
import org.bulla.Session
import org.bulla.Timeline
import org.bulla.model.Config
import org.bulla.model.EventItem
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.KeyStore
import org.bulla.model.Membership
import org.bulla.model.MessageBody
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.model.SendState
import org.bulla.model.SessionState
import org.bulla.model.TimelineItem
import org.bulla.model.Trust
import org.bulla.model.UserId
import org.bulla.roomList
import org.bulla.rows
import org.bulla.stateFlow

/** Keys in memory. */
open class MemoryKeyStore : KeyStore {
    private val keys = ConcurrentHashMap<String, ByteArray>()
    val all: Map<String, ByteArray> get() = keys.toMap()

    override fun load(name: String): ByteArray? = keys[name]

    override fun save(name: String, key: ByteArray) {
        keys[name] = key
    }

    override fun erase(name: String) {
        keys.remove(name)
    }
}

/** The library on a folder of its own. */
fun library(folder: Path, keys: KeyStore, trust: Trust? = null) = Bulla(Config(folder.toString(), "Bulla test", trust), keys)

fun newFolder(): Path = Files.createTempDirectory("bulla-test")

/** One person's app. */
class Agent private constructor(val user: User, val folder: Path, val keys: MemoryKeyStore, val bulla: Bulla, session: Session) {
    var session = session
        private set
    private val opened = mutableListOf<AutoCloseable>()
    val id: UserId get() = user.id

    suspend fun live() = state("live") { it is SessionState.Live }

    /** Waits for a state. */
    suspend fun state(what: String, wanted: (SessionState) -> Boolean): SessionState =
        inTime("the state $what") { session.stateFlow().first(wanted) }

    /** Closes the session and opens it again, as a new start of the app would. */
    suspend fun restart() {
        val account = session.account().id
        closeAll()
        inTime("shutdown") { session.shutdown() }
        session.close()
        session = inTime("opening") { bulla.open(account) }
    }

    /** Waits for a room of the list of everything. */
    suspend fun room(what: String, wanted: (RoomSummary) -> Boolean): RoomSummary =
        list("a room: $what") { rows -> rows.find(wanted) }

    /** Waits until [found] finds something in the list of rooms that [filter] admits. */
    suspend fun <T : Any> list(what: String, filter: RoomFilter = RoomFilter.ALL, found: (List<RoomSummary>) -> T?): T {
        var shown = emptyList<RoomSummary>()
        return inTime({ "$what; shown: $shown" }) { session.roomList(filter).mapNotNull { shown = it; found(it) }.first() }
    }

    /** Accepts the invitation to [room] once it is there. */
    suspend fun accept(room: RoomId) {
        // Two given users of somebody else's server may have met before.
        room("invitation") { it.id == room && it.membership in setOf(Membership.INVITED, Membership.JOINED) }
        session.join(room)
    }

    /** The conversation in [room]. */
    suspend fun open(room: RoomId): Conversation {
        val conversation = session.room(room).also(opened::add)
        return Conversation(conversation, conversation.timeline().also(opened::add))
    }

    suspend fun end() {
        closeAll()
        session.shutdown()
        session.close()
        bulla.close()
        folder.toFile().deleteRecursively()
    }

    private fun closeAll() {
        opened.forEach(AutoCloseable::close)
        opened.clear()
    }

    companion object {
        suspend fun signIn(user: User, homeserver: String, trust: Trust? = null): Agent {
            val (folder, keys) = newFolder() to MemoryKeyStore()
            val bulla = library(folder, keys, trust)
            return Agent(user, folder, keys, bulla, bulla.signIn(homeserver, user.id, user.password))
        }
    }
}

/** A row with the event it shows. */
data class Said(val item: ItemId, val event: EventItem)

/** A conversation as one of its people sees it. */
class Conversation(val room: Room, val timeline: Timeline) {
    /** Waits until [found] finds something in the rows. */
    suspend fun <T : Any> rows(what: String, found: (List<TimelineItem>) -> T?): T {
        var shown = emptyList<TimelineItem>()
        return inTime({ "$what; shown: ${events(shown).map { it.event.body to it.event.sendState }}" }) {
            timeline.rows().mapNotNull { shown = it; found(it) }.first()
        }
    }

    /** Waits for an event. */
    suspend fun event(what: String, wanted: (EventItem) -> Boolean): Said = rows(what) { rows -> events(rows).find { wanted(it.event) } }

    /** Waits for a message with this text that came from the server, so that it can be answered. */
    suspend fun text(text: String): Said = event("\"$text\"") { it.text == text && it.sendState is SendState.Delivered }
}

val EventItem.text: String? get() = (body as? MessageBody.Text)?.plain

fun events(rows: List<TimelineItem>): List<Said> = rows.mapNotNull { row ->
    (row.content as? ItemContent.Event)?.let { Said(row.id, it.event) }
}

fun texts(rows: List<TimelineItem>): List<String> = events(rows).mapNotNull { it.event.text }

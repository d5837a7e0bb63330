package org.bulla

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.mapNotNull
import org.bulla.model.Ability
import org.bulla.model.AppLockState
import org.bulla.model.MediaState
import org.bulla.model.Member
import org.bulla.model.DeviceInfo
import org.bulla.model.RoomFilter
import org.bulla.model.RoomListChange
import org.bulla.model.RoomSummary
import org.bulla.model.SessionState
import org.bulla.model.ThreadRow
import org.bulla.model.TimelineChange
import org.bulla.model.TimelineItem
import org.bulla.model.Upload
import org.bulla.model.UserId

/** The rows that a list of rooms shows at first, and with each [RoomPager.more]. */
const val ROOM_PAGE: UInt = 50u

/**
 * How the session stands with its server: first as it is now, then every change.
 *
 * What holds for every flow of this library:
 * - It is cold: each collector opens a stream of its own, which begins with the whole state, from the store, without waiting for the
 *   network. Cancelling the collector ends that stream and frees it.
 * - It completes when the session is shut down or signed out, and fails with a [org.bulla.model.Failure] where the stream does.
 * - Any dispatcher may collect it, the main one too: a suspend function of the library only polls on the caller's dispatcher, its work
 *   runs on threads that the library owns. No `flowOn` is needed.
 * - A slow collector is never flooded: what changes meanwhile is gathered into the next batch.
 */
fun Session.stateFlow(): Flow<SessionState> = pulled(::states, StateStream::next, StateStream::cancel)

/**
 * Where this account is signed in: the whole list, whenever it has changed. It fails where the server does not answer the first time.
 *
 * For threads and cancelling see [stateFlow].
 */
fun Session.deviceList(): Flow<List<DeviceInfo>> = pulled(::devices, DeviceListStream::next, DeviceListStream::cancel)

/**
 * The rooms that [filter] admits, as batches of changes; the first begins with `Reset`. [page] is 1 to 1,000.
 *
 * For a list widget that animates changes; [roomList] gives the rows themselves. For threads and cancelling see [stateFlow].
 */
fun Session.roomChanges(
    filter: RoomFilter = RoomFilter.ALL,
    page: UInt = ROOM_PAGE,
    pager: RoomPager = RoomPager(),
): Flow<List<RoomListChange>> = pulled({ rooms(filter, page).also(pager::attach) }, RoomListStream::next) {
    pager.detach(it)
    it.cancel()
}

/**
 * The rooms that [filter] admits, newest first: the first [page] of them, 1 to 1,000, and as many more with each [RoomPager.more].
 *
 * Each list that is emitted stays as it is. For threads and cancelling see [stateFlow].
 */
fun Session.roomList(
    filter: RoomFilter = RoomFilter.ALL,
    page: UInt = ROOM_PAGE,
    pager: RoomPager = RoomPager(),
): Flow<List<RoomSummary>> = roomChanges(filter, page, pager).folded { rows -> applyTo(rows) }

/** The room's row: first as it is, then every change. For threads and cancelling see [stateFlow]. */
fun Room.summaries(): Flow<RoomSummary> = pulled(::changes, RoomStream::next, RoomStream::cancel)

/**
 * The conversation, as batches of changes; the first begins with `Reset`. Who is typing comes here, too.
 *
 * For a list widget that animates changes; [rows] gives the rows themselves. For threads and cancelling see [stateFlow].
 */
fun Timeline.changes(): Flow<List<TimelineChange>> = pulled(::items, TimelineStream::next, TimelineStream::cancel)

/**
 * The rows of the conversation, oldest first. [Timeline.paginateBack] adds older ones.
 *
 * Each list that is emitted stays as it is. For threads and cancelling see [stateFlow].
 */
fun Timeline.rows(): Flow<List<TimelineItem>> = changes().folded { rows -> applyTo(rows) }

/** Who is typing, without this account, whenever that changes. */
fun Timeline.typing(): Flow<List<UserId>> = changes().mapNotNull { batch ->
    batch.filterIsInstance<TimelineChange.Typing>().lastOrNull()?.users
}

/** Who is in the room or invited, by role, then by name: first as it is known here, then every change. */
fun Room.memberUpdates(): Flow<List<Member>> = pulled(::memberChanges, MemberStream::next, MemberStream::cancel)

/** The threads of a room: the first page, then every change, and what [ThreadList.more] adds. The list ends with the flow. */
fun ThreadList.rows(): Flow<List<ThreadRow>> = pulled({ this }, ThreadList::next, ThreadList::cancel)

/** How the lock of the app stands: first as it is, then every change. For threads and cancelling see [stateFlow]. */
fun AppLock.stateFlow(): Flow<AppLockState> = pulled(::states, AppLockStream::next, AppLockStream::cancel)

/** What this account may do in the room, each action allowed or refused with a reason: first as it is, then every change. */
fun Room.abilityUpdates(): Flow<List<Ability>> = pulled(::abilities, AbilityStream::next, AbilityStream::cancel)

/** Where the file stands: first as it is, then every change, also while it comes. For threads and cancelling see [stateFlow]. */
fun Media.stateFlow(): Flow<MediaState> = pulled(::states, MediaStream::next, MediaStream::cancel)

/** The files on their way out, of all rooms: the whole list, whenever it has changed. For threads and cancelling see [stateFlow]. */
fun Session.uploadList(): Flow<List<Upload>> = pulled(::uploads, UploadStream::next, UploadStream::cancel)

/**
 * Moves through the room lists that are being collected with it: one page more, another filter. The filter and the search that were set last
 * hold for a list that is collected later, too. Any thread may call it.
 */
class RoomPager {
    private val streams = mutableSetOf<RoomListStream>()
    private var filter: RoomFilter? = null
    private var search: String? = null

    /** Shows one page more. */
    fun more() = synchronized(streams) { streams.forEach(RoomListStream::more) }

    /** Shows other rooms, from the first page. */
    fun setFilter(filter: RoomFilter) = synchronized(streams) {
        this.filter = filter
        streams.forEach { it.setFilter(filter) }
    }

    /** Shows only rooms whose name, people or topic hold every word of [text]; all with an empty one. */
    fun setSearch(text: String) = synchronized(streams) {
        search = text
        streams.forEach { it.setSearch(text) }
    }

    internal fun attach(stream: RoomListStream) {
        synchronized(streams) {
            streams.add(stream)
            filter?.let(stream::setFilter)
            search?.let(stream::setSearch)
        }
    }

    internal fun detach(stream: RoomListStream) {
        synchronized(streams) { streams.remove(stream) }
    }
}

/** Pulls a stream that [open] makes until it ends, and frees it, however collecting ends. */
private fun <S : AutoCloseable, T : Any> pulled(open: () -> S, next: suspend (S) -> T?, end: (S) -> Unit): Flow<T> = flow {
    open().use { stream ->
        try {
            while (true) emit(next(stream) ?: break)
        } finally {
            end(stream)
        }
    }
}

/** The list after each batch, where the batch changed it. */
private fun <C, R> Flow<List<C>>.folded(apply: List<C>.(List<R>) -> List<R>): Flow<List<R>> = flow {
    var shown: List<R>? = null
    collect { batch ->
        val next = batch.apply(shown.orEmpty())
        if (next !== shown) emit(next)
        shown = next
    }
}

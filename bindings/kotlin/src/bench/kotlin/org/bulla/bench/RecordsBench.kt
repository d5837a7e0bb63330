package org.bulla.bench

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.name
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.bulla.Bulla
import org.bulla.Session
import org.bulla.model.Config
import org.bulla.model.RoomFilter
import org.bulla.model.RoomListChange
import uniffi.bulla_peer.PeerList

private const val ROOMS = 1_000
private const val PAGE = 50

/**
 * Row 8: 1,000 room summaries in pages of 50. Ours: the library's own stream, one call a page. Peer: an object for each room and a call for
 * each field. Floor: the same records from a function that does nothing else. The argument is the folder of an account that holds the rooms.
 */
fun main(arguments: Array<String>): Unit = runBlocking {
    val folder = Files.createTempDirectory("bulla-bench")
    Runtime.getRuntime().addShutdownHook(Thread { folder.toFile().deleteRecursively() })
    Path.of(arguments.single()).toFile().copyRecursively(folder.toFile())
    val account = Files.list(folder.resolve("accounts")).use { it.findFirst().get().name }
    Bulla(Config(folder.resolve("accounts").toString(), "Bulla bench"), FixtureKeys(folder)).use { bulla ->
        bulla.open(account).use { session ->
            // Until the session has all its rows in memory, and the offline server has been given up for now.
            delay(3_000)
            measure(session)
            session.shutdown()
        }
    }
}

private suspend fun measure(session: Session) {
    val rooms = session.rooms(RoomFilter.ALL, ROOMS.toUInt()).use { stream ->
        stream.next()!!.filterIsInstance<RoomListChange.Reset>().single().items
    }
    check(rooms.size == ROOMS) { "the account has ${rooms.size} rooms" }
    PeerList(rooms).use { list ->
        val sides = listOf<suspend () -> List<Double>>({ ours(session) }, { peer(list) }, { floor(list) })
        val times = System.getenv("BULLA_BENCH_N")?.toInt() ?: 50
        repeat(times / 2) { sides.forEach { it() } }
        val pages = List(sides.size) { mutableListOf<Double>() }
        val wholes = List(sides.size) { mutableListOf<Double>() }
        repeat(times) { turn ->
            for (step in sides.indices) {
                val side = (turn + step) % sides.size
                val took = sides[side]()
                pages[side] += took
                wholes[side] += took.sum()
            }
        }
        print("$ROOMS room summaries to Kotlin, pages of $PAGE", wholes)
        print("one page of $PAGE room summaries to Kotlin", pages)
    }
}

/** The time of each page, in milliseconds. */
private suspend fun ours(session: Session): List<Double> = session.rooms(RoomFilter.ALL, PAGE.toUInt()).use { stream ->
    List(ROOMS / PAGE) {
        milliseconds {
            val rows = stream.next()!!.sumOf { change ->
                when (change) {
                    is RoomListChange.Reset -> change.items.size
                    is RoomListChange.Insert -> 1
                    else -> 0
                }
            }
            check(rows == PAGE) { "$rows rows" }
            stream.more()
        }
    }
}

private fun peer(list: PeerList): List<Double> = List(ROOMS / PAGE) { page ->
    milliseconds {
        for (room in list.objects((page * PAGE).toUInt(), PAGE.toUInt())) {
            room.use {
                val row = it.record()
                check(row.members > 0u)
            }
        }
    }
}

private fun floor(list: PeerList): List<Double> = List(ROOMS / PAGE) { page ->
    milliseconds { check(list.records((page * PAGE).toUInt(), PAGE.toUInt()).size == PAGE) }
}

private fun print(case: String, sides: List<List<Double>>) {
    print(8, case, "ms", listOf("ours", "peer", "floor").zip(sides).toMap())
}

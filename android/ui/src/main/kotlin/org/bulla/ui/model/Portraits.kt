package org.bulla.ui.model

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.bulla.Session
import org.bulla.model.MediaUri

/**
 * Pictures of people and rooms as one account sees them, made by [decode] into what the platform draws. The last [KEPT] stay in memory; the
 * library keeps the rest.
 */
class Portraits<P : Any>(private val session: Session, private val decode: (ByteArray) -> P?) {
    private data class Wanted(val uri: MediaUri, val side: UInt)

    private val kept = object : LinkedHashMap<Wanted, P>(KEPT, 0.75f, true) {
        override fun removeEldestEntry(eldest: Map.Entry<Wanted, P>) = size > KEPT
    }

    /** Who wants what is being asked for waits for that. */
    private val asking = HashMap<Wanted, Mutex>()

    /** The picture, if it is in memory. */
    fun at(uri: MediaUri, side: UInt): P? = synchronized(kept) { kept[Wanted(uri, side)] }

    /** The picture; null where there is none to be had now. It is asked for again the next time. */
    suspend fun portrait(uri: MediaUri, side: UInt): P? {
        val wanted = Wanted(uri, side)
        val turn = synchronized(kept) { asking.getOrPut(wanted, ::Mutex) }
        return turn.withLock {
            at(uri, side) ?: ask(wanted)?.also { picture ->
                synchronized(kept) {
                    kept[wanted] = picture
                    asking.remove(wanted)
                }
            }
        }
    }

    private suspend fun ask(wanted: Wanted): P? {
        val bytes = attempt({}) { session.avatar(wanted.uri, wanted.side) } ?: return null
        return withContext(Dispatchers.Default) { decode(bytes) }
    }

    companion object {
        const val KEPT = 150
    }
}

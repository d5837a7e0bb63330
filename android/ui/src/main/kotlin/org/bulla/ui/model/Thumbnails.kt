package org.bulla.ui.model

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.blurhashPicture
import org.bulla.model.MediaId

/** Small pictures of files, made by [decode] into what the platform draws. The last [KEPT] stay in memory; the library keeps the rest. */
class Thumbnails<P : Any>(private val decode: (ByteArray) -> P?) {
    private data class Wanted(val id: MediaId, val side: UInt)

    private val kept = object : LinkedHashMap<Wanted, P>(KEPT, 0.75f, true) {
        override fun removeEldestEntry(eldest: Map.Entry<Wanted, P>) = size > KEPT
    }

    /** The picture, if it is in memory. */
    fun at(id: MediaId, side: UInt): P? = synchronized(kept) { kept[Wanted(id, side)] }

    /** The picture, which [ask] gives where it is not in memory; null where there is none to be had now. */
    suspend fun thumbnail(id: MediaId, side: UInt, ask: suspend () -> ByteArray?): P? =
        at(id, side) ?: ask()?.let { passing(it) }?.also { synchronized(kept) { kept[Wanted(id, side)] = it } }

    /** One that is not kept. */
    suspend fun passing(bytes: ByteArray): P? = withContext(Dispatchers.Default) { decode(bytes) }

    /** A few colours until the picture is there; null where what the sender says makes none. */
    suspend fun colours(blurhash: String): P? = withContext(Dispatchers.Default) {
        var bytes: ByteArray? = null
        attempt({}) { bytes = blurhashPicture(blurhash, SIDE, SIDE) }
        bytes?.let(decode)
    }

    companion object {
        const val KEPT = 40
        private const val SIDE = 32u
    }
}

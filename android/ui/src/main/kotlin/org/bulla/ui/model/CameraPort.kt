package org.bulla.ui.model

/** Where a picture of a QR code comes from, which a shell has: a camera, or a file. */
interface CameraPort {
    /** The person takes a picture; otherwise they choose one. */
    val takes: Boolean

    /** Null where the person gave it up. */
    suspend fun picture(): GreyPicture?
}

/** A picture in grey: one byte a pixel, 0 where it is black, row by row, each of [width] pixels. A million of them are enough. */
class GreyPicture(val width: Int, val luma: ByteArray)

package org.bulla.ui.model

/** Where a picture of a person or a room is chosen, which a shell has. */
interface PicturePort {
    /**
     * The file as it is; null where the person gave it up. One of more than [LARGEST] bytes is not read: it fails with `Invalid` (`PICTURE`,
     * `TOO_LONG`).
     */
    suspend fun picture(): ByteArray?

    companion object {
        const val LARGEST = 30L * 1024 * 1024
    }
}

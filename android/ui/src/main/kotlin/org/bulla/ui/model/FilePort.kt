package org.bulla.ui.model

import java.time.Duration
import org.bulla.MediaFile
import org.bulla.model.MediaKind

/** Where files are chosen and copies of them written, which a shell has. */
interface FilePort {
    /** What the person chooses; null where they gave it up. Nothing of it is read into memory. */
    suspend fun choose(pictures: Boolean): ChosenFile?

    /** Writes a copy of [file] where the person wants it; false where they gave it up. Its name is safe in a folder. */
    suspend fun save(file: MediaFile): Boolean
}

/** A file that is about to be sent. */
class ChosenFile(
    val path: String,
    /** What others see as its name. */
    val name: String,
    val mime: String?,
    val size: Long,
    /** What a film is like, where the platform knows. */
    val film: Film? = null,
    /** Removes what was made to hand it over; called once it was sent or given up. */
    val release: () -> Unit = {},
) {
    class Film(val width: Int, val height: Int, val duration: Duration, val poster: ByteArray?)

    /** What it is to others, as its type says. */
    val kind: MediaKind
        get() = when (mime?.substringBefore('/')) {
            "image" -> if (mime == "image/svg+xml") MediaKind.FILE else MediaKind.IMAGE
            "video" -> MediaKind.VIDEO
            "audio" -> MediaKind.AUDIO
            else -> MediaKind.FILE
        }
}

package org.bulla.ui.screen

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.key
import androidx.compose.runtime.produceState
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import org.bulla.model.ItemId
import org.bulla.model.MediaDetails
import org.bulla.ui.model.ConversationFiles
import org.bulla.ui.model.Thumbnails

/** Small pictures of files that the current account sees; none where the shell draws none. */
internal val LocalThumbnails = staticCompositionLocalOf<Thumbnails<ImageBitmap>?> { null }

/** A file's picture: its colours first, then what the core made of it once [mayOpen]. Decoration: what it is stands on the place around it. */
@Composable
internal fun Thumbnail(item: ItemId, details: MediaDetails, files: ConversationFiles, side: UInt, mayOpen: Boolean, modifier: Modifier, over: @Composable BoxScope.() -> Unit = {}) {
    Box(modifier.background(MaterialTheme.colorScheme.surfaceContainerHigh), Alignment.Center) {
        val id = details.id
        val picture = if (id != null && details.hasThumbnail) thumbnail(item, id, files, side, mayOpen) else null
        val seen = picture ?: details.blurhash?.let { colours(it) }
        seen?.let { Image(it, null, Modifier.matchParentSize(), contentScale = ContentScale.Crop) }
        over()
    }
}

/** What is in memory is there at once. */
@Composable
internal fun thumbnail(item: ItemId, id: String, files: ConversationFiles, side: UInt, mayOpen: Boolean): ImageBitmap? {
    val thumbnails = LocalThumbnails.current ?: return null
    return key(thumbnails, id, side, mayOpen) {
        produceState(thumbnails.at(id, side).takeIf { mayOpen }) {
            if (value == null && mayOpen) value = thumbnails.thumbnail(id, side) { files.thumbnail(item, side) }
        }.value
    }
}

@Composable
private fun colours(blurhash: String): ImageBitmap? {
    val thumbnails = LocalThumbnails.current ?: return null
    return key(thumbnails, blurhash) { produceState<ImageBitmap?>(null) { value = thumbnails.colours(blurhash) }.value }
}

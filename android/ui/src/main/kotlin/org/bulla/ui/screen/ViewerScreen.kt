package org.bulla.ui.screen

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.focusable
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.gestures.detectTransformGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clipToBounds
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.graphicsLayer
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.ItemId
import org.bulla.ui.model.ConversationFiles
import org.bulla.ui.model.FileRow
import org.bulla.ui.model.Viewer
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.day
import org.bulla.ui.words.mediaNamed
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem
import org.bulla.ui.words.standing
import org.bulla.ui.words.time

/** A picture as large as there is room for: nearer, further, the next and the one before, a copy of it. */
@Composable
internal fun ViewerScreen(item: ItemId, viewer: Viewer, files: ConversationFiles, scanned: Boolean) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val all = viewer.pictures()
    val at = all.indexOfFirst { it.item == item }
    val row = all.getOrNull(at)
    // It was deleted, or has ended, while it was looked at.
    LaunchedEffect(row == null) { if (row == null) viewer.leave() }
    if (row == null) return
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    val zoom = remember(item) { Zoom() }
    val saved by files.state.collectAsState()
    Column(
        Modifier.fillMaxSize().background(colors.background).focusRequester(focus).focusable().onPreviewKeyEvent { event ->
            if (event.type != KeyEventType.KeyDown) return@onPreviewKeyEvent false
            when (event.key) {
                Key.Escape -> viewer.leave()
                Key.DirectionRight -> true.also { viewer.move(1) }
                Key.DirectionLeft -> true.also { viewer.move(-1) }
                Key.Plus, Key.Equals, Key.NumPadAdd -> true.also { zoom.by(1.5f) }
                Key.Minus, Key.NumPadSubtract -> true.also { zoom.by(1 / 1.5f) }
                else -> false
            }
        },
    ) {
        Head(row, words.viewerPosition("${at + 1}", "${all.size}"), viewer, files, item in saved.saving)
        FilesNotice(files)
        Box(Modifier.weight(1f).fillMaxWidth().clipToBounds(), Alignment.Center) { Large(row, files, scanned, zoom) }
        Row(Modifier.fillMaxWidth().padding(8.dp), Arrangement.SpaceEvenly, Alignment.CenterVertically) {
            IconAction(Icons.Back, words.viewerPrevious, { viewer.move(-1) }, enabled = at > 0)
            IconAction(Icons.Smaller, words.viewerSmaller, { zoom.by(1 / 1.5f) }, enabled = zoom.scale > 1f)
            IconAction(Icons.Larger, words.viewerLarger, { zoom.by(1.5f) }, enabled = zoom.scale < MOST)
            IconAction(Icons.Forward, words.viewerNext, { viewer.move(1) }, enabled = at < all.lastIndex)
        }
    }
}

@Composable
private fun Head(row: FileRow, position: String, viewer: Viewer, files: ConversationFiles, saving: Boolean) {
    val words = LocalWords.current
    Row(Modifier.fillMaxWidth().padding(4.dp), verticalAlignment = Alignment.CenterVertically) {
        IconAction(Icons.Close, words.close, { viewer.leave() })
        Column(Modifier.weight(1f).padding(horizontal = 8.dp)) {
            Text(oneLine(row.body.name, 80), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium, maxLines = 1, overflow = TextOverflow.Ellipsis)
            Text(
                "$position · ${nameOf(row.event.sender, row.event.senderName)} · ${words.day(row.event.at)}, ${words.time(row.event.at)}",
                Modifier.semantics { liveRegion = LiveRegionMode.Polite },
                style = MaterialTheme.typography.bodySmall,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                maxLines = lines(),
                overflow = TextOverflow.Ellipsis,
            )
        }
        if (files.saves) IconAction(Icons.Save, words.saveCopy, { files.save(row.item) }, enabled = !saving)
    }
}

/** What came of writing a copy. */
@Composable
internal fun FilesNotice(files: ConversationFiles) {
    val words = LocalWords.current
    val state by files.state.collectAsState()
    state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = files::seen) }
    if (state.saved) Notice(words.savedCopy, Tone.INFO, Icons.Check, onClose = files::seen)
}

@Composable
private fun Large(row: FileRow, files: ConversationFiles, scanned: Boolean, zoom: Zoom) = key(row.item) {
    val words = LocalWords.current
    val state by watched(row.item, files)
    val text = words.standing(state, scanned)
    val thumbnails = LocalThumbnails.current
    val picture by produceState<ImageBitmap?>(null, state.mayOpen) {
        if (state.mayOpen && value == null) value = files.thumbnail(row.item, SIDE)?.let { thumbnails?.passing(it) }
    }
    when (val seen = picture) {
        null -> if (text == null) CircularProgressIndicator() else Text(text, Modifier.padding(32.dp), style = MaterialTheme.typography.bodyLarge)
        else -> Image(
            seen,
            words.mediaNamed(row.body),
            Modifier.fillMaxSize()
                .pointerInput(row.item) { detectTapGestures(onDoubleTap = { if (zoom.scale > 1f) zoom.away() else zoom.by(2.5f) }) }
                .pointerInput(row.item) { detectTransformGestures { _, pan, by, _ -> zoom.by(by, pan) } }
                .graphicsLayer { scaleX = zoom.scale; scaleY = zoom.scale; translationX = zoom.offset.x; translationY = zoom.offset.y },
            contentScale = ContentScale.Fit,
        )
    }
}

/** How near a picture is, and which part of it is seen. */
private class Zoom {
    var scale by mutableStateOf(1f)
        private set
    var offset by mutableStateOf(Offset.Zero)
        private set

    fun by(factor: Float, pan: Offset = Offset.Zero) {
        scale = (scale * factor).coerceIn(1f, MOST)
        offset = if (scale == 1f) Offset.Zero else offset + pan
    }

    fun away() {
        scale = 1f
        offset = Offset.Zero
    }
}

private const val MOST = 8f

/** The most that the core makes. */
private const val SIDE = 2_048u

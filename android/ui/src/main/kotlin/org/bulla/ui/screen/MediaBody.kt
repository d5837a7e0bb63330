package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.ItemId
import org.bulla.model.MediaDetails
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.ScanState
import org.bulla.ui.model.ConversationFiles
import org.bulla.ui.model.ConversationMedia
import org.bulla.ui.model.FileState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalPalette
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.theme.color
import org.bulla.ui.words.clock
import org.bulla.ui.words.media
import org.bulla.ui.words.mediaNamed
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.size
import org.bulla.ui.words.standing
import org.bulla.ui.words.transferred

/** A file in a message, how it stands with the antivirus, and what can be done with it. */
@Composable
internal fun MediaBody(item: ItemId, body: MessageBody.Media, media: ConversationMedia, ink: Color, soft: Color) {
    val state by watched(item, media.files)
    Column(Modifier.padding(vertical = 4.dp), Arrangement.spacedBy(4.dp)) {
        when (body.kind) {
            MediaKind.IMAGE, MediaKind.STICKER, MediaKind.VIDEO -> {
                Picture(item, body, media, state)
                if (body.kind == MediaKind.VIDEO && state.mayOpen) Text(LocalWords.current.filmElsewhere, color = soft, style = MaterialTheme.typography.bodySmall)
            }
            MediaKind.VOICE, MediaKind.AUDIO -> SoundBody(item, body, media, state, ink, soft)
            MediaKind.FILE -> Named(body, ink, soft)
        }
        Standing(item, body.kind, state, media.files, media.attachments.scanned, ink, soft)
    }
}

/** How a file stands while it is on the screen. */
@Composable
internal fun watched(item: ItemId, files: ConversationFiles) = produceState(FileState(), item, files) { files.watch(item).collect { value = it } }

@Composable
private fun Picture(item: ItemId, body: MessageBody.Media, media: ConversationMedia, state: FileState) {
    val words = LocalWords.current
    val opens = state.mayOpen && body.kind == MediaKind.IMAGE && body.details.hasThumbnail
    val click = if (opens) Modifier.clickable(role = Role.Button, onClickLabel = words.openPicture) { media.viewer.open(item) } else Modifier
    val label = words.mediaNamed(body)
    Thumbnail(
        item,
        body.details,
        media.files,
        SIDE,
        state.mayOpen,
        Modifier.widthIn(max = if (body.kind == MediaKind.STICKER) 180.dp else 300.dp).aspectRatio(ratio(body.details)).clip(RoundedCornerShape(12.dp)).then(click).semantics { contentDescription = label },
    ) {
        if (body.kind == MediaKind.VIDEO) {
            Box(Modifier.size(56.dp).clip(CircleShape).background(MaterialTheme.colorScheme.surface), Alignment.Center) {
                Icon(Icons.Film, null, Modifier.size(28.dp), MaterialTheme.colorScheme.onSurface)
            }
            body.details.duration?.let {
                Text(
                    clock(it),
                    Modifier.align(Alignment.BottomEnd).padding(8.dp).clip(RoundedCornerShape(8.dp)).background(MaterialTheme.colorScheme.surface).padding(horizontal = 6.dp, vertical = 2.dp),
                    style = MaterialTheme.typography.labelSmall,
                    color = MaterialTheme.colorScheme.onSurface,
                )
            }
        }
    }
}

/** What the sender says of its sides may be anything: no picture is a line. */
internal fun ratio(details: MediaDetails): Float {
    val (width, height) = (details.width ?: 0u).toFloat() to (details.height ?: 0u).toFloat()
    return if (width < 1f || height < 1f) 4f / 3f else (width / height).coerceIn(0.6f, 2.2f)
}

/** A file by its name and size. */
@Composable
internal fun Named(body: MessageBody.Media, ink: Color, soft: Color) {
    val words = LocalWords.current
    Row(Modifier, Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
        Icon(icon(body.kind), null, Modifier.size(28.dp), soft)
        Column {
            Text(oneLine(body.name, 80), color = ink, style = MaterialTheme.typography.bodyLarge, maxLines = 2, overflow = TextOverflow.Ellipsis)
            Text(listOfNotNull(words.media(body.kind), body.size?.let(words::size)).joinToString(" · "), color = soft, style = MaterialTheme.typography.bodySmall)
        }
    }
}

internal fun icon(kind: MediaKind): ImageVector = when (kind) {
    MediaKind.IMAGE, MediaKind.STICKER -> Icons.Picture
    MediaKind.VIDEO -> Icons.Film
    MediaKind.AUDIO -> Icons.Sound
    MediaKind.VOICE -> Icons.Mic
    MediaKind.FILE -> Icons.File
}

@Composable
private fun SoundBody(item: ItemId, body: MessageBody.Media, media: ConversationMedia, state: FileState, ink: Color, soft: Color) {
    if (body.kind == MediaKind.AUDIO) Named(body, ink, soft)
    SoundRow(item, body, media.playback, state.mayOpen, ink, soft, savesVoice(item, body, media.files))
}

/** Why it cannot be opened, or how it comes; a copy of it can be had once it may be opened. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
internal fun Standing(item: ItemId, kind: MediaKind, state: FileState, files: ConversationFiles, scanned: Boolean, ink: Color, soft: Color) {
    val words = LocalWords.current
    val text = words.standing(state, scanned)
    if (text != null) {
        Row(Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            if (state.scan == ScanState.WAITING && state.problem == null) CircularProgressIndicator(Modifier.size(18.dp), soft, strokeWidth = 2.dp)
            else Icon(sign(state.scan), null, Modifier.size(20.dp), if (state.scan == ScanState.INFECTED) color(LocalPalette.current.danger) else ink)
            Text(text, Modifier.weight(1f, fill = false), color = ink, style = MaterialTheme.typography.bodyMedium)
        }
        if (state.scan == ScanState.UNAVAILABLE || state.problem != null) TextButton({ files.again(item) }, Modifier.heightIn(min = 48.dp)) { Text(words.retry, style = MaterialTheme.typography.labelLarge) }
        return
    }
    val all by files.state.collectAsState()
    state.transfer?.let {
        Row(Modifier, Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            CircularProgressIndicator(Modifier.size(18.dp), soft, strokeWidth = 2.dp)
            Text(words.transferred(it), color = soft, style = MaterialTheme.typography.bodySmall)
        }
    }
    if (files.saves && kind != MediaKind.VOICE && kind != MediaKind.STICKER && kind != MediaKind.IMAGE) {
        SaveCopy({ files.save(item) }, enabled = item !in all.saving)
    }
}

@Composable
internal fun SaveCopy(onSave: () -> Unit, enabled: Boolean = true) {
    TextButton(onSave, Modifier.heightIn(min = 48.dp), enabled) {
        Icon(Icons.Save, null, Modifier.size(20.dp))
        Text(LocalWords.current.saveCopy, Modifier.padding(start = 8.dp), style = MaterialTheme.typography.labelLarge)
    }
}

/** A voice message is written out only where it cannot be heard here; other sounds can be at any time. */
internal fun savesVoice(item: ItemId, body: MessageBody.Media, files: ConversationFiles): (() -> Unit)? =
    { files.save(item); Unit }.takeIf { files.saves && body.kind == MediaKind.VOICE }

private fun sign(scan: ScanState): ImageVector = when (scan) {
    ScanState.INFECTED -> Icons.Warning
    ScanState.GONE -> Icons.Bin
    ScanState.WAITING -> Icons.Offline
    else -> Icons.Shield
}

private const val SIDE = 480u

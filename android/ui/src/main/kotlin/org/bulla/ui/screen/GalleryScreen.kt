package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.grid.GridCells
import androidx.compose.foundation.lazy.grid.GridItemSpan
import androidx.compose.foundation.lazy.grid.LazyVerticalGrid
import androidx.compose.foundation.lazy.grid.items
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.FilterChip
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.bulla.model.MediaKind
import org.bulla.ui.model.FileRow
import org.bulla.ui.model.GalleryModel
import org.bulla.ui.model.GalleryState
import org.bulla.ui.model.isPicture
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.day
import org.bulla.ui.words.mediaNamed
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.problem
import org.bulla.ui.words.standing

/** The pictures and files of a conversation, newest first; older ones by looking further back. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
internal fun GalleryScreen(model: GalleryModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val viewed by model.viewer.state.collectAsState()
    viewed?.let { return ViewerScreen(it, model.viewer, model.files, model.scanned) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.filesOf, onBack)
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        FilesNotice(model.files)
        FlowRow(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 4.dp), Arrangement.spacedBy(8.dp)) {
            for ((others, name) in listOf(false to words.filesPictures, true to words.filesOthers)) {
                FilterChip(state.showsOthers == others, { model.show(others) }, { Text(name, style = MaterialTheme.typography.labelLarge) }, Modifier.heightIn(min = 48.dp))
            }
        }
        when {
            state.loading -> Waiting()
            state.shown.isEmpty() && state.atStart -> Empty(Icons.Picture, words.filesNone, words.filesNoneHint)
            state.showsOthers -> LazyColumn(Modifier.fillMaxSize(), contentPadding = PaddingValues(bottom = 24.dp)) {
                items(state.others, key = { it.item }) { Other(it, model) }
                item { Further(state, model) }
            }
            else -> LazyVerticalGrid(GridCells.Adaptive(110.dp), Modifier.fillMaxSize(), contentPadding = PaddingValues(8.dp), verticalArrangement = Arrangement.spacedBy(4.dp), horizontalArrangement = Arrangement.spacedBy(4.dp)) {
                items(state.pictures, key = { it.item }) { Tile(it, model) }
                item(span = { GridItemSpan(maxLineSpan) }) { Further(state, model) }
            }
        }
    }
}

@Composable
private fun Tile(row: FileRow, model: GalleryModel) {
    val words = LocalWords.current
    val state by watched(row.item, model.files)
    val label = listOfNotNull(words.mediaNamed(row.body), nameOf(row.event.sender, row.event.senderName), words.day(row.event.at), words.standing(state, model.scanned)).joinToString(", ")
    val opens = state.mayOpen && row.isPicture
    val click = when {
        opens -> Modifier.clickable(role = Role.Button, onClickLabel = words.openPicture) { model.viewer.open(row.item) }
        state.mayOpen && model.files.saves -> Modifier.clickable(role = Role.Button, onClickLabel = words.saveCopy) { model.files.save(row.item) }
        else -> Modifier
    }
    Thumbnail(row.item, row.body.details, model.files, SIDE, state.mayOpen, Modifier.aspectRatio(1f).then(click).semantics { contentDescription = label }) {
        if (row.body.kind == MediaKind.VIDEO) Icon(Icons.Film, null, Modifier.size(36.dp).background(MaterialTheme.colorScheme.surface, CircleShape).padding(6.dp), MaterialTheme.colorScheme.onSurface)
        else if (!state.mayOpen) Icon(Icons.Shield, null, Modifier.size(32.dp), MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

@Composable
private fun Other(row: FileRow, model: GalleryModel) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val state by watched(row.item, model.files)
    Column(Modifier.fillMaxWidth().padding(horizontal = 20.dp, vertical = 10.dp), Arrangement.spacedBy(4.dp)) {
        if (row.body.kind != MediaKind.VOICE) Named(row.body, colors.onSurface, colors.onSurfaceVariant)
        if (row.body.kind != MediaKind.FILE) SoundRow(row.item, row.body, model.playback, state.mayOpen, colors.onSurface, colors.onSurfaceVariant, savesVoice(row.item, row.body, model.files))
        Text("${nameOf(row.event.sender, row.event.senderName)} · ${words.day(row.event.at)}", style = MaterialTheme.typography.bodySmall, color = colors.onSurfaceVariant)
        Standing(row.item, row.body.kind, state, model.files, model.scanned, colors.onSurface, colors.onSurfaceVariant)
    }
    HorizontalDivider(color = colors.outlineVariant)
}

@Composable
private fun Further(state: GalleryState, model: GalleryModel) {
    val words = LocalWords.current
    Box(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(12.dp), Alignment.Center) {
        when {
            state.loadingOlder -> CircularProgressIndicator(Modifier.size(24.dp).semantics { contentDescription = words.loadingOlder }, strokeWidth = 2.5.dp)
            state.atStart -> Text(words.filesAll, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant, textAlign = TextAlign.Center)
            else -> TextButton({ model.older() }, Modifier.heightIn(min = 48.dp)) { Text(words.filesOlder, style = MaterialTheme.typography.labelLarge) }
        }
    }
}

private const val SIDE = 240u

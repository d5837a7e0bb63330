package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.grid.GridCells
import androidx.compose.foundation.lazy.grid.GridItemSpan
import androidx.compose.foundation.lazy.grid.LazyVerticalGrid
import androidx.compose.foundation.lazy.grid.items
import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.rememberScrollState
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.bulla.emojiGroups
import org.bulla.model.Emoji
import org.bulla.suggestEmoji
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.emoji

/** Every emoji, by group or by its name. */
@Composable
internal fun EmojiPicker(onClose: () -> Unit, onChoose: (String) -> Unit) {
    val words = LocalWords.current
    var search by remember { mutableStateOf("") }
    val groups = remember { emojiGroups() }
    val found = remember(search) { if (search.isBlank()) null else suggestEmoji(search.trim(), 60u) }
    val choose = { text: String -> onClose(); onChoose(text) }
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.moreEmoji, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column {
                SearchBox(search, { search = it }, words.search, onEnter = { found?.firstOrNull()?.let { choose(it.text) } })
                LazyVerticalGrid(GridCells.Adaptive(48.dp), Modifier.heightIn(max = 420.dp)) {
                    if (found != null) items(found, key = { it.text }) { Choosable(it, choose) }
                    else for (group in groups) {
                        item(group.kind, span = { GridItemSpan(maxLineSpan) }) {
                            Text(words.emoji(group.kind), Modifier.semantics { heading() }, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.primary)
                        }
                        items(group.emoji, key = { it.text }) { Choosable(it, choose) }
                    }
                }
            }
        },
        confirmButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.close, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

/** The emoji that a `:` and letters after it may mean. */
@Composable
internal fun EmojiSuggestions(emoji: List<Emoji>, onChoose: (Emoji) -> Unit) {
    if (emoji.isEmpty()) return
    val words = LocalWords.current
    Row(
        Modifier.fillMaxWidth().horizontalScroll(rememberScrollState()).semantics { liveRegion = LiveRegionMode.Polite; contentDescription = words.suggestions(emoji.size) },
        Arrangement.spacedBy(4.dp),
    ) {
        for (one in emoji) Choosable(one) { onChoose(one) }
    }
}

@Composable
private fun Choosable(emoji: Emoji, onChoose: (String) -> Unit) {
    TextButton({ onChoose(emoji.text) }, Modifier.size(48.dp).semantics { contentDescription = emoji.text }, contentPadding = PaddingValues(0.dp)) {
        Text(emoji.text, fontSize = 22.sp, color = MaterialTheme.colorScheme.onSurface)
    }
}

package org.bulla.ui.screen

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp
import org.bulla.model.Reader
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.moment

/** Who has read a message, and when. */
@Composable
internal fun Readers(readers: List<Reader>, onClose: () -> Unit) {
    val words = LocalWords.current
    Facts(words.whoHasRead, onClose) {
        if (readers.isEmpty()) Text(words.nobodyHasRead, style = MaterialTheme.typography.bodyLarge)
        LazyColumn { items(readers, key = { it.user }) { reader -> PersonRow(reader.user, reader.name, reader.avatar, note = reader.at?.let { words.moment(it) }) } }
    }
}

/** What an event is on the wire. As text: nothing that others write becomes markup here. */
@Composable
internal fun Source(text: String, onClose: () -> Unit) {
    Facts(LocalWords.current.source, onClose) {
        SelectionContainer {
            Text(
                withoutTurns(text.take(SHOWN)),
                Modifier.heightIn(max = 420.dp).verticalScroll(rememberScrollState()).horizontalScroll(rememberScrollState()),
                style = MaterialTheme.typography.bodySmall,
                fontFamily = FontFamily.Monospace,
            )
        }
    }
}

@Composable
private fun Facts(title: String, onClose: () -> Unit, content: @Composable () -> Unit) {
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(title, style = MaterialTheme.typography.headlineSmall) },
        text = { Column { content() } },
        confirmButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(LocalWords.current.close, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

private const val SHOWN = 20_000

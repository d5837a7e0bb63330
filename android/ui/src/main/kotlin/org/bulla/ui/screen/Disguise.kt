package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.bulla.model.DisguisedLink
import org.bulla.model.NameDoubt
import org.bulla.model.RoomTitle
import org.bulla.nameDoubt
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.doubt
import org.bulla.ui.words.isolated
import org.bulla.ui.words.oneLine

/** Says so where a name may be taken for another. */
@Composable
internal fun NameMark(name: String?) {
    val doubt = remember(name) { name?.let(::nameDoubt) } ?: return
    Icon(Icons.Warning, LocalWords.current.doubt(doubt), Modifier.size(15.dp), MaterialTheme.colorScheme.error)
}

/** The same for the name of a conversation. */
@Composable
internal fun NameMark(title: RoomTitle) {
    val doubt = remember(title) { doubtOf(title) } ?: return
    Icon(Icons.Warning, LocalWords.current.doubt(doubt), Modifier.size(15.dp), MaterialTheme.colorScheme.error)
}

internal fun doubtOf(title: RoomTitle): NameDoubt? = when (title) {
    is RoomTitle.Named -> nameDoubt(title.text)
    is RoomTitle.People -> title.names.firstNotNullOfOrNull(::nameDoubt)
    is RoomTitle.Empty -> title.former.firstNotNullOfOrNull(::nameDoubt)
}

/** Where a message's links really lead, those that show something else. */
@Composable
internal fun Disguised(links: List<DisguisedLink>) {
    val colors = MaterialTheme.colorScheme
    for (link in links) {
        Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.Warning, null, Modifier.size(16.dp), colors.error)
            Text(
                LocalWords.current.linkDisguised(isolated(oneLine(link.shown, 60)), isolated(oneLine(link.target, 60))),
                color = colors.error,
                style = MaterialTheme.typography.bodySmall,
            )
        }
    }
}

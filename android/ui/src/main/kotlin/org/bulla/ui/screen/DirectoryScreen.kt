package org.bulla.ui.screen

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.material3.FilterChip
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.Membership
import org.bulla.model.RoomAccess
import org.bulla.model.RoomOffer
import org.bulla.ui.model.DirectoryModel
import org.bulla.ui.model.DirectoryState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** Rooms that one may come into; or the one that a link named. */
@Composable
fun DirectoryScreen(model: DirectoryModel, listed: Boolean, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(if (listed) words.directory else words.invitedByLink, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, words.retry, { model.again() }) }
        if (listed) {
            Entry(words.directorySearch, state.search, model::setSearch, Modifier.padding(horizontal = 20.dp, vertical = 8.dp))
            if (state.servers.isNotEmpty()) Servers(state, model)
        }
        when {
            state.loading && state.rooms.isEmpty() -> Waiting()
            state.rooms.isEmpty() && state.problem == null -> Empty(Icons.Globe, words.directoryEmpty, words.directoryEmptyHint)
            else -> LazyColumn {
                items(state.rooms, key = { it.id }) { Offer(it, state, model) }
                if (state.next != null) item(key = "more") { LaunchedEffect(state.rooms.size) { model.more() } }
            }
        }
    }
}

@Composable
private fun Servers(state: DirectoryState, model: DirectoryModel) {
    Row(Modifier.horizontalScroll(rememberScrollState()).padding(horizontal = 16.dp), Arrangement.spacedBy(8.dp)) {
        for (server in listOf<String?>(null) + state.servers) {
            FilterChip(
                state.server == server,
                { model.setServer(server) },
                { Text(server ?: LocalWords.current.directoryOwn, style = MaterialTheme.typography.labelLarge) },
                Modifier.heightIn(min = 48.dp),
            )
        }
    }
}

@Composable
private fun Offer(offer: RoomOffer, state: DirectoryState, model: DirectoryModel) {
    val words = LocalWords.current
    var asking by remember(offer.id) { mutableStateOf(false) }
    val name = offer.name?.let { oneLine(it, 120) } ?: offer.alias ?: offer.id
    Row(
        Modifier.fillMaxWidth().heightIn(min = 72.dp).padding(horizontal = 20.dp, vertical = 10.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Avatar(offer.id, name, 44.dp, offer.avatar, group = true)
        Column(Modifier.weight(1f).semantics(mergeDescendants = true) {}) {
            Text(name, style = MaterialTheme.typography.titleMedium, maxLines = 2, overflow = TextOverflow.Ellipsis)
            offer.topic?.let { Text(oneLine(it, 200), style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant, maxLines = 2, overflow = TextOverflow.Ellipsis) }
            Text(words.membersCount(offer.members.toInt()), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
        when {
            offer.membership == Membership.JOINED -> Button(words.open, state.busy) { model.open(offer.id) }
            offer.membership == Membership.KNOCKED || offer.id in state.asked -> Text(words.knockWaiting, style = MaterialTheme.typography.labelMedium)
            offer.access == RoomAccess.OPEN || offer.membership == Membership.INVITED -> Button(words.join, state.busy) { model.join(offer) }
            offer.access == RoomAccess.ASK -> Button(words.knock, state.busy) { asking = true }
            else -> Text(words.onlyInvited, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
    }
    HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
    if (asking) Prompt(words.knock, words.knockReason, "", words.send, { asking = false }, { model.knock(offer, it) })
}

@Composable
private fun Button(text: String, busy: Boolean, onClick: () -> Unit) {
    OutlinedButton(onClick, Modifier.heightIn(min = 48.dp), enabled = !busy) { Text(text, style = MaterialTheme.typography.labelLarge) }
}

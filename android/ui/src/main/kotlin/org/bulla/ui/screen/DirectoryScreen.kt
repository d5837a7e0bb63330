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
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.DirectoryModel
import org.bulla.ui.model.DirectoryState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
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
                items(state.rooms, key = { it.id }) { offer ->
                    OfferRow(offer, offer.id in state.asked, state.busy, { model.open(offer.id) }, { model.join(offer) }, { model.knock(offer, it) })
                }
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

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.RoomAction
import org.bulla.model.RoomOffer
import org.bulla.ui.model.SpaceModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem
import org.bulla.ui.words.title
import org.bulla.ui.words.whyNot

/** A space: what it is about, and the conversations that it holds. */
@Composable
fun SpaceScreen(model: SpaceModel, onBack: () -> Unit, onDetails: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var removing by remember { mutableStateOf<RoomOffer?>(null) }
    val mayChange = state.may(RoomAction.CHANGE_CHILDREN)
    Column(Modifier.fillMaxSize()) {
        TopBar(state.summary?.let(words::title) ?: words.kindSpace, onBack) {
            IconAction(Icons.Refresh, words.refresh, { model.again() })
            IconAction(Icons.Info, words.openDetails, onDetails)
        }
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, words.retry, { model.again() }, model::problemSeen) }
        when {
            state.loading && state.rooms.isEmpty() -> Waiting()
            else -> LazyColumn(Modifier.fillMaxSize()) {
                item(key = "about") {
                    state.summary?.topic?.let { topic ->
                        Text(
                            oneLine(topic, 500),
                            Modifier.padding(horizontal = 20.dp, vertical = 12.dp),
                            style = MaterialTheme.typography.bodyMedium,
                            color = MaterialTheme.colorScheme.onSurfaceVariant,
                            maxLines = 6,
                            overflow = TextOverflow.Ellipsis,
                        )
                    }
                    if (mayChange) Action(Icons.Plus, words.spaceAdd) { model.chooseRooms() }
                    else words.whyNot(state.abilities[RoomAction.CHANGE_CHILDREN])?.let { Locked(Icons.Plus, words.spaceAdd, it) }
                }
                items(state.rooms, key = { it.room.id }) { child ->
                    val offer = child.room
                    val notes = listOfNotNull(
                        words.kindSpace.takeIf { offer.space },
                        child.children.takeIf { offer.space && it > 0uL }?.let { words.spaceConversations(it.toInt()) },
                        words.spaceSuggested.takeIf { child.suggested },
                    )
                    OfferRow(offer, offer.id in state.asked, state.busy, { model.open(offer) }, { model.join(offer) }, { model.knock(offer, it) }, notes) {
                        if (mayChange) IconAction(Icons.Close, words.spaceRemove(nameOf(offer)), { removing = offer }, enabled = !state.busy)
                    }
                }
                if (state.next != null) item(key = "more") { LaunchedEffect(state.rooms.size) { model.more() } }
                if (state.rooms.isEmpty() && state.problem == null) item(key = "empty") {
                    Empty(Icons.Group, words.spaceEmpty, words.spaceEmptyHint, Modifier.fillParentMaxSize())
                }
            }
        }
    }
    removing?.let { offer ->
        Ask(words.spaceRemove(nameOf(offer)), words.spaceRemoveText, words.spaceRemoveYes, { removing = null; model.remove(offer.id) }, { removing = null })
    }
    state.addable?.let { rooms -> SpaceAdd(rooms, state.notAdded, { model.add(it) }, model::stopChoosing) }
}

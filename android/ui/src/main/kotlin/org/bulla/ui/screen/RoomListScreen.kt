package org.bulla.ui.screen

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.FilterChip
import androidx.compose.material3.FloatingActionButton
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextField
import androidx.compose.material3.TextFieldDefaults
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.AccountSummary
import org.bulla.model.Membership
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomKind
import org.bulla.ui.model.RoomListModel
import org.bulla.ui.model.RoomListState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalBrand
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.marking
import org.bulla.ui.words.problem

/** The list of conversations, with its filters, its search and its invitations. */
@Composable
fun RoomListScreen(
    model: RoomListModel,
    account: AccountSummary,
    chosen: RoomId?,
    shortcuts: Shortcuts,
    onOpen: (RoomId) -> Unit,
    onSpace: (RoomId) -> Unit,
    onNew: () -> Unit,
    onNewSpace: () -> Unit,
    onContacts: () -> Unit,
    onAccounts: () -> Unit,
    onSettings: () -> Unit,
    onRenew: () -> Unit,
) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Head(onContacts, onAccounts, onSettings)
            SearchField(state.search, model::setSearch, shortcuts)
            Filters(state, model::setFilter)
            if (state.browsing) Notice(words.browserWaiting, Tone.INFO, Icons.Lock, words.cancel, model::stayAway)
            else Connection(state.connection, onRenew, { model.comeBack() })
            state.marking?.let { Notice(words.marking(it), Tone.INFO, Icons.Checks, onClose = model::markingSeen) }
            if (state.filter == RoomFilter.UNREAD && state.rows.isNotEmpty()) Action(Icons.Checks, words.markAllRead) { model.markAllRead() }
            state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
            Box(Modifier.weight(1f)) {
                val problem = state.listProblem
                when {
                    state.loading -> Waiting()
                    problem != null && state.rows.isEmpty() ->
                        Empty(Icons.Warning, words.conversations, words.problem(problem), action = words.retry, onAction = model::retry)
                    state.empty -> Nothing(state, words, onNew, onNewSpace)
                    else -> Rows(state, model, chosen, onOpen, onSpace)
                }
            }
        }
        if (state.wantsPassword) PasswordDialog({ model.signInAgain(it) }, model::stayAway)
        if (!(state.empty && state.filter == RoomFilter.ALL && state.search.isBlank())) {
            FloatingActionButton(
                onNew,
                Modifier.align(Alignment.BottomEnd).padding(16.dp).semantics { contentDescription = words.newConversation },
                containerColor = MaterialTheme.colorScheme.primary,
                contentColor = MaterialTheme.colorScheme.onPrimary,
            ) { Icon(Icons.Pencil, null) }
        }
    }
}

@Composable
private fun Head(onContacts: () -> Unit, onAccounts: () -> Unit, onSettings: () -> Unit) {
    val words = LocalWords.current
    val large = isLarge()
    if (large) Names(Modifier.padding(horizontal = 20.dp))
    Row(Modifier.fillMaxWidth().heightIn(min = if (large) 48.dp else 64.dp).padding(start = 20.dp, end = 4.dp, top = 4.dp), verticalAlignment = Alignment.CenterVertically) {
        if (large) Spacer(Modifier.weight(1f)) else Names(Modifier.weight(1f))
        IconAction(Icons.Group, words.contacts, onContacts)
        IconAction(Icons.Person, words.accounts, onAccounts)
        IconAction(Icons.Gear, words.settings, onSettings)
    }
}

@Composable
private fun Names(modifier: Modifier) {
    Column(modifier) {
        Text(LocalWords.current.conversations, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
        Text(LocalBrand.current.name, style = MaterialTheme.typography.labelSmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

@Composable
private fun SearchField(search: String, onSearch: (String) -> Unit, shortcuts: Shortcuts) {
    val focus = remember { FocusRequester() }
    LaunchedEffect(shortcuts.searches) { if (shortcuts.takeSearch()) focus.requestFocus() }
    SearchBox(search, onSearch, LocalWords.current.searchConversations, Modifier.focusRequester(focus))
}

/** A field to search in, with what empties it. [onEnter] takes what was found first. */
@Composable
internal fun SearchBox(search: String, onSearch: (String) -> Unit, label: String, modifier: Modifier = Modifier, onEnter: () -> Unit = {}) {
    val clear = Color.Transparent
    val typed = rememberTyped(search)
    TextField(
        typed.value,
        { typed.type(it, onSearch) },
        modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 4.dp).semantics { contentDescription = label },
        placeholder = { Text(if (isLarge()) LocalWords.current.search else label, maxLines = 1, overflow = TextOverflow.Ellipsis) },
        leadingIcon = { Icon(Icons.Search, null) },
        trailingIcon = if (search.isEmpty()) null else ({ IconAction(Icons.Close, LocalWords.current.clearSearch, { onSearch("") }) }),
        singleLine = true,
        shape = CircleShape,
        keyboardOptions = KeyboardOptions(imeAction = ImeAction.Search),
        keyboardActions = KeyboardActions(onSearch = { onEnter() }),
        colors = TextFieldDefaults.colors(
            focusedIndicatorColor = clear,
            unfocusedIndicatorColor = clear,
            disabledIndicatorColor = clear,
        ),
    )
}

@Composable
private fun Filters(state: RoomListState, onFilter: (RoomFilter) -> Unit) {
    val words = LocalWords.current
    val names = listOf(
        RoomFilter.ALL to words.filterAll,
        RoomFilter.UNREAD to words.filterUnread,
        RoomFilter.INVITATIONS to if (state.invitations > 0) words.invitations(state.invitations) else words.filterInvitations,
        RoomFilter.PEOPLE to words.filterPeople,
        RoomFilter.ROOMS to words.filterRooms,
        RoomFilter.FAVOURITES to words.filterFavourites,
        RoomFilter.SPACES to words.filterSpaces,
    )
    Row(
        Modifier.fillMaxWidth().horizontalScroll(rememberScrollState()).padding(horizontal = 16.dp),
        Arrangement.spacedBy(8.dp),
        Alignment.CenterVertically,
    ) {
        for ((filter, name) in names) {
            FilterChip(
                state.filter == filter,
                { onFilter(filter) },
                { Text(name, style = MaterialTheme.typography.labelMedium) },
                Modifier.heightIn(min = 48.dp).padding(vertical = 6.dp),
                shape = CircleShape,
                leadingIcon = if (state.filter == filter) ({ Icon(Icons.Check, null) }) else null,
            )
        }
    }
}

@Composable
private fun Rows(state: RoomListState, model: RoomListModel, chosen: RoomId?, onOpen: (RoomId) -> Unit, onSpace: (RoomId) -> Unit) {
    val list = rememberLazyListState()
    LaunchedEffect(list, state.filter, state.search) { list.scrollToItem(0) }
    LaunchedEffect(list) {
        snapshotFlow { list.layoutInfo.run { (visibleItemsInfo.lastOrNull()?.index ?: 0) >= totalItemsCount - 10 } to list.layoutInfo.totalItemsCount }
            .collect { (near, _) -> if (near) model.more() }
    }
    LazyColumn(Modifier.fillMaxSize(), list, PaddingValues(top = 4.dp, bottom = 88.dp)) {
        items(state.rows, key = { it.id }, contentType = { it.membership == Membership.INVITED }) { room ->
            if (room.membership == Membership.INVITED) {
                InvitationRow(room, room.id in state.busy, { model.accept(room.id) }, { model.decline(room.id) })
            } else {
                RoomRow(room, room.id == chosen) { if (room.kind == RoomKind.SPACE) onSpace(room.id) else onOpen(room.id) }
            }
        }
    }
}

@Composable
private fun Nothing(state: RoomListState, words: Words, onNew: () -> Unit, onNewSpace: () -> Unit) {
    if (state.search.isNotBlank()) return Empty(Icons.Search, words.nothingFound(state.search), words.nothingFoundHint)
    when (state.filter) {
        RoomFilter.ALL -> Empty(Icons.Talk, words.noConversations, words.noConversationsHint, action = words.newConversation, onAction = onNew)
        RoomFilter.UNREAD -> Empty(Icons.Check, words.noUnread, words.noUnreadHint)
        RoomFilter.PEOPLE -> Empty(Icons.Person, words.noPeople, words.noPeopleHint)
        RoomFilter.SPACES -> Empty(Icons.Group, words.noSpaces, words.noSpacesHint, action = words.newSpace, onAction = onNewSpace)
        RoomFilter.ROOMS -> Empty(Icons.Group, words.noRooms, words.noRoomsHint)
        RoomFilter.INVITATIONS -> Empty(Icons.Mail, words.noInvitations, words.noInvitationsHint)
        RoomFilter.FAVOURITES -> Empty(Icons.Star, words.noFavourites, words.noFavouritesHint)
    }
}

/** Something is on its way. */
@Composable
internal fun Waiting() {
    val words = LocalWords.current
    Box(Modifier.fillMaxSize(), Alignment.Center) { CircularProgressIndicator(Modifier.semantics { contentDescription = words.loading }) }
}

package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Icon
import androidx.compose.material3.InputChip
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import org.bulla.model.Field
import org.bulla.model.Person
import org.bulla.model.RoomKind
import org.bulla.ui.model.NewConversationModel
import org.bulla.ui.model.NewConversationState
import org.bulla.ui.model.Problem
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.inviteProblem
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** Finds a colleague and writes to them; or goes on to a group. */
@Composable
fun NewConversationScreen(model: NewConversationModel, onBack: () -> Unit, onDirectory: () -> Unit = {}, onEmail: (String) -> Unit = {}, onGroup: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.newConversation, onBack)
        Find(state, model) { model.createDirect(it.user) }
        if (state.kinds.isNotEmpty()) Way(Icons.Group, words.newGroup, words.newGroupHint, onGroup)
        if (state.mayBrowse) Way(Icons.Globe, words.directory, words.directoryHint, onDirectory)
        ByEmail(state, onEmail)
        People(state) { person ->
            PersonRow(person.user, person.name, person.avatar, words.writeTo(nameOf(person.user, person.name)), enabled = !state.busy, onClick = { model.createDirect(person.user) })
        }
    }
}

/** Offers to invite whoever has the address that is typed. */
@Composable
private fun ByEmail(state: NewConversationState, onChoose: (String) -> Unit) {
    val email = state.email ?: return
    val words = LocalWords.current
    if (state.kinds.isNotEmpty() && email !in state.emails) Way(Icons.Mail, words.inviteByEmail(oneLine(email)), words.inviteByEmailHint) { onChoose(email) }
}

/** Another way on than to one person. */
@Composable
private fun Way(icon: ImageVector, name: String, hint: String, onClick: () -> Unit) {
    Row(
        Modifier.fillMaxWidth().clickable(role = Role.Button, onClick = onClick).heightIn(min = 64.dp).padding(horizontal = 20.dp, vertical = 8.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Box(Modifier.size(44.dp), Alignment.Center) { Icon(icon, null, tint = MaterialTheme.colorScheme.primary) }
        Column {
            Text(name, style = MaterialTheme.typography.titleMedium)
            Text(hint, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
    }
}

/** A name, a topic and the people of a new group. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun NewGroupScreen(model: NewConversationModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val wrong = (state.problem as? Problem.Invalid)
    Column(Modifier.fillMaxSize()) {
        val isSpace = state.kind == RoomKind.SPACE
        TopBar(if (isSpace) words.newSpace else words.newGroup, onBack)
        Column(Modifier.padding(horizontal = 20.dp, vertical = 12.dp), Arrangement.spacedBy(8.dp)) {
            Entry(if (isSpace) words.spaceName else words.groupName, state.groupName, model::setGroupName, error = wrong?.takeIf { it.field == Field.NAME }?.let(words::problem))
            Entry(words.topicOptional, state.topic, model::setTopic, error = wrong?.takeIf { it.field == Field.TOPIC }?.let(words::problem), action = ImeAction.Done)
            KindChoice(state.kinds, state.kind, model::setKind)
            if (state.made != null) Notice(words.notAllInvited(state.emails.size), Tone.DANGER, Icons.Warning)
            if (state.chosen.isNotEmpty() || state.emails.isNotEmpty()) {
                Text(words.chosenPeople(state.chosen.size + state.emails.size), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
                FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                    for (person in state.chosen) {
                        val name = nameOf(person.user, person.name)
                        InputChip(
                            true,
                            { model.remove(person.user) },
                            { Text(name) },
                            Modifier.heightIn(min = 48.dp).semantics { contentDescription = words.removePerson(name) },
                            trailingIcon = { Icon(Icons.Close, null, Modifier.size(18.dp)) },
                        )
                    }
                    for (email in state.emails) {
                        InputChip(
                            true,
                            { model.removeEmail(email) },
                            { Text(oneLine(email)) },
                            Modifier.heightIn(min = 48.dp).semantics { contentDescription = words.removeEmail(email) },
                            leadingIcon = { Icon(Icons.Mail, null, Modifier.size(18.dp)) },
                            trailingIcon = { Icon(Icons.Close, null, Modifier.size(18.dp)) },
                        )
                    }
                }
            }
        }
        Find(state, model, model::choose)
        ByEmail(state, model::chooseEmail)
        Box(Modifier.weight(1f)) {
            People(state) { person ->
                val chosen = state.chosen.any { it.user == person.user }
                PersonRow(person.user, person.name, person.avatar, words.addPerson(nameOf(person.user, person.name)), enabled = !chosen, onClick = { model.choose(person) }) {
                    Icon(if (chosen) Icons.Check else Icons.Plus, null, tint = MaterialTheme.colorScheme.primary)
                }
            }
        }
        MainButton(if (state.made == null && state.kind == RoomKind.SPACE) words.createSpace else if (state.made == null) words.createGroup else if (state.emails.isEmpty()) words.openGroup else words.retry, { model.createGroup() }, Modifier.fillMaxWidth().padding(20.dp), enabled = state.groupName.isNotBlank() && !state.busy)
    }
}

@Composable
private fun Find(state: NewConversationState, model: NewConversationModel, onEnter: (Person) -> Unit) {
    val words = LocalWords.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    SearchBox(state.search, model::setSearch, words.searchPeople, Modifier.padding(top = 8.dp).focusRequester(focus)) {
        // Only what is on the screen: with a search on its way, the first may be somebody else in a moment.
        if (!state.busy && !state.searching && state.searched == state.search) state.found.firstOrNull()?.let(onEnter)
    }
    if (state.busy || state.searching) {
        LinearProgressIndicator(Modifier.fillMaxWidth().padding(horizontal = 20.dp).semantics { contentDescription = words.loading })
    }
    val problem = state.problem
    if (problem != null && problem !is Problem.Invalid) Notice(words.inviteProblem(problem), Tone.DANGER, Icons.Warning, onClose = model::problemSeen)
    else if (problem is Problem.Invalid && problem.field != Field.NAME && problem.field != Field.TOPIC) {
        Notice(words.problem(problem), Tone.DANGER, Icons.Warning, onClose = model::problemSeen)
    }
}

@Composable
private fun People(state: NewConversationState, row: @Composable (Person) -> Unit) {
    val words = LocalWords.current
    when {
        state.nobody && state.email == null -> Empty(Icons.Search, words.nobodyFound(state.search.trim()), words.nobodyFoundHint)
        state.search.isBlank() -> Text(
            words.searchPeopleHint,
            Modifier.padding(20.dp),
            style = MaterialTheme.typography.bodyMedium,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
        else -> LazyColumn(Modifier.fillMaxSize()) { items(state.found, key = { it.user }) { row(it) } }
    }
}

package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.ui.model.Contact
import org.bulla.ui.model.ContactsModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.problem

/** The people this person talks to, and the organisation's directory by search. */
@Composable
fun ContactsScreen(model: ContactsModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.contacts, onBack)
        SearchBox(state.search, model::setSearch, words.searchPeople, Modifier.padding(top = 8.dp))
        if (state.busy || state.searching) LinearProgressIndicator(Modifier.fillMaxWidth().padding(horizontal = 20.dp).semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        when {
            state.loading -> Waiting()
            state.talking.isEmpty() && state.found.isEmpty() && state.search.isBlank() -> Empty(Icons.Person, words.noPeople, words.searchPeopleHint)
            else -> LazyColumn(Modifier.fillMaxSize()) {
                if (state.talking.isNotEmpty()) item { Section(words.contactsTalking) }
                items(state.talking, key = { it.user }) { Row(it, state.busy, model) }
                if (state.search.isNotBlank()) {
                    item { Section(words.contactsDirectory) }
                    items(state.found, key = { "found ${it.user}" }) { Row(it, state.busy, model) }
                    if (!state.searching && state.found.isEmpty() && state.problem == null) item { Remark(words.contactsNobodyElse) }
                }
            }
        }
    }
}

@Composable
private fun Row(contact: Contact, busy: Boolean, model: ContactsModel) {
    val words = LocalWords.current
    val name = nameOf(contact.user, contact.name)
    PersonRow(contact.user, contact.name, contact.avatar, words.writeTo(name), words.guest.takeIf { contact.guest }, enabled = !busy, onClick = { model.open(contact) })
}

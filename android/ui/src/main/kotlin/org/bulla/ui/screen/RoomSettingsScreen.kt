package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.HistoryAccess
import org.bulla.model.RoomAction
import org.bulla.model.RoomNotifications
import org.bulla.model.RoomSummary
import org.bulla.ui.model.RoomSettingsModel
import org.bulla.ui.model.RoomSettingsState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem
import org.bulla.ui.words.whyNot

/** What is set for a conversation: first for this person alone, then for everybody, as far as they may. */
@Composable
fun RoomSettingsScreen(model: RoomSettingsModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val summary = state.summary
    var naming by remember { mutableStateOf(false) }
    var moving by remember { mutableStateOf(false) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.roomSettings, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        if (state.notInvited > 0) Notice(words.upgradeNotInvited(state.notInvited), Tone.INFO, Icons.Warning, words.goesOnFollow, { model.goOn() })
        if (summary == null) return@Column Waiting()
        Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(bottom = 24.dp)) {
            Section(words.notifications)
            Choices(RoomNotifications.entries.associateWith(words::notifications), summary.notifications, model::setNotifications)
            Toggle(Icons.Down, words.lowPriority, summary.lowPriority, model::setLowPriority)
            Remark(words.lowPriorityHint)
            History(state, summary, model)
            Address(state, summary, model) { naming = true }
            if (summary.successor == null) {
                Section(words.upgrade)
                val refused = words.whyNot(state.abilities[RoomAction.UPGRADE])
                if (state.may(RoomAction.UPGRADE)) {
                    Action(Icons.Forward, words.upgrade, danger = true) { moving = true }
                    Remark(words.upgradeHint)
                } else if (refused != null) Locked(Icons.Forward, words.upgrade, refused)
            }
        }
    }
    if (naming) Prompt(words.addressChange, words.address, summary?.alias ?: "#", words.save, { naming = false }, model::setAddress, words.addressHint)
    if (moving) Ask(words.upgrade, words.upgradeText, words.upgrade, { moving = false; model.upgrade() }, { moving = false })
}

@Composable
private fun History(state: RoomSettingsState, summary: RoomSummary, model: RoomSettingsModel) {
    val words = LocalWords.current
    Section(words.history)
    val refused = words.whyNot(state.abilities[RoomAction.CHANGE_HISTORY])
    if (refused != null) return Locked(Icons.Clock, words.history(summary.history), refused)
    if (!state.may(RoomAction.CHANGE_HISTORY)) return
    // What would be refused is not offered, but said.
    val offered = HistoryAccess.entries.filter { it != HistoryAccess.ANYONE || !summary.encrypted || summary.history == it }
    Choices(offered.associateWith(words::history), summary.history, model::setHistory)
    Remark(words.historyHint + if (summary.encrypted) " " + words.historyEncrypted else "")
}

@Composable
private fun Address(state: RoomSettingsState, summary: RoomSummary, model: RoomSettingsModel, onName: () -> Unit) {
    val words = LocalWords.current
    Section(words.address)
    SelectionContainer {
        Text(summary.alias?.let { oneLine(it, 255) } ?: words.addressNone, Modifier.padding(horizontal = 20.dp, vertical = 8.dp), style = MaterialTheme.typography.bodyLarge)
    }
    val refused = words.whyNot(state.abilities[RoomAction.CHANGE_ALIAS])
    if (refused != null) return Locked(Icons.Link, words.addressChange, refused)
    if (!state.may(RoomAction.CHANGE_ALIAS)) return
    Action(Icons.Link, words.addressChange, onClick = onName)
    if (summary.alias != null) Action(Icons.Bin, words.addressRemove) { model.removeAddress() }
}

private fun Words.notifications(choice: RoomNotifications): String = when (choice) {
    RoomNotifications.STANDARD -> notificationsStandard
    RoomNotifications.ALL -> notificationsAll
    RoomNotifications.MENTIONS -> notificationsMentions
    RoomNotifications.NOTHING -> notificationsNothing
}

private fun Words.history(choice: HistoryAccess): String = when (choice) {
    HistoryAccess.JOINED -> historyJoined
    HistoryAccess.INVITED -> historyInvited
    HistoryAccess.SHARED -> historyShared
    HistoryAccess.ANYONE -> historyAnyone
}

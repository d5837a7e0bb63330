package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.model.DeviceInfo
import org.bulla.ui.model.DevicesModel
import org.bulla.ui.model.DevicesState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.moment
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.problem

/** Where the account is signed in. */
@Composable
fun DevicesScreen(model: DevicesModel, onBack: () -> Unit, onLink: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var renaming by remember { mutableStateOf<DeviceInfo?>(null) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.devices, onBack)
        state.problem?.takeIf { state.leaving.isEmpty() }?.let {
            Notice(words.problem(it), Tone.DANGER, Icons.Warning, words.retry.takeIf { state.devices.isEmpty() }, model::retry, onClose = model::problemSeen)
        }
        if (state.advice) Notice(words.devicesAdvice, Tone.INFO, Icons.Lock, onClose = model::adviceSeen)
        state.page?.let { page ->
            Notice(words.devicesElsewhere, Tone.INFO, Icons.Globe)
            Page(page)
        }
        if (state.loading) {
            Waiting()
            return@Column
        }
        Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(bottom = 24.dp)) {
            if (state.mayLink) Action(Icons.Plus, words.linkDevice, onClick = onLink)
            for (device in state.devices) {
                Device(model, device) { renaming = device }
                HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
            }
            if (state.others.isNotEmpty()) Action(Icons.Leave, words.signOutOthers, danger = true) { model.leave(state.others.map { it.id }) }
        }
    }
    renaming?.let { device -> Prompt(words.deviceRename, words.name, device.name.orEmpty(), words.save, { renaming = null }, { model.rename(device.id, it) }) }
    if (state.leaving.isNotEmpty()) Password(model, state)
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Device(model: DevicesModel, device: DeviceInfo, onRename: () -> Unit) {
    val words = LocalWords.current
    val name = oneLine(device.name ?: device.id)
    Column(Modifier.fillMaxWidth().padding(horizontal = 20.dp, vertical = 12.dp), Arrangement.spacedBy(6.dp)) {
        Column(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(2.dp)) {
            Text(name, style = MaterialTheme.typography.titleMedium)
            for (line in told(words, device)) Text(line, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
        if (device.new) {
            Text(words.wasItYou, style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.error)
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                Quiet(words.itWasMe) { model.acknowledge(device.id) }
                Quiet(words.itWasNotMe) { model.deny(device.id) }
            }
        } else {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                Quiet(words.deviceRename, onClick = onRename)
                if (!device.current) Quiet(words.deviceSignOut) { model.leave(listOf(device.id)) }
            }
        }
    }
}

private fun told(words: Words, device: DeviceInfo) = listOfNotNull(
    words.thisDevice.takeIf { device.current },
    device.lastSeen?.takeIf { !device.current }?.let { words.lastSeen(words.moment(it)) },
    if (device.verified) words.deviceVerified else words.deviceNotVerified,
)

/** The password of the account, before anything is signed out. */
@Composable
private fun Password(model: DevicesModel, state: DevicesState) {
    val words = LocalWords.current
    var password by remember { mutableStateOf("") }
    AlertDialog(
        onDismissRequest = model::stay,
        title = { Text(if (state.leaving.size == 1) words.deviceSignOut else words.signOutOthers, style = MaterialTheme.typography.headlineSmall) },
        text = { Secret(words.password, password, { password = it }, state.problem?.let(words::problem)) { model.signOut(password) } },
        confirmButton = { Quiet(words.signOut, enabled = !state.busy) { model.signOut(password) } },
        dismissButton = { Quiet(words.cancel, onClick = model::stay) },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

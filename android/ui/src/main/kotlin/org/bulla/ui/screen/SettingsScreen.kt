package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.libraryVersion
import org.bulla.model.AccountSummary
import org.bulla.model.AgentCard
import org.bulla.ui.model.AccountsModel
import org.bulla.ui.model.Language
import org.bulla.ui.model.Route
import org.bulla.ui.model.Settings
import org.bulla.ui.model.SettingsModel
import org.bulla.ui.model.Theme
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalBrand
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.localpart
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.pictureProblem
import org.bulla.ui.words.problem

/** The profile, and what is set on this device. */
@Composable
fun SettingsScreen(model: SettingsModel, account: AccountSummary, onBack: () -> Unit, onAbout: () -> Unit, onGo: (Route) -> Unit, notes: List<String> = emptyList()) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var renaming by remember { mutableStateOf(false) }
    var leaving by remember { mutableStateOf(false) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words.settings, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.takeIf { !state.signOutOffline }?.let { Notice(words.pictureProblem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        Box(Modifier.fillMaxSize(), Alignment.TopCenter) {
            Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(bottom = 24.dp)) {
                Section(words.profile)
                PersonRow(account.user, state.profile?.name, state.profile?.avatar)
                state.card?.let { Card(it) }
                if (state.card?.nameLocked != true) Action(Icons.Pencil, words.displayName) { renaming = true }
                if (state.card?.avatarLocked == true) Remark(words.avatarLocked)
                else Pictures(model.choosesPictures, state.profile?.avatar != null, model::chooseAvatar, model::removeAvatar)
                Section(words.language)
                val languages = mapOf(Language.SYSTEM to words.languageSystem, Language.FRENCH to words.languageFrench, Language.ENGLISH to words.languageEnglish)
                Choices(languages, state.settings.language, model::setLanguage)
                Section(words.theme)
                val themes = mapOf(Theme.SYSTEM to words.themeSystem, Theme.LIGHT to words.themeLight, Theme.DARK to words.themeDark, Theme.CONTRAST to words.themeContrast)
                Choices(themes, state.settings.theme, model::setTheme)
                Section(words.textSize)
                Choices(Settings.TEXT_SIZES.associateWith(words::percent), state.settings.textSize, model::setTextSize)
                state.privateReceipts?.let { private ->
                    Toggle(Icons.EyeOff, words.privateReceipts, private, model::setPrivateReceipts)
                    Remark(words.privateReceiptsHint)
                }
                LocalShell.current.settings()
                for (note in notes) {
                    Text(note, Modifier.padding(horizontal = 20.dp, vertical = 12.dp), style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
                }
                Section(words.appName)
                Action(Icons.Pencil, words.changePassword, onClick = { onGo(Route.Password) })
                Action(Icons.Shield, words.devices, onClick = { onGo(Route.Devices) })
                Action(Icons.Mail, words.contactRules, onClick = { onGo(Route.ContactRules) })
                Action(Icons.Storage, words.storage, onClick = { onGo(Route.Storage) })
                Action(Icons.Lock, words.appLock, onClick = { onGo(Route.AppLock) })
                Action(Icons.Person, words.managed, onClick = { onGo(Route.Managed) })
                Action(Icons.Info, words.about, onClick = onAbout)
                Action(Icons.Bin, words.deleteAccount, danger = true) { onGo(Route.Delete) }
                Action(Icons.Leave, words.signOut, danger = true) { leaving = true }
            }
        }
    }
    if (renaming) Prompt(words.displayName, words.name, state.profile?.let { nameOf(it.user, it.name) }.orEmpty(), words.save, { renaming = false }, model::setName)
    if (leaving) Ask(words.signOutTitle, words.signOutText, words.signOut, { leaving = false; model.signOut() }, { leaving = false })
    if (state.signOutOffline) Ask(words.signOutTitle, words.signOutOffline, words.signOutAnyway, { model.signOut(evenOffline = true) }, model::problemSeen)
}

/** Organisation, instance, address, and whether this person is a guest. */
@Composable
private fun Card(card: AgentCard) {
    val words = LocalWords.current
    val lines = listOfNotNull(card.organisation, card.instance, card.email, words.guest.takeIf { card.guest }, words.nameLocked.takeIf { card.nameLocked })
    if (lines.isEmpty()) return
    Column(Modifier.fillMaxWidth().padding(horizontal = 20.dp, vertical = 4.dp).semantics(mergeDescendants = true) {}) {
        for (line in lines) Text(oneLine(line), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

/** One of several, by name. */
@Composable
internal fun <T> Choices(choices: Map<T, String>, chosen: T, onChoose: (T) -> Unit) {
    Column(Modifier.selectableGroup()) {
        for ((choice, name) in choices) {
            Row(
                Modifier.fillMaxWidth().selectable(choice == chosen, role = Role.RadioButton) { onChoose(choice) }.heightIn(min = 48.dp).padding(horizontal = 20.dp, vertical = 6.dp),
                Arrangement.spacedBy(16.dp),
                Alignment.CenterVertically,
            ) {
                RadioButton(choice == chosen, null)
                Text(name, style = MaterialTheme.typography.bodyLarge)
            }
        }
    }
}

/** A line that does something. */
@Composable
internal fun Action(icon: ImageVector, text: String, danger: Boolean = false, onClick: () -> Unit) {
    val ink = if (danger) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurface
    Row(
        Modifier.fillMaxWidth().clickable(role = Role.Button, onClick = onClick).heightIn(min = 56.dp).padding(horizontal = 20.dp, vertical = 6.dp),
        Arrangement.spacedBy(18.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(24.dp), if (danger) ink else MaterialTheme.colorScheme.onSurfaceVariant)
        Text(text, color = ink, style = MaterialTheme.typography.bodyLarge)
    }
}

/** Who is signed in here. */
@Composable
fun AccountsScreen(model: AccountsModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.accounts, onBack)
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning) }
        Column(Modifier.verticalScroll(rememberScrollState())) {
            for (account in state.accounts) {
                val current = account.id == state.current
                PersonRow(
                    account.user,
                    null,
                    label = words.switchTo(localpart(account.user)),
                    note = words.currentAccount.takeIf { current },
                    enabled = !current,
                    onClick = if (current) null else ({ model.switchTo(account.id) }),
                ) { if (current) Icon(Icons.Check, null, tint = MaterialTheme.colorScheme.primary) }
            }
            Action(Icons.Plus, words.addAccount, onClick = model::add)
        }
    }
}

private val LIBRARIES = listOf(
    "matrix-rust-sdk — Apache-2.0",
    "SQLCipher — BSD-3-Clause",
    "uniffi — MPL-2.0",
    "tokio — MIT",
    "Compose — Apache-2.0",
    "Kotlin, kotlinx.coroutines — Apache-2.0",
    "JNA — Apache-2.0 / LGPL-2.1",
)

/** What this is made of. */
@Composable
fun AboutScreen(onBack: () -> Unit) {
    val words = LocalWords.current
    val brand = LocalBrand.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.about, onBack)
        Column(Modifier.verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(12.dp)) {
            Text(words.aboutText(brand.name, remember { libraryVersion() }), style = MaterialTheme.typography.bodyLarge)
            Text(words.aboutFonts, style = MaterialTheme.typography.bodyLarge)
            Text(words.aboutLibraries, Modifier.padding(top = 12.dp).semantics { heading() }, style = MaterialTheme.typography.titleMedium)
            for (library in LIBRARIES) Text(library, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
    }
}

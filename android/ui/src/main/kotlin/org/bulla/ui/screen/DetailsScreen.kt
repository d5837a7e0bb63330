package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalClipboardManager
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.emailAddress
import org.bulla.model.EmailInvitation
import org.bulla.model.Member
import org.bulla.model.Membership
import org.bulla.model.RoomAction
import org.bulla.model.RoomKind
import org.bulla.model.RoomSummary
import org.bulla.ui.model.RoomDetailsModel
import org.bulla.ui.model.Part
import org.bulla.ui.model.Route
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.inviteProblem
import org.bulla.ui.words.kind
import org.bulla.ui.words.oneLine
import org.bulla.ui.words.refused
import org.bulla.ui.words.lifetime
import org.bulla.ui.words.title

private enum class Asked { NAME, TOPIC, INVITE, OPEN, DAY, REPORT, IGNORE, LEAVE }

/** A conversation's name, topic, members, and what this person set for it. */
@Composable
fun DetailsScreen(model: RoomDetailsModel, onBack: () -> Unit, onGo: (Route) -> Unit = {}) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    var asked by remember { mutableStateOf<Asked?>(null) }
    val summary = state.summary
    Column(Modifier.fillMaxSize()) {
        TopBar(words.details, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.inviteProblem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        if (summary == null) {
            if (state.loading) Waiting()
            return@Column
        }
        val members = state.members.filter { it.membership == Membership.JOINED || it.membership == Membership.INVITED }
        LazyColumn(Modifier.fillMaxSize()) {
            item { Face(summary) }
            item {
                if (summary.kind != RoomKind.SPACE) {
                    Action(Icons.Picture, words.filesOf) { onGo(Route.Gallery(summary.id)) }
                    Action(Icons.Timer, words.ending) { onGo(Route.Ending(summary.id)) }
                    Remark(words.lifetime(summary.ending))
                    Action(Icons.Pin, words.pins) { onGo(Route.Of(summary.id, Part.Pinned)) }
                    Action(Icons.Thread, words.threads) { onGo(Route.Threads(summary.id)) }
                    Action(Icons.Clock, words.goToDay) { asked = Asked.DAY }
                    Action(Icons.Bell, words.markUnread) { model.markUnread() }
                }
                Action(Icons.Gear, words.roomSettings) { onGo(Route.RoomSettings(summary.id)) }
                Toggle(Icons.Star, words.favourite, summary.favourite, model::favourite)
                Toggle(Icons.Mute, words.muted, summary.muted, model::mute)
                if (state.may(RoomAction.RENAME)) Action(Icons.Pencil, words.rename) { asked = Asked.NAME }
                if (state.may(RoomAction.CHANGE_TOPIC)) Action(Icons.Pencil, words.changeTopic) { asked = Asked.TOPIC }
                if (summary.directWith == null && state.may(RoomAction.CHANGE_AVATAR)) Pictures(model.choosesPictures, summary.avatar != null, model::chooseAvatar, model::removeAvatar)
                if (state.may(RoomAction.INVITE)) Action(Icons.Plus, words.invite) { asked = Asked.INVITE }
                words.refused(state.abilities[RoomAction.INVITE])?.let { Remark(it) }
                if (state.may(RoomAction.OPEN_TO_GUESTS)) Action(Icons.Door, words.openToGuests) { asked = Asked.OPEN }
                if (state.may(RoomAction.CHANGE_LINK_ACCESS)) {
                    Toggle(Icons.Link, words.linkAccess, summary.link != null, model::setLinkAccess)
                    Remark(words.linkAccessHint)
                }
                if (state.may(RoomAction.CHANGE_LINK_ACCESS)) {
                    Toggle(Icons.Door, words.knocking, state.knocking, model::setKnocking)
                    Remark(words.knockingHint)
                }
                for (person in state.asking) Asking(person, model)
                summary.link?.let { link ->
                    val clipboard = LocalClipboardManager.current
                    Action(Icons.Copy, words.copyLink) { clipboard.setText(AnnotatedString(link)) }
                }
                model.export?.takeIf { summary.kind != RoomKind.SPACE }?.let { ExportSection(it, words.title(summary)) }
                Action(Icons.Flag, words.reportRoom, danger = true) { asked = Asked.REPORT }
                if (summary.directWith != null) Action(Icons.Mute, words.ignore, danger = true) { asked = Asked.IGNORE }
                Action(Icons.Leave, words.leave, danger = true) { asked = Asked.LEAVE }
                if (state.mailed.isNotEmpty()) Section(words.invitedByEmail)
                for (invitation in state.mailed) Mailed(invitation, model)
                Section(words.members)
            }
            items(members, key = { it.user }) { member ->
                MemberRow(member, state, model)
            }
        }
    }
    val close = { asked = null }
    when (asked) {
        Asked.NAME -> Prompt(words.rename, words.name, summary?.let(words::title).orEmpty(), words.save, close, model::rename)
        Asked.TOPIC -> Prompt(words.changeTopic, words.topic, summary?.topic.orEmpty(), words.save, close, model::setTopic)
        Asked.INVITE -> {
            val (label, hint) = if (model.invitesByEmail) words.userOrEmail to words.inviteEmailHint else words.userName to words.inviteHint
            Prompt(words.invite, label, "", words.inviteSend, close, { model.invite(it) }, hint) { typed ->
                emailAddress(typed)?.takeIf { model.invitesByEmail }?.let { words.inviteByEmail(oneLine(it)) }
            }
        }
        Asked.OPEN -> Ask(words.openToGuests, words.openToGuestsText, words.openToGuests, { close(); model.openToGuests() }, close)
        Asked.DAY -> ChooseDay(close) { day -> summary?.let { room -> model.findDay(day) { onGo(Route.Of(room.id, Part.Around(it))) } } }
        Asked.REPORT -> Prompt(words.reportRoom, words.reportReason, "", words.send, close, model::report, words.reportHint)
        Asked.IGNORE -> Ask(words.ignore, words.ignoreText, words.ignore, { close(); summary?.directWith?.let(model::ignore) }, close)
        Asked.LEAVE -> LeaveDialog(state, model, close)
        null -> {}
    }
}

@Composable
private fun Face(summary: RoomSummary) {
    val words = LocalWords.current
    val title = words.title(summary)
    Column(Modifier.fillMaxWidth().padding(24.dp), Arrangement.spacedBy(8.dp), Alignment.CenterHorizontally) {
        Avatar(summary.directWith ?: summary.id, title, 88.dp, summary.avatar, group = summary.directWith == null)
        Text(title, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall, textAlign = TextAlign.Center)
        summary.directWith?.let { Text(it, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant, textAlign = TextAlign.Center) }
        if (summary.directWith == null) {
            Text(
                summary.topic?.let { oneLine(it, 500) }?.ifEmpty { null } ?: words.noTopic,
                style = MaterialTheme.typography.bodyLarge,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                textAlign = TextAlign.Center,
                maxLines = 8,
                overflow = TextOverflow.Ellipsis,
            )
        }
        if (summary.directWith == null) Badge(icon(summary.kind), words.kind(summary.kind))
        Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(if (summary.encrypted) Icons.Lock else Icons.Unlock, null, Modifier.size(16.dp), MaterialTheme.colorScheme.onSurfaceVariant)
            Text(
                if (summary.encrypted) words.encrypted else words.notEncrypted,
                style = MaterialTheme.typography.bodySmall,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
            )
        }
    }
}

/** Someone who asks to come in, and the answers. */
@Composable
private fun Asking(person: Member, model: RoomDetailsModel) {
    val words = LocalWords.current
    PersonRow(person.user, person.name, person.avatar, note = words.knockAsks) {
        Row {
            TextButton({ model.answerKnock(person.user, true) }, Modifier.heightIn(min = 48.dp)) { Text(words.letIn, style = MaterialTheme.typography.labelLarge) }
            TextButton({ model.answerKnock(person.user, false) }, Modifier.heightIn(min = 48.dp)) { Text(words.decline, style = MaterialTheme.typography.labelLarge) }
        }
    }
}

/** Somebody who was sent a mail, and taking that back. */
@Composable
private fun Mailed(invitation: EmailInvitation, model: RoomDetailsModel) {
    val words = LocalWords.current
    val name = oneLine(invitation.name)
    Row(
        Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = 20.dp, end = 8.dp),
        Arrangement.spacedBy(18.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.Mail, null, Modifier.size(24.dp), MaterialTheme.colorScheme.onSurfaceVariant)
        Column(Modifier.weight(1f)) {
            Text(name, style = MaterialTheme.typography.bodyLarge)
            Text(words.mailSent, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
        IconButton({ model.revoke(invitation) }, Modifier.size(48.dp)) { Icon(Icons.Close, words.revokeInvitation(name)) }
    }
}

/** What sort it is, in a few letters. */
@Composable
private fun Badge(icon: ImageVector, text: String) {
    Row(
        Modifier.clip(RoundedCornerShape(8.dp)).background(MaterialTheme.colorScheme.secondaryContainer).padding(horizontal = 10.dp, vertical = 4.dp),
        Arrangement.spacedBy(6.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(16.dp), MaterialTheme.colorScheme.onSecondaryContainer)
        Text(text, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSecondaryContainer)
    }
}

/** Choosing the picture that others see, and taking it away. */
@Composable
internal fun Pictures(choose: Boolean, there: Boolean, onChoose: () -> Unit, onRemove: () -> Unit) {
    val words = LocalWords.current
    if (choose) Action(Icons.Picture, words.avatarChoose, onClick = onChoose)
    if (there) Action(Icons.Bin, words.avatarRemove, onClick = onRemove)
    if (choose) Remark(words.avatarSeen)
}

/** A few words under what they are about. */
@Composable
internal fun Remark(text: String) {
    Text(
        text,
        Modifier.fillMaxWidth().padding(start = 62.dp, end = 20.dp, bottom = 10.dp),
        style = MaterialTheme.typography.bodySmall,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
    )
}

/** A switch with its name: the whole line turns it. */
@Composable
internal fun Toggle(icon: ImageVector, text: String, on: Boolean, onChange: (Boolean) -> Unit) {
    Row(
        Modifier.fillMaxWidth().toggleable(on, role = Role.Switch, onValueChange = onChange).heightIn(min = 56.dp).padding(horizontal = 20.dp, vertical = 6.dp),
        Arrangement.spacedBy(18.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(24.dp), MaterialTheme.colorScheme.onSurfaceVariant)
        Text(text, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
        Switch(on, null)
    }
}

/** Asks for one line. [instead] names what will be done where that depends on what is typed. */
@Composable
internal fun Prompt(title: String, label: String, before: String, yes: String, onClose: () -> Unit, onDone: (String) -> Unit, hint: String? = null, instead: (String) -> String? = { null }) {
    var text by remember { mutableStateOf(before) }
    val focus = remember { FocusRequester() }
    val done = { if (text.isNotBlank()) { onClose(); onDone(text) } }
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(title, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Entry(label, text, { text = it }, Modifier.focusRequester(focus), hint = hint, action = ImeAction.Done, onDone = done)
            LaunchedEffect(Unit) { focus.requestFocus() }
        },
        confirmButton = { TextButton(done, Modifier.heightIn(min = 48.dp), enabled = text.isNotBlank()) { Text(instead(text) ?: yes, style = MaterialTheme.typography.labelLarge) } },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(LocalWords.current.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

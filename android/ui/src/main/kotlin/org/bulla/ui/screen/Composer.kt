package org.bulla.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.FilledIconButton
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextField
import androidx.compose.material3.TextFieldDefaults
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusDirection
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.isShiftPressed
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.platform.LocalFocusManager
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.EventItem
import org.bulla.model.Member
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.ConversationState
import org.bulla.ui.model.Mode
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.line
import org.bulla.ui.words.nameOf

/** Where a message is written. Enter sends, Shift+Enter begins a line, Up in an empty field changes what was said last. */
@Composable
internal fun Composer(state: ConversationState, model: ConversationModel, focus: FocusRequester, focusAtOnce: Boolean) {
    val words = LocalWords.current
    val colors = MaterialTheme.colorScheme
    val manager = LocalFocusManager.current
    val typed = rememberTyped(state.draft)
    var adding by remember { mutableStateOf(false) }
    var lasting by remember { mutableStateOf(false) }
    var asking by remember { mutableStateOf(false) }
    var choosing by remember { mutableStateOf(false) }
    var later by remember { mutableStateOf(false) }
    LaunchedEffect(state.mode) { if (focusAtOnce || state.mode !is Mode.Write) focus.requestFocus() }
    Column {
        HorizontalDivider(color = colors.outlineVariant)
        when (val mode = state.mode) {
            is Mode.Reply -> About(Icons.Reply, words.replyingTo(nameOf(mode.event.sender, mode.event.senderName)), mode.event, words.stopReply, model::stopReplyOrEdit)
            is Mode.Edit -> About(Icons.Pencil, words.editing, mode.event, words.stopEdit, model::stopReplyOrEdit)
            is Mode.Write -> {}
        }
        Suggestions(state.suggestions, model::mention)
        EmojiSuggestions(state.emoji, model::put)
        CommandSuggestions(model, state.abilities)
        model.scheduling?.let { ScheduledLine(it) { later = true } }
        if (state.mayNotMeanEverybody) Text(words.roomMentionRefused, Modifier.padding(horizontal = 20.dp, vertical = 6.dp), color = colors.error, style = MaterialTheme.typography.bodySmall)
        if (state.announcing) Announcing { model.setAnnouncing(false) }
        Row(Modifier.fillMaxWidth().padding(start = 12.dp, end = 8.dp, top = 8.dp, bottom = 8.dp), Arrangement.spacedBy(4.dp), Alignment.Bottom) {
            TextField(
                typed.value,
                { typed.type(it, model::setDraft) },
                Modifier.weight(1f).focusRequester(focus).semantics { contentDescription = words.write }.onPreviewKeyEvent { event ->
                    when {
                        event.type != KeyEventType.KeyDown -> false
                        // A field of several lines keeps Tab for itself, and whoever has no mouse in it.
                        event.key == Key.Tab -> true.also { manager.moveFocus(if (event.isShiftPressed) FocusDirection.Previous else FocusDirection.Next) }
                        event.key == Key.Enter && event.isShiftPressed -> true.also { typed.insert("\n", model::setDraft) }
                        event.key == Key.Enter -> true.also { model.send() }
                        event.key == Key.DirectionUp && typed.value.text.isEmpty() -> model.editLast() != null
                        event.key == Key.Escape && state.mode !is Mode.Write -> true.also { model.stopReplyOrEdit() }
                        else -> false
                    }
                },
                placeholder = { Text(if (isLarge()) words.write else words.writeInvitation, maxLines = 1, overflow = TextOverflow.Ellipsis) },
                shape = RoundedCornerShape(26.dp),
                maxLines = 6,
                keyboardOptions = KeyboardOptions(capitalization = KeyboardCapitalization.Sentences),
                colors = TextFieldDefaults.colors(
                    focusedIndicatorColor = Color.Transparent,
                    unfocusedIndicatorColor = Color.Transparent,
                ),
            )
            Box {
                IconAction(Icons.Plus, words.addToMessage, { adding = true }, Modifier.padding(bottom = 4.dp))
                DropdownMenu(adding, { adding = false }, containerColor = colors.surfaceContainer) {
                    if (model.media.attachments.chooses && state.mode !is Mode.Edit) {
                        Choice(Icons.Picture, words.addPicture, { adding = false; model.media.attachments.choose(pictures = true) })
                        Choice(Icons.File, words.addFile, { adding = false; model.media.attachments.choose(pictures = false) })
                    }
                    Choice(Icons.Smile, words.moreEmoji, { adding = false; choosing = true })
                    Choice(Icons.Poll, words.newPoll, { adding = false; asking = true })
                    if (state.mode !is Mode.Edit) Choice(Icons.Timer, words.endingChoose, { adding = false; lasting = true })
                    if (state.mode is Mode.Write && model.part == null) Choice(Icons.Horn, words.askConfirmation, { adding = false; model.setAnnouncing(true) })
                    Choice(Icons.Spot, words.sendPlace, { adding = false; model.beginPlace() })
                    if (model.scheduling != null) Choice(Icons.Clock, words.sendLater, { adding = false; later = true })
                }
            }
            if (!state.canSend && state.mode is Mode.Write && model.media.voice.records) IconAction(Icons.Mic, words.voiceRecord, { model.media.voice.begin() }, Modifier.padding(bottom = 4.dp))
            else FilledIconButton({ model.send() }, Modifier.padding(bottom = 4.dp).size(48.dp), enabled = state.canSend) {
                val editing = state.mode is Mode.Edit
                Icon(if (editing) Icons.Check else Icons.Send, if (editing) words.saveEdit else words.send, Modifier.size(22.dp))
            }
        }
    }
    if (choosing) EmojiPicker({ choosing = false }) { model.setDraft(state.draft + it) }
    if (later) model.scheduling?.let { Schedule(model, it, state.draft) { later = false } }
    state.placing?.let { SendPlace(it, { model.sendPlace() }, { duration -> model.sharePlace(duration) }, model::stopPlace) }
    CommandAnswers(model, state.abilities)
    if (lasting) ChooseLifetime(state.lifetime, model::setLifetime) { lasting = false }
    if (asking) NewPoll({ asking = false }, model::sendPoll)
}

/** Who may be meant by what is typed. */
@Composable
private fun Suggestions(people: List<Member>, onChoose: (Member) -> Unit) {
    if (people.isEmpty()) return
    val words = LocalWords.current
    Column(Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite; contentDescription = words.suggestions(people.size) }) {
        for (person in people) {
            val name = nameOf(person.user, person.name)
            Row(
                Modifier.fillMaxWidth().clickable(role = Role.Button) { onChoose(person) }.heightIn(min = 48.dp).padding(horizontal = 20.dp, vertical = 4.dp),
                Arrangement.spacedBy(12.dp),
                Alignment.CenterVertically,
            ) {
                Avatar(person.user, name, 32.dp, person.avatar)
                Text(name, style = MaterialTheme.typography.bodyLarge, maxLines = 1, overflow = TextOverflow.Ellipsis)
                Text(person.user, Modifier.weight(1f), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
            }
        }
    }
}

/** That what is sent asks for a confirmation. */
@Composable
private fun Announcing(onStop: () -> Unit) {
    val words = LocalWords.current
    Row(Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = 20.dp, end = 8.dp, top = 6.dp), Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
        Icon(Icons.Horn, null, Modifier.size(20.dp), MaterialTheme.colorScheme.primary)
        Text(words.askConfirmationHint, Modifier.weight(1f), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
        IconAction(Icons.Close, words.stopConfirmation, onStop)
    }
}

/** What is answered or changed, above the field. */
@Composable
private fun About(icon: ImageVector, title: String, event: EventItem, stop: String, onStop: () -> Unit) {
    val words = LocalWords.current
    Row(Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = 20.dp, end = 8.dp, top = 6.dp), Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
        Icon(icon, null, Modifier.size(20.dp), MaterialTheme.colorScheme.primary)
        Column(Modifier.weight(1f)) {
            Text(title, color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.labelMedium, maxLines = 1, overflow = TextOverflow.Ellipsis)
            Text(
                words.line(event.body, event.sender, event.senderName),
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall,
                maxLines = 1,
                overflow = TextOverflow.Ellipsis,
            )
        }
        IconAction(Icons.Close, stop, onStop)
    }
}

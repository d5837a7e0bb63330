package org.bulla.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.bulla.model.Membership
import org.bulla.model.RoomAccess
import org.bulla.model.RoomOffer
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine

/** A room that one may come into, may ask to, or is in; [notes] stand under how many are in it, [extra] beside the button. */
@Composable
internal fun OfferRow(
    offer: RoomOffer,
    asked: Boolean,
    busy: Boolean,
    onOpen: () -> Unit,
    onJoin: () -> Unit,
    onKnock: (String) -> Unit,
    notes: List<String> = emptyList(),
    extra: @Composable () -> Unit = {},
) {
    val words = LocalWords.current
    val soft = MaterialTheme.colorScheme.onSurfaceVariant
    var asking by remember(offer.id) { mutableStateOf(false) }
    val name = nameOf(offer)
    Row(
        Modifier.fillMaxWidth().heightIn(min = 72.dp).padding(horizontal = 20.dp, vertical = 10.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Avatar(offer.id, name, 44.dp, offer.avatar, group = true)
        Column(Modifier.weight(1f).semantics(mergeDescendants = true) {}) {
            Text(name, style = MaterialTheme.typography.titleMedium, maxLines = 2, overflow = TextOverflow.Ellipsis)
            offer.topic?.let { Text(oneLine(it, 200), style = MaterialTheme.typography.bodySmall, color = soft, maxLines = 2, overflow = TextOverflow.Ellipsis) }
            Text((listOf(words.membersCount(offer.members.toInt())) + notes).joinToString(" · "), style = MaterialTheme.typography.labelMedium, color = soft)
            // Beside large letters a button would leave the name no room.
            if (isLarge()) Answer(offer, asked, busy, onOpen, onJoin) { asking = true }
        }
        if (!isLarge()) Answer(offer, asked, busy, onOpen, onJoin) { asking = true }
        extra()
    }
    HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
    if (asking) Prompt(words.knock, words.knockReason, "", words.send, { asking = false }, onKnock)
}

internal fun nameOf(offer: RoomOffer): String = offer.name?.let { oneLine(it, 120) } ?: offer.alias ?: offer.id

@Composable
private fun Answer(offer: RoomOffer, asked: Boolean, busy: Boolean, onOpen: () -> Unit, onJoin: () -> Unit, onAsk: () -> Unit) {
    val words = LocalWords.current
    when {
        offer.membership == Membership.JOINED -> Button(words.open, busy, onOpen)
        offer.membership == Membership.KNOCKED || asked -> Text(words.knockWaiting, style = MaterialTheme.typography.labelMedium)
        offer.access == RoomAccess.OPEN || offer.membership == Membership.INVITED -> Button(words.join, busy, onJoin)
        offer.access == RoomAccess.ASK -> Button(words.knock, busy, onAsk)
        else -> Text(words.onlyInvited, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

@Composable
private fun Button(text: String, busy: Boolean, onClick: () -> Unit) {
    OutlinedButton(onClick, Modifier.heightIn(min = 48.dp), enabled = !busy) { Text(text, style = MaterialTheme.typography.labelLarge) }
}

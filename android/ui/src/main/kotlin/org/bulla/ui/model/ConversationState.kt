package org.bulla.ui.model

import org.bulla.model.Emoji
import org.bulla.model.EventItem
import org.bulla.model.ItemId
import org.bulla.model.Lifetime
import org.bulla.model.Member
import org.bulla.model.MessageVersion
import org.bulla.model.Reader
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomSummary
import org.bulla.model.SessionState
import org.bulla.model.TimelineItem
import org.bulla.model.UserId

data class ConversationState(
    val summary: RoomSummary? = null,
    val rows: List<TimelineItem> = emptyList(),
    val typing: List<UserId> = emptyList(),
    /** Names of those who are typing, as they stand at what they said here. */
    val names: Map<UserId, String> = emptyMap(),
    val draft: String = "",
    val mode: Mode = Mode.Write,
    val connection: SessionState = SessionState.Attaching,
    /** Until the first batch. */
    val loading: Boolean = true,
    val loadingOlder: Boolean = false,
    val atStart: Boolean = false,
    /** Whether the newest row is on the screen. */
    val atNewest: Boolean = true,
    /** How many messages of others came while it was not. */
    val newBelow: Int = 0,
    /** The conversation itself cannot be shown. */
    val streamProblem: Problem? = null,
    /** A command failed. */
    val problem: Problem? = null,
    /** Whether what is sent asks for a confirmation that it was read. */
    val announcing: Boolean = false,
    /** How long what is sent next lives; null where it lives as the conversation has it. */
    val lifetime: Lifetime? = null,
    /** People who may be meant by the `@…` at the end of the draft. */
    val suggestions: List<Member> = emptyList(),
    /** Emoji that may be meant by the `:…` at the end of the draft. */
    val emoji: List<Emoji> = emptyList(),
    /** Why each action is refused, null where it is allowed; empty until it is known. */
    val abilities: Map<RoomAction, Refusal?> = emptyMap(),
    /** What a message that was edited said before, while somebody looks at it. */
    val versions: List<MessageVersion>? = null,
    /** Who has read a message, while somebody looks at it. */
    val readers: List<Reader>? = null,
    /** What an event is on the wire, while somebody looks at it. */
    val source: String? = null,
    /** In a thread: whether this account follows it; null until it is known. */
    val follows: Boolean? = null,
    /** Where the message that is being forwarded may go. */
    val forwarding: Forwarding? = null,
    /** A place that is about to be sent, while somebody chooses it. */
    val placing: Placing? = null,
    /** Around a moment: whether what was said last is reached. */
    val atEnd: Boolean = false,
) {
    val canSend: Boolean get() = draft.isNotBlank()

    /** `@room` stands in the draft and would mean nobody. */
    val mayNotMeanEverybody: Boolean get() = EVERYBODY in draft && abilities[RoomAction.MENTION_EVERYBODY] != null

    fun may(action: RoomAction): Boolean = action in abilities && abilities[action] == null
}

/** A message on its way to other conversations; [failed] is how many of them it did not leave for, once it was sent. */
data class Forwarding(val item: ItemId, val rooms: List<RoomSummary>, val failed: Int? = null)

/** What the composer does when something is sent. */
sealed interface Mode {
    data object Write : Mode
    data class Reply(val item: ItemId, val event: EventItem) : Mode
    data class Edit(val item: ItemId, val event: EventItem) : Mode
}

private const val EVERYBODY = "@room"

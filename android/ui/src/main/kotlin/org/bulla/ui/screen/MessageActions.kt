package org.bulla.ui.screen

import org.bulla.model.EventId
import org.bulla.model.ItemId

/** What a message's menu asks of the screen around it. */
class MessageActions(
    val delete: (ItemId) -> Unit,
    val report: (ItemId) -> Unit,
    /** Asks for any emoji to react with. */
    val emoji: (ItemId) -> Unit,
    /** Opens the thread that begins with an event; none where one is open. */
    val thread: ((EventId) -> Unit)?,
)

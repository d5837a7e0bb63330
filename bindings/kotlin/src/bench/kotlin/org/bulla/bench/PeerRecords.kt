package org.bulla.bench

import org.bulla.model.EventItem
import org.bulla.model.HistoryAccess
import org.bulla.model.RoomNotifications
import org.bulla.model.RoomSummary
import uniffi.bulla_peer.PeerEvent
import uniffi.bulla_peer.PeerRoom

/** What a row shows, by a call a field. */
internal fun PeerRoom.record() = RoomSummary(
    id = id(),
    title = title(),
    topic = topic(),
    avatar = avatar(),
    kind = kind(),
    openToGuests = openToGuests(),
    link = link(),
    directWith = directWith(),
    members = members(),
    unread = unread(),
    mentions = mentions(),
    markedUnread = markedUnread(),
    last = last(),
    encrypted = encrypted(),
    membership = membership(),
    invitedBy = invitedBy(),
    favourite = favourite(),
    muted = muted(),
    // No row shows them: the peer is spared the calls.
    notifications = RoomNotifications.STANDARD,
    lowPriority = false,
    history = HistoryAccess.SHARED,
    alias = null,
    successor = null,
    predecessor = null,
    superseded = false,
    activeAt = activeAt(),
)

/** What a message shows, by a call a field. */
internal fun PeerEvent.record() = EventItem(
    eventId = eventId(),
    sender = sender(),
    senderName = senderName(),
    senderNameIsAmbiguous = senderNameIsAmbiguous(),
    senderAvatar = senderAvatar(),
    mine = mine(),
    at = at(),
    body = body(),
    replyTo = replyTo(),
    thread = thread(),
    edited = edited(),
    reactions = reactions(),
    readBy = readBy(),
    sendState = sendState(),
    canEdit = canEdit(),
    canReply = canReply(),
    highlighted = highlighted(),
    shield = shield(),
)

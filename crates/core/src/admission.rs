//! What of a stored row may still be shown, now that time has passed and others have deleted.

use bulla_model::{
    Ending, EndingState, EventId, ItemContent, Lifetime, MessageBody, RoomId, RoomSummary, TimelineItem,
};

use crate::endings::{Endings, Look};

impl Endings {
    /// A room's row as it may be shown now: without a preview of what has ended or was deleted.
    pub fn admit_room(&self, room: &mut RoomSummary) {
        self.set_kept_quietly(&room.id, room.retention);
        let Some(last) = &room.last else { return };
        let ended = is_said(&last.body) && self.is_old(&room.id, last.at)
            || last.body != MessageBody::Opened && self.preview_has_ended(&room.id, &last.sender, last.at)
            || self.deletions.previews(&room.id, &last.sender, last.at);
        if ended {
            room.last = None;
        }
    }

    /// Whether an event has ended or was deleted.
    pub fn is_gone(&self, event: &EventId) -> bool {
        self.has_ended(event) || self.deletions.holds(event)
    }

    /// A stored row as it may be shown now; none where nothing of it may.
    pub fn admit(&self, room: &RoomId, row: TimelineItem) -> Option<TimelineItem> {
        let mut row = self.deletions.without(row);
        let ItemContent::Event { event } = &mut row.content else { return Some(row) };
        if is_said(&event.body) && self.is_old(room, event.at) {
            return None;
        }
        if let Some(id) = &event.event_id {
            match self.look(id) {
                Some(Look::Gone) => return None,
                Some(Look::Ends(ending)) => {
                    if ending.state == EndingState::Opened {
                        event.body = MessageBody::Opened;
                    }
                    event.ending = Some(ending);
                }
                // The ledger was lost, or is an older one: what the message says itself still holds.
                None => {
                    if let Some(Ending { lifetime: Lifetime::FromSending { after }, .. }) = &event.ending
                        && self.clock.wall().duration_since(event.at).is_ok_and(|age| age >= *after)
                    {
                        return None;
                    }
                }
            }
        }
        if let Some(quote) = &mut event.reply_to
            && quote.body.is_some()
            && let Some(look) = self.look(&quote.event_id)
        {
            quote.body = quoted(&look, quote.body.take());
        }
        Some(row)
    }
}

/// What a quote shows of a message that ends.
pub(crate) fn quoted(look: &Look, body: Option<MessageBody>) -> Option<MessageBody> {
    match look {
        Look::Gone => None,
        Look::Ends(ending) => match ending.state {
            EndingState::Covered => Some(MessageBody::Covered { media: None }),
            EndingState::Opened => Some(MessageBody::Opened),
            EndingState::NotBegun | EndingState::Due { .. } => body,
        },
    }
}

/// Whether a body is what somebody said, as opposed to what the room is made of.
pub(crate) fn is_said(body: &MessageBody) -> bool {
    !matches!(body, MessageBody::Member { .. } | MessageBody::Profile { .. } | MessageBody::State { .. })
}

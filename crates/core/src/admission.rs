//! What of a stored row may still be shown, now that time has passed and others have deleted.

use std::time::SystemTime;

use bulla_model::{
    Ending, EndingState, EventId, ItemContent, Lifetime, MessageBody, ReplyQuote, RoomId, RoomSummary, ThreadSummary,
    TimelineItem,
};

use crate::{ending_entry::Look, endings::Endings};

impl Endings {
    /// A room's row as it may be shown now: without a preview of what has ended or was deleted. True where it differs from what was stored.
    pub fn admit_room(&self, room: &mut RoomSummary) -> bool {
        // As it was stored, and no more than the deployment allows now. That it usually keeps less holds once the SDK tells what the room itself says.
        let kept = self.deployment.keeps(room.retention).effective;
        let differs = std::mem::replace(&mut room.retention, kept) != kept;
        self.set_kept_quietly(&room.id, room.retention);
        let Some(last) = &room.last else { return differs };
        let ended = is_said(&last.body) && self.is_old(&room.id, last.at)
            || last.body != MessageBody::Opened && self.preview_has_ended(&room.id, &last.sender, last.at)
            || self.deletions.previews(&room.id, &last.sender, last.at);
        if ended {
            room.last = None;
        }
        differs || ended
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
        if let Some(quote) = &mut event.reply_to {
            self.admit_quote(room, quote);
        }
        if let Some(thread) = &mut event.thread_summary {
            self.admit_thread(room, thread);
        }
        Some(row)
    }

    /// A message that another answers, as it may be shown now.
    pub fn admit_quote(&self, room: &RoomId, quote: &mut ReplyQuote) {
        quote.body = self.admit_said(room, Some(&quote.event_id), quote.at, quote.body.take());
    }

    /// The last answer of a thread, as it may be shown now.
    pub fn admit_thread(&self, room: &RoomId, thread: &mut ThreadSummary) {
        thread.last_body = self.admit_said(room, thread.last_event.as_ref(), thread.last_at, thread.last_body.take());
    }

    /// What was said in an event at a moment, as it may be shown elsewhere than in its place. What names no moment was stored before it did.
    pub fn admit_said(
        &self,
        room: &RoomId,
        event: Option<&EventId>,
        at: Option<SystemTime>,
        body: Option<MessageBody>,
    ) -> Option<MessageBody> {
        let (body, event) = (body?, event.filter(|event| !self.deletions.holds(event))?);
        if is_said(&body) && at.map_or(self.keeps(room).is_some(), |at| self.is_old(room, at)) {
            return None;
        }
        match self.look(event) {
            Some(look) => quoted(&look, body),
            None => Some(body),
        }
    }
}

/// What a quote shows of a message that ends.
fn quoted(look: &Look, body: MessageBody) -> Option<MessageBody> {
    match look {
        Look::Gone => None,
        Look::Ends(ending) => match ending.state {
            EndingState::Covered => Some(MessageBody::Covered { media: None }),
            EndingState::Opened => Some(MessageBody::Opened),
            EndingState::NotBegun | EndingState::Due { .. } => Some(body),
        },
    }
}

/// Whether a body is what somebody said, as opposed to what the room is made of.
pub(crate) fn is_said(body: &MessageBody) -> bool {
    !matches!(body, MessageBody::Member { .. } | MessageBody::Profile { .. } | MessageBody::State { .. })
}

//! Messages that are read once.

use std::sync::Arc;

use bulla_model::{Barrier, Ending, EndingState, EventId, Failure, ItemId, Lifetime, MessageBody, Missing};
use matrix_sdk_ui::timeline::TimelineEventItemId;
use ruma::events::{AnyMessageLikeEventContent, AnySyncTimelineEvent};

use crate::{
    attachment::Attachment, body::said, ending_entry::Look, failure::CoreError, live::Live, media::Media,
    session::SessionInner, timeline::Timeline,
};

/// A message that was read once, while it is looked at. When this is dropped, nothing of it is left.
pub struct OpenedMessage {
    body: MessageBody,
    media: Option<Media>,
    session: Arc<SessionInner>,
}

impl OpenedMessage {
    /// What it says.
    pub fn body(&self) -> MessageBody {
        self.body.clone()
    }

    /// Its file.
    pub fn media(&self) -> Option<Media> {
        self.media.clone()
    }
}

impl Drop for OpenedMessage {
    fn drop(&mut self) {
        self.media = None;
        self.session.shared.endings.stir();
    }
}

impl Timeline {
    /// Opens a message that is read once. That it was opened is on the disk before this gives anything, so that it is never opened again.
    /// A copy of the account's folder from before, put back with its keys, does not know of it until the server has told: that others have opened it
    /// too and it is deleted. Without network until then it opens once more.
    pub async fn open_once(&self, item: &ItemId) -> Result<OpenedMessage, Failure> {
        let gone = || Failure::NotFound { what: Missing::Event };
        let (live, event) = self.sent(item).await?;
        let session = self.session().clone();
        let (endings, id) = (&session.shared.endings, EventId(event.to_string()));
        let known = endings.entry(&id).ok_or_else(gone)?;
        if known.about.lifetime != Lifetime::Once || known.about.mine {
            return Err(Failure::Forbidden { why: Barrier::Ending });
        }
        if known.about.begun || endings.has_ended(&id) {
            return Err(gone());
        }
        let room = live.timeline.room();
        let stored = session.attached().await?.events.event(room.room_id(), &event).await?;
        let found = match stored {
            Some(found) => found,
            None => room.load_or_fetch_event(&event, None).await.map_err(CoreError::from)?,
        };
        let AnySyncTimelineEvent::MessageLike(found) = found.raw().deserialize().map_err(|_| gone())? else {
            return Err(gone());
        };
        let Some(AnyMessageLikeEventContent::RoomMessage(content)) = found.original_content() else {
            return Err(gone());
        };
        let media = match Attachment::of_message(&content.msgtype) {
            // All of it is here, and clean, before it counts as opened.
            Some(attachment) => {
                let media = Media::new(session.clone(), attachment);
                Box::pin(media.open()).await?;
                Some(media)
            }
            None => None,
        };
        let body = said(&content.msgtype);
        match endings.open(&session.shared.vault, &id).await? {
            true => Ok(OpenedMessage { body, media, session }),
            false => Err(gone()),
        }
    }

    /// Fails where a message ends, or is read once, so that no copy of it is made.
    pub(crate) fn refuse_ending(&self, live: &Live, item: &ItemId) -> Result<(), Failure> {
        match self.looked_at(live, item) {
            Some(_) => Err(Failure::Forbidden { why: Barrier::Ending }),
            None => Ok(()),
        }
    }

    /// Fails where what a message says is not to be seen in passing: it is read once, or has ended.
    pub(crate) fn refuse_covered(&self, live: &Live, item: &ItemId) -> Result<(), Failure> {
        match self.looked_at(live, item) {
            Some(Look::Ends(ending)) if ending.lifetime == Lifetime::Once => {
                Err(Failure::Forbidden { why: Barrier::Ending })
            }
            Some(Look::Gone) => Err(Failure::NotFound { what: Missing::Event }),
            Some(Look::Ends(_)) | None => Ok(()),
        }
    }

    fn looked_at(&self, live: &Live, item: &ItemId) -> Option<Look> {
        match live.target(item).ok()? {
            TimelineEventItemId::EventId(event) => self.session().shared.endings.look(&EventId(event.to_string())),
            TimelineEventItemId::TransactionId(unsent) => {
                let lifetime = live.lifetime(&unsent)?;
                let state = if lifetime == Lifetime::Once { EndingState::Covered } else { EndingState::NotBegun };
                Some(Look::Ends(Ending { lifetime, state, opened_by: Vec::new() }))
            }
        }
    }
}

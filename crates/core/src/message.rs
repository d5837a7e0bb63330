//! Writing with all that a message may have, and what may be done with one that is there.

use std::sync::Arc;

use bulla_model::{
    EventId, Failure, Field, FieldTrouble, Forwarded, ItemContent, ItemId, Mention, MessageBody, MessageDraft,
    MessageVersion, Missing, RoomId, TextStyle,
};
use bulla_policy as policy;
use matrix_sdk::{
    room::{
        edit::EditedContent,
        reply::{EnforceThread, Reply},
    },
    send_queue::LocalEchoContent,
};
use matrix_sdk_ui::timeline::TimelineEventItemId;
use ruma::{
    OwnedEventId, TransactionId,
    events::{
        Mentions,
        room::message::{
            AddMentions, EmoteMessageEventContent, FormattedBody, MessageType, ReplyWithinThread,
            RoomMessageEventContent, RoomMessageEventContentWithoutRelation, TextMessageEventContent,
        },
    },
    serde::Raw,
};
use serde_json::{Map, Value};

use crate::{
    announcement,
    body::body,
    failure::{CoreError, of_queue},
    item::time,
    live::Live,
    session::room_id,
    timeline::Timeline,
};

/// To how many rooms at once.
const FORWARDED: usize = 100;

impl Timeline {
    /// Sends a message. It appears in the stream at once and leaves when it can.
    pub async fn send(&self, draft: &MessageDraft) -> Result<(), Failure> {
        policy::check_text(&draft.markdown)?;
        let live = self.live().await?;
        let (content, everybody) = content(policy::written(&draft.markdown, &draft.mentions));
        let content = match everybody && self.may_mention_everybody(&live).await {
            true => content.add_mentions(Mentions::with_room_mention()),
            false => content,
        };
        let content: RoomMessageEventContent = match &draft.reply_to {
            None => content.into(),
            Some(to) => {
                let TimelineEventItemId::EventId(event) = live.target(to)? else { return Err(not_there()) };
                let enforce_thread = match live.timeline.is_threaded() {
                    true => EnforceThread::Threaded(ReplyWithinThread::Yes),
                    false => EnforceThread::MaybeThreaded,
                };
                let reply = Reply { event_id: event, enforce_thread, add_mentions: AddMentions::Yes };
                let content = Box::pin(live.timeline.room().make_reply_event(content, reply));
                content.await.map_err(|error| CoreError::from(matrix_sdk_ui::timeline::Error::from(error)))?
            }
        };
        let mut extra = self.ending(&live, draft.lifetime).await?;
        if draft.announcement {
            extra.extend(announcement::flag());
        }
        let extra = (!extra.is_empty()).then_some(extra);
        // On the heap: what the SDK makes of it is deep.
        let sent = Box::pin(live.timeline.send_with_extra_content(content.into(), extra));
        sent.await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Replaces the text of a message of one's own, sent or not.
    pub async fn edit(&self, item: &ItemId, markdown: &str) -> Result<(), Failure> {
        self.edit_with(item, markdown, &[]).await
    }

    /// The same, with whom its words mean. Whom it meant before is still meant where their words are still there.
    pub async fn edit_with(&self, item: &ItemId, markdown: &str, mentions: &[Mention]) -> Result<(), Failure> {
        policy::check_text(markdown)?;
        let live = self.live().await?;
        self.refuse_covered(&live, item)?;
        let target = live.target(item)?;
        let mut named = mentions.to_vec();
        let shown = live.current().await.into_iter().find(|row| row.id == *item);
        if let Some(ItemContent::Event { event }) = shown.as_ref().map(|row| &row.content)
            && let MessageBody::Text { html: Some(html), .. } = &event.body
        {
            let before = policy::mentions_in(html);
            named.extend(before.into_iter().filter(|known| mentions.iter().all(|mention| mention.text != known.text)));
        }
        let (content, everybody) = content(policy::written(markdown, &named));
        let content = match everybody && self.may_mention_everybody(&live).await {
            true => content.add_mentions(Mentions::with_room_mention()),
            false => content,
        };
        if let TimelineEventItemId::TransactionId(unsent) = &target
            && live.lifetime(unsent).is_some()
        {
            return edit_unsent(&live, unsent, content).await;
        }
        live.timeline.edit(&target, EditedContent::RoomMessage(content)).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Confirms that an announcement was read, or takes that back; true when it is confirmed now.
    pub async fn confirm(&self, item: &ItemId) -> Result<bool, Failure> {
        self.react(item, announcement::CONFIRMATION).await
    }

    /// What a message said, from its first version to its last.
    pub async fn history(&self, item: &ItemId) -> Result<Vec<MessageVersion>, Failure> {
        let live = self.live().await?;
        self.refuse_covered(&live, item)?;
        let TimelineEventItemId::EventId(event) = live.target(item)? else { return Ok(Vec::new()) };
        let mut versions = Box::pin(live.timeline.edit_revisions(&event)).await.map_err(CoreError::from)?;
        versions.sort_by_key(|version| version.timestamp);
        let version = |of: &matrix_sdk_ui::timeline::EditRevision| MessageVersion {
            at: time(of.timestamp.unwrap_or(ruma::MilliSecondsSinceUnixEpoch(ruma::UInt::MIN))),
            body: body(&of.content, None),
        };
        Ok(versions.iter().map(version).collect())
    }

    /// Sends a copy of a message to other rooms. One that fails stops no other.
    pub async fn forward(&self, item: &ItemId, rooms: Vec<RoomId>) -> Result<Vec<Forwarded>, Failure> {
        if rooms.len() > FORWARDED {
            return Err(Failure::Invalid { field: Field::Room, why: FieldTrouble::TooLong });
        }
        let live = self.live().await?;
        self.refuse_ending(&live, item)?;
        let target = live.target(item)?;
        let items = live.timeline.items().await;
        let shown = items.iter().filter_map(|item| item.as_event()).find(|event| event.identifier() == target);
        let message = shown.and_then(|event| event.content().as_message()).ok_or_else(not_there)?;
        let copy = RoomMessageEventContent::new(message.msgtype().clone());
        let client = live.timeline.room().client();
        let mut forwarded = Vec::with_capacity(rooms.len());
        for room in rooms {
            let sent = async {
                let id = room_id(&room)?;
                let to = client.get_room(&id).ok_or(Failure::NotFound { what: Missing::Room })?;
                to.send_queue().send(copy.clone().into()).await.map_err(|error| of_queue(&error))?;
                Ok::<(), CoreError>(())
            };
            forwarded.push(Forwarded { failure: sent.await.err().map(Failure::from), room });
        }
        Ok(forwarded)
    }

    /// Tells the server's administrators of a message.
    pub async fn report(&self, item: &ItemId, reason: &str) -> Result<(), Failure> {
        policy::check_reason(reason)?;
        let (live, event) = self.sent(item).await?;
        live.timeline.room().report_content(event, Some(reason.to_owned())).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Pins a message, or no longer.
    pub async fn set_pinned(&self, item: &ItemId, pinned: bool) -> Result<(), Failure> {
        let (live, event) = self.sent(item).await?;
        let room = live.timeline.room();
        let changed = match pinned {
            true => room.pin_event(&event).await,
            false => room.unpin_event(&event).await,
        };
        changed.map_err(CoreError::from)?;
        Ok(())
    }

    /// A link to a message.
    pub async fn link(&self, item: &ItemId) -> Result<String, Failure> {
        let (live, event) = self.sent(item).await?;
        let link = live.timeline.room().matrix_to_event_permalink(event).await.map_err(CoreError::from)?;
        Ok(link.to_string())
    }

    /// The timeline, and the event of a row that the server has.
    pub(crate) async fn sent(&self, item: &ItemId) -> Result<(Arc<Live>, OwnedEventId), Failure> {
        let live = self.live().await?;
        match live.target(item)? {
            TimelineEventItemId::EventId(event) => Ok((live, event)),
            TimelineEventItemId::TransactionId(_) => Err(not_there()),
        }
    }

    async fn may_mention_everybody(&self, live: &Live) -> bool {
        let room = live.timeline.room();
        let powers = room.power_levels_or_default().await;
        powers.user_can_trigger_room_notification(room.own_user_id())
    }
}

/// Gives a message that has not left another text. The SDK would forget all that it says beside, such as when it ends.
async fn edit_unsent(
    live: &Live,
    unsent: &TransactionId,
    content: RoomMessageEventContentWithoutRelation,
) -> Result<(), Failure> {
    let (waiting, _) = live.timeline.room().send_queue().subscribe().await.map_err(|error| of_queue(&error))?;
    let echo = waiting.into_iter().find(|echo| echo.transaction_id == unsent).ok_or_else(not_there)?;
    let LocalEchoContent::Event { serialized_event, send_handle, .. } = echo.content else { return Err(not_there()) };
    let (before, kind) = serialized_event.raw();
    let unwritten = |_| CoreError::Defect("a message that cannot be written");
    let mut all: Map<String, Value> = serde_json::from_str(before.json().get()).map_err(unwritten)?;
    all.retain(|name, _| name == "m.relates_to" || name.starts_with("org.bulla."));
    let content = serde_json::to_value(RoomMessageEventContent::from(content)).map_err(unwritten)?;
    all.extend(content.as_object().cloned().unwrap_or_default());
    let all = Raw::new(&all).map_err(unwritten)?.cast_unchecked();
    match send_handle.edit_raw(all, kind.to_owned()).await.map_err(|error| of_queue(&error.into()))? {
        true => Ok(()),
        false => Err(not_there()),
    }
}

/// What was typed, as Matrix content, and whether it means everybody.
pub(crate) fn content(written: policy::Written) -> (RoomMessageEventContentWithoutRelation, bool) {
    let formatted = written.markdown.as_deref().and_then(FormattedBody::markdown);
    let kind = match written.style {
        TextStyle::Emote => {
            let mut emote = EmoteMessageEventContent::plain(written.plain);
            emote.formatted = formatted;
            MessageType::Emote(emote)
        }
        TextStyle::Said | TextStyle::Notice => {
            let mut text = TextMessageEventContent::plain(written.plain);
            text.formatted = formatted;
            MessageType::Text(text)
        }
    };
    let content = RoomMessageEventContentWithoutRelation::new(kind);
    let users: Vec<_> = written.users.iter().filter_map(|user| ruma::UserId::parse(user.as_str()).ok()).collect();
    match users.is_empty() {
        true => (content, written.room),
        false => (content.add_mentions(Mentions::with_user_ids(users)), written.room),
    }
}

pub(crate) fn not_there() -> Failure {
    Failure::Invalid { field: Field::Event, why: FieldTrouble::NotAllowed }
}

/// Parses what policy has let through.
pub(crate) fn event_id(id: &EventId) -> Result<OwnedEventId, Failure> {
    let malformed = || Failure::Invalid { field: Field::Event, why: FieldTrouble::Malformed };
    ruma::EventId::parse(policy::event_id(&id.0)?).map_err(|_| malformed())
}

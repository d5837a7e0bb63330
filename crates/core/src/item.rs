//! From the SDK's timeline items to ours.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use bulla_model::{
    Ending, EndingState, EventId, EventItem, ItemContent, ItemId, Lifetime, MediaUri, MessageBody, Reaction,
    ReadReceipt, ReplyQuote, RoomId, SendState, Shield, ThreadSummary, TimelineItem, UserId,
};
use bulla_policy as policy;
use eyeball_im::Vector;
use matrix_sdk::{
    Room,
    send_queue::{LocalEcho, LocalEchoContent},
};
use matrix_sdk_ui::timeline::{
    EmbeddedEvent, EventSendState, EventTimelineItem, InReplyToDetails, Profile, ThreadSummary as SdkThreadSummary,
    TimelineDetails, TimelineEventItemId, TimelineEventShieldState, TimelineEventShieldStateCode,
    TimelineItem as SdkItem, TimelineItemKind, VirtualTimelineItem,
};
use ruma::{MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedTransactionId, OwnedUserId, TransactionId};
use serde_json::Value;
use tokio::sync::watch;

use crate::{
    admission::is_said,
    announcement::{CONFIRMATION, announcement},
    body::{body, cover, preview},
    ending_entry::Look,
    ending_event,
    endings::Endings,
    failure::{passes, send_trouble},
};

/// How many of those who reacted are named.
const SENDERS: usize = 100;
/// How many different reactions are told.
const KEYS: usize = 100;

/// Maps items and gives each a name: its event's, or its transaction's if it was first shown before the server had accepted it.
pub(crate) struct ItemMapper {
    me: OwnedUserId,
    targets: HashMap<ItemId, TimelineEventItemId>,
    /// Events that were first shown as what was still to be sent: they keep that name, so that a row does not change under a finger.
    first_names: HashMap<OwnedEventId, ItemId>,
    /// What was sent from here, and how long it is to live: the SDK's timeline does not tell it of what the server has not.
    unsent: HashMap<OwnedTransactionId, Option<Lifetime>>,
    /// None: what is not shown any more.
    rows: HashMap<String, (Arc<SdkItem>, Option<Arc<TimelineItem>>)>,
    pinned: HashSet<OwnedEventId>,
    room: OwnedRoomId,
    endings: Arc<Endings>,
    /// The version of what ends that the rows were made with.
    version: watch::Receiver<u64>,
}

impl ItemMapper {
    pub fn new(room: &Room, endings: Arc<Endings>) -> Self {
        let (targets, first_names, unsent, rows, pinned) = Default::default();
        let (me, room, version) = (room.own_user_id().to_owned(), room.room_id().to_owned(), endings.watch());
        Self { me, targets, first_names, unsent, rows, pinned, room, endings, version }
    }

    /// Which events are pinned from now on.
    pub fn pin(&mut self, pinned: Vec<OwnedEventId>) {
        let pinned = HashSet::from_iter(pinned);
        if self.pinned != pinned {
            self.pinned = pinned;
            self.rows.clear();
        }
    }

    /// What the SDK calls the item that an app names `id`.
    pub fn target(&self, id: &ItemId) -> Option<TimelineEventItemId> {
        self.targets.get(id).cloned()
    }

    /// Whether one of these was sent from here and it is not known how long it is to live.
    pub fn wants_unsent(&self, items: &Vector<Arc<SdkItem>>) -> bool {
        items.iter().any(|item| self.is_unknown(item))
    }

    /// What waits to be sent says so itself.
    pub fn learn(&mut self, waiting: Vec<LocalEcho>) {
        for echo in waiting {
            if let LocalEchoContent::Event { serialized_event, .. } = echo.content {
                let said = serialized_event.raw().0.get_field::<Value>(policy::ENDING).ok().flatten();
                self.unsent.insert(echo.transaction_id, said.as_ref().and_then(policy::lifetime));
            }
        }
    }

    /// How long a message lives that has not left; none where it does not end, or has left.
    pub fn lifetime(&self, unsent: &TransactionId) -> Option<Lifetime> {
        self.unsent.get(unsent).copied().flatten()
    }

    /// Our records of all items; those of items that are the same as the last time are the same too. A name stands there once, and
    /// the second answer is whether an event of the server's did not: a message that is on its way and back at once is no mistake.
    pub fn rows(&mut self, items: &Vector<Arc<SdkItem>>) -> (Vector<Arc<TimelineItem>>, bool) {
        if self.version.has_changed().unwrap_or(false) {
            self.version.mark_unchanged();
            self.rows.clear();
        }
        let mut before = std::mem::take(&mut self.rows);
        let (mut rows, mut names, mut doubled) = (Vector::new(), HashSet::new(), false);
        for item in items {
            // The next change tells: it has just left.
            if self.is_unknown(item) {
                continue;
            }
            let name = item.unique_id().0.clone();
            let row = match before.remove(&name) {
                Some((known, row)) if Arc::ptr_eq(&known, item) => row,
                // What the SDK's list has not heard of yet may have been erased already.
                _ => self.map(item).map(|row| Arc::new(self.endings.deletions.without(row))),
            };
            if let Some(row) = &row
                && names.insert(row.id.clone())
            {
                // A day of which everything has ended is none.
                let over = |last: &Arc<TimelineItem>| matches!(last.content, ItemContent::DateDivider { .. });
                if over(row) && rows.last().is_some_and(over) {
                    rows.pop_back();
                }
                rows.push_back(row.clone());
            } else if row.is_some() {
                doubled |= item.as_event().is_some_and(EventTimelineItem::is_remote_event);
            }
            self.rows.insert(name, (item.clone(), row));
        }
        (rows, doubled)
    }

    /// Our record of an item; none where it has ended.
    fn map(&mut self, item: &SdkItem) -> Option<TimelineItem> {
        let unique = item.unique_id().0.clone();
        match item.kind() {
            TimelineItemKind::Event(event) => {
                let target = event.identifier();
                let id = self.name(event, &target);
                self.targets.insert(id.clone(), target);
                Some(TimelineItem { id, content: ItemContent::Event { event: self.event(event)? } })
            }
            TimelineItemKind::Virtual(virtual_item) => Some(TimelineItem {
                id: ItemId(format!("virtual:{unique}")),
                content: match virtual_item {
                    VirtualTimelineItem::DateDivider(day) => ItemContent::DateDivider { day: time(*day) },
                    VirtualTimelineItem::ReadMarker => ItemContent::ReadMarker,
                    VirtualTimelineItem::TimelineStart => ItemContent::Start,
                },
            }),
        }
    }

    /// What an app calls an item. The SDK's own names do not do: it counts anew after a gap, and a name comes to mean another item.
    fn name(&mut self, event: &EventTimelineItem, target: &TimelineEventItemId) -> ItemId {
        let local = |id: &TransactionId| ItemId(format!("local:{id}"));
        match target {
            TimelineEventItemId::TransactionId(id) => {
                if let Some(accepted) = event.event_id() {
                    self.first_names.insert(accepted.to_owned(), local(id));
                }
                local(id)
            }
            TimelineEventItemId::EventId(id) => {
                if let Some(local) = event.transaction_id().map(local).filter(|local| self.targets.contains_key(local))
                {
                    self.first_names.entry(id.clone()).or_insert(local);
                }
                self.first_names.get(id).cloned().unwrap_or_else(|| ItemId(id.to_string()))
            }
        }
    }

    fn event(&self, event: &EventTimelineItem) -> Option<EventItem> {
        let (sender_name, ambiguous, sender_avatar) = profile(event.sender_profile());
        let content = event.content();
        let announcement = announcement(event, &self.me);
        let ending = match self.look(event) {
            Some(Look::Gone) => return None,
            Some(Look::Ends(ending)) => Some(ending),
            None => None,
        };
        let once = ending.as_ref().is_some_and(|ending| ending.lifetime == Lifetime::Once);
        let body = match (body(content, Some(&self.me)), ending.as_ref().map(|ending| ending.state)) {
            (_, Some(EndingState::Opened)) => MessageBody::Opened,
            (body @ (MessageBody::Redacted | MessageBody::Undecryptable { .. }), _) => body,
            (body, Some(EndingState::Covered)) => cover(body),
            (body, _) => body,
        };
        if is_said(&body) && self.endings.is_old(&RoomId(self.room.to_string()), time(event.timestamp())) {
            return None;
        }
        let disguised = match &body {
            MessageBody::Text { html: Some(html), .. } => policy::disguised_links(html),
            _ => Vec::new(),
        };
        // A deletion leaves nothing that was encrypted, and so nothing that should have been.
        let gone = matches!(body, MessageBody::Redacted | MessageBody::Opened);
        let shield = if gone { None } else { shield(event.get_shield(false)) };
        Some(EventItem {
            event_id: event.event_id().map(|id| EventId(id.to_string())),
            sender: UserId(event.sender().to_string()),
            sender_name,
            sender_name_is_ambiguous: ambiguous,
            sender_avatar,
            mine: event.is_own(),
            at: time(event.timestamp()),
            body,
            reply_to: content.in_reply_to().map(|details| self.quote(&details)),
            thread: content.thread_root().map(|id| EventId(id.to_string())),
            thread_summary: content.thread_summary().map(|summary| self.thread(&summary)),
            pinned: event.event_id().is_some_and(|id| self.pinned.contains(id)),
            announcement: announcement.clone(),
            edited: content.as_message().is_some_and(|message| message.is_edited()),
            reactions: self.reactions(event, announcement.is_some()),
            read_by: event
                .read_receipts()
                .iter()
                .filter(|(user, _)| **user != self.me)
                .map(|(user, receipt)| ReadReceipt { user: UserId(user.to_string()), at: receipt.ts.map(time) })
                .collect(),
            send_state: send_state(event.send_state()),
            can_edit: event.is_editable() && !once,
            can_reply: event.can_be_replied_to() && !once,
            highlighted: event.is_highlighted(),
            shield,
            disguised,
            ending,
        })
    }

    /// Whether an item was sent from here and is not known to be one that anybody may see at once.
    fn is_unknown(&self, item: &SdkItem) -> bool {
        let Some(event) = item.as_event().filter(|event| event.is_local_echo()) else { return false };
        let known = event.transaction_id().is_some_and(|id| self.unsent.contains_key(id));
        !known && event.event_id().is_none_or(|id| self.endings.look(&EventId(id.to_string())).is_none())
    }

    /// What is to be shown of an event, by what it says of its end.
    fn look(&self, event: &EventTimelineItem) -> Option<Look> {
        // What the server has not is covered as it will be then.
        let unsent = || match self.lifetime(event.transaction_id()?)? {
            Lifetime::Once => {
                let (lifetime, state, opened_by) = (Lifetime::Once, EndingState::Covered, Vec::new());
                Some(Look::Ends(Ending { lifetime, state, opened_by }))
            }
            Lifetime::FromSending { .. } | Lifetime::FromReading { .. } => None,
        };
        self.arrived(event).or_else(unsent)
    }

    fn arrived(&self, event: &EventTimelineItem) -> Option<Look> {
        let id = EventId(event.event_id()?.to_string());
        if let Some(look) = self.endings.look(&id) {
            return Some(look);
        }
        // One that did not come by way of the store.
        let sealed = event.encryption_info().is_some();
        ending_event::note(&self.endings, &self.room, event.original_json()?.json().get(), sealed);
        self.endings.look(&id)
    }

    /// The message that another answers, where it may be seen.
    fn quote(&self, details: &InReplyToDetails) -> ReplyQuote {
        let mut quote = quote(details);
        self.endings.admit_quote(&RoomId(self.room.to_string()), &mut quote);
        quote
    }

    fn thread(&self, summary: &SdkThreadSummary) -> ThreadSummary {
        let mut told = thread(summary);
        self.endings.admit_thread(&RoomId(self.room.to_string()), &mut told);
        told
    }

    /// A confirmation of an announcement is told there, and is no reaction here.
    fn reactions(&self, event: &EventTimelineItem, announced: bool) -> Vec<Reaction> {
        let Some(reactions) = event.content().reactions() else { return Vec::new() };
        reactions
            .iter()
            .filter(|(key, _)| !(announced && key.as_str() == CONFIRMATION))
            .take(KEYS)
            .map(|(key, senders)| Reaction {
                key: key.clone(),
                senders: senders.keys().take(SENDERS).map(|user| UserId(user.to_string())).collect(),
                count: senders.len() as u32,
                mine: senders.contains_key(&self.me),
            })
            .collect()
    }
}

/// A moment of the Matrix world. Untrusted: an absurd one becomes the end of the year 9999 at most.
pub(crate) fn time(at: MilliSecondsSinceUnixEpoch) -> SystemTime {
    const YEAR_9999: u64 = 253_402_300_799_000;
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::from(at.get()).min(YEAR_9999))
}

/// A profile's name, whether it is ambiguous, and its avatar.
pub(crate) fn profile(details: &TimelineDetails<Profile>) -> (Option<String>, bool, Option<MediaUri>) {
    match details {
        TimelineDetails::Ready(profile) => (
            profile.display_name.clone(),
            profile.display_name_ambiguous,
            profile.avatar_url.as_ref().map(|uri| MediaUri(uri.to_string())),
        ),
        _ => (None, false, None),
    }
}

fn quote(details: &InReplyToDetails) -> ReplyQuote {
    let event_id = EventId(details.event_id.to_string());
    match &details.event {
        TimelineDetails::Ready(embedded) => {
            let EmbeddedEvent { content, sender, sender_profile, timestamp, .. } = embedded.as_ref();
            ReplyQuote {
                event_id,
                sender: Some(UserId(sender.to_string())),
                sender_name: profile(sender_profile).0,
                body: Some(body(content, None)),
                at: Some(time(*timestamp)),
            }
        }
        _ => ReplyQuote { event_id, sender: None, sender_name: None, body: None, at: None },
    }
}

fn thread(summary: &SdkThreadSummary) -> ThreadSummary {
    let mut told = ThreadSummary {
        replies: summary.num_replies,
        last_sender: None,
        last_sender_name: None,
        last_body: None,
        last_event: None,
        last_at: None,
    };
    if let TimelineDetails::Ready(last) = &summary.latest_event {
        told.last_sender = Some(UserId(last.sender.to_string()));
        told.last_sender_name = profile(&last.sender_profile).0;
        told.last_body = Some(preview(&last.content));
        told.last_at = Some(time(last.timestamp));
        if let TimelineEventItemId::EventId(id) = &last.identifier {
            told.last_event = Some(EventId(id.to_string()));
        }
    }
    told
}

fn send_state(state: Option<&EventSendState>) -> SendState {
    match state {
        None => SendState::Delivered,
        Some(EventSendState::NotSentYet { .. }) => SendState::Sending,
        Some(EventSendState::Sent { .. }) => SendState::Accepted,
        Some(EventSendState::SendingFailed { error, is_recoverable }) => {
            SendState::Failed { why: send_trouble(error), retrying: *is_recoverable || passes(error) }
        }
    }
}

fn shield(state: TimelineEventShieldState) -> Option<Shield> {
    use TimelineEventShieldStateCode as Code;
    let (TimelineEventShieldState::Red { code } | TimelineEventShieldState::Grey { code }) = state else { return None };
    Some(match code {
        Code::AuthenticityNotGuaranteed => Shield::AuthenticityNotGuaranteed,
        Code::UnknownDevice => Shield::UnknownDevice,
        Code::UnsignedDevice => Shield::UnsignedDevice,
        Code::UnverifiedIdentity => Shield::UnverifiedIdentity,
        Code::VerificationViolation => Shield::IdentityChanged,
        Code::MismatchedSender => Shield::MismatchedSender,
        Code::SentInClear => Shield::SentInClear,
    })
}

//! Messages as an object each.

use std::{sync::Arc, time::SystemTime};

use bulla_model::{
    EventId, EventItem, MediaUri, MessageBody, Reaction, ReadReceipt, ReplyQuote, SendState, Shield, UserId,
};

/// Events that were handed over once.
#[derive(uniffi::Object)]
pub struct PeerTimeline {
    events: Vec<EventItem>,
}

#[uniffi::export]
impl PeerTimeline {
    /// Keeps these events.
    #[uniffi::constructor]
    pub fn new(events: Vec<EventItem>) -> Arc<Self> {
        Arc::new(Self { events })
    }

    /// An object for each event.
    pub fn objects(&self) -> Vec<Arc<PeerEvent>> {
        self.events.iter().map(|event| Arc::new(PeerEvent { event: event.clone() })).collect()
    }
}

/// An event as an object: each field is a call.
#[derive(uniffi::Object)]
pub struct PeerEvent {
    event: EventItem,
}

fields! { PeerEvent, event,
    event_id: Option<EventId>,
    sender: UserId,
    sender_name: Option<String>,
    sender_name_is_ambiguous: bool,
    sender_avatar: Option<MediaUri>,
    mine: bool,
    at: SystemTime,
    body: MessageBody,
    reply_to: Option<ReplyQuote>,
    thread: Option<EventId>,
    edited: bool,
    reactions: Vec<Reaction>,
    read_by: Vec<ReadReceipt>,
    send_state: SendState,
    can_edit: bool,
    can_reply: bool,
    highlighted: bool,
    shield: Option<Shield>,
}

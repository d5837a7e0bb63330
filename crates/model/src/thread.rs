//! Threads (MSC3440).

use std::time::SystemTime;

use crate::{EventId, MessageBody, UserId, opaque::opaque};

/// What a message's row says of the thread that began with it.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct ThreadSummary {
    /// How many answers it has. None is possible: all were deleted.
    pub replies: u32,
    /// Who wrote last, where that is known.
    pub last_sender: Option<UserId>,
    /// Their name.
    pub last_sender_name: Option<String>,
    /// What they wrote, shortened.
    pub last_body: Option<MessageBody>,
    /// Which event that is.
    #[serde(default)]
    #[uniffi(default = None)]
    pub last_event: Option<EventId>,
    /// When, by its sender's server.
    #[serde(default)]
    #[uniffi(default = None)]
    pub last_at: Option<SystemTime>,
}

/// One thread of a room.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ThreadRow {
    /// Its first message: what [`crate::EventItem::thread`] names, and what opens it.
    pub root: EventId,
    /// Who began it.
    pub sender: UserId,
    /// Their name, if known.
    pub sender_name: Option<String>,
    /// What they wrote, shortened; none where that cannot be told.
    pub body: Option<MessageBody>,
    /// How many answers it has.
    pub replies: u32,
    /// When somebody wrote in it last, by their server.
    pub last_at: SystemTime,
    /// Who did, where that is known.
    pub last_sender: Option<UserId>,
    /// Their name.
    pub last_sender_name: Option<String>,
    /// What they wrote, shortened.
    pub last_body: Option<MessageBody>,
    /// What this account has not read of it; none where that could not be told now.
    #[uniffi(default = None)]
    pub reading: Option<ThreadReading>,
}

/// What an account has not read of a thread: what others said after what it has read or said there last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ThreadReading {
    /// How many messages, 50 at most: then there may be more.
    pub unread: u32,
    /// How many of them name this account, or everybody.
    pub mentions: u32,
}

opaque!(ThreadSummary, ThreadRow);

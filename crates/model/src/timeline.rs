//! A conversation, item by item.

use std::time::{Duration, SystemTime};

use crate::{
    Announcement, DisguisedLink, Ending, EventId, ItemId, MediaUri, MessageBody, ThreadSummary, UserId, opaque::opaque,
};

/// One row of a conversation.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct TimelineItem {
    /// Its name: use it as the row's key.
    pub id: ItemId,
    /// What it is.
    pub content: ItemContent,
}

/// What a row of a conversation is.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum ItemContent {
    /// Something that someone said or did.
    Event {
        /// All of it.
        event: EventItem,
    },
    /// A new day begins.
    DateDivider {
        /// A moment in that day.
        day: SystemTime,
    },
    /// What follows was not read yet by this account.
    ReadMarker,
    /// The conversation begins here: there is nothing older.
    Start,
}

/// Something that someone said or did.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct EventItem {
    /// The server's id; none until it was sent.
    pub event_id: Option<EventId>,
    /// Who.
    pub sender: UserId,
    /// Their name, if known. Untrusted text.
    pub sender_name: Option<String>,
    /// Whether another member has the same name.
    pub sender_name_is_ambiguous: bool,
    /// Their avatar.
    pub sender_avatar: Option<MediaUri>,
    /// Whether this account sent it.
    pub mine: bool,
    /// When, by the sender's server; for a local echo, by this device.
    pub at: SystemTime,
    /// What it says or is.
    pub body: MessageBody,
    /// The message it answers.
    pub reply_to: Option<ReplyQuote>,
    /// The first message of the thread it is in (MSC3440).
    pub thread: Option<EventId>,
    /// The thread that began with it.
    #[serde(default)]
    pub thread_summary: Option<ThreadSummary>,
    /// Whether it is pinned.
    #[serde(default)]
    pub pinned: bool,
    /// That it asks for a confirmation of reading, and who gave one.
    #[serde(default)]
    pub announcement: Option<Announcement>,
    /// Whether it was edited after it was sent.
    pub edited: bool,
    /// Reactions, grouped by key, in order of arrival, at most 100 different ones.
    pub reactions: Vec<Reaction>,
    /// Who has read up to here, without this account.
    pub read_by: Vec<ReadReceipt>,
    /// Where it stands on its way out. `Delivered` for everything that came from the server.
    pub send_state: SendState,
    /// Whether this account can edit it.
    pub can_edit: bool,
    /// Whether it can be answered.
    pub can_reply: bool,
    /// Whether it mentions this account or is otherwise highlighted.
    pub highlighted: bool,
    /// What is doubtful about its sender or its encryption.
    pub shield: Option<Shield>,
    /// Links in it that show another address than they lead to, at most 20.
    #[serde(default)]
    #[uniffi(default)]
    pub disguised: Vec<DisguisedLink>,
    /// That it ends by itself, and where it stands.
    #[serde(default)]
    #[uniffi(default = None)]
    pub ending: Option<Ending>,
}

/// The message that another one answers.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct ReplyQuote {
    /// Which message.
    pub event_id: EventId,
    /// Who wrote it, once it is loaded.
    pub sender: Option<UserId>,
    /// Their name, if known.
    pub sender_name: Option<String>,
    /// What it says, once it is loaded.
    pub body: Option<MessageBody>,
    /// When it was sent, by its sender's server, once it is loaded.
    #[serde(default)]
    #[uniffi(default = None)]
    pub at: Option<SystemTime>,
}

/// One reaction and who made it.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Reaction {
    /// An emoji as a rule; untrusted text.
    pub key: String,
    /// Who, in order of arrival, at most 100.
    pub senders: Vec<UserId>,
    /// How many in all.
    pub count: u32,
    /// Whether this account is one of them.
    pub mine: bool,
}

/// Someone has read up to here.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct ReadReceipt {
    /// Who.
    pub user: UserId,
    /// When, if known.
    pub at: Option<SystemTime>,
}

/// Where a message stands on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum SendState {
    /// Kept on this device, on its way. It survives a restart.
    Sending,
    /// The server has it; it has not come back by sync yet.
    Accepted,
    /// It did not leave.
    Failed {
        /// What stops it.
        why: SendTrouble,
        /// Whether the library tries again by itself. Otherwise `retry` or `cancel_send` it; later messages of the room wait.
        retrying: bool,
    },
    /// It came from the server.
    Delivered,
}

/// Why a message did not leave.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum SendTrouble {
    /// No connection.
    Offline,
    /// The server asks to wait.
    Wait {
        /// How long, if it said so.
        retry_after: Option<Duration>,
    },
    /// The server refused it.
    Rejected {
        /// Its code.
        code: String,
    },
    /// It is larger than what the server takes.
    TooLarge,
    /// A recipient's identity changed after it was verified. Ask the person what to do.
    IdentityChanged {
        /// Whose.
        users: Vec<UserId>,
    },
    /// A verified recipient has devices that they did not sign.
    UnsignedDevices {
        /// Whose.
        users: Vec<UserId>,
    },
    /// This device is not signed by its owner's identity yet.
    DeviceNotSigned,
    /// A defect; the log has more.
    Other,
}

/// What is doubtful about a message that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum Shield {
    /// The key did not come from the sender's own device.
    AuthenticityNotGuaranteed,
    /// The sending device is unknown or was deleted.
    UnknownDevice,
    /// The sending device is not signed by its owner.
    UnsignedDevice,
    /// The sender is not verified.
    UnverifiedIdentity,
    /// The sender was verified and has another identity now.
    IdentityChanged,
    /// The sender is not who encrypted it.
    MismatchedSender,
    /// It was sent in clear in an encrypted room.
    SentInClear,
}

opaque!(TimelineItem, ItemContent, EventItem, ReplyQuote, Reaction, ReadReceipt);

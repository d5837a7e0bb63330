//! What a person writes, and what becomes of it.

use std::time::SystemTime;

use crate::{EventId, Failure, ItemId, Lifetime, MessageBody, RoomId, UserId, opaque::opaque};

/// A message to send.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct MessageDraft {
    /// The text in Markdown, up to 32 KiB. `/me` at its beginning makes it an emote, `/plain` leaves it as it is typed, `/shrug` adds a
    /// shrug, `//` is a slash; any other beginning is text.
    pub markdown: String,
    /// Who is meant by which words of the text. A user id in the text means somebody by itself; `@room` means everybody, where this account may.
    #[uniffi(default)]
    pub mentions: Vec<Mention>,
    /// The message that it answers.
    #[uniffi(default)]
    pub reply_to: Option<ItemId>,
    /// Whether it asks for a confirmation that it was read: see [`Announcement`].
    #[uniffi(default)]
    pub announcement: bool,
    /// How long it lives; none: as the room says ([`crate::RoomSummary::ending`]).
    #[uniffi(default = None)]
    pub lifetime: Option<Lifetime>,
}

/// Words of a text that mean somebody (`m.mentions`).
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Mention {
    /// As it stands in the text, such as `@Aïcha Benali`.
    pub text: String,
    /// Who is meant.
    pub user: UserId,
}

/// A message that asks for a confirmation of reading, and who gave it. On the wire: a message that holds `org.bulla.announcement`, and
/// `m.reaction` with ✅, so that people with other clients can confirm it too. Who has confirmed is seen by the servers, what the message
/// says is not.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Announcement {
    /// Who has confirmed it, in order, at most 10,000.
    pub confirmed: Vec<UserId>,
    /// Whether this account has.
    pub mine: bool,
}

/// What stands in a composer and was not sent.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct SavedDraft {
    /// The text as it is typed, up to 32 KiB.
    pub text: String,
    /// Who is meant by which of its words.
    #[serde(default)]
    #[uniffi(default)]
    pub mentions: Vec<Mention>,
    /// What sending it would do.
    pub purpose: DraftPurpose,
}

/// What sending a draft would do.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum DraftPurpose {
    /// A new message.
    Write,
    /// An answer.
    Reply {
        /// To which message.
        event: EventId,
    },
    /// Another text for a message.
    Edit {
        /// Which one.
        event: EventId,
    },
}

/// One version of a message that was edited.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct MessageVersion {
    /// When, by the sender's server.
    pub at: SystemTime,
    /// What it said.
    pub body: MessageBody,
}

/// What became of a message that was forwarded to a room.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Forwarded {
    /// Where to.
    pub room: RoomId,
    /// Why it is not on its way there; none where it is.
    pub failure: Option<Failure>,
}

opaque!(MessageDraft, Mention, Announcement, SavedDraft, DraftPurpose, MessageVersion, Forwarded);

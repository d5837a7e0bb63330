//! Rooms as a list shows them.

use std::time::{Duration, SystemTime};

use crate::{Lifetime, MediaUri, MessageBody, RoomId, UserId, opaque::opaque};

/// All that a row of the conversation list needs.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct RoomSummary {
    /// Which room.
    pub id: RoomId,
    /// What it is called.
    pub title: RoomTitle,
    /// Its topic. Untrusted text.
    pub topic: Option<String>,
    /// Its avatar; in a direct conversation without one, the other person's. None in an invitation: what strangers show is not looked at.
    pub avatar: Option<MediaUri>,
    /// What sort of room it is.
    pub kind: RoomKind,
    /// Whether people from outside the deployment may be invited.
    #[serde(default)]
    pub open_to_guests: bool,
    /// The link by which whoever is in the deployment comes in; none: by invitation only, or it has no address.
    #[serde(default)]
    pub link: Option<String>,
    /// In a direct conversation, the other person.
    pub direct_with: Option<UserId>,
    /// How many people have joined.
    pub members: u32,
    /// Messages not read.
    pub unread: u32,
    /// Of these, the ones that mention this account.
    pub mentions: u32,
    /// Marked as unread by hand.
    pub marked_unread: bool,
    /// The newest message, or what happened last.
    pub last: Option<MessagePreview>,
    /// Whether messages are end-to-end encrypted.
    pub encrypted: bool,
    /// Where this account stands in the room.
    pub membership: Membership,
    /// Who invited this account, while it is an invitation.
    pub invited_by: Option<UserId>,
    /// A favourite of this account (the `m.favourite` tag).
    pub favourite: bool,
    /// Makes no notification (a push rule of this account).
    pub muted: bool,
    /// What of it this account is notified of.
    #[serde(default)]
    pub notifications: RoomNotifications,
    /// Of low priority for this account (the `m.lowpriority` tag).
    #[serde(default)]
    pub low_priority: bool,
    /// Who reads what was said before they came.
    #[serde(default)]
    pub history: HistoryAccess,
    /// Its published address (`#name:server`).
    #[serde(default)]
    pub alias: Option<String>,
    /// The room that took its place, by an upgrade: [`crate::RoomId`] to go on in. Untrusted until it was joined.
    #[serde(default)]
    pub successor: Option<RoomId>,
    /// The room whose place it took: what was said before is there.
    #[serde(default)]
    pub predecessor: Option<RoomId>,
    /// Whether this account goes on in its successor already: no list shows it any more.
    #[serde(default)]
    pub superseded: bool,
    /// When something last happened: lists are sorted by it, newest first.
    pub active_at: Option<SystemTime>,
    /// How long messages of this account live where nothing else is said: what the room's members agreed on (`org.bulla.ending`).
    #[serde(default)]
    #[uniffi(default = None)]
    pub ending: Option<Lifetime>,
    /// How long what is said here is kept, by the room's rule and the deployment's (`m.room.retention`); none: for ever.
    #[serde(default)]
    #[uniffi(default = None)]
    pub retention: Option<Duration>,
}

/// What a room is called. Words such as "and 2 others" are the app's.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum RoomTitle {
    /// The name it was given, or its published address. Untrusted text.
    Named {
        /// The name.
        text: String,
    },
    /// It has none: show who is in it.
    People {
        /// Names of up to five members, without this account.
        names: Vec<String>,
        /// How many more there are.
        others: u32,
    },
    /// Nobody else is there.
    Empty {
        /// Names of those who left, if known.
        former: Vec<String>,
    },
}

/// What sort of room it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum RoomKind {
    /// A conversation between two people (`m.direct`).
    Direct,
    /// By invitation and encrypted, for people of the deployment.
    #[serde(alias = "Group")]
    Private,
    /// By invitation and encrypted, and people from outside may be invited.
    PrivateWithGuests,
    /// By invitation and not encrypted, where the deployment allows it.
    PrivateUnencrypted,
    /// Public and not encrypted: whoever is in the deployment finds it and comes in.
    Forum,
    /// A space: a group of rooms (MSC1772).
    Space,
}

/// What of a room this account is notified of (push rules, Matrix specification).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum RoomNotifications {
    /// As the account's settings say for rooms of this sort.
    #[default]
    Standard,
    /// Every message.
    All,
    /// Mentions of this account and of everybody.
    Mentions,
    /// Nothing.
    Nothing,
}

/// Who reads what was said before they came (`m.room.history_visibility`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum HistoryAccess {
    /// Members read what was said since they joined.
    Joined,
    /// Members read what was said since they were invited.
    Invited,
    /// Members read everything.
    #[default]
    Shared,
    /// Everybody reads everything, without being in it.
    Anyone,
}

/// Where someone stands in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum Membership {
    /// In the room.
    Joined,
    /// Invited, not yet in.
    Invited,
    /// Asked to be let in.
    Knocked,
    /// Left, declined, or was removed.
    Left,
    /// Banned.
    Banned,
}

/// The newest message of a room, for its row.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct MessagePreview {
    /// Who wrote it.
    pub sender: UserId,
    /// Their name, if known.
    pub sender_name: Option<String>,
    /// Whether this account wrote it.
    pub mine: bool,
    /// What it is. Long text is cut to 256 characters.
    pub body: MessageBody,
    /// When it was sent, by the sender's server.
    pub at: SystemTime,
    /// Whether it is still on its way out, or failed to leave.
    pub sending: bool,
}

/// What became of a room that was upgraded.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct UpgradedRoom {
    /// The room that took its place.
    pub successor: RoomId,
    /// How the invitation of each of the others into it went.
    pub invited: Vec<crate::Invited>,
}

/// Which rooms a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RoomFilter {
    /// Joined rooms and invitations.
    All,
    /// Joined rooms with something unread, or marked so.
    Unread,
    /// Joined direct conversations.
    People,
    /// Joined rooms that are not direct.
    Rooms,
    /// Invitations only.
    Invitations,
    /// Joined favourites.
    Favourites,
    /// Joined spaces, which no other filter admits.
    Spaces,
}

/// A room to create.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct GroupDraft {
    /// Its name: 1 to 255 characters.
    pub name: String,
    /// Its topic, up to 1,000 characters.
    #[uniffi(default = None)]
    pub topic: Option<String>,
    /// Who is invited at once.
    #[uniffi(default = [])]
    pub invite: Vec<UserId>,
    /// What sort of room it is to be: anything but `Direct`. None: `Private`.
    #[uniffi(default = None)]
    pub kind: Option<RoomKind>,
    /// Whether only people of this account's own server may ever be in it (`m.federate`). It cannot be changed later.
    #[uniffi(default = false)]
    pub own_server_only: bool,
}

impl RoomFilter {
    /// Whether `room` belongs in a list with this filter.
    pub fn admits(self, room: &RoomSummary) -> bool {
        let here = room.membership == Membership::Joined && !room.superseded;
        let joined = here && room.kind != RoomKind::Space;
        let invited = room.membership == Membership::Invited;
        match self {
            Self::All => joined || invited,
            Self::Unread => joined && (room.unread > 0 || room.mentions > 0 || room.marked_unread),
            Self::People => joined && room.kind == RoomKind::Direct,
            Self::Rooms => joined && !matches!(room.kind, RoomKind::Direct | RoomKind::Space),
            Self::Invitations => invited,
            Self::Favourites => joined && room.favourite,
            Self::Spaces => here && room.kind == RoomKind::Space,
        }
    }
}

opaque!(RoomSummary, RoomTitle, MessagePreview, GroupDraft, UpgradedRoom);

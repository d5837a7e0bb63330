//! Rooms that one is not in, and may come into.

use crate::{MediaUri, Membership, RoomId, opaque::opaque};

/// A room as someone sees it who is not in it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoomOffer {
    /// Which room.
    pub id: RoomId,
    /// Its name, up to 255 characters. Untrusted text.
    pub name: Option<String>,
    /// What it is about, up to 1,000 characters. Untrusted text.
    pub topic: Option<String>,
    /// Its address (`#name:server`).
    pub alias: Option<String>,
    /// Its avatar.
    pub avatar: Option<MediaUri>,
    /// How many are in it, by its server.
    pub members: u64,
    /// Whether it is a space.
    pub space: bool,
    /// How one comes in.
    pub access: RoomAccess,
    /// How this account stands to it already; none where it never was in it.
    pub membership: Option<Membership>,
    /// Servers through which one comes in.
    pub via: Vec<String>,
}

/// How one comes into a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RoomAccess {
    /// By oneself.
    Open,
    /// By asking those who are in it (MSC2403).
    Ask,
    /// By an invitation, or by being in another room.
    Invited,
}

/// A page of a server's directory of rooms.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct DirectoryPage {
    /// Its rooms, in the server's order: the fullest first, as a rule.
    pub rooms: Vec<RoomOffer>,
    /// What the next page is asked for by; none after the last.
    pub next: Option<String>,
}

/// A room of a space.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct SpaceChild {
    /// The room, or a space in it.
    pub room: RoomOffer,
    /// Whether those who look after the space recommend it.
    pub suggested: bool,
    /// In a space, how many rooms it has, by its server.
    pub children: u64,
}

/// A page of a space's rooms.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct SpacePage {
    /// Its rooms, in the space's order.
    pub rooms: Vec<SpaceChild>,
    /// What the next page is asked for by; none after the last.
    pub next: Option<String>,
}

opaque!(RoomOffer, DirectoryPage, SpaceChild, SpacePage);

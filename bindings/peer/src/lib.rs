//! What rows 8 and 12 of the benchmarks compare with: the same rooms and messages as an object each, with a call a field, and rooms as bare
//! records. Never shipped.
#![forbid(unsafe_code)]

/// A method for each field of the record that an object holds.
macro_rules! fields {
    ($object:ident, $record:ident, $($name:ident: $kind:ty),* $(,)?) => {
        #[uniffi::export]
        impl $object {
            $(
                /// The field of that name.
                pub fn $name(&self) -> $kind {
                    self.$record.$name.clone()
                }
            )*
        }
    };
}

mod timeline;

use std::{sync::Arc, time::SystemTime};

use bulla_model::{MediaUri, Membership, MessagePreview, RoomId, RoomKind, RoomSummary, RoomTitle, UserId};

pub use crate::timeline::{PeerEvent, PeerTimeline};

uniffi::setup_scaffolding!("bulla_peer");

/// Rooms that were handed over once.
#[derive(uniffi::Object)]
pub struct PeerList {
    rooms: Vec<RoomSummary>,
}

#[uniffi::export]
impl PeerList {
    /// Keeps these rooms.
    #[uniffi::constructor]
    pub fn new(rooms: Vec<RoomSummary>) -> Arc<Self> {
        Arc::new(Self { rooms })
    }

    /// An object for each room of a page.
    pub fn objects(&self, offset: u32, count: u32) -> Vec<Arc<PeerRoom>> {
        self.page(offset, count).map(|room| Arc::new(PeerRoom { room })).collect()
    }

    /// The page as records, and nothing else done.
    pub fn records(&self, offset: u32, count: u32) -> Vec<RoomSummary> {
        self.page(offset, count).collect()
    }
}

impl PeerList {
    fn page(&self, offset: u32, count: u32) -> impl Iterator<Item = RoomSummary> {
        self.rooms.iter().skip(offset as usize).take(count as usize).cloned()
    }
}

/// A room as an object: each field is a call.
#[derive(uniffi::Object)]
pub struct PeerRoom {
    room: RoomSummary,
}

fields! { PeerRoom, room,
    id: RoomId,
    title: RoomTitle,
    topic: Option<String>,
    avatar: Option<MediaUri>,
    kind: RoomKind,
    open_to_guests: bool,
    link: Option<String>,
    direct_with: Option<UserId>,
    members: u32,
    unread: u32,
    mentions: u32,
    marked_unread: bool,
    last: Option<MessagePreview>,
    encrypted: bool,
    membership: Membership,
    invited_by: Option<UserId>,
    favourite: bool,
    muted: bool,
    active_at: Option<SystemTime>,
}

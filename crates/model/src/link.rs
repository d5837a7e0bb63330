//! Links to people, rooms and messages.

use crate::{EventId, RoomId, UserId, opaque::opaque};

/// What a link leads to (Matrix specification, "matrix.to navigation" and "Matrix URI scheme"). Untrusted: whoever wrote it chose it.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Link {
    /// A room by its id, or a message in it.
    Room {
        /// Which room.
        room: RoomId,
        /// Which message, if one is meant.
        event: Option<EventId>,
        /// Names of servers that may know the room.
        via: Vec<String>,
    },
    /// A room by its published address, or a message in it.
    Alias {
        /// The address, such as `#crise:server`.
        alias: String,
        /// Which message, if one is meant.
        event: Option<EventId>,
    },
    /// A person.
    Person {
        /// Who.
        user: UserId,
    },
}

opaque!(Link);

//! Messages that leave later (MSC4140).

use std::time::SystemTime;

use crate::opaque::opaque;

/// A message that the server keeps until it is time.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ScheduledMessage {
    /// What the server calls it.
    pub id: String,
    /// When it leaves, by the server's clock.
    pub at: SystemTime,
    /// What it says, shortened to 1,000 characters.
    pub plain: String,
}

/// Why nothing can be scheduled in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum NoScheduling {
    /// This account is not in the room.
    NotMember,
    /// The room is encrypted: a message could not be encrypted beforehand.
    Encrypted,
    /// The server keeps no messages for later.
    Server,
}

opaque!(ScheduledMessage);

//! What is known of one message that ends.

use std::time::{Duration, SystemTime};

use bulla_model::{Ending, EventId, Lifetime, MediaId, RoomId, UserId};
use serde::{Deserialize, Serialize};

use crate::endings::millis;

/// How long it is known of a message that it ended once the server deleted it.
const SETTLED: Duration = Duration::from_secs(24 * 3600);
/// How long it is known where the server did not. By then it would end by what it says itself.
const KNOWN: Duration = Duration::from_secs(3 * 365 * 24 * 3600);

/// One of them.
#[derive(Clone)]
pub(crate) struct Entry {
    pub room: RoomId,
    /// When it ends, by the steady clock.
    pub due: u64,
    pub about: About,
}

/// What the ledger keeps of it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct About {
    pub sender: UserId,
    pub mine: bool,
    pub lifetime: Lifetime,
    /// When it was sent, by its sender's server.
    pub sent: SystemTime,
    /// Whether it came encrypted: then nothing that came in clear says that it was opened.
    pub sealed: bool,
    /// Whether its time has begun: it was read or opened here or on another device, or, one's own, by everybody.
    #[serde(default)]
    pub begun: bool,
    /// Whether its sender's client was not told so yet.
    #[serde(default)]
    pub tell: bool,
    /// Who has opened or read one's own.
    #[serde(default)]
    pub opened_by: Vec<UserId>,
    /// Its files.
    #[serde(default)]
    pub media: Vec<MediaId>,
    /// Other texts that it was given since.
    #[serde(default)]
    pub edits: Vec<EventId>,
    /// Whether nothing of it is here any more.
    #[serde(default)]
    pub erased: bool,
    /// Whether the server has deleted one's own, or will not.
    #[serde(default)]
    pub redacted: bool,
}

/// What is to be shown of a message.
pub(crate) enum Look {
    /// Nothing.
    Gone,
    /// That it ends.
    Ends(Ending),
}

/// An event that ends, as it came.
pub(crate) struct Found {
    pub event: EventId,
    pub sender: UserId,
    pub sent: SystemTime,
    pub lifetime: Lifetime,
    pub sealed: bool,
    pub media: Vec<MediaId>,
}

impl Entry {
    /// Whether nothing has to be known of it any more.
    pub fn is_settled(&self, now: u64) -> bool {
        // What its sender's client had deleted says so itself; that somebody opened it does not.
        let by_itself = self.about.redacted && self.about.lifetime != Lifetime::Once;
        let known = if by_itself { SETTLED } else { KNOWN };
        self.about.erased && now.saturating_sub(self.due) > millis(known)
    }
}

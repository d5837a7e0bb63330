//! Messages that end by themselves, and how long a room keeps what was said.

use std::time::{Duration, SystemTime};

use crate::UserId;

/// How long a message lives, by its sender's will. On the wire: `org.bulla.ending` in the content of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum Lifetime {
    /// It ends so long after it was sent: 30 seconds to 365 days.
    FromSending {
        /// How long.
        after: Duration,
    },
    /// It ends for each reader so long after they have read it (`Timeline.mark_read`), and for its sender when that time is over for everybody:
    /// 30 seconds to 365 days. What nobody reads ends a year after it was sent.
    FromReading {
        /// How long.
        after: Duration,
    },
    /// It is shown once: `Timeline.open_once`. What nobody opens ends a year after it was sent.
    Once,
}

/// That a message ends, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Ending {
    /// What its sender wants.
    pub lifetime: Lifetime,
    /// Where it stands here.
    pub state: EndingState,
    /// For a message of this account: who has opened it, or read it where its time begins with that, as their clients say.
    #[uniffi(default = [])]
    pub opened_by: Vec<UserId>,
}

/// Where a message that ends stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum EndingState {
    /// Its time begins when it is read: one's own, when everybody has.
    NotBegun,
    /// It goes from the list at that moment, by itself.
    Due {
        /// When, by this device's clock.
        at: SystemTime,
    },
    /// It is read once, and was not opened yet; its body is `Covered`. One's own stays covered, and cannot be opened.
    Covered,
    /// It was read once and is gone; its body is `Opened`.
    Opened,
}

/// What cannot be guaranteed of a message that ends: say it to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum EndingLimit {
    /// Another client may ignore that it ends, and keep it.
    OtherClients,
    /// Whoever sees it can take a picture of the screen.
    Pictures,
    /// The server keeps it, encrypted in an encrypted room, until the sender's client was connected after its time.
    ServerCopy,
}

/// How long a room keeps what is said in it (`m.room.retention`, MSC1763); none: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Retention {
    /// What the room says.
    pub room: Option<Duration>,
    /// What the deployment says: for rooms that say nothing, and as the most for those that do.
    pub deployment: Option<Duration>,
    /// What is in force.
    pub effective: Option<Duration>,
}

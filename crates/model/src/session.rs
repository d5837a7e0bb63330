//! A session's life.

use std::time::SystemTime;

use crate::{Failure, Trust};

/// Where the library keeps its files and how it names itself.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Config {
    /// A folder of the library's own: one sub-folder an account. Exclude it from backups.
    pub folder: String,
    /// What a new sign-in is called in the person's list of devices, such as `Bulla on Android`.
    pub device_name: String,
    /// Whose deployment manifest the app goes by; none: any homeserver may be signed in to.
    #[uniffi(default = None)]
    pub trust: Option<Trust>,
}

/// How the session stands with its server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum SessionState {
    /// Restoring and connecting. What the store holds can be shown.
    Attaching,
    /// Up to date and listening.
    Live,
    /// The server cannot be reached. The library tries again by itself.
    Offline {
        /// Since when.
        since: SystemTime,
        /// What is in the way.
        cause: OfflineCause,
    },
    /// Paused by the app; `resume` continues.
    Paused,
    /// The password is a temporary one. Nothing opens before the person has chosen their own: `change_password`.
    MustChoosePassword,
    /// The account has ended and waits to be renewed: `send_renewal_mail`, then `resume`. What the store holds is kept and can be
    /// shown.
    Expired,
    /// The server ended the session.
    SignedOut {
        /// The data is kept, and signing in again resumes it.
        soft: bool,
    },
    /// The server said, and said again when asked, that the device or the account is gone: everything of it on this device was
    /// erased. The last state there is; the session is closed.
    Erased,
    /// It cannot go on without help. What the store holds can still be shown.
    Failed {
        /// What is wrong.
        why: Failure,
    },
}

/// Why the server cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum OfflineCause {
    /// The platform says that there is no network ([`NetworkChange::Lost`]): the person is offline.
    NoNetwork,
    /// For all that is known there is a network: the service does not answer. The manifest's `status` link may tell more.
    NoAnswer,
}

/// What the platform says of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum NetworkChange {
    /// There is a network, or another one than before: try at once.
    Available,
    /// There is none.
    Lost,
}

/// How many objects of each kind the app still holds: a test or a debug screen finds leaks with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Record)]
pub struct LiveObjects {
    /// Open sessions.
    pub sessions: u32,
    /// Room objects.
    pub rooms: u32,
    /// Timeline objects.
    pub timelines: u32,
    /// Streams, of any kind.
    pub streams: u32,
    /// Files of messages, and files that are open.
    pub media: u32,
}

//! What was read, and by whom.

use std::time::SystemTime;

use crate::{MediaUri, UserId, opaque::opaque};

/// How far marking everything as read has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct MarkedRead {
    /// How many rooms are marked.
    pub done: u32,
    /// How many were unread at the beginning.
    pub total: u32,
    /// How many could not be marked.
    pub failed: u32,
}

/// Somebody who has read a message.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Reader {
    /// Who.
    pub user: UserId,
    /// Their name, if known. Untrusted text.
    pub name: Option<String>,
    /// Their avatar.
    pub avatar: Option<MediaUri>,
    /// When they had read up to there or further, if known.
    pub at: Option<SystemTime>,
}

opaque!(Reader);

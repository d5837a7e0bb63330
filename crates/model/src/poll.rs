//! Polls (MSC3381).

use crate::opaque::opaque;

/// A poll to begin.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct PollDraft {
    /// What is asked: up to 340 characters.
    pub question: String,
    /// 2 to 20 answers, each its own, up to 340 characters.
    pub answers: Vec<String>,
    /// How many answers one person may choose.
    #[uniffi(default = 1)]
    pub max_choices: u32,
    /// Whether the votes are shown before the poll is closed.
    #[uniffi(default = true)]
    pub disclosed: bool,
}

/// One answer of a poll.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct PollAnswer {
    /// What a vote names.
    pub id: String,
    /// What it says. Untrusted text, at most 340 characters.
    pub text: String,
    /// How many have chosen it; none while that is not told.
    pub votes: Option<u32>,
    /// Whether this account has.
    pub mine: bool,
}

opaque!(PollDraft, PollAnswer);

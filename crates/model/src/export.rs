//! A copy of a conversation for outside the library.

use crate::opaque::opaque;

/// How a conversation is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum ExportFormat {
    /// One page that needs nothing else: no script, nothing to be fetched.
    Html,
    /// An object with the room and its events, decrypted, as they stand in Matrix.
    Json,
}

/// The words that an exported page shows, in the person's language, and their time.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExportWords {
    /// The title of the page.
    pub title: String,
    /// In the place of what was deleted.
    pub deleted: String,
    /// In the place of what this device cannot read.
    pub unreadable: String,
    /// Beside what was changed after it was sent.
    pub edited: String,
    /// Before the name of a file.
    pub file: String,
    /// How far local time is ahead of UTC, in minutes.
    pub utc_offset: i16,
}

/// How far an export has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct ExportProgress {
    /// How many events were read so far, newest first.
    pub events: u32,
    /// How many files are in the archive so far.
    pub files: u32,
    /// Whether the file is there, whole.
    pub finished: bool,
    /// Whether the conversation is longer than what one file takes: what is older than its newest 100,000 events is not in it.
    pub shortened: bool,
}

opaque!(ExportWords);

//! Log lines as the app's sink receives them.

/// How much is logged, and how grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, uniffi::Enum)]
pub enum LogLevel {
    /// Nothing (as a level to set).
    Off,
    /// A defect of the library.
    Error,
    /// Something that went wrong and was dealt with.
    Warn,
    /// The main steps: a session opened, sync live.
    Info,
    /// Details for developers.
    Debug,
}

/// One line. It holds no content, no secret, and only shortened ids.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogRecord {
    /// How grave it is.
    pub level: LogLevel,
    /// The part of the library that speaks, such as `bulla_core::sync`.
    pub target: String,
    /// The text, in English, for developers.
    pub text: String,
}

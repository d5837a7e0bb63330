//! Emoji, to choose from.

/// One emoji.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Emoji {
    /// Itself: what is sent.
    pub text: String,
    /// Its name in Unicode's data, in English.
    pub name: String,
    /// What it is called between colons, such as `tada`; few have none.
    pub code: Option<String>,
}

/// A group of emoji.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct EmojiGroup {
    /// Which.
    pub kind: EmojiKind,
    /// What is in it, in Unicode's order.
    pub emoji: Vec<Emoji>,
}

/// What sort of emoji a group holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum EmojiKind {
    /// Faces and feelings.
    Faces,
    /// People and hands.
    People,
    /// Animals and plants.
    Nature,
    /// Food and drink.
    Food,
    /// Travel and places.
    Places,
    /// Sports and feasts.
    Activities,
    /// Things.
    Things,
    /// Signs.
    Symbols,
    /// Flags.
    Flags,
}

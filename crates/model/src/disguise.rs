//! What is made to be taken for something else.

use crate::opaque::opaque;

/// A link that shows one address and leads to another.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct DisguisedLink {
    /// The host that it shows. Untrusted text.
    pub shown: String,
    /// The host that it leads to.
    pub target: String,
}

/// Why a name may be taken for another one (Unicode Technical Standard 39, by a table of our own of the alphabets that resemble each other).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum NameDoubt {
    /// A word of it is written in two alphabets, such as Latin with one Cyrillic letter.
    MixedAlphabets,
    /// It is written in letters that are drawn as Latin ones and are none.
    LookAlike,
    /// It holds what is not seen, or what turns around the text that follows.
    Hidden,
}

opaque!(DisguisedLink);

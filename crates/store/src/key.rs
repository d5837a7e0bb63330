//! The key of the store.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// The 32 bytes that encrypt the store. No `Debug`; erased from memory when dropped, and moved without leaving a copy.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<Vec<u8>>);

impl StoreKey {
    /// Takes a key. The caller erases its own copy.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self::of(&bytes)
    }

    /// A copy of a key that stays where it is.
    pub fn of(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The statement that hands it to SQLCipher, as a raw key: no passphrase derivation.
    /// SQLCipher takes no bound parameter here; the text is hexadecimal of this key and nothing else.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(96));
        text.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push_str("'\"");
        text
    }
}

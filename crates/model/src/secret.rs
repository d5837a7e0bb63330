//! Secrets that an app hands in.

use zeroize::ZeroizeOnDrop;

/// A password as a person typed it. It has no `Debug`, no `Display`, and is erased from memory when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that sends it to the server.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

uniffi::custom_type!(Password, String, {
    try_lift: |text| Ok(Password::new(text)),
    lower: |password| password.expose().to_owned(),
});

//! Which server answers for an e-mail address.

use crate::Instance;

/// What the directory services said of an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Discovery {
    /// The address as it was asked for: trimmed, in lower case, its domain in ASCII. To be handed to the sign-in as a hint.
    pub email: String,
    /// The server to sign in to, as the manifest describes it.
    pub instance: Instance,
    /// The server it is about to move to.
    pub moving_to: Option<String>,
    /// The server behind the public one, for those inside.
    pub shadow: Option<String>,
    /// An invitation waits for this address.
    pub invited: bool,
}

//! Who may get in touch.

use crate::{UserId, opaque::opaque};

/// Who may invite this account: everybody, or nobody, with exceptions. Kept in the account's data, so that its other devices and
/// its server follow it (`org.matrix.msc4155.invite_permission_config`, MSC4155; `m.invite_permission_config`, MSC4380).
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ContactRules {
    /// Whether those whom no exception names may invite this account.
    pub everybody: bool,
    /// Servers whose people are the exception, as they stand after the colon of a user id. `*` and `?` stand for any text and any
    /// one sign: `*.gouv.fr`. At most 200.
    #[uniffi(default = [])]
    pub servers: Vec<String>,
    /// People who are the exception. At most 500.
    #[uniffi(default = [])]
    pub people: Vec<UserId>,
}

opaque!(ContactRules);

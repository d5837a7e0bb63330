//! The lock of the app.

use std::time::Duration;

/// How the lock of the app stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum AppLockState {
    /// No PIN is set.
    Off {
        /// The deployment or the device's management asks for one: have the person set it before anything is shown.
        required: bool,
    },
    /// A PIN is set, and was shown.
    Unlocked,
    /// Nothing of any account can be read before the PIN is shown.
    Locked {
        /// How many wrong PINs more until everything is erased, where the deployment says so.
        attempts_left: Option<u32>,
        /// For how long no PIN is looked at, from the moment that this is told. It passes only while the app runs.
        wait: Option<Duration>,
    },
    /// Too many wrong PINs: every account was erased from this device.
    Wiped,
}

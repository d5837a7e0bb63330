//! Accounts on this device.

use crate::{AccountId, DeviceId, UserId, opaque::opaque};

/// One account that is signed in on this device.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct AccountSummary {
    /// Its local name: what `Bulla.open` takes.
    pub id: AccountId,
    /// The Matrix user.
    pub user: UserId,
    /// This device, as the server knows it.
    pub device: DeviceId,
    /// The base address of the homeserver.
    pub homeserver: String,
}

/// What other people's devices can know of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct IdentityStatus {
    /// The account has cross-signing keys (Matrix specification, "Cross-signing").
    pub cross_signing: bool,
    /// This device is signed by its owner's identity, so that others share keys with it.
    pub device_signed: bool,
}

opaque!(AccountSummary);

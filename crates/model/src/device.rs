//! The devices of an account: where its person is signed in.

use std::time::SystemTime;

use crate::{DeviceId, opaque::opaque};

/// One device of the account: one sign-in.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct DeviceInfo {
    /// Which one.
    pub id: DeviceId,
    /// What it is called.
    pub name: Option<String>,
    /// When the server last heard of it.
    pub last_seen: Option<SystemTime>,
    /// From which network address.
    pub last_address: Option<String>,
    /// It is this one.
    pub current: bool,
    /// The account's identity has signed it, so that others share keys with it.
    pub verified: bool,
    /// It signed in after this one did, and nobody has said here that it is theirs: ask, and acknowledge it or sign it out.
    pub new: bool,
}

/// What a person wants to do with their account at the service that signs them in.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AccountAction {
    /// See and change who they are.
    Profile,
    /// See their devices.
    Devices,
    /// Sign a device out.
    SignOutDevice {
        /// Which one.
        device: DeviceId,
    },
    /// End the account.
    Deactivate,
}

opaque!(DeviceInfo, AccountAction);

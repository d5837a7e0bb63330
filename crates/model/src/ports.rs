//! What the app implements and the core calls. Ports are synchronous, may be called from any thread, and answer with a
//! [`Failure`] rather than by throwing something else.

use crate::{Failure, LogRecord};

/// Keeps one 32-byte key for each account: Android Keystore, iOS Keychain, a desktop's secret service.
///
/// The core makes the key from the system's random source at sign-in, derives one key a purpose from it (HKDF-SHA256)
/// and erases it first at sign-out. Without it the account's files cannot be read.
#[uniffi::export(foreign)]
pub trait KeyStore: Send + Sync {
    /// The key saved under `name`, or none.
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure>;
    /// Saves a key, replacing the one of that name. It must be durable when this returns.
    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure>;
    /// Erases a key; no error if there is none.
    fn erase(&self, name: String) -> Result<(), Failure>;
}

/// Keeps a key that the platform gives out only to the person: Android's biometric prompt over a Keystore key, the iOS Keychain
/// with an access control. The app lock can be opened by it beside the PIN.
#[uniffi::export(foreign)]
pub trait PlatformUnlock: Send + Sync {
    /// Keeps a key of 32 bytes, replacing the one there is. It must be durable when this returns.
    fn keep(&self, key: Vec<u8>) -> Result<(), Failure>;
    /// Asks the person, and waits: the key, or none when they declined or it is there no more. Called from a thread of its own.
    fn ask(&self) -> Result<Option<Vec<u8>>, Failure>;
    /// Forgets the key; no error if there is none.
    fn forget(&self) -> Result<(), Failure>;
}

/// Receives what the library logs. Called from a thread of the library's own, in order; a slow sink drops lines, never blocks.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// Takes one line. A failure is ignored.
    fn log(&self, record: LogRecord) -> Result<(), Failure>;
}

//! The lock of the app.

use std::sync::Arc;

use bulla_core::{Accounts, Moment};
use bulla_model::{AppLockState, Failure, Password, PlatformUnlock};

use crate::{
    bulla::Bulla,
    live::{Counted, Kind},
    runtime::{command, query},
};

/// The lock of the app, over all accounts of this device. While it is locked their keys are nowhere in memory, their files are
/// closed, and `accounts`, `open` and signing in fail with `Forbidden` (`AppLocked`). At each start it is locked where a PIN is set.
///
/// A new key hides the accounts' keys; it is hidden in turn by the PIN, through Argon2id and a key of the app's [`KeyStore`], and
/// where the person allows it by the platform's answer. Wrong PINs are counted on the device before they are looked at, and from
/// the third on each makes the next one wait longer: 30 seconds, up to 15 minutes. The wait passes only while the app runs, and begins
/// anew with it, so that no setting of the clock shortens it. The manifest's `wipe_after` says after how many everything is erased.
///
/// [`KeyStore`]: bulla_model::KeyStore
#[derive(uniffi::Object)]
pub struct AppLock {
    accounts: Arc<Accounts>,
}

#[uniffi::export]
impl Bulla {
    /// The lock of the app.
    pub fn app_lock(&self) -> Arc<AppLock> {
        Arc::new(AppLock { accounts: self.accounts.clone() })
    }
}

#[uniffi::export]
impl AppLock {
    /// How the lock stands: first as it is now, then every change.
    pub fn states(&self) -> Arc<AppLockStream> {
        AppLockStream::new(self.accounts.lock_states())
    }

    /// Sets the PIN: 6 to 64 characters, not one repeated and not a run. The app stays unlocked. A command.
    ///
    /// Fails with `Invalid` (`Pin`): `Empty`, `TooShort`, `TooLong`, `TooWeak`, or `NotAllowed` where there is one already.
    pub async fn set_pin(&self, pin: Password) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.set_pin(pin).await }).await
    }

    /// Puts another PIN in the place of the old one, which counts as an attempt. A command. It fails as `set_pin` and `unlock` do.
    pub async fn change_pin(&self, old: Password, new: Password) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.change_pin(old, new).await }).await
    }

    /// Takes the lock away; the PIN counts as an attempt. A command.
    ///
    /// Fails with `Forbidden` (`AppLockForced`) where the deployment or the device's management asks for the lock, else as `unlock`.
    pub async fn remove_pin(&self, pin: Password) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.remove_pin(pin).await }).await
    }

    /// Opens the lock: [`Bulla::open`] gives the sessions again. It takes a moment, on purpose. A command.
    ///
    /// Fails with `Invalid` (`Pin`, `Wrong`); with `Wait` while no PIN is looked at; with `Storage` where what the lock keeps, or the
    /// key store's part of it, is lost: then [`Bulla::erase`] is what is left. After the last attempt everything is erased, and the
    /// state is `Wiped`.
    pub async fn unlock(&self, pin: Password) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.unlock(pin).await }).await
    }

    /// Has the platform ask the person, and opens the lock by its answer. False when they declined, or when it was not allowed, or
    /// not on this device: ask for the PIN. A command.
    pub async fn unlock_with_platform(&self, platform: Arc<dyn PlatformUnlock>) -> Result<bool, Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.unlock_with_platform(platform).await }).await
    }

    /// Lets the platform's answer open the lock beside the PIN: `platform` keeps a key for it. A command.
    ///
    /// Fails with `Forbidden` (`AppLocked`) while it is locked, with `Invalid` (`Pin`, `Empty`) where no PIN is set.
    pub async fn allow_platform(&self, platform: Arc<dyn PlatformUnlock>) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.allow_platform(platform).await }).await
    }

    /// Lets only the PIN open it, and has `platform` forget its key. A command.
    pub async fn forbid_platform(&self, platform: Arc<dyn PlatformUnlock>) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.forbid_platform(platform).await }).await
    }

    /// Locks now: every session is closed, as by [`Session::shutdown`]. Nothing happens where no PIN is set. A command.
    ///
    /// [`Session::shutdown`]: crate::Session::shutdown
    pub async fn lock(&self) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.lock().await }).await
    }

    /// The app went to the background: it locks itself after the manifest's `lock_after_s`, or 5 minutes. A command.
    pub async fn background(&self) -> Result<(), Failure> {
        let (accounts, at) = (self.accounts.clone(), Moment::now());
        command(async move {
            accounts.background(at);
            Ok(())
        })
        .await
    }

    /// The app is back: where it was away too long, or the clock was set back meanwhile, it is locked when this returns. A command.
    pub async fn foreground(&self) -> Result<(), Failure> {
        let (accounts, at) = (self.accounts.clone(), Moment::now());
        command(async move { accounts.foreground(at).await }).await
    }
}

/// How the lock of the app stands, as a stream.
#[derive(uniffi::Object)]
pub struct AppLockStream {
    core: Arc<bulla_core::AppLockStream>,
    _counted: Counted,
}

impl AppLockStream {
    fn new(core: bulla_core::AppLockStream) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(core), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl AppLockStream {
    /// The next state, or none when the stream was cancelled. The first is the state as it is. A query.
    pub async fn next(&self) -> Result<Option<AppLockState>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

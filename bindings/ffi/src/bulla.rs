//! The accounts of this device.

use std::sync::Arc;

use bulla_core::Accounts;
use bulla_model::{AccountId, AccountSummary, Config, Failure, KeyStore, Password};

use crate::{
    runtime::{command, query},
    session::Session,
};

/// The library: finds the accounts of this device and opens them. Make one and keep it.
///
/// Every method may be called from any thread and never blocks it. A method named a query ends when its caller is cancelled;
/// a command goes on to its end.
#[derive(uniffi::Object)]
pub struct Bulla {
    accounts: Arc<Accounts>,
}

#[uniffi::export]
impl Bulla {
    /// Uses the folder of `config`, making it where there is none, and keeps the accounts' keys in `keys`.
    ///
    /// Fails with `Invalid` when the folder is not named, with `Storage` when it cannot be made.
    #[uniffi::constructor]
    pub fn new(config: Config, keys: Arc<dyn KeyStore>) -> Result<Self, Failure> {
        Ok(Self { accounts: Arc::new(Accounts::new(config, keys)?) })
    }

    /// The accounts that are signed in on this device, without asking any server. A query.
    ///
    /// An account whose files cannot be read is left out; [`Bulla::open`] says why.
    pub async fn accounts(&self) -> Result<Vec<AccountSummary>, Failure> {
        let accounts = self.accounts.clone();
        query(async move { accounts.list().await }).await
    }

    /// Opens an account. It answers from its store at once, offline too; the server is attached behind, and
    /// [`Session::states`] tells how that stands. Opening it again gives the same session. A query.
    ///
    /// Fails with `NotFound` when there is no such account; with `Storage`: `WrongKey`, `Corrupt` (see [`Bulla::repair`]),
    /// `Locked` when another process has it open, `TooNew`.
    pub async fn open(&self, account: AccountId) -> Result<Arc<Session>, Failure> {
        let accounts = self.accounts.clone();
        query(async move { accounts.open(&account).await }).await.map(Session::new)
    }

    /// Signs in with a password: registers this device with the server, makes its cross-signing identity, and opens the session.
    /// A command.
    ///
    /// `homeserver` is an address, `https` where it does not say; `user` is a full id or its local part.
    ///
    /// Fails with `Invalid` naming the field (`Password`/`Wrong` when it does not match), `NotFound` when there is no Matrix
    /// server at that address, `Untrusted` when its certificate does not verify, `Offline`, `Wait`, or `Rejected`. Nothing is
    /// left on the device then.
    pub async fn sign_in(&self, homeserver: String, user: String, password: Password) -> Result<Arc<Session>, Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.sign_in(&homeserver, &user, &password).await }).await.map(Session::new)
    }

    /// Makes the store of an account anew when `open` fails with `Corrupt`: rooms and messages are fetched again, what cannot be
    /// fetched is kept where it can still be read. True when all of that was kept; otherwise the account has to sign in again.
    /// A command. The session must not be open.
    pub async fn repair(&self, account: AccountId) -> Result<bool, Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.repair(&account).await }).await
    }

    /// Erases an account from this device without asking its server: the key first, then the files. For an account that cannot be
    /// opened any more; otherwise use [`Session::sign_out`]. A command. The session must not be open.
    pub async fn erase(&self, account: AccountId) -> Result<(), Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.erase(&account).await }).await
    }
}

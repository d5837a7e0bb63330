//! The accounts of this device.

use std::{collections::HashMap, sync::Arc};

use bulla_core::Accounts;
use bulla_model::{AccountId, AccountSummary, Config, DeploymentStatus, Discovery, Failure, Gate, KeyStore, Password};

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
    pub(crate) accounts: Arc<Accounts>,
}

#[uniffi::export]
impl Bulla {
    /// Uses the folder of `config`, making it where there is none, and keeps the accounts' keys in `keys`.
    ///
    /// Fails with `Invalid` when the folder is not named or a key in `config.trust` is none, with `Untrusted` when the manifest
    /// there is not signed by one of those keys, with `Storage` when the folder cannot be made.
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
    /// `homeserver` is an address, `https` where it does not say; `user` is a full id, its local part, or the account's e-mail address.
    ///
    /// Fails with `Invalid` naming the field (`Password`/`Wrong` when it does not match), `NotFound` when there is no Matrix
    /// server at that address, `Untrusted` when its certificate does not verify, `Offline`, `Wait`, or `Rejected`. Nothing is
    /// left on the device then.
    ///
    /// Where a manifest is in force the server must be in it and prove that it is the deployment's before anything of the
    /// person is sent: `Untrusted` says what failed, `Forbidden` which rule is in the way.
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

    /// The manifest in force on this device, and what the device's management makes of it. A query that asks no server.
    pub async fn deployment(&self) -> Result<DeploymentStatus, Failure> {
        let accounts = self.accounts.clone();
        query(async move { Ok(accounts.deployment()) }).await
    }

    /// Whether a version of the app, such as `1.12.0`, may still be used, by the manifest in force; its text in `language`
    /// (BCP 47, such as `fr-FR`) where the manifest has it. The app asks at each start and after each new manifest, and keeps to it.
    /// A version without a number counts as the oldest. A query that asks no server.
    pub async fn gate(&self, version: String, language: String) -> Result<Gate, Failure> {
        let accounts = self.accounts.clone();
        query(async move { Ok(accounts.gate(&version, &language)) }).await
    }

    /// Puts a newer manifest (a compact JWS) in force and keeps it for the next start; the one in force again is no error. Sessions
    /// go by its TLS rules from their next opening on. A command.
    ///
    /// Fails with `Untrusted` when it is not believed: malformed, not signed by a key of `config.trust`, expired, older than the
    /// one in force. That one stays then.
    pub async fn adopt_manifest(&self, jws: String) -> Result<DeploymentStatus, Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.adopt_manifest(&jws) }).await
    }

    /// Hears the device's management: the managed configuration as the platform gives it, each value as a text. To be called at
    /// each start and whenever it changes: only the last map counts, and nothing of it is kept. A command.
    ///
    /// Keys: `instance` (the only server allowed), `app_lock`, `no_screenshots`, `no_other_accounts`, `no_export` (`true` or
    /// `false`), `manifest` (a signed manifest). It narrows what the manifest allows and never widens it; what is not heard is told
    /// in the rules, a manifest that is not believed in [`DeploymentStatus::rejected`].
    pub async fn set_managed(&self, map: HashMap<String, String>) -> Result<DeploymentStatus, Failure> {
        let accounts = self.accounts.clone();
        command(async move { accounts.set_managed(map) }).await
    }

    /// Asks the deployment's directory services, in an order of chance, which server answers for an e-mail address. A query.
    ///
    /// Fails with `Invalid` (`Email`) when it is no address; with `Untrusted`: `NoManifest`, or `NotListed` when the answer names a
    /// server that is not the deployment's; with `Forbidden`: `NotProfessional` when no server answers for the address,
    /// `NotInvited` when it is from outside and no invitation waits, `OtherInstance`; with `Offline` or `Rejected` when no
    /// directory service gives an answer.
    pub async fn discover(&self, email: String) -> Result<Discovery, Failure> {
        let accounts = self.accounts.clone();
        query(async move { accounts.discover(&email).await }).await
    }
}

//! Passwords: how good one is, what the account's must be, and changing it.

use bulla_model::{Failure, Password, PasswordPolicy, PasswordStrength};

use crate::{
    bulla::Bulla,
    runtime::{command, query},
    session::Session,
};

#[uniffi::export]
impl Bulla {
    /// How hard a password is to guess for somebody who knows `words`: the person's name, their e-mail address. Asks nobody, and
    /// is quick enough for each key that is typed.
    pub fn password_strength(&self, password: Password, words: Vec<String>) -> PasswordStrength {
        bulla_core::password_strength(&password, &words)
    }
}

#[uniffi::export]
impl Session {
    /// What a new password must be: what the manifest and the server ask for, the stricter of each. A query.
    ///
    /// Fails with `Offline` or `Rejected` when the server does not say.
    pub async fn password_policy(&self) -> Result<PasswordPolicy, Failure> {
        let core = (*self.core).clone();
        query(async move { core.password_policy().await }).await
    }

    /// Changes the password. Other devices stay signed in. A command.
    ///
    /// Fails with `Invalid` on `Password`: `Wrong` when `old` is not the password; what [`Session::password_policy`] misses in `new`
    /// (`TooShort`, `TooWeak`, `NoDigit` …), before anything is sent; `NotAllowed` when they are the same. With `Forbidden`
    /// (`Delegated`) where the server leaves passwords to the service that signs people in.
    pub async fn change_password(&self, old: Password, new: Password) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.change_password(&old, &new).await }).await
    }
}

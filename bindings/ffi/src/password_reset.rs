//! A forgotten password.

use std::sync::Arc;

use bulla_model::{Failure, Password};

use crate::{
    bulla::Bulla,
    runtime::{Inside, command},
};

/// A new password that waits for the person to open the link in the mail. It is in memory only.
#[derive(uniffi::Object)]
pub struct PasswordReset {
    core: Arc<Inside<bulla_core::PasswordReset>>,
}

#[uniffi::export]
impl Bulla {
    /// Has the server send a mail to somebody who has forgotten their password. The link in it is for the browser; once it was
    /// opened, [`PasswordReset::finish`] sets another password. A command.
    ///
    /// Fails with `Invalid` where the address of the server or of the person is none; with `NotFound`: `Server`, or `User` where
    /// the server says that it does not know the address, which most keep to themselves and then send nothing; with `Rejected` where the
    /// server sends no mails; with `Forbidden` (`Delegated`) where it leaves passwords to the service that signs people in; as
    /// [`Bulla::sign_in`] where a manifest is in force.
    pub async fn forgot_password(&self, homeserver: String, email: String) -> Result<Arc<PasswordReset>, Failure> {
        let accounts = self.accounts.clone();
        let reset = command(async move {
            let reset = bulla_core::PasswordReset::begin(&accounts, &homeserver, &email).await?;
            Ok(Arc::new(Inside::new(reset)))
        });
        reset.await.map(|core| Arc::new(PasswordReset { core }))
    }
}

#[uniffi::export]
impl PasswordReset {
    /// Sets the new password. Every device of the account is signed out. A command.
    ///
    /// Fails with `Forbidden` (`EmailNotConfirmed`) while the link was not opened, with `Invalid` on `Password` where it is not what
    /// the server and the manifest ask for; it may be tried again then. With `Closed` when it was done or given up.
    pub async fn finish(&self, new_password: Password) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move { core.finish(&new_password).await }).await
    }

    /// Gives it up: the password stays.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

//! People one does not want to hear, and telling those who can do something about it.

use bulla_model::{ContactRules, Failure, UserId};

use crate::{
    room::Room,
    runtime::{command, query},
    session::Session,
};

#[uniffi::export]
impl Session {
    /// Whose messages and invitations are not shown. A query.
    pub async fn ignored(&self) -> Result<Vec<UserId>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.ignored().await }).await
    }

    /// Shows nothing of somebody any more on all devices of this account, or shows it again. They are not told. A command.
    pub async fn set_ignored(&self, user: UserId, ignored: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_ignored(&user, ignored).await }).await
    }

    /// Who may invite this account, as the server has it now. A finer rule that another app has made is told as far as it fits. A query.
    pub async fn contact_rules(&self) -> Result<ContactRules, Failure> {
        let core = (*self.core).clone();
        query(async move { core.contact_rules().await }).await
    }

    /// Changes who may invite this account, on all its devices. Invitations of others are in no list, those that are there already
    /// included; they come back when the rule admits them. A server that keeps the rule refuses them with `M_INVITE_BLOCKED`; one
    /// that does not know exceptions delivers them, and they are kept from the lists here. A command. Fails with `Invalid`
    /// (`Homeserver` or `User`) where an exception is none, or one too many.
    pub async fn set_contact_rules(&self, rules: ContactRules) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_contact_rules(&rules).await }).await
    }

    /// Tells the administrators of this account's server of somebody, with a reason of up to 1,000 characters. A command.
    pub async fn report_user(&self, user: UserId, reason: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.report_user(&user, &reason).await }).await
    }
}

#[uniffi::export]
impl Room {
    /// Tells the administrators of this account's server of the room, with a reason of up to 1,000 characters. A command.
    pub async fn report(&self, reason: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.report(&reason).await }).await
    }

    /// Marks it as unread for this account, on all its devices, or no longer. A command.
    pub async fn set_marked_unread(&self, unread: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_marked_unread(unread).await }).await
    }
}

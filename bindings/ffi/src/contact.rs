//! People one does not want to hear, and telling those who can do something about it.

use bulla_model::{Failure, UserId};

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

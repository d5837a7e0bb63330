//! People one does not want to hear, and telling those who can do something about it.

use bulla_model::{Failure, UserId};
use bulla_policy as policy;
use ruma::{api::client::reporting::report_user, events::ignored_user_list::IgnoredUserListEventContent};

use crate::{
    failure::CoreError,
    room::Room,
    session::{Session, user_id},
};

impl Session {
    /// Whose messages and invitations are not shown, by id.
    pub async fn ignored(&self) -> Result<Vec<UserId>, Failure> {
        let client = self.inner.client().await?;
        let list = client.account().account_data::<IgnoredUserListEventContent>().await.map_err(CoreError::from)?;
        let Some(list) = list else { return Ok(Vec::new()) };
        let list = list.deserialize().map_err(|_| CoreError::Defect("a list of ignored people that is none"))?;
        Ok(list.ignored_users.keys().map(|user| UserId(user.to_string())).collect())
    }

    /// Shows nothing of somebody any more, or shows it again.
    pub async fn set_ignored(&self, user: &UserId, ignored: bool) -> Result<(), Failure> {
        let (user, client) = (user_id(user)?, self.inner.client().await?);
        let account = client.account();
        let changed = match ignored {
            true => account.ignore_user(&user).await,
            false => account.unignore_user(&user).await,
        };
        Ok(changed.map_err(CoreError::from)?)
    }

    /// Tells the server's administrators of somebody.
    pub async fn report_user(&self, user: &UserId, reason: &str) -> Result<(), Failure> {
        policy::check_reason(reason)?;
        let (user, client) = (user_id(user)?, self.inner.client().await?);
        client.send(report_user::v3::Request::new(user, reason.to_owned())).await.map_err(CoreError::from)?;
        Ok(())
    }
}

impl Room {
    /// Tells the server's administrators of it.
    pub async fn report(&self, reason: &str) -> Result<(), Failure> {
        policy::check_reason(reason)?;
        let room = self.session.sdk_room(&self.id()).await?;
        room.report_room(reason.to_owned()).await.map_err(CoreError::from)?;
        Ok(())
    }
}

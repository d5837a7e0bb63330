//! Where a person looks after their account, when the server leaves that to the service that signs them in.

use bulla_model::{AccountAction, Failure};
use matrix_sdk::authentication::oauth::OAuthError;
use ruma::{
    DeviceId,
    api::client::discovery::get_authorization_server_metadata::v1::{
        AccountManagementActionData as Data, DeviceDeleteData,
    },
};

use crate::{failure::CoreError, session::Session};

impl Session {
    /// The page for `action`; none where the server looks after accounts itself, or the service has no such page.
    pub async fn account_management_url(&self, action: &AccountAction) -> Result<Option<String>, Failure> {
        let client = self.inner.attached_in_any_order().await?.client;
        if client.oauth().full_session().is_none() {
            return Ok(None);
        }
        let metadata = client.oauth().server_metadata().await;
        let metadata = metadata.map_err(|error| CoreError::from(matrix_sdk::Error::from(OAuthError::from(error))))?;
        let url = metadata.account_management_url_with_action(match action {
            AccountAction::Profile => Data::Profile,
            AccountAction::Devices => Data::DevicesList,
            AccountAction::SignOutDevice { device } => {
                Data::DeviceDelete(DeviceDeleteData::new(<&DeviceId>::from(device.as_str())))
            }
            AccountAction::Deactivate => Data::AccountDeactivate,
        });
        Ok(url.map(|url| url.to_string()))
    }
}

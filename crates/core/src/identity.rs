//! The device's cross-signing identity: what makes others share keys with it.

use bulla_model::Failure;
use matrix_sdk::Client;

use crate::failure::CoreError;

/// Publishes the identity where the sign-in could not: the server went away in between. Others share no keys with this device
/// before. Costs nothing where this device knows that it is signed.
pub(crate) async fn publish(client: Client) {
    if is_signed(&client).await {
        return;
    }
    let published = async {
        // What the server has may be newer than what is known here.
        if let Some(me) = client.user_id() {
            client.encryption().request_user_identity(me).await?;
        }
        if is_signed(&client).await {
            return Ok(());
        }
        match client.encryption().cross_signing_status().await.is_some_and(|status| status.is_complete()) {
            // Made here, and lost on its way.
            true => client.encryption().bootstrap_cross_signing(None).await,
            false => client.encryption().bootstrap_cross_signing_if_needed(None).await,
        }
    };
    if let Err(error) = published.await {
        tracing::warn!(kind = %Failure::from(CoreError::from(error)), "the device's identity is not published");
    }
}

async fn is_signed(client: &Client) -> bool {
    let device = client.encryption().get_own_device().await;
    device.is_ok_and(|device| device.is_some_and(|device| device.is_cross_signed_by_owner()))
}

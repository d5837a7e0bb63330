//! The account's devices.

use std::sync::Arc;

use bulla_model::{AccountAction, DeviceId, DeviceInfo, Failure, Password};

use crate::{
    live::{Counted, Kind},
    runtime::{command, query},
    session::Session,
};

/// The account's devices as a stream.
#[derive(uniffi::Object)]
pub struct DeviceListStream {
    core: Arc<bulla_core::DeviceList>,
    _counted: Counted,
}

#[uniffi::export]
impl DeviceListStream {
    /// The next list, whole: this device, the new ones, the others, the last seen first. None when the stream was cancelled or its
    /// session closed. A query.
    ///
    /// The first is asked of the server, and fails with `Offline` or `Wait` where that does not answer: then ask for a new stream.
    /// Later ones come when devices sign in, are renamed or signed out from here, after each time without a network, and every ten
    /// minutes: a sign-in that never makes keys, and so can read nothing that is encrypted, is seen no sooner.
    pub async fn next(&self) -> Result<Option<Vec<DeviceInfo>>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

#[uniffi::export]
impl Session {
    /// Where this account is signed in. A device that signed in after this one did is `new` until [`Session::acknowledge_device`]:
    /// ask the person whether it was them, and if not, sign it out and have the password changed.
    pub fn devices(&self) -> Result<Arc<DeviceListStream>, Failure> {
        let core = Arc::new(self.core.devices()?);
        Ok(Arc::new(DeviceListStream { core, _counted: Counted::new(Kind::Stream) }))
    }

    /// Calls a device something else: 1 to 255 characters. A command.
    ///
    /// Fails with `NotFound` (`Device`) when there is no such device any more.
    pub async fn rename_device(&self, device: DeviceId, name: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.rename_device(&device, &name).await }).await
    }

    /// Signs other devices out. Those that are gone already are no error. A command.
    ///
    /// Servers want the password for it: `Invalid` on `Password`, `Empty` without one and `Wrong` where it is not right. Fails with
    /// `Invalid` on `Device` for none and for this device (see [`Session::sign_out`]), with `Forbidden` (`Delegated`) where the
    /// service that signs people in does this: [`Session::account_management_url`].
    pub async fn sign_out_devices(&self, devices: Vec<DeviceId>, password: Option<Password>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.sign_out_devices(&devices, password.as_ref()).await }).await
    }

    /// The person says that a device is theirs: it is not `new` any more. A command.
    pub async fn acknowledge_device(&self, device: DeviceId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.acknowledge_device(&device).await }).await
    }

    /// The page on which the person does this at the service that signs them in (Matrix specification, "Account management"), to be
    /// opened in the system's browser. None where the server looks after accounts itself, or has no such page. A query.
    pub async fn account_management_url(&self, action: AccountAction) -> Result<Option<String>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.account_management_url(&action).await }).await
    }
}

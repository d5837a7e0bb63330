//! The account's devices: seen, named, signed out. A sign-in elsewhere is new until the person has said that it is theirs.

use std::{
    collections::BTreeSet,
    sync::{Arc, Weak},
    time::Duration,
};

use bulla_model::{DeviceId, DeviceInfo, Failure, Field, FieldTrouble, Missing, Password, SessionState};
use bulla_policy as policy;
use futures_util::StreamExt;
use matrix_sdk::Client;
use ruma::{OwnedDeviceId, api::client::device::delete_devices::v3::Request};
use tokio::{
    sync::{Mutex, watch},
    time::sleep,
};
use zeroize::Zeroizing;

use crate::{
    cancel::Cancel,
    failure::CoreError,
    session::{Session, SessionInner},
    shared::Shared,
    uia,
    vault::Vault,
};

/// The ledger's name for the devices that are known: those that were there when this one came, and those acknowledged since.
const KNOWN: &str = "devices";
const NOW_AND_THEN: Duration = Duration::from_secs(600);

impl Session {
    /// The account's devices as a stream.
    pub fn devices(&self) -> Result<DeviceList, Failure> {
        self.inner.open()?;
        let told = Told { shown: None, changes: self.inner.shared.upkeep.devices.subscribe() };
        Ok(DeviceList { session: Arc::downgrade(&self.inner), told: Mutex::new(told), cancel: self.inner.cancel() })
    }

    /// Calls a device something else.
    pub async fn rename_device(&self, device: &DeviceId, name: &str) -> Result<(), Failure> {
        policy::check_name(name)?;
        let client = self.inner.client().await?;
        let renamed = client.rename_device(&id(device)?, name.trim()).await;
        renamed.map_err(|error| missing(error.into()))?;
        self.inner.shared.upkeep.devices_changed();
        Ok(())
    }

    /// Signs other devices out.
    pub async fn sign_out_devices(&self, devices: &[DeviceId], password: Option<&Password>) -> Result<(), Failure> {
        let invalid = |why| Failure::Invalid { field: Field::Device, why };
        if devices.is_empty() {
            return Err(invalid(FieldTrouble::Empty));
        }
        if devices.contains(&self.account().device) {
            return Err(invalid(FieldTrouble::NotAllowed));
        }
        let client = self.inner.client().await?;
        let ids = devices.iter().map(id).collect::<Result<Vec<_>, _>>()?;
        uia::with_password(&client, password, |auth| {
            let mut request = Request::new(ids.clone());
            request.auth = auth;
            client.send(request)
        })
        .await?;
        self.inner.shared.upkeep.devices_changed();
        Ok(())
    }

    /// The person says that a device is theirs.
    pub async fn acknowledge_device(&self, device: &DeviceId) -> Result<(), Failure> {
        self.inner.open()?;
        let shared = &self.inner.shared;
        let mut known = known(&shared.vault).await?.unwrap_or_default();
        if known.insert(device.0.clone()) {
            put_known(&shared.vault, &known).await?;
            shared.upkeep.devices_changed();
        }
        Ok(())
    }
}

/// The account's devices as a stream: the whole list whenever it has changed.
pub struct DeviceList {
    session: Weak<SessionInner>,
    told: Mutex<Told>,
    cancel: Cancel,
}

struct Told {
    shown: Option<Vec<DeviceInfo>>,
    changes: watch::Receiver<u64>,
}

impl DeviceList {
    /// The next list, or none when the stream was cancelled or its session closed. The first is asked of the server; when that
    /// fails, so does this.
    pub async fn next(&self) -> Result<Option<Vec<DeviceInfo>>, Failure> {
        Ok(self.cancel.or_end(self.list()).await.transpose()?.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn list(&self) -> Result<Option<Vec<DeviceInfo>>, CoreError> {
        let mut told = self.told.lock().await;
        loop {
            let is_first = told.shown.is_none();
            if !is_first && told.changes.changed().await.is_err() {
                return Ok(None);
            }
            told.changes.mark_unchanged();
            let Some(session) = self.session.upgrade() else { return Ok(None) };
            // Nothing is asked during a pause; there is a change when it is live again.
            if !is_first && *session.shared.state.borrow() != SessionState::Live {
                continue;
            }
            match fetch(&session).await {
                Ok(now) if told.shown.as_ref() != Some(&now) => {
                    told.shown = Some(now.clone());
                    return Ok(Some(now));
                }
                Err(error) if is_first => return Err(error),
                // What is shown stays until the next change.
                Ok(_) | Err(_) => {}
            }
        }
    }
}

/// Runs while the session is attached: whenever the account's devices change, the lists look again. Of a device that makes no
/// keys nothing is heard, so that they look now and then, too.
pub(crate) async fn watch(shared: Arc<Shared>, client: Client) {
    let Ok(changes) = client.encryption().devices_stream().await else { return };
    let mut changes = std::pin::pin!(changes);
    loop {
        let own = tokio::select! {
            change = changes.next() => match (change, client.user_id()) {
                (Some(change), Some(me)) => change.new.contains_key(me) || change.changed.contains_key(me),
                _ => return,
            },
            () = sleep(NOW_AND_THEN) => true,
        };
        if own {
            shared.upkeep.devices_changed();
        }
    }
}

/// Once the session is live: what is there the first time is known, and lists look again after a time away.
pub(crate) async fn settle(shared: Arc<Shared>, client: Client) {
    let settled = async {
        if known(&shared.vault).await?.is_none() {
            let devices = client.devices().await?.devices;
            let ids = devices.into_iter().map(|device| device.device_id.to_string()).collect();
            put_known(&shared.vault, &ids).await?;
        }
        Ok::<_, CoreError>(())
    };
    if let Err(error) = settled.await {
        tracing::warn!(kind = %Failure::from(error), "the devices are not known yet");
    }
    shared.upkeep.devices_changed();
}

async fn fetch(session: &SessionInner) -> Result<Vec<DeviceInfo>, CoreError> {
    let client = session.client().await?;
    let current = session.shared.account.device.as_str();
    let answer = client.devices().await?.devices;
    let me = client.user_id().ok_or(CoreError::Defect("not signed in"))?;
    let keys = client.encryption().get_user_devices(me).await.map_err(|_| CoreError::Defect("crypto store"))?;
    let mut devices: Vec<DeviceInfo> = answer
        .into_iter()
        .map(|device| DeviceInfo {
            current: device.device_id == current,
            verified: keys.get(&device.device_id).is_some_and(|keys| keys.is_cross_signed_by_owner()),
            id: DeviceId(device.device_id.to_string()),
            name: device.display_name.filter(|name| !name.trim().is_empty()),
            last_seen: device.last_seen_ts.and_then(|seen| seen.to_system_time()),
            last_address: device.last_seen_ip,
            new: false,
        })
        .collect();
    let known = known(&session.shared.vault).await?;
    // Before the first look nothing can be told apart.
    let known = known.unwrap_or_else(|| devices.iter().map(|device| device.id.0.clone()).collect());
    policy::judge_devices(&mut devices, &known);
    Ok(devices)
}

async fn known(vault: &Vault) -> Result<Option<BTreeSet<String>>, CoreError> {
    let kept = vault.read(|store| store.ledger(KNOWN)).await?;
    // What cannot be read is no reason to take strangers for known.
    Ok(kept.map(|kept| serde_json::from_slice(&kept).unwrap_or_default()))
}

async fn put_known(vault: &Vault, known: &BTreeSet<String>) -> Result<(), CoreError> {
    let kept = serde_json::to_vec(known).map_err(|_| CoreError::Defect("the devices do not serialise"))?;
    Ok(vault.store()?.put_ledger(KNOWN, Some(Zeroizing::new(kept))).await?)
}

fn id(device: &DeviceId) -> Result<OwnedDeviceId, Failure> {
    match device.as_str().is_empty() {
        true => Err(Failure::Invalid { field: Field::Device, why: FieldTrouble::Empty }),
        false => Ok(device.as_str().into()),
    }
}

/// What is not found here is a device.
fn missing(error: CoreError) -> Failure {
    match Failure::from(error) {
        Failure::NotFound { .. } => Failure::NotFound { what: Missing::Device },
        other => other,
    }
}

//! The SDK's crypto store, made so that a kill loses no key.
//!
//! When a message of keys begins a new Olm session, the SDK stores that session at once, and the key that was in the message only
//! when the whole sync response is done, with the position. A process that is killed in between receives the message again and
//! can no longer decrypt it: its key is lost for good, and with it up to a hundred messages (found by killing, `tests/real/kill.rs`).
//! Here such an early write is held, and goes to disk in one transaction with what follows. The SDK reads sessions from
//! its own memory meanwhile.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use matrix_sdk::SqliteCryptoStore;
use matrix_sdk_base::crypto::{
    Account, DeviceData, GossipRequest, SecretInfo, Session, TrackedUser, UserIdentityData,
    olm::{InboundGroupSession, OlmMessageHash, OutboundGroupSession, PrivateCrossSigningIdentity, SenderDataType},
    store::{
        CryptoStore,
        types::{
            BackupKeys, Changes, DehydratedDeviceKey, PendingChanges, RoomKeyCounts, RoomKeyWithheldEntry,
            RoomPendingKeyBundleDetails, RoomSettings, StoredRoomKeyBundleData,
        },
    },
    vodozemac::Curve25519PublicKey,
};
use ruma::{DeviceId, OwnedDeviceId, RoomId, TransactionId, UserId, events::secret::request::SecretName};
use tokio::{sync::watch, time::timeout};
use zeroize::Zeroizing;

type Error = <SqliteCryptoStore as CryptoStore>::Error;

/// How long closing waits for what was received last.
const CLOSING: Duration = Duration::from_secs(2);

/// A crypto store that holds a new session back until what came with it is stored too.
#[derive(Debug)]
pub(crate) struct WholeStore {
    store: SqliteCryptoStore,
    held: Mutex<Held>,
    /// How many writes are held.
    holding: watch::Sender<usize>,
    /// One write at a time, so that none passes another.
    turn: tokio::sync::Mutex<()>,
}

/// What is held: of a write that holds nothing else.
#[derive(Clone, Debug, Default)]
struct Held {
    sessions: Vec<Session>,
    devices: Vec<DeviceData>,
}

impl WholeStore {
    pub fn new(store: SqliteCryptoStore) -> Self {
        Self { store, held: Mutex::default(), holding: watch::Sender::new(0), turn: tokio::sync::Mutex::default() }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this write is the early one: sessions that were never stored, with their devices, and nothing else. A session that
    /// is used to send is stored already, or held: then all is written, before anything leaves.
    async fn is_early(&self, changes: &mut Changes) -> Result<bool, Error> {
        let sessions = std::mem::take(&mut changes.sessions);
        let devices = std::mem::take(&mut changes.devices);
        let nothing_else = changes.is_empty();
        let only_changed = devices.new.is_empty() && devices.deleted.is_empty();
        (changes.sessions, changes.devices) = (sessions, devices);
        if changes.sessions.is_empty() || !nothing_else || !only_changed {
            return Ok(false);
        }
        for session in &changes.sessions {
            let same = |other: &Session| other.session_id == session.session_id;
            if self.held().sessions.iter().any(same) {
                return Ok(false);
            }
            let stored = self.store.get_sessions(&session.sender_key.to_base64()).await?;
            if stored.is_some_and(|stored| stored.iter().any(same)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// `held`, and then `changes`.
fn joined(held: Held, mut changes: Changes) -> Changes {
    let newer = |session: &Session| changes.sessions.iter().all(|other| other.session_id != session.session_id);
    let mut sessions: Vec<_> = held.sessions.into_iter().filter(newer).collect();
    sessions.append(&mut changes.sessions);
    changes.sessions = sessions;
    let devices = &mut changes.devices;
    let said = |device: &DeviceData| {
        let all = devices.new.iter().chain(&devices.changed).chain(&devices.deleted);
        !all.into_iter().any(|other| other.user_id() == device.user_id() && other.device_id() == device.device_id())
    };
    let older: Vec<_> = held.devices.into_iter().filter(said).collect();
    devices.changed.splice(0..0, older);
    changes
}

#[async_trait]
impl CryptoStore for WholeStore {
    type Error = Error;

    async fn save_changes(&self, mut changes: Changes) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        if self.is_early(&mut changes).await? {
            let mut held = self.held();
            held.sessions.extend(changes.sessions);
            held.devices.extend(changes.devices.changed);
            self.holding.send_replace(held.sessions.len());
            return Ok(());
        }
        let held = self.held().clone();
        self.store.save_changes(joined(held, changes)).await?;
        *self.held() = Held::default();
        self.holding.send_replace(0);
        Ok(())
    }

    async fn close(&self) -> Result<(), Error> {
        // Whatever is just being received comes to its end first.
        let _ = timeout(CLOSING, self.holding.subscribe().wait_for(|held| *held == 0)).await;
        self.store.close().await
    }

    async fn load_account(&self) -> Result<Option<Account>, Error> {
        self.store.load_account().await
    }

    async fn load_identity(&self) -> Result<Option<PrivateCrossSigningIdentity>, Error> {
        self.store.load_identity().await
    }

    async fn save_pending_changes(&self, changes: PendingChanges) -> Result<(), Error> {
        self.store.save_pending_changes(changes).await
    }

    async fn save_inbound_group_sessions(
        &self,
        sessions: Vec<InboundGroupSession>,
        backed_up_to_version: Option<&str>,
    ) -> Result<(), Error> {
        self.store.save_inbound_group_sessions(sessions, backed_up_to_version).await
    }

    async fn get_sessions(&self, sender_key: &str) -> Result<Option<Vec<Session>>, Error> {
        let mut sessions = self.store.get_sessions(sender_key).await?.unwrap_or_default();
        let held = self.held();
        sessions.extend(held.sessions.iter().filter(|held| held.sender_key.to_base64() == sender_key).cloned());
        Ok((!sessions.is_empty()).then_some(sessions))
    }

    async fn get_inbound_group_session(
        &self,
        room_id: &RoomId,
        session_id: &str,
    ) -> Result<Option<InboundGroupSession>, Error> {
        self.store.get_inbound_group_session(room_id, session_id).await
    }

    async fn get_withheld_info(
        &self,
        room_id: &RoomId,
        session_id: &str,
    ) -> Result<Option<RoomKeyWithheldEntry>, Error> {
        self.store.get_withheld_info(room_id, session_id).await
    }

    async fn get_withheld_sessions_by_room_id(&self, room_id: &RoomId) -> Result<Vec<RoomKeyWithheldEntry>, Error> {
        self.store.get_withheld_sessions_by_room_id(room_id).await
    }

    async fn get_inbound_group_sessions(&self) -> Result<Vec<InboundGroupSession>, Error> {
        self.store.get_inbound_group_sessions().await
    }

    async fn inbound_group_session_counts(&self, backup_version: Option<&str>) -> Result<RoomKeyCounts, Error> {
        self.store.inbound_group_session_counts(backup_version).await
    }

    async fn get_inbound_group_sessions_by_room_id(&self, room_id: &RoomId) -> Result<Vec<InboundGroupSession>, Error> {
        self.store.get_inbound_group_sessions_by_room_id(room_id).await
    }

    async fn get_inbound_group_sessions_for_device_batch(
        &self,
        curve_key: Curve25519PublicKey,
        sender_data_type: SenderDataType,
        after_session_id: Option<String>,
        limit: usize,
    ) -> Result<Vec<InboundGroupSession>, Error> {
        self.store
            .get_inbound_group_sessions_for_device_batch(curve_key, sender_data_type, after_session_id, limit)
            .await
    }

    async fn inbound_group_sessions_for_backup(
        &self,
        backup_version: &str,
        limit: usize,
    ) -> Result<Vec<InboundGroupSession>, Error> {
        self.store.inbound_group_sessions_for_backup(backup_version, limit).await
    }

    async fn mark_inbound_group_sessions_as_backed_up(
        &self,
        backup_version: &str,
        room_and_session_ids: &[(&RoomId, &str)],
    ) -> Result<(), Error> {
        self.store.mark_inbound_group_sessions_as_backed_up(backup_version, room_and_session_ids).await
    }

    async fn reset_backup_state(&self) -> Result<(), Error> {
        self.store.reset_backup_state().await
    }

    async fn load_backup_keys(&self) -> Result<BackupKeys, Error> {
        self.store.load_backup_keys().await
    }

    async fn load_dehydrated_device_pickle_key(&self) -> Result<Option<DehydratedDeviceKey>, Error> {
        self.store.load_dehydrated_device_pickle_key().await
    }

    async fn delete_dehydrated_device_pickle_key(&self) -> Result<(), Error> {
        self.store.delete_dehydrated_device_pickle_key().await
    }

    async fn get_outbound_group_session(&self, room_id: &RoomId) -> Result<Option<OutboundGroupSession>, Error> {
        self.store.get_outbound_group_session(room_id).await
    }

    async fn load_tracked_users(&self) -> Result<Vec<TrackedUser>, Error> {
        self.store.load_tracked_users().await
    }

    async fn save_tracked_users(&self, users: &[(&UserId, bool)]) -> Result<(), Error> {
        self.store.save_tracked_users(users).await
    }

    async fn get_device(&self, user_id: &UserId, device_id: &DeviceId) -> Result<Option<DeviceData>, Error> {
        self.store.get_device(user_id, device_id).await
    }

    async fn get_user_devices(&self, user_id: &UserId) -> Result<HashMap<OwnedDeviceId, DeviceData>, Error> {
        self.store.get_user_devices(user_id).await
    }

    async fn get_own_device(&self) -> Result<DeviceData, Error> {
        self.store.get_own_device().await
    }

    async fn get_user_identity(&self, user_id: &UserId) -> Result<Option<UserIdentityData>, Error> {
        self.store.get_user_identity(user_id).await
    }

    async fn is_message_known(&self, message_hash: &OlmMessageHash) -> Result<bool, Error> {
        self.store.is_message_known(message_hash).await
    }

    async fn get_outgoing_secret_requests(&self, request_id: &TransactionId) -> Result<Option<GossipRequest>, Error> {
        self.store.get_outgoing_secret_requests(request_id).await
    }

    async fn get_secret_request_by_info(&self, secret_info: &SecretInfo) -> Result<Option<GossipRequest>, Error> {
        self.store.get_secret_request_by_info(secret_info).await
    }

    async fn get_unsent_secret_requests(&self) -> Result<Vec<GossipRequest>, Error> {
        self.store.get_unsent_secret_requests().await
    }

    async fn delete_outgoing_secret_requests(&self, request_id: &TransactionId) -> Result<(), Error> {
        self.store.delete_outgoing_secret_requests(request_id).await
    }

    async fn get_secrets_from_inbox(&self, secret_name: &SecretName) -> Result<Vec<Zeroizing<String>>, Error> {
        self.store.get_secrets_from_inbox(secret_name).await
    }

    async fn delete_secrets_from_inbox(&self, secret_name: &SecretName) -> Result<(), Error> {
        self.store.delete_secrets_from_inbox(secret_name).await
    }

    async fn get_room_settings(&self, room_id: &RoomId) -> Result<Option<RoomSettings>, Error> {
        self.store.get_room_settings(room_id).await
    }

    async fn get_received_room_key_bundle_data(
        &self,
        room_id: &RoomId,
        user_id: &UserId,
    ) -> Result<Option<StoredRoomKeyBundleData>, Error> {
        self.store.get_received_room_key_bundle_data(room_id, user_id).await
    }

    async fn get_pending_key_bundle_details_for_room(
        &self,
        room_id: &RoomId,
    ) -> Result<Option<RoomPendingKeyBundleDetails>, Error> {
        self.store.get_pending_key_bundle_details_for_room(room_id).await
    }

    async fn get_all_rooms_pending_key_bundles(&self) -> Result<Vec<RoomPendingKeyBundleDetails>, Error> {
        self.store.get_all_rooms_pending_key_bundles().await
    }

    async fn has_downloaded_all_room_keys(&self, room_id: &RoomId) -> Result<bool, Error> {
        self.store.has_downloaded_all_room_keys(room_id).await
    }

    async fn get_custom_value(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.store.get_custom_value(key).await
    }

    async fn set_custom_value(&self, key: &str, value: Vec<u8>) -> Result<(), Error> {
        self.store.set_custom_value(key, value).await
    }

    async fn remove_custom_value(&self, key: &str) -> Result<(), Error> {
        self.store.remove_custom_value(key).await
    }

    async fn try_take_leased_lock(
        &self,
        lease_duration_ms: u32,
        key: &str,
        holder: &str,
    ) -> Result<Option<u64>, Error> {
        self.store.try_take_leased_lock(lease_duration_ms, key, holder).await
    }

    async fn next_batch_token(&self) -> Result<Option<String>, Error> {
        self.store.next_batch_token().await
    }

    async fn reopen(&self) -> Result<(), Error> {
        self.store.reopen().await
    }

    async fn get_size(&self) -> Result<Option<usize>, Error> {
        self.store.get_size().await
    }
}

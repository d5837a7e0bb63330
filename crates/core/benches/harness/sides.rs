//! The two sides of a benchmark: an app on `bulla-core`, and a competent app that uses matrix-sdk and matrix-sdk-ui directly,
//! with the same settings and a raw key as well. Each keeps all it has in a folder.
#![allow(dead_code)]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bulla_core::{Accounts, Session};
use bulla_model::{AccountId, Config, Failure, KeyStore, Password, SessionState};
use bulla_testkit::User;
use hkdf::Hkdf;
use matrix_sdk::{
    Client, SqliteStoreConfig,
    authentication::matrix::MatrixSession,
    config::RequestConfig,
    cross_process_lock::CrossProcessLockConfig,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
    reqwest,
};
use matrix_sdk_base::{
    DmRoomDefinition,
    crypto::{CollectStrategy, DecryptionSettings, TrustRequirement},
};
use matrix_sdk_ui::sync_service::{State, SyncService};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::time::{Duration, timeout};

/// Keys in a file, as no app should keep them.
pub struct Keys {
    file: PathBuf,
    keys: Mutex<HashMap<String, Vec<u8>>>,
}

impl Keys {
    pub fn in_folder(folder: &Path) -> Arc<Self> {
        let file = folder.join("keys.json");
        let keys = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Arc::new(Self { file, keys: Mutex::new(keys) })
    }

    fn change(&self, change: impl FnOnce(&mut HashMap<String, Vec<u8>>)) -> Result<(), Failure> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut keys);
        let bytes = serde_json::to_vec(&*keys).expect("bytes are JSON");
        fs::write(&self.file, bytes).map_err(|_| Failure::Unexpected { reference: "keys".into() })
    }
}

impl KeyStore for Keys {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned())
    }
    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        self.change(|keys| _ = keys.insert(name, key))
    }
    fn erase(&self, name: String) -> Result<(), Failure> {
        self.change(|keys| _ = keys.remove(&name))
    }
}

/// Our accounts in `folder`.
pub fn accounts(folder: &Path) -> Accounts {
    let keys = Keys::in_folder(folder);
    let folder = folder.join("accounts").to_string_lossy().into_owned();
    Accounts::new(Config { folder, device_name: "Bulla bench".into(), trust: None }, keys).expect("accounts")
}

/// The one account there, by the name of its folder.
pub fn account(folder: &Path) -> AccountId {
    let mut entries = fs::read_dir(folder.join("accounts")).expect("accounts");
    let entry = entries.next().expect("an account").expect("an account");
    AccountId(entry.file_name().to_string_lossy().into_owned())
}

/// Signs in on our side.
pub async fn sign_in(folder: &Path, homeserver: &str, user: &str, password: &str) -> Session {
    fs::create_dir_all(folder).expect("a folder");
    accounts(folder).sign_in(homeserver, user, &Password::new(password.to_owned())).await.expect("sign-in")
}

/// Waits until our session is up to date.
pub async fn live(session: &Session) {
    let states = session.states();
    while states.next().await.expect("states") != Some(SessionState::Live) {}
}

/// Our read model in `folder`, and the key that opens it, for the floor.
pub fn read_model(folder: &Path) -> (PathBuf, String) {
    let id = account(folder);
    let name = format!("bulla.account.{}", id.as_str());
    let root = Keys::in_folder(folder).load(name).expect("a key").expect("a key");
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, &root).expand(b"bulla store v1", &mut key).expect("32 bytes");
    let key = key.iter().map(|byte| format!("{byte:02x}")).collect();
    (folder.join("accounts").join(id.as_str()).join("bulla.db"), key)
}

/// The peer's client with its stores in `folder`.
pub async fn peer_client(folder: &Path, homeserver: &str) -> Client {
    fs::create_dir_all(folder).expect("a folder");
    let stores = SqliteStoreConfig::new(folder.join("sdk")).key(Some(&[9; 32])).pool_max_size(4);
    Client::builder()
        .homeserver_url(homeserver)
        .sqlite_store_with_config_and_cache_path(stores, None::<&Path>)
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .request_config(RequestConfig::new().timeout(Duration::from_secs(30)).retry_limit(1))
        .respect_login_well_known(false)
        .handle_refresh_tokens()
        .dm_room_definition(DmRoomDefinition::TwoMembers)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            auto_enable_backups: false,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
        })
        .with_room_key_recipient_strategy(CollectStrategy::IdentityBasedStrategy)
        .with_decryption_settings(DecryptionSettings {
            sender_device_trust_requirement: TrustRequirement::CrossSignedOrLegacy,
        })
        .with_enable_share_history_on_invite(false)
        .build()
        .await
        .expect("a client")
}

/// Signs in on the peer's side and keeps the session in a file.
pub async fn peer_sign_in(folder: &Path, homeserver: &str, user: &str, password: &str) -> Client {
    let client = peer_client(folder, homeserver).await;
    client.matrix_auth().login_username(user, password).send().await.expect("sign-in");
    let _ = timeout(Duration::from_secs(20), client.encryption().wait_for_e2ee_initialization_tasks()).await;
    let session = client.matrix_auth().session().expect("a session");
    let kept = serde_json::to_vec(&(homeserver, session)).expect("a session is JSON");
    fs::write(folder.join("session.json"), kept).expect("kept");
    client
}

/// The peer's client again, with the session that was kept.
pub async fn peer_restored(folder: &Path) -> Client {
    let kept = fs::read(folder.join("session.json")).expect("a session");
    let (homeserver, session): (String, MatrixSession) = serde_json::from_slice(&kept).expect("a session");
    let client = peer_client(folder, &homeserver).await;
    client.restore_session(session).await.expect("restored");
    client
}

/// What the peer syncs with.
pub async fn peer_sync(client: &Client) -> SyncService {
    SyncService::builder(client.clone()).with_offline_mode().build().await.expect("a sync service")
}

/// The same, once it runs.
pub async fn peer_running(client: &Client) -> SyncService {
    let sync = peer_sync(client).await;
    sync.start().await;
    let mut states = sync.state();
    while !matches!(states.get(), State::Running) {
        states.next().await.expect("states");
    }
    sync
}

/// Signs in with nothing but HTTP: the token.
pub async fn raw_sign_in(http: &reqwest::Client, user: &User) -> String {
    let body = json!({
        "type": "m.login.password", "password": user.password,
        "identifier": { "type": "m.id.user", "user": user.user_id },
    });
    let url = format!("{}/_matrix/client/v3/login", user.homeserver);
    let answer = http.post(url).body(body.to_string()).send().await.expect("an answer");
    let answer: Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
}

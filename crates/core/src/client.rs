//! Making an SDK client, with every default that matters set here and nowhere else.

use std::{ops::Deref, path::Path, sync::Arc};

use bulla_model::{AccountSummary, DeviceId, Failure, Field, FieldTrouble, Missing, Password, UserId};
use bulla_policy as policy;
use matrix_sdk::{
    Client, ClientBuildError, SqliteCryptoStore, SqliteEventCacheStore, SqliteMediaStore, SqliteStateStore,
    SqliteStoreConfig,
    authentication::{
        matrix::MatrixSession,
        oauth::{ClientId, OAuthSession, UserSession},
    },
    config::RequestConfig,
    cross_process_lock::CrossProcessLockConfig,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
};
use matrix_sdk_base::{
    DmRoomDefinition,
    crypto::{CollectStrategy, DecryptionSettings, TrustRequirement},
    store::StoreConfig,
};
use ruma::api::client::uiaa::{EmailUserIdentifier, MatrixUserIdentifier, UserIdentifier};
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, timeout};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    ending_store::EndingStore,
    failure::{CoreError, is_unknown_host},
    identity,
    keys::AccountKey,
    lines::Lines,
    manifest::Deployment,
    vault::Vault,
    whole_store::WholeStore,
};

/// The ledger's name for the session: user, device and tokens.
pub(crate) const SESSION: &str = "session";
/// Whether a homeserver's own single sign-on opened it: no password would open it again.
const SINGLE_SIGN_ON: &str = "single_sign_on";
const CONNECTIONS: usize = 4;
pub(crate) const REQUEST: Duration = Duration::from_secs(30);
/// How long a sign-in waits for the device's identity to be published before it goes on behind.
const IDENTITY: Duration = Duration::from_secs(20);

/// The SDK, and the connections that it speaks over.
#[derive(Clone)]
pub(crate) struct Wired {
    pub sdk: Client,
    pub lines: Lines,
    pub events: EndingStore,
}

impl Deref for Wired {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.sdk
    }
}

/// A client whose stores are in `folder`, not signed in yet.
pub(crate) async fn client(
    homeserver: &Url,
    folder: &Path,
    key: &AccountKey,
    deployment: &Deployment,
) -> Result<Wired, CoreError> {
    let lines = Lines::default();
    let stores = SqliteStoreConfig::new(folder.join("sdk")).key(Some(key.sdk().as_ref())).pool_max_size(CONNECTIONS);
    let (state, events, media, crypto) = tokio::try_join!(
        SqliteStateStore::open_with_config(&stores),
        SqliteEventCacheStore::open_with_config(&stores),
        SqliteMediaStore::open_with_config(&stores),
        SqliteCryptoStore::open_with_config(&stores),
    )
    .map_err(ClientBuildError::from)?;
    let events = EndingStore::new(events, state.clone());
    let stores = StoreConfig::new(CrossProcessLockConfig::SingleProcess)
        .state_store(state)
        .event_cache_store(events.clone())
        .media_store(media)
        .crypto_store(WholeStore::new(crypto));
    let client = Client::builder()
        .homeserver_url(homeserver)
        .http_client(deployment.session_http(&lines)?)
        .store_config(stores)
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .request_config(RequestConfig::new().timeout(REQUEST).retry_limit(1))
        .respect_login_well_known(false)
        .handle_refresh_tokens()
        .dm_room_definition(DmRoomDefinition::TwoMembers)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            auto_enable_backups: false,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
        })
        // MSC4153: keys go to devices that their owner has signed, and only their messages are shown.
        .with_room_key_recipient_strategy(CollectStrategy::IdentityBasedStrategy)
        .with_decryption_settings(DecryptionSettings {
            sender_device_trust_requirement: TrustRequirement::CrossSignedOrLegacy,
        })
        .with_enable_share_history_on_invite(false)
        .build()
        .await?;
    Ok(Wired { sdk: client, lines, events })
}

/// Signs in with a password. `device` resumes that device after a soft logout.
pub(crate) async fn sign_in(
    client: &Client,
    user: &str,
    password: &Password,
    device_name: &str,
    device: Option<&DeviceId>,
) -> Result<(), CoreError> {
    let user = match policy::is_address(user) {
        true => UserIdentifier::Email(EmailUserIdentifier::new(user.to_owned())),
        false => UserIdentifier::Matrix(MatrixUserIdentifier::new(user.to_owned())),
    };
    let mut login =
        client.matrix_auth().login_identifier(user, password.expose()).initial_device_display_name(device_name);
    if let Some(device) = device {
        login = login.device_id(device.as_str());
    }
    login.request_refresh_token().send().await.map_err(|error| at_sign_in(error.into()))?;
    identify(client).await;
    Ok(())
}

/// Gives a device that has just signed in its cross-signing identity.
pub(crate) async fn identify(client: &Client) {
    let identity = async {
        client.encryption().wait_for_e2ee_initialization_tasks().await;
        identity::publish(client.clone()).await;
    };
    if timeout(IDENTITY, identity).await.is_err() {
        tracing::warn!("the device's identity is not published yet");
    }
}

/// Takes up the session that the store keeps.
pub(crate) async fn restore(client: &Client, vault: &Arc<Vault>) -> Result<(), CoreError> {
    let bytes = vault.read(|store| store.ledger(SESSION)).await?;
    let bytes = Zeroizing::new(bytes.ok_or(CoreError::Said(Failure::SignInAgain { soft: false }))?);
    match serde_json::from_slice(&bytes).map_err(|_| CoreError::Defect("the kept session does not parse"))? {
        Kept::Oauth { client_id, user } => {
            client.restore_session(OAuthSession { client_id: ClientId::new(client_id), user }).await?;
        }
        Kept::Password(session) => client.restore_session(session).await?,
    }
    Ok(())
}

/// Keeps the session, now and whenever its tokens are renewed.
pub(crate) async fn keep(client: &Client, vault: &Arc<Vault>) -> Result<(), CoreError> {
    keep_now(client, vault).await?;
    keep_renewed(client, vault)
}

/// Keeps the session as it is now.
pub(crate) async fn keep_now(client: &Client, vault: &Arc<Vault>) -> Result<(), CoreError> {
    let session = session(client)?;
    Ok(vault.store()?.put_ledger(SESSION, Some(session)).await?)
}

/// Keeps a session that the next client is to take up.
pub(crate) async fn keep_session(session: MatrixSession, vault: &Vault) -> Result<(), CoreError> {
    Ok(vault.store()?.put_ledger(SESSION, Some(written(&Kept::Password(session))?)).await?)
}

/// Keeps that the session came by a homeserver's own single sign-on.
pub(crate) async fn keep_single_sign_on(vault: &Vault) -> Result<(), CoreError> {
    Ok(vault.store()?.put_ledger(SINGLE_SIGN_ON, Some(Zeroizing::new(vec![1]))).await?)
}

pub(crate) async fn came_by_single_sign_on(vault: &Vault) -> Result<bool, CoreError> {
    Ok(vault.read(|store| store.ledger(SINGLE_SIGN_ON)).await?.is_some())
}

/// Keeps tokens whenever they are renewed.
pub(crate) fn keep_renewed(client: &Client, vault: &Arc<Vault>) -> Result<(), CoreError> {
    let vault = vault.clone();
    client.set_session_callbacks(
        Box::new(|client| client.session_tokens().ok_or_else(|| "no tokens".into())),
        Box::new(move |client| {
            let session = session(&client)?;
            vault.store()?.put_ledger(SESSION, Some(session)).wait()?;
            Ok(())
        }),
    )?;
    Ok(())
}

/// What is kept of a session: user, device and tokens, and whom the app is known as to those who renew them.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Oauth { client_id: String, user: UserSession },
    Password(MatrixSession),
}

fn session(client: &Client) -> Result<Zeroizing<Vec<u8>>, CoreError> {
    let oauth = client.oauth().full_session();
    let oauth = oauth.map(|OAuthSession { client_id, user }| Kept::Oauth { client_id: client_id.to_string(), user });
    let session = oauth.or_else(|| client.matrix_auth().session().map(Kept::Password));
    written(&session.ok_or(CoreError::Defect("no session to keep"))?)
}

fn written(session: &Kept) -> Result<Zeroizing<Vec<u8>>, CoreError> {
    let bytes = serde_json::to_vec(session).map_err(|_| CoreError::Defect("the session does not serialise"))?;
    Ok(Zeroizing::new(bytes))
}

/// Who a signed-in client is.
pub(crate) fn account(client: &Client, id: bulla_model::AccountId) -> Result<AccountSummary, CoreError> {
    let meta = client.session_meta().ok_or(CoreError::Defect("not signed in"))?;
    Ok(AccountSummary {
        id,
        user: UserId(meta.user_id.to_string()),
        device: DeviceId(meta.device_id.to_string()),
        homeserver: client.homeserver().to_string(),
    })
}

/// What a refusal means while signing in: a 403 is the password, an answer that is not Matrix is the wrong address.
pub(crate) fn at_sign_in(error: CoreError) -> CoreError {
    if is_unknown_host(&error) {
        return Failure::NotFound { what: Missing::Server }.into();
    }
    let failure = match Failure::from(error) {
        Failure::Rejected { code } if code == "M_FORBIDDEN" => {
            Failure::Invalid { field: Field::Password, why: FieldTrouble::Wrong }
        }
        Failure::Rejected { code } if code.starts_with("HTTP_5") => Failure::Offline,
        Failure::Rejected { code } if code == "NOT_MATRIX" || code.starts_with("HTTP_") || code == "M_UNRECOGNIZED" => {
            Failure::NotFound { what: Missing::Server }
        }
        Failure::NotFound { .. } => Failure::NotFound { what: Missing::Server },
        other => other,
    };
    CoreError::Said(failure)
}

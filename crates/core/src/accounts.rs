//! The accounts on this device: finding them, opening them, signing in.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bulla_model::{
    AccountId, AccountSummary, Barrier, Config, DeploymentStatus, Discovery, Failure, Field, FieldTrouble, Gate,
    KeyStore, Missing, Password, SessionState, SignInWay, StorageTrouble,
};
use bulla_policy as policy;
use bulla_store::Store;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use zeroize::Zeroizing;

use crate::{
    app_lock::Lock,
    book::RoomBook,
    client::{self, Wired},
    clock::Clock,
    discovery,
    endings::Endings,
    engine::Engine,
    failure::CoreError,
    keyring::Keyring,
    keys::AccountKey,
    lock_file::LockFile,
    manifest::Deployment,
    media_store::MediaStore,
    pin, proof,
    session::{Session, SessionInner},
    shared::{Link, Shared},
    temporary,
    upkeep::Upkeep,
    uploads::Uploads,
    vault::Vault,
    wipe,
};

/// The ledger's name for who the account is.
const ACCOUNT: &str = "account";
const STORE: &str = "bulla.db";
/// How long an account waits for its last session to close its files.
pub(crate) const CLOSING: Duration = Duration::from_secs(15);

/// All accounts of an app on this device.
pub struct Accounts {
    config: Config,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) lock: Lock,
    clock: Arc<Clock>,
    deployment: Arc<Deployment>,
    open: Mutex<HashMap<AccountId, Opened>>,
    /// Accounts that are being signed in.
    new: Mutex<HashSet<AccountId>>,
    /// One at a time opens, or looks into, accounts.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

/// A session that was opened, and whether it has closed every file.
pub(crate) struct Opened {
    session: Weak<SessionInner>,
    ended: watch::Receiver<bool>,
}

impl Accounts {
    /// Uses `config.folder`, making it where there is none, and goes on with what was being erased in it. Fails with `Untrusted`
    /// when the manifest in `config` is not signed by the keys beside it.
    pub fn new(config: Config, keys: Arc<dyn KeyStore>) -> Result<Self, Failure> {
        if config.folder.trim().is_empty() {
            return Err(Failure::Invalid { field: Field::Folder, why: FieldTrouble::Empty });
        }
        fs::create_dir_all(&config.folder).map_err(CoreError::from)?;
        finish_wiping(&config.folder, &*keys).map_err(CoreError::from)?;
        let deployment = Arc::new(Deployment::load(&config)?);
        let folder = Path::new(&config.folder);
        let keys = Arc::new(Keyring::new(keys, LockFile::new(folder)));
        let lock = Lock::load(LockFile::new(folder));
        let (open, new, turn) = Default::default();
        let clock = Arc::new(Clock::new());
        let accounts = Self { config, keys, lock, clock, deployment, open, new, turn };
        pin::finish_wiping(&accounts)?;
        accounts.tell_lock();
        Ok(accounts)
    }

    /// The accounts that are signed in on this device. One whose files cannot be read is left out and logged; `open` says why.
    pub async fn list(&self) -> Result<Vec<AccountSummary>, Failure> {
        let _turn = self.turn.lock().await;
        self.keys.open()?;
        let mut found = Vec::new();
        for id in self.folders()? {
            if self.new_ones().contains(&id) {
                continue;
            }
            if let Some(session) = self.session(&id) {
                found.push(session.account());
                continue;
            }
            self.closed(&id).await;
            match self.read(&id).await {
                Ok((account, _)) => found.push(account),
                // A sign-in that was cut short left it.
                Err(CoreError::Said(Failure::NotFound { .. })) => self.discard(&id).await,
                Err(error) => tracing::warn!(kind = %Failure::from(error), "an account cannot be read"),
            }
        }
        found.sort_by(|a, b| a.user.cmp(&b.user).then_with(|| a.id.cmp(&b.id)));
        Ok(found)
    }

    /// Opens an account: what its store holds can be read at once, the server is attached behind.
    pub async fn open(&self, id: &AccountId) -> Result<Session, Failure> {
        let _turn = self.turn.lock().await;
        self.may_open()?;
        if let Some(session) = self.session(id) {
            return Ok(session);
        }
        let folder = self.folder(id)?;
        if !folder.is_dir() || wipe::is_marked(&folder) {
            return Err(Failure::NotFound { what: Missing::Account });
        }
        self.closed(id).await;
        let (account, vault) = self.read(id).await?;
        Ok(self.start(account, vault, None).await?)
    }

    /// Signs in with a password: makes the account's folder and key, the device, and its cross-signing identity.
    pub async fn sign_in(&self, homeserver: &str, user: &str, password: &Password) -> Result<Session, Failure> {
        let homeserver = policy::homeserver(homeserver)?;
        let user = policy::sign_in_user(user)?;
        if password.expose().is_empty() {
            return Err(Failure::Invalid { field: Field::Password, why: FieldTrouble::Empty });
        }
        self.may_sign_in(&homeserver, SignInWay::Password).await?;
        let id = self.new_account()?;
        let _new = Guard { accounts: self, id: id.clone() };
        let signed = async {
            let key = self.make_folder(&id)?;
            let vault = self.vault(&id).await?;
            let client = client::client(&homeserver, &self.folder(&id)?, &key, &self.deployment).await?;
            client::sign_in(&client, user, password, &self.config.device_name, None).await?;
            let opened = async {
                temporary::keep(&vault, temporary::ask(&client).await?).await?;
                self.establish(&id, client.clone(), vault).await
            };
            match opened.await {
                Ok(session) => Ok(session),
                Err(error) => {
                    // Nobody would ever use the device again.
                    let _ = timeout(CLOSING, client.logout()).await;
                    Err(error)
                }
            }
        };
        match signed.await {
            Ok(session) => Ok(session),
            Err(error) => {
                self.discard(&id).await;
                Err(CoreError::into(error))
            }
        }
    }

    /// Makes an account's store anew where it is damaged: what can be fetched again is, what cannot is kept where it can still
    /// be read. True when all of that was kept; otherwise the account has to sign in again.
    pub async fn repair(&self, id: &AccountId) -> Result<bool, Failure> {
        let _turn = self.turn.lock().await;
        if self.session(id).is_some() {
            return Err(Failure::Storage { trouble: StorageTrouble::Locked });
        }
        self.closed(id).await;
        let path = self.folder(id)?.join(STORE);
        let key = AccountKey::load(&*self.keys, id)?.store();
        let rebuilt = tokio::task::spawn_blocking(move || Store::rebuild(&path, &key));
        let rebuilt = rebuilt.await.map_err(|error| CoreError::unfinished(error, "a repair did not end"))?;
        Ok(rebuilt.map_err(CoreError::from)?.ledgers_kept)
    }

    /// Erases an account whose files are of no use any more, without asking the server: key first, then files.
    pub async fn erase(&self, id: &AccountId) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        if self.session(id).is_some() {
            return Err(Failure::Storage { trouble: StorageTrouble::Locked });
        }
        self.closed(id).await;
        let folder = self.folder(id)?;
        if !folder.is_dir() {
            return Err(Failure::NotFound { what: Missing::Account });
        }
        let keys = self.keys.clone();
        let wiped = tokio::task::spawn_blocking(move || wipe::wipe(&*keys, &folder)).await;
        Ok(wiped.map_err(|error| CoreError::unfinished(error, "erasing did not end"))??)
    }

    /// The clock by which messages end.
    pub fn clock(&self) -> Arc<Clock> {
        self.clock.clone()
    }

    /// The deployment that this device belongs to.
    pub fn deployment(&self) -> DeploymentStatus {
        self.deployment.status()
    }

    /// Whether `version` of the app may still be used.
    pub fn gate(&self, version: &str, language: &str) -> Gate {
        let versions = self.deployment.manifest().map(|manifest| manifest.app_versions).unwrap_or_default();
        policy::gate(&versions, version, language)
    }

    /// Puts a newer manifest in force.
    pub fn adopt_manifest(&self, jws: &str) -> Result<DeploymentStatus, Failure> {
        self.deployment.adopt(jws)?;
        self.tell_lock();
        Ok(self.deployment.status())
    }

    /// Hears the device's management.
    pub fn set_managed(&self, map: HashMap<String, String>) -> Result<DeploymentStatus, Failure> {
        self.deployment.manage(map)?;
        self.tell_lock();
        Ok(self.deployment.status())
    }

    pub(crate) fn deployed(&self) -> Arc<Deployment> {
        self.deployment.clone()
    }

    /// Which server answers for an e-mail address.
    pub async fn discover(&self, email: &str) -> Result<Discovery, Failure> {
        Ok(discovery::discover(&self.deployment, email).await?)
    }

    /// The name of an account that is about to be signed in: nothing of it is listed, or cleared away, until
    /// [`Accounts::no_longer_new`].
    pub(crate) fn new_account(&self) -> Result<AccountId, CoreError> {
        let id = new_id()?;
        self.new_ones().insert(id.clone());
        Ok(id)
    }

    pub(crate) fn no_longer_new(&self, id: &AccountId) {
        self.new_ones().remove(id);
    }

    /// Leaves nothing of a sign-in that came to nothing.
    pub(crate) async fn forget_new(&self, id: &AccountId) {
        self.discard(id).await;
        self.no_longer_new(id);
    }

    /// Makes a new account's folder, and its key.
    pub(crate) fn make_folder(&self, id: &AccountId) -> Result<AccountKey, CoreError> {
        fs::create_dir_all(self.folder(id)?)?;
        Ok(AccountKey::create(&*self.keys, id)?)
    }

    /// Opens an account's store, making it where there is none.
    pub(crate) async fn vault(&self, id: &AccountId) -> Result<Arc<Vault>, CoreError> {
        let (path, key) = (self.folder(id)?.join(STORE), AccountKey::load(&*self.keys, id)?.store());
        let vault = tokio::task::spawn_blocking(move || Vault::open(path, key));
        Ok(Arc::new(vault.await.map_err(|error| CoreError::unfinished(error, "opening did not end"))??))
    }

    /// Keeps who has signed in, and starts their session.
    pub(crate) async fn establish(
        &self,
        id: &AccountId,
        client: Wired,
        vault: Arc<Vault>,
    ) -> Result<Session, CoreError> {
        client::keep(&client, &vault).await?;
        let account = client::account(&client, id.clone())?;
        let row = serde_json::to_vec(&account).map_err(|_| CoreError::Defect("the account does not serialise"))?;
        vault.store()?.put_ledger(ACCOUNT, Some(Zeroizing::new(row))).await?;
        self.start(account, vault, Some(client)).await
    }

    pub(crate) fn device_name(&self) -> &str {
        &self.config.device_name
    }

    /// The server may be signed in to in this way, and has proven that it is what it says.
    pub(crate) async fn may_sign_in(&self, homeserver: &url::Url, way: SignInWay) -> Result<(), Failure> {
        self.one_more_allowed().await?;
        Ok(proof::prove(&self.deployment, homeserver, way).await?)
    }

    async fn one_more_allowed(&self) -> Result<(), Failure> {
        self.may_open()?;
        let forbidden = self.deployment.rules().no_other_accounts.on;
        match forbidden && !self.list().await?.is_empty() {
            true => Err(Failure::Forbidden { why: Barrier::OtherAccount }),
            false => Ok(()),
        }
    }

    async fn start(
        &self,
        account: AccountSummary,
        vault: Arc<Vault>,
        client: Option<Wired>,
    ) -> Result<Session, CoreError> {
        // It may have been locked while somebody signed in.
        self.may_open()?;
        let id = account.id.clone();
        let media = MediaStore::new(self.keys.clone(), id.clone(), &self.folder(&id)?);
        let endings =
            Arc::new(Endings::load(&vault, account.user.clone(), self.clock.clone(), self.deployment.clone()).await?);
        let shared = Arc::new(Shared {
            homeserver: policy::homeserver(&account.homeserver)?,
            folder: self.folder(&id)?,
            account,
            device_name: self.config.device_name.clone(),
            keys: self.keys.clone(),
            deployment: self.deployment.clone(),
            book: Arc::new(RoomBook::new(vault.clone(), endings.clone())),
            endings,
            upkeep: Upkeep::load(&vault).await?,
            rights: watch::Sender::new(0),
            refreshing: tokio::sync::Mutex::default(),
            uploads: Arc::new(Uploads::load(&vault).await?),
            media: Arc::new(media),
            vault,
            state: watch::Sender::new(SessionState::Attaching),
            link: watch::Sender::new(Link::Pending),
            closed: watch::Sender::new(false),
            urgent: watch::Sender::new(0),
            direct: tokio::sync::Mutex::default(),
            shown: Mutex::default(),
            parts: Mutex::default(),
        });
        let (orders, engine) = mpsc::unbounded_channel();
        let ended = Engine::start(shared.clone(), engine, client);
        let inner = Arc::new(SessionInner { shared, orders, timelines: Mutex::default() });
        self.sessions().insert(id, Opened { session: Arc::downgrade(&inner), ended });
        Ok(Session { inner })
    }

    async fn read(&self, id: &AccountId) -> Result<(AccountSummary, Arc<Vault>), CoreError> {
        if !self.folder(id)?.join(STORE).is_file() {
            return Err(Failure::NotFound { what: Missing::Account }.into());
        }
        let vault = self.vault(id).await?;
        let row = vault.read(|store| store.ledger(ACCOUNT)).await?;
        let row = row.ok_or(CoreError::Said(Failure::NotFound { what: Missing::Account }))?;
        let account = serde_json::from_slice(&row).map_err(|_| CoreError::Defect("the account does not parse"))?;
        Ok((account, vault))
    }

    async fn discard(&self, id: &AccountId) {
        if let Err(error) = self.folder(id).and_then(|folder| wipe::wipe(&*self.keys, &folder)) {
            tracing::warn!(kind = %Failure::from(error), "an unfinished sign-in could not be cleared away");
        }
    }

    pub(crate) fn session(&self, id: &AccountId) -> Option<Session> {
        let inner = self.sessions().get(id)?.session.upgrade()?;
        let closed = *inner.shared.closed.borrow();
        (!closed).then_some(Session { inner })
    }

    /// Waits until an earlier session of the account has closed its files.
    pub(crate) async fn closed(&self, id: &AccountId) {
        let ended = self.sessions().get(id).map(|opened| opened.ended.clone());
        if let Some(mut ended) = ended {
            let _ = timeout(CLOSING, ended.wait_for(|ended| *ended)).await;
        }
    }

    pub(crate) fn sessions(&self) -> MutexGuard<'_, HashMap<AccountId, Opened>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new_ones(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        self.new.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn folders(&self) -> Result<Vec<AccountId>, CoreError> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.config.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() && is_id(&name) && !wipe::is_marked(&entry.path()) {
                ids.push(AccountId(name));
            }
        }
        Ok(ids)
    }

    /// The account's folder. The id is checked: it becomes part of a path.
    pub(crate) fn folder(&self, id: &AccountId) -> Result<PathBuf, CoreError> {
        match is_id(id.as_str()) {
            true => Ok(Path::new(&self.config.folder).join(id.as_str())),
            false => Err(Failure::NotFound { what: Missing::Account }.into()),
        }
    }
}

/// A sign-in under way.
struct Guard<'a> {
    accounts: &'a Accounts,
    id: AccountId,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.accounts.no_longer_new(&self.id);
    }
}

/// Goes on where the erasing of an account was cut short.
fn finish_wiping(folder: &str, keys: &dyn KeyStore) -> io::Result<()> {
    for account in wipe::unfinished(Path::new(folder))? {
        if let Err(error) = wipe::wipe(keys, &account) {
            tracing::warn!(kind = %Failure::from(error), "an account could not be erased to its end");
        }
    }
    Ok(())
}

fn is_id(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn new_id() -> Result<AccountId, CoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| CoreError::Defect("no randomness"))?;
    Ok(AccountId(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
}

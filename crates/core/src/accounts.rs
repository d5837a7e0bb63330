//! The accounts on this device: finding them, opening them, signing in.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bulla_model::{
    AccountId, AccountSummary, Config, Failure, Field, FieldTrouble, KeyStore, Missing, Password, SessionState,
};
use bulla_policy as policy;
use bulla_store::Store;
use tokio::sync::{mpsc, watch};
use zeroize::Zeroizing;

use crate::{
    book::RoomBook,
    client,
    engine::{Engine, Link, Shared},
    failure::CoreError,
    keys::AccountKey,
    session::{Session, SessionInner},
    vault::Vault,
};

/// The ledger's name for who the account is.
const ACCOUNT: &str = "account";
const STORE: &str = "bulla.db";

/// All accounts of an app on this device.
pub struct Accounts {
    config: Config,
    keys: Arc<dyn KeyStore>,
    open: Mutex<HashMap<AccountId, Weak<SessionInner>>>,
}

impl Accounts {
    /// Uses `config.folder`, making it where there is none.
    pub fn new(config: Config, keys: Arc<dyn KeyStore>) -> Result<Self, Failure> {
        if config.folder.trim().is_empty() {
            return Err(Failure::Invalid { field: Field::Folder, why: FieldTrouble::Empty });
        }
        fs::create_dir_all(&config.folder).map_err(CoreError::from)?;
        Ok(Self { config, keys, open: Mutex::default() })
    }

    /// The accounts that are signed in on this device. One whose files cannot be read is left out and logged; `open` says why.
    pub async fn list(&self) -> Result<Vec<AccountSummary>, Failure> {
        let mut found = Vec::new();
        for id in self.folders()? {
            if let Some(session) = self.session(&id) {
                found.push(session.account());
                continue;
            }
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
        if let Some(session) = self.session(id) {
            return Ok(session);
        }
        if !self.folder(id)?.is_dir() {
            return Err(Failure::NotFound { what: Missing::Account });
        }
        let (account, vault) = self.read(id).await?;
        Ok(self.start(account, vault, None)?)
    }

    /// Signs in with a password: makes the account's folder and key, the device, and its cross-signing identity.
    pub async fn sign_in(&self, homeserver: &str, user: &str, password: &Password) -> Result<Session, Failure> {
        let homeserver = policy::homeserver(homeserver)?;
        let user = policy::sign_in_user(user)?;
        if password.expose().is_empty() {
            return Err(Failure::Invalid { field: Field::Password, why: FieldTrouble::Empty });
        }
        let id = new_id()?;
        let signed = async {
            let folder = self.folder(&id)?;
            fs::create_dir_all(&folder)?;
            let key = AccountKey::create(&*self.keys, &id)?;
            let vault = Arc::new(Vault::open(folder.join(STORE), key.store())?);
            let client = client::client(&homeserver, &folder, &key).await?;
            client::sign_in(&client, user, password, &self.config.device_name, None).await?;
            client::keep(&client, &vault).await?;
            let account = client::account(&client, id.clone())?;
            let row = serde_json::to_vec(&account).map_err(|_| CoreError::Defect("the account does not serialise"))?;
            vault.store()?.put_ledger(ACCOUNT, Some(Zeroizing::new(row))).await?;
            self.start(account, vault, Some(client))
        };
        match signed.await {
            Ok(session) => Ok(session),
            Err(error) => {
                self.discard(&id).await;
                Err(error.into())
            }
        }
    }

    /// Makes an account's store anew where it is damaged: what can be fetched again is, what cannot is kept where it can still
    /// be read. True when all of that was kept; otherwise the account has to sign in again.
    pub async fn repair(&self, id: &AccountId) -> Result<bool, Failure> {
        if self.session(id).is_some() {
            return Err(Failure::Storage { trouble: bulla_model::StorageTrouble::Locked });
        }
        let path = self.folder(id)?.join(STORE);
        let key = AccountKey::load(&*self.keys, id)?.store();
        let rebuilt = tokio::task::spawn_blocking(move || Store::rebuild(&path, &key));
        let rebuilt = rebuilt.await.map_err(|_| CoreError::Defect("a repair did not end"))?;
        Ok(rebuilt.map_err(CoreError::from)?.ledgers_kept)
    }

    /// Erases an account whose files are of no use any more, without asking the server: key first, then files.
    pub async fn erase(&self, id: &AccountId) -> Result<(), Failure> {
        if self.session(id).is_some() {
            return Err(Failure::Storage { trouble: bulla_model::StorageTrouble::Locked });
        }
        let folder = self.folder(id)?;
        if !folder.is_dir() {
            return Err(Failure::NotFound { what: Missing::Account });
        }
        AccountKey::erase(&*self.keys, id)?;
        Ok(erase_folder(&folder).map_err(CoreError::from)?)
    }

    fn start(
        &self,
        account: AccountSummary,
        vault: Arc<Vault>,
        client: Option<matrix_sdk::Client>,
    ) -> Result<Session, CoreError> {
        let id = account.id.clone();
        let shared = Arc::new(Shared {
            homeserver: policy::homeserver(&account.homeserver)?,
            folder: self.folder(&id)?,
            account,
            device_name: self.config.device_name.clone(),
            keys: self.keys.clone(),
            book: Arc::new(RoomBook::new(vault.clone())),
            vault,
            state: watch::Sender::new(SessionState::Attaching),
            link: watch::Sender::new(Link::Pending),
            closed: watch::Sender::new(false),
        });
        let (orders, engine) = mpsc::unbounded_channel();
        Engine::start(shared.clone(), engine, client);
        let inner = Arc::new(SessionInner { shared, orders, timelines: Mutex::default() });
        self.sessions().insert(id, Arc::downgrade(&inner));
        Ok(Session { inner })
    }

    async fn read(&self, id: &AccountId) -> Result<(AccountSummary, Arc<Vault>), CoreError> {
        let path = self.folder(id)?.join(STORE);
        if !path.is_file() {
            return Err(Failure::NotFound { what: Missing::Account }.into());
        }
        let key = AccountKey::load(&*self.keys, id)?;
        let vault = tokio::task::spawn_blocking(move || Vault::open(path, key.store()));
        let vault = vault.await.map_err(|_| CoreError::Defect("opening did not end"))??;
        let row = vault.read(|store| store.ledger(ACCOUNT)).await?;
        let row = row.ok_or(CoreError::Said(Failure::NotFound { what: Missing::Account }))?;
        let account = serde_json::from_slice(&row).map_err(|_| CoreError::Defect("the account does not parse"))?;
        Ok((account, Arc::new(vault)))
    }

    async fn discard(&self, id: &AccountId) {
        let erased = AccountKey::erase(&*self.keys, id).map_err(CoreError::from);
        let erased = erased.and_then(|()| Ok(erase_folder(&self.folder(id)?)?));
        if let Err(error) = erased {
            tracing::warn!(kind = %Failure::from(error), "an unfinished sign-in could not be cleared away");
        }
    }

    fn session(&self, id: &AccountId) -> Option<Session> {
        let inner = self.sessions().get(id)?.upgrade()?;
        let closed = *inner.shared.closed.borrow();
        (!closed).then_some(Session { inner })
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Weak<SessionInner>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folders(&self) -> Result<Vec<AccountId>, CoreError> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.config.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() && is_id(&name) {
                ids.push(AccountId(name));
            }
        }
        Ok(ids)
    }

    /// The account's folder. The id is checked: it becomes part of a path.
    fn folder(&self, id: &AccountId) -> Result<PathBuf, CoreError> {
        match is_id(id.as_str()) {
            true => Ok(Path::new(&self.config.folder).join(id.as_str())),
            false => Err(Failure::NotFound { what: Missing::Account }.into()),
        }
    }
}

/// Removes a folder with all that is in it; one that is not there is removed.
pub(crate) fn erase_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn is_id(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn new_id() -> Result<AccountId, CoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| CoreError::Defect("no randomness"))?;
    Ok(AccountId(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
}

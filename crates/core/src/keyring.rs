//! The app's key store as the library uses it: with an app lock, accounts' keys are kept masked by the lock's key, and nobody has
//! them while it is locked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bulla_model::{Barrier, Failure, Field, FieldTrouble, KeyStore};
use zeroize::Zeroizing;

use crate::{lock_cipher::mask, lock_file::LockFile, secret::Secret};

pub(crate) struct Keyring {
    app: Arc<dyn KeyStore>,
    file: LockFile,
    /// The lock's key and which lock it is of, while it is open.
    held: Mutex<Option<([u8; 16], Secret)>>,
}

impl Keyring {
    pub fn new(app: Arc<dyn KeyStore>, file: LockFile) -> Self {
        Self { app, file, held: Mutex::default() }
    }

    pub fn app(&self) -> &dyn KeyStore {
        &*self.app
    }

    pub fn hold(&self, id: [u8; 16], key: Secret) {
        *self.held() = Some((id, key));
    }

    pub fn let_go(&self) {
        *self.held() = None;
    }

    /// The lock's key, if it is open.
    pub fn key(&self) -> Result<Option<Secret>, Failure> {
        let kept = self.file.read().map_err(Failure::from)?;
        let held = self.held();
        Ok(held.as_ref().filter(|(id, _)| kept.is_some_and(|kept| kept.id == *id)).map(|(_, key)| key.clone()))
    }

    /// Fails while the app is locked.
    pub fn open(&self) -> Result<(), Failure> {
        match !self.file.exists() || self.key()?.is_some() {
            true => Ok(()),
            false => Err(Failure::Forbidden { why: Barrier::AppLocked }),
        }
    }

    /// Has a key kept masked that was kept plain. Nothing happens where it is already.
    pub fn cover(&self, name: &str, lock: &Secret) -> Result<(), Failure> {
        let Some(key) = self.app.load(name.to_owned())?.map(Zeroizing::new) else { return Ok(()) };
        self.app.save(masked(name), apply(lock, name, &key)?.to_vec())?;
        self.app.erase(name.to_owned())
    }

    /// Has a key kept plain that was kept masked. Nothing happens where it is already.
    pub fn uncover(&self, name: &str, lock: &Secret) -> Result<(), Failure> {
        let Some(key) = self.app.load(masked(name))?.map(Zeroizing::new) else { return Ok(()) };
        self.app.save(name.to_owned(), apply(lock, name, &key)?.to_vec())?;
        self.app.erase(masked(name))
    }

    fn held(&self) -> MutexGuard<'_, Option<([u8; 16], Secret)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyStore for Keyring {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        self.open()?;
        // One that a process that was killed left plain is good, too.
        if let Some(key) = self.app.load(name.clone())? {
            return Ok(Some(key));
        }
        match (self.key()?, self.app.load(masked(&name))?.map(Zeroizing::new)) {
            (Some(lock), Some(key)) => Ok(Some(apply(&lock, &name, &key)?.to_vec())),
            _ => Ok(None),
        }
    }

    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        self.open()?;
        match self.key()? {
            None => self.app.save(name, key),
            Some(lock) => self.app.save(masked(&name), apply(&lock, &name, &Zeroizing::new(key))?.to_vec()),
        }
    }

    fn erase(&self, name: String) -> Result<(), Failure> {
        self.app.erase(masked(&name))?;
        self.app.erase(name)
    }
}

fn masked(name: &str) -> String {
    format!("{name}.locked")
}

/// Masks a key, or unmasks it. It is random and 32 bytes long, and so is the mask, which no other key shares.
fn apply(lock: &Secret, name: &str, key: &[u8]) -> Result<Secret, Failure> {
    let mut masked = mask(lock, name);
    if key.len() != masked.len() {
        return Err(Failure::Invalid { field: Field::Key, why: FieldTrouble::Malformed });
    }
    masked.iter_mut().zip(key).for_each(|(byte, other)| *byte ^= other);
    Ok(masked)
}

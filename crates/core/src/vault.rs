//! The account's store behind a door that a pause closes: no file stays open or locked while the app is asleep.

use std::{
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

use bulla_model::Failure;
use bulla_store::{Store, StoreError, StoreKey, Write};

use crate::failure::CoreError;

/// An account's store, open or not.
pub(crate) struct Vault {
    path: PathBuf,
    /// None once it is closed for good: no key stays in memory then.
    key: RwLock<Option<StoreKey>>,
    open: RwLock<Option<Store>>,
}

impl Vault {
    /// Opens the store, making it where there is none.
    pub fn open(path: PathBuf, key: StoreKey) -> Result<Self, CoreError> {
        let store = Store::open(&path, &key)?;
        Ok(Self { path, key: RwLock::new(Some(key)), open: RwLock::new(Some(store)) })
    }

    /// Opens the store again after [`Vault::close`]; nothing happens if it is open.
    pub fn reopen(&self) -> Result<(), CoreError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.is_none() {
            let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
            let key = key.as_ref().ok_or(CoreError::Said(Failure::Closed))?;
            *open = Some(Store::open(&self.path, key)?);
        }
        Ok(())
    }

    /// Writes out what is queued and closes every file. May block for a moment: call it where that is no harm.
    pub fn close(&self) {
        let store = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(store) = store {
            store.close();
        }
    }

    /// The same, never to be opened again.
    pub fn close_for_good(&self) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.close();
    }

    /// The store, if it is open.
    pub fn store(&self) -> Result<Store, CoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or(CoreError::Said(Failure::Closed))
    }

    /// Reads on a thread that may block.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let store = self.store()?;
        let read = tokio::task::spawn_blocking(move || read(&store));
        Ok(read.await.map_err(|_| CoreError::Defect("a store read did not end"))??)
    }

    /// Writes what can be fetched again: a failure is logged by its kind, and the session goes on.
    pub async fn write(&self, what: &'static str, write: impl FnOnce(&Store) -> Write) {
        let Ok(store) = self.store() else { return };
        if let Err(error) = write(&store).await {
            tracing::warn!(what, %error, "not stored");
        }
    }
}

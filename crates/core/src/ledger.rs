//! Small lists in an account's ledger.

use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{failure::CoreError, vault::Vault};

/// The list of this name. What another version wrote otherwise is empty.
pub(crate) async fn list<T: DeserializeOwned>(vault: &Vault, name: &'static str) -> Result<Vec<T>, CoreError> {
    let kept = vault.read(move |store| store.ledger(name)).await?;
    Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default())
}

/// Waits until what was put is on the disk.
pub(crate) async fn written(put: Result<bulla_store::Write, CoreError>) -> Result<(), CoreError> {
    Ok(put?.await?)
}

/// Puts it there in the order of the calls; it survives a loss of power when what this gives resolves.
pub(crate) fn put_list<T: Serialize>(vault: &Vault, name: &str, all: &[T]) -> Result<bulla_store::Write, CoreError> {
    let bytes = serde_json::to_vec(all).map_err(|_| CoreError::Defect("a list does not serialise"))?;
    Ok(vault.store()?.put_ledger(name, (!all.is_empty()).then(|| Zeroizing::new(bytes))))
}

//! What stands in a composer and was not sent: kept in the ledger, which a rebuild does not touch.

use bulla_model::{Failure, RoomId, SavedDraft};
use bulla_policy as policy;
use zeroize::Zeroizing;

use crate::{failure::CoreError, room::Room, vault::Vault};

fn name(room: &RoomId) -> String {
    format!("draft:{}", room.as_str())
}

impl Room {
    /// What was typed here and not sent.
    pub async fn draft(&self) -> Result<Option<SavedDraft>, Failure> {
        self.session.open()?;
        Ok(kept(&self.session.shared.vault, &self.id()).await?)
    }

    /// Keeps what is typed, or that nothing is. It is on the disk when this returns.
    pub async fn set_draft(&self, draft: Option<&SavedDraft>) -> Result<(), Failure> {
        self.session.open()?;
        let draft = draft.filter(|draft| !draft.text.trim().is_empty());
        let bytes = draft.map(|draft| {
            policy::check_text(&draft.text)?;
            let bytes = serde_json::to_vec(draft).map_err(|_| CoreError::Defect("a draft does not serialise"))?;
            Ok::<_, CoreError>(Zeroizing::new(bytes))
        });
        let store = self.session.shared.vault.store()?;
        Ok(store.put_ledger(&name(&self.id()), bytes.transpose()?).await.map_err(CoreError::from)?)
    }
}

/// What was typed in a room and not sent.
pub(crate) async fn kept(vault: &Vault, room: &RoomId) -> Result<Option<SavedDraft>, CoreError> {
    let name = name(room);
    let kept = vault.read(move |store| store.ledger(&name)).await?;
    // One of a version that wrote it otherwise is none.
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Leaves nothing of a room's draft.
pub(crate) async fn forget(vault: &Vault, room: &RoomId) -> Result<(), CoreError> {
    Ok(vault.store()?.put_ledger(&name(room), None).await?)
}

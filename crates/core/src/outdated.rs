//! What rooms keep no longer and is not erased whole yet: in the ledger before the first of it goes, so that a kill in between, or a file that somebody
//! shows meanwhile, leaves nothing of it.

use std::collections::HashSet;

use bulla_model::{MediaId, RoomId};
use serde::{Deserialize, Serialize};

use crate::{failure::CoreError, ledger, media_store::MediaStore, vault::Vault};

/// The ledger's name for it.
const NAME: &str = "outdated";

/// All of an account.
#[derive(Default)]
pub(crate) struct Outdated {
    rooms: HashSet<RoomId>,
    media: HashSet<MediaId>,
    /// Whether the ledger has not got it as it is here.
    dirty: bool,
}

#[derive(Serialize, Deserialize)]
enum One {
    /// Whose rows, previews and logs hold such still.
    Room(RoomId),
    /// A file of such.
    Media(MediaId),
}

impl Outdated {
    /// As the ledger has it.
    pub async fn load(vault: &Vault) -> Result<Self, CoreError> {
        let mut outdated = Self::default();
        for one in ledger::list(vault, NAME).await? {
            match one {
                One::Room(room) => _ = outdated.rooms.insert(room),
                One::Media(media) => _ = outdated.media.insert(media),
            }
        }
        Ok(outdated)
    }

    /// A room that holds such, and the files of that. It is on the disk when this returns.
    pub async fn add(&mut self, vault: &Vault, room: RoomId, media: Vec<MediaId>) -> Result<(), CoreError> {
        self.rooms.insert(room);
        self.media.extend(media);
        self.dirty = true;
        self.keep(vault).await
    }

    pub fn rooms(&self) -> impl Iterator<Item = &RoomId> {
        self.rooms.iter()
    }

    /// Nothing of it is in any row, preview or log any more.
    pub fn is_erased(&mut self) {
        self.dirty |= !self.rooms.is_empty();
        self.rooms.clear();
    }

    /// Removes the files that nobody shows.
    pub async fn remove_files(&mut self, vault: &Vault, files: &MediaStore) -> Result<(), CoreError> {
        for id in self.media.clone() {
            if files.remove(std::slice::from_ref(&id))? {
                self.media.remove(&id);
                self.dirty = true;
            }
        }
        self.keep(vault).await
    }

    async fn keep(&mut self, vault: &Vault) -> Result<(), CoreError> {
        if self.dirty {
            let rooms = self.rooms.iter().cloned().map(One::Room);
            let all: Vec<One> = rooms.chain(self.media.iter().cloned().map(One::Media)).collect();
            ledger::put_list(vault, NAME, &all)?.await?;
            self.dirty = false;
        }
        Ok(())
    }
}

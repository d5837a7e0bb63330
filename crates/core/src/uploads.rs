//! Files on their way out: kept in the ledger, sent one after another when the network is there, and left to the outbox as messages when
//! the server has them.

use std::{fs, io, sync::Arc, time::SystemTime};

use bulla_model::{
    EventId, Failure, Lifetime, MediaDetails, MediaKind, Missing, RoomId, SendTrouble, Upload, UploadId, UploadState,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, watch};
use zeroize::Zeroizing;

use crate::{
    cancel::Cancel, durable::gone, failure::CoreError, ledger, media_store::MediaStore, session::Session, vault::Vault,
};

/// The ledger's name for them.
const UPLOADS: &str = "uploads";

/// All files of an account that are on their way out.
pub(crate) struct Uploads {
    pub rows: watch::Sender<Vec<Row>>,
    /// One write at a time, so that what is on the disk is what was last.
    turn: Mutex<()>,
}

/// One of them.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub id: UploadId,
    pub room: RoomId,
    pub thread: Option<EventId>,
    pub reply_to: Option<EventId>,
    pub kind: MediaKind,
    pub name: String,
    pub mime: String,
    pub caption: Option<String>,
    pub details: MediaDetails,
    pub body: Staged,
    pub thumbnail: Option<Thumbnail>,
    /// Whether others get it encrypted.
    pub encrypted: bool,
    /// How long it lives as a message.
    #[serde(default)]
    pub lifetime: Option<Lifetime>,
    /// When it was begun.
    pub at: SystemTime,
    /// Whether its message was handed to the outbox, or was about to be.
    pub leaving: bool,
    pub failed: Option<SendTrouble>,
    #[serde(skip)]
    pub sent: u64,
    #[serde(skip)]
    pub uploading: bool,
}

/// A file that lies encrypted until it has left.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Staged {
    /// Its name in the folder of what goes out.
    pub file: String,
    pub size: u64,
    /// What opens it, as an event says it (specification, "EncryptedFile").
    pub key: serde_json::Value,
    /// Where the server has it.
    pub mxc: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Thumbnail {
    pub staged: Staged,
    pub mime: String,
    pub width: u32,
    pub height: u32,
}

impl Uploads {
    /// As the account's store has them.
    pub async fn load(vault: &Vault) -> Result<Self, CoreError> {
        let rows = ledger::list(vault, UPLOADS).await?;
        Ok(Self { rows: watch::Sender::new(rows), turn: Mutex::default() })
    }

    /// Removes what lies there for nobody: its row was taken back, or never came to be. Blocks.
    pub fn tidy(&self, media: &MediaStore) -> io::Result<()> {
        let rows = self.rows.borrow().clone();
        let files: Vec<&str> = rows.iter().flat_map(Row::files).collect();
        for path in media.outgoing()? {
            let wanted = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| files.contains(&name));
            if !wanted {
                gone(fs::remove_file(path))?;
            }
        }
        Ok(())
    }

    /// Adds one. It is on the disk when this returns.
    pub async fn add(&self, vault: &Vault, row: Row) -> Result<(), CoreError> {
        self.keep(vault, |rows| rows.push(row)).await
    }

    /// Changes one, if it is still there. It is on the disk when this returns.
    pub async fn change(&self, vault: &Vault, id: &UploadId, change: impl FnOnce(&mut Row)) -> Result<(), CoreError> {
        self.keep(vault, |rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == *id) {
                change(row);
            }
        })
        .await
    }

    /// Removes one that has left, with what lies of it.
    pub async fn remove(&self, vault: &Vault, media: &MediaStore, id: &UploadId) -> Result<(), CoreError> {
        self.drop_row(vault, media, |row| row.id == *id).await?;
        Ok(())
    }

    /// Takes one back with what lies of it; false when there was none, or it leaves.
    pub async fn take_back(&self, vault: &Vault, media: &MediaStore, id: &UploadId) -> Result<bool, CoreError> {
        self.drop_row(vault, media, |row| row.id == *id && !row.leaving).await
    }

    async fn drop_row(
        &self,
        vault: &Vault,
        media: &MediaStore,
        which: impl Fn(&Row) -> bool,
    ) -> Result<bool, CoreError> {
        let mut dropped = None;
        // Looked for within its turn: what is taken back here does not begin to leave meanwhile, and the other way round.
        let take = |rows: &mut Vec<Row>| dropped = rows.iter().position(which).map(|at| rows.remove(at));
        self.keep(vault, take).await?;
        let Some(row) = dropped else { return Ok(false) };
        row.files().try_for_each(|file| gone(fs::remove_file(media.out(file))))?;
        Ok(true)
    }

    /// Shows how far one has come, without writing it down.
    pub fn show(&self, id: &UploadId, change: impl FnOnce(&mut Row)) {
        self.rows.send_modify(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == *id) {
                change(row);
            }
        });
    }

    pub fn row(&self, id: &UploadId) -> Option<Row> {
        self.rows.borrow().iter().find(|row| row.id == *id).cloned()
    }

    /// The first that waits.
    pub fn next(&self) -> Option<Row> {
        self.rows.borrow().iter().find(|row| row.failed.is_none()).cloned()
    }

    async fn keep(&self, vault: &Vault, change: impl FnOnce(&mut Vec<Row>)) -> Result<(), CoreError> {
        let _turn = self.turn.lock().await;
        let mut rows = self.rows.borrow().clone();
        change(&mut rows);
        let bytes = serde_json::to_vec(&rows).map_err(|_| CoreError::Defect("uploads do not serialise"))?;
        vault.store()?.put_ledger(UPLOADS, Some(Zeroizing::new(bytes))).await?;
        // How far the others have come may have changed meanwhile.
        self.rows.send_modify(|shown| {
            for row in &mut rows {
                if let Some(before) = shown.iter().find(|before| before.id == row.id) {
                    (row.sent, row.uploading) = (before.sent, before.uploading);
                }
            }
            *shown = rows;
        });
        Ok(())
    }
}

impl Row {
    /// What lies of it on the disk.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.body).chain(self.thumbnail.iter().map(|thumbnail| &thumbnail.staged)).map(|it| &*it.file)
    }

    pub fn size(&self) -> u64 {
        self.body.size + self.thumbnail.as_ref().map_or(0, |thumbnail| thumbnail.staged.size)
    }

    fn upload(&self) -> Upload {
        let state = match &self.failed {
            Some(why) => UploadState::Failed { why: why.clone() },
            None if self.uploading => UploadState::Uploading,
            None => UploadState::Waiting,
        };
        Upload {
            id: self.id.clone(),
            room: self.room.clone(),
            thread: self.thread.clone(),
            kind: self.kind,
            name: self.name.clone(),
            caption: self.caption.clone(),
            size: self.size(),
            sent: self.sent.min(self.size()),
            details: self.details.clone(),
            state,
            lifetime: self.lifetime,
        }
    }
}

impl Session {
    /// Files on their way out, as a stream.
    pub fn uploads(&self) -> Result<UploadStream, Failure> {
        self.inner.open()?;
        let mut seen = self.inner.shared.uploads.rows.subscribe();
        seen.mark_changed();
        Ok(UploadStream { seen: Mutex::new(seen), cancel: self.inner.cancel() })
    }

    /// Sends one again that the server did not take.
    pub async fn retry_upload(&self, id: &UploadId) -> Result<(), Failure> {
        let (uploads, vault) = self.uploads_and_vault()?;
        uploads.row(id).ok_or(Failure::NotFound { what: Missing::Media })?;
        Ok(uploads.change(&vault, id, |row| row.failed = None).await?)
    }

    /// Takes one back; false when it has left.
    pub async fn cancel_upload(&self, id: &UploadId) -> Result<bool, Failure> {
        let (uploads, vault) = self.uploads_and_vault()?;
        Ok(uploads.take_back(&vault, &self.inner.shared.media, id).await?)
    }

    fn uploads_and_vault(&self) -> Result<(Arc<Uploads>, Arc<Vault>), Failure> {
        self.inner.open()?;
        Ok((self.inner.shared.uploads.clone(), self.inner.shared.vault.clone()))
    }
}

/// Files on their way out, as a stream.
pub struct UploadStream {
    seen: Mutex<watch::Receiver<Vec<Row>>>,
    cancel: Cancel,
}

impl UploadStream {
    /// All of them, or none when it was cancelled or its session closed. The first is the state as it is.
    pub async fn next(&self) -> Result<Option<Vec<Upload>>, Failure> {
        let next = self.cancel.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(seen.borrow_and_update().iter().map(Row::upload).collect())
        });
        Ok(next.await.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

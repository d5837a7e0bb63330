//! What the app lock keeps on the device: its key, hidden, and the wrong attempts. Written whole or not at all, one process at a
//! time, and durable before anything is told.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use bulla_model::{Failure, StorageTrouble};
use serde::{Deserialize, Serialize};

use crate::{durable, failure::CoreError};

const FILE: &str = "lock.json";
const TURN: &str = "lock.turn";

/// The file's content. Without it, nothing that the lock hid can be read any more.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Tells one PIN's key from a later one's.
    pub id: [u8; 16],
    pub salt: [u8; 16],
    /// The lock's key, by the PIN.
    pub by_pin: Vec<u8>,
    /// The same, by the platform's answer, where that is allowed.
    pub by_platform: Option<Vec<u8>>,
    /// PINs that were wrong, or looked at when the process ended.
    pub wrong: u32,
    /// Everything is to be erased.
    pub erasing: bool,
}

pub(crate) struct LockFile {
    folder: PathBuf,
}

/// Held while the file is read, judged and written: another process waits.
pub(crate) struct Turn(File);

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl LockFile {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Whether there is a lock.
    pub fn exists(&self) -> bool {
        self.path().exists()
    }

    /// Waits for the file's turn. May block for as long as a PIN is looked at.
    pub fn turn(&self) -> Result<Turn, CoreError> {
        let file = File::options().create(true).truncate(false).write(true).open(self.folder.join(TURN))?;
        file.lock()?;
        Ok(Turn(file))
    }

    pub fn read(&self) -> Result<Option<Kept>, CoreError> {
        match fs::read(self.path()) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(kept) => Ok(Some(kept)),
                Err(_) => Err(Failure::Storage { trouble: StorageTrouble::Corrupt }.into()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub fn write(&self, _turn: &Turn, kept: &Kept) -> Result<(), CoreError> {
        let bytes = serde_json::to_vec(kept).map_err(|_| CoreError::Defect("the lock does not serialise"))?;
        Ok(durable::replace(&self.path(), &bytes)?)
    }

    pub fn remove(&self, _turn: &Turn) -> Result<(), CoreError> {
        durable::gone(fs::remove_file(self.path()))?;
        Ok(durable::sync(&self.folder)?)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }
}

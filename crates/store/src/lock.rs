//! One process, one `Store`: an advisory lock on a file of its own, which the system releases if the process dies.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::StoreError;

/// Held as long as anything may touch the store's files.
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    /// Closing the file would do, were it not for a process that is being started right now: it has the open file too, for a moment.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

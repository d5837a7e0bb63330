//! Erasing an account so that nothing of it is left, whatever stops the process in between: a mark first, then the key, then the
//! files, then the mark. Who finds a mark goes on.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use bulla_model::{AccountId, KeyStore};

use crate::{
    durable::{gone, sync},
    engine::Engine,
    failure::CoreError,
    keys::AccountKey,
};

const MARK: &str = "erase";

/// Erases the account whose folder this is. It may be there or not, whole or half erased.
pub(crate) fn wipe(keys: &dyn KeyStore, folder: &Path) -> Result<(), CoreError> {
    wipe_key(keys, folder)?;
    Ok(wipe_files(folder)?)
}

/// From here on the files are noise, and the next start goes on where this one stops.
pub(crate) fn wipe_key(keys: &dyn KeyStore, folder: &Path) -> Result<(), CoreError> {
    let id = folder.file_name().and_then(OsStr::to_str).ok_or(CoreError::Defect("a folder without a name"))?;
    let parent = folder.parent().ok_or(CoreError::Defect("a folder without a parent"))?;
    File::create(mark(folder))?.sync_all()?;
    sync(parent)?;
    Ok(AccountKey::erase(keys, &AccountId(id.to_owned()))?)
}

/// The rest, after [`wipe_key`].
pub(crate) fn wipe_files(folder: &Path) -> io::Result<()> {
    // What is overwritten cannot be read by whoever still holds the file open, nor found by whoever looks for lost files.
    open(folder)?.into_iter().try_for_each(overwrite)?;
    remove(folder)?;
    if let Some(parent) = folder.parent() {
        sync(parent)?;
    }
    gone(fs::remove_file(mark(folder)))
}

/// Whether the account is to be erased: nobody opens it any more.
pub(crate) fn is_marked(folder: &Path) -> bool {
    mark(folder).exists()
}

/// The accounts in `parent` whose erasing was begun.
pub(crate) fn unfinished(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(MARK)) {
            found.push(path.with_extension(""));
        }
    }
    Ok(found)
}

impl Engine {
    /// Closes the session and leaves nothing of its account on this device.
    pub async fn wipe(&mut self) -> Result<(), CoreError> {
        wipe_key(&*self.shared.keys, &self.shared.folder)?;
        let folder = self.shared.folder.clone();
        // Closing a database removes its journals, and what was in them would stay on the disk.
        let held = open(&folder)?;
        self.let_files_go().await;
        let wiped = tokio::task::spawn_blocking(move || {
            held.into_iter().try_for_each(overwrite)?;
            wipe_files(&folder)
        });
        let wiped = wiped.await;
        Ok(wiped.map_err(|error| CoreError::unfinished(error, "erasing did not end"))??)
    }
}

fn mark(folder: &Path) -> PathBuf {
    folder.with_extension(MARK)
}

/// In place: a file that is still mapped must not become shorter.
fn overwrite(mut file: File) -> io::Result<()> {
    static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
    let mut left = file.metadata()?.len();
    while left > 0 {
        let part = left.min(ZEROS.len() as u64);
        file.write_all(&ZEROS[..part as usize])?;
        left -= part;
    }
    file.sync_data()
}

/// The files in a folder and below, open for writing.
fn open(folder: &Path) -> io::Result<Vec<File>> {
    let mut opened = Vec::new();
    for path in files(folder)? {
        match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => opened.push(other?),
        }
    }
    Ok(opened)
}

/// The files in a folder and below; links are not followed.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files(&entry.path())?);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Removes a folder with all that is in it; one that is not there is removed.
fn remove(folder: &Path) -> io::Result<()> {
    // A store that is just closing may still make a file of its own meanwhile.
    const TRIES: u32 = 5;
    for _ in 1..TRIES {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            other => return gone(other),
        }
    }
    gone(fs::remove_dir_all(folder))
}

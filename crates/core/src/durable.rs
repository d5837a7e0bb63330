//! Files that are there whole or not at all, whatever stops the process in between.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Puts `bytes` in the place of what is in `file`, which has a name beside it for what is not whole yet.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut out = File::create(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&new, file)?;
    file.parent().map_or(Ok(()), sync)
}

/// Makes durable which files a folder has.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What was to be removed is gone, also when it was not there.
pub(crate) fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

//! Making a file whole before it takes its place: it is there complete, or not at all.

use std::{fs, fs::File, io, path::Path};

use rusqlite::Connection;

use crate::{StoreError, StoreKey, connection, files::beside, schema::Schema};

/// Makes `target` anew with `schema` and what `fill` puts in; an old file of that name is replaced at the end.
pub(crate) fn make(
    target: &Path,
    key: &StoreKey,
    schema: &Schema,
    fill: impl FnOnce(&mut Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let part = beside(target, ".part");
    remove_with_logs(&part)?;
    let mut conn = connection::create(&part, key)?;
    // It stays in the file: every later connection uses the write-ahead log.
    conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    schema.migrate(&mut conn, 0)?;
    fill(&mut conn)?;
    conn.close().map_err(|(_, error)| error)?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, beside(target, ".new"))?;
    finish(target)
}

/// Ends what [`make`] may have left when the process died. Does nothing as a rule.
pub(crate) fn finish(target: &Path) -> Result<(), StoreError> {
    let new = beside(target, ".new");
    if new.try_exists()? {
        // The old file's log would be replayed into the new file.
        remove_logs(target)?;
        fs::rename(&new, target)?;
        if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
    }
    Ok(())
}

fn remove_with_logs(path: &Path) -> io::Result<()> {
    remove_logs(path)?;
    remove(path)
}

fn remove_logs(path: &Path) -> io::Result<()> {
    ["-wal", "-shm", "-journal"].iter().try_for_each(|end| remove(&beside(path, end)))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

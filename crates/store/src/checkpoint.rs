//! The log of a file that this store did not write: emptied, so that what was deleted is in neither.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

/// How long it waits for those who use the file.
const WAIT: Duration = Duration::from_secs(2);

/// Moves the write-ahead log of an SQLite file into the file and cuts it to nothing. The file is not encrypted as a whole; whoever writes it overwrites what
/// they delete. False where somebody was reading: try again. Blocks.
pub fn empty_log(path: &Path) -> Result<bool, StoreError> {
    openssl_sys::init();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(WAIT)?;
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

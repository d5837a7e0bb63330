//! How a connection is made, and how careful it is.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, ffi};

use crate::StoreKey;

// 3.51.3 repairs a race that could corrupt a database in write-ahead mode.
const _: () = assert!(ffi::SQLITE_VERSION_NUMBER >= OLDEST);
const OLDEST: i32 = 3_051_003;

/// What a commit survives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A crash of the process; a loss of power may take the last commits, never the file. For what can be fetched again.
    Process,
    /// A loss of power too.
    Power,
}

/// Opens a file that exists.
pub(crate) fn connect(path: &Path, key: &StoreKey, durability: Durability) -> rusqlite::Result<Connection> {
    open(path, key, durability, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Opens a file and makes it if there is none.
pub(crate) fn create(path: &Path, key: &StoreKey) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    open(path, key, Durability::Power, flags)
}

/// Fails if a page that was read did not decrypt. To be asked after every read and before every commit: where the last page of a
/// long value is damaged, SQLCipher hands out zeros in its place, and fails only at the next page, if there is one.
pub(crate) fn assert_sound(conn: &Connection) -> rusqlite::Result<()> {
    let status: String = conn.query_row("PRAGMA cipher_status", [], |row| row.get(0))?;
    if status == "1" { Ok(()) } else { Err(failure(ffi::SQLITE_CORRUPT)) }
}

fn open(path: &Path, key: &StoreKey, durability: Durability, flags: OpenFlags) -> rusqlite::Result<Connection> {
    if rusqlite::version_number() < OLDEST {
        return Err(failure(ffi::SQLITE_MISUSE));
    }
    // Without its clean-up at the process's end, which would take it away from under threads that still use it: a process was seen to
    // crash so, after all its work was done. Whoever opens a file first decides.
    openssl_sys::init();
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // Without this SQLCipher writes to stderr. It holds for the process.
    conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
    conn.execute_batch(&key.pragma())?;
    // Plain SQLite ignores the key and would write everything in clear.
    let mut cipher = conn.prepare("PRAGMA cipher_version")?;
    if !cipher.exists([])? {
        return Err(failure(ffi::SQLITE_MISUSE));
    }
    drop(cipher);
    conn.execute_batch(CAREFUL)?;
    conn.execute_batch(match durability {
        Durability::Process => "PRAGMA synchronous = NORMAL",
        Durability::Power => "PRAGMA synchronous = FULL",
    })?;
    Ok(conn)
}

const CAREFUL: &str = "
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 4194304;
";

fn failure(code: i32) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

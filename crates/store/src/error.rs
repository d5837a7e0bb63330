//! What can go wrong with the store. Nothing in it comes from the data.

use rusqlite::{ErrorCode, ffi};

/// Why the store could not do what was asked. It holds no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk has no room left. The store stays readable and takes writes again once there is room.
    #[error("disk full")]
    Full,
    /// A file is damaged, or missing beside the other. [`Store::rebuild`](crate::Store::rebuild) helps.
    #[error("corrupt")]
    Corrupt,
    /// The files were written with another key.
    #[error("wrong key")]
    WrongKey,
    /// Another process, or another `Store` of this one, has it open.
    #[error("locked")]
    Locked,
    /// The files were written by a newer version.
    #[error("too new")]
    TooNew,
    /// The file system refused.
    #[error("i/o: {0}")]
    Io(std::io::ErrorKind),
    /// The store was closed before this was asked of it.
    #[error("closed")]
    Closed,
    /// SQLite answered with a code that should not occur; -1 where the binding itself refused.
    #[error("sqlite code {0}")]
    Sql(i32),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(cause, _) = error else {
            return match error {
                // The tables are STRICT: a value of another type, or none, can only come from damage.
                rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..)
                | rusqlite::Error::QueryReturnedNoRows => Self::Corrupt,
                rusqlite::Error::SqlInputError { error, .. } => of_code(error),
                _ => Self::Sql(-1),
            };
        };
        of_code(cause)
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            kind => Self::Io(kind),
        }
    }
}

/// Whether SQLCipher could not read the first page: another key, or damage.
pub(crate) fn is_sealed(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::NotADatabase)
}

fn of_code(cause: ffi::Error) -> StoreError {
    use std::io::ErrorKind as Kind;
    match cause.code {
        ErrorCode::DiskFull => StoreError::Full,
        // Growing the shared-memory file of the write-ahead log: the disk is full.
        _ if cause.extended_code == ffi::SQLITE_IOERR_SHMSIZE => StoreError::Full,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt,
        // SQLCipher answers SQLITE_ERROR for a page whose HMAC is wrong. All SQL here is fixed and tested, so that nothing
        // else gives this code but a schema that is not the one expected: damage too.
        ErrorCode::Unknown if cause.extended_code & 0xff == ffi::SQLITE_ERROR => StoreError::Corrupt,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked,
        ErrorCode::PermissionDenied | ErrorCode::ReadOnly => StoreError::Io(Kind::PermissionDenied),
        ErrorCode::CannotOpen => StoreError::Io(Kind::NotFound),
        ErrorCode::SystemIoFailure => StoreError::Io(Kind::Other),
        ErrorCode::OutOfMemory => StoreError::Io(Kind::OutOfMemory),
        _ => StoreError::Sql(cause.extended_code),
    }
}

//! Looking at the files before trusting them: what each says, and what both together mean.

use std::{fs, io, path::Path};

use rusqlite::Connection;

use crate::{
    StoreError, StoreKey,
    connection::{self, Durability},
    error::is_sealed,
    schema::{self, Schema},
};

/// What one file looks like.
pub(crate) enum Probe {
    /// There is none.
    Missing,
    /// Its first page decrypts and its version is known. Brought up to the newest version.
    Fine(Connection),
    /// Its first page does not decrypt: another key, or damage.
    Sealed,
    /// It has no schema. Files are put in place whole, so something took it.
    Empty,
    /// Its first page decrypts, the rest is not right.
    Damaged,
    /// It cannot be judged: the file system, a lock, or a newer version.
    Refused(StoreError),
}

/// What both files mean together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Both can be used.
    Good,
    /// Nothing is there yet.
    New,
    /// Only the projection is gone, which loses nothing: it is made anew.
    ProjectionGone,
    /// Not usable as it is.
    Bad(StoreError),
}

/// Looks at one file and migrates it if it is of an older version.
pub(crate) fn probe(path: &Path, key: &StoreKey, schema: &Schema) -> Probe {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Probe::Missing,
        Err(error) => return Probe::Refused(error.into()),
        Ok(facts) if facts.is_dir() => {
            return Probe::Refused(StoreError::Io(io::ErrorKind::IsADirectory));
        }
        Ok(_) => {}
    }
    let opened = connection::connect(path, key, Durability::Power).and_then(|conn| Ok((schema::version(&conn)?, conn)));
    match opened {
        Ok((version, mut conn)) => match usize::try_from(version) {
            Ok(0) => Probe::Empty,
            Err(_) => Probe::Damaged,
            Ok(version) if version > schema.newest() => Probe::Refused(StoreError::TooNew),
            Ok(version) => match schema.migrate(&mut conn, version) {
                Ok(()) => Probe::Fine(conn),
                Err(StoreError::Corrupt) => Probe::Damaged,
                Err(error) => Probe::Refused(error),
            },
        },
        Err(error) if is_sealed(&error) => Probe::Sealed,
        Err(error) => match StoreError::from(error) {
            StoreError::Corrupt => Probe::Damaged,
            error => Probe::Refused(error),
        },
    }
}

/// Tells a wrong key from damage: a key that opens either file is right, and the two are written apart from each other,
/// so that damage to both first pages at once is taken for a wrong key. Only a lost ledger cannot be told apart, and then
/// nothing is left that a rebuild could lose.
pub(crate) fn judge(projection: &Probe, ledger: &Probe) -> Verdict {
    use Probe::{Damaged, Empty, Fine, Missing, Refused, Sealed};
    match (projection, ledger) {
        (Refused(error), _) | (_, Refused(error)) => Verdict::Bad(*error),
        (Fine(_), Fine(_)) => Verdict::Good,
        (Missing, Missing) => Verdict::New,
        (Missing, Fine(_)) => Verdict::ProjectionGone,
        (Sealed | Missing | Empty, Sealed) => Verdict::Bad(StoreError::WrongKey),
        (Fine(_) | Damaged, Sealed) | (_, Fine(_) | Missing | Empty | Damaged) => Verdict::Bad(StoreError::Corrupt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probes() -> [Probe; 5] {
        let fine = Probe::Fine(Connection::open_in_memory().unwrap());
        [Probe::Missing, fine, Probe::Sealed, Probe::Empty, Probe::Damaged]
    }

    #[test]
    fn a_wrong_key_is_said_only_when_nothing_opens() {
        use Verdict::{Bad, Good, New, ProjectionGone};
        const CORRUPT: Verdict = Bad(StoreError::Corrupt);
        const KEY: Verdict = Bad(StoreError::WrongKey);
        // Rows: the ledger; columns: the projection. Missing, fine, sealed, empty, damaged.
        let table = [
            [New, CORRUPT, CORRUPT, CORRUPT, CORRUPT],
            [ProjectionGone, Good, CORRUPT, CORRUPT, CORRUPT],
            [KEY, CORRUPT, KEY, KEY, CORRUPT],
            [CORRUPT, CORRUPT, CORRUPT, CORRUPT, CORRUPT],
            [CORRUPT, CORRUPT, CORRUPT, CORRUPT, CORRUPT],
        ];
        for (ledger, row) in probes().iter().zip(table) {
            for (projection, verdict) in probes().iter().zip(row) {
                assert_eq!(judge(projection, ledger), verdict);
            }
        }
        let refused = Probe::Refused(StoreError::TooNew);
        for other in probes() {
            assert_eq!(judge(&refused, &other), Bad(StoreError::TooNew));
            assert_eq!(judge(&other, &refused), Bad(StoreError::TooNew));
        }
    }
}

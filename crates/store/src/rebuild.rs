//! The repair: the projection is made anew, the ledger is kept.

use std::{collections::BTreeMap, path::Path};

use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::{
    StoreError, StoreKey,
    connection::{self, Durability},
    endings::{self, EndingRow},
    files::Files,
    fresh, ledger,
    lock::Lock,
    probe::{Probe, Verdict, judge, probe},
    schema::{LEDGER, PROJECTION},
};

/// What a repair kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Whether every named value is still there. Otherwise those that could be read are.
    pub ledgers_kept: bool,
}

/// How many rows between two readable ends are tried one by one.
const MOST_SINGLE_READS: i64 = 1_000;

pub(crate) fn rebuild(path: &Path, key: &StoreKey) -> Result<Rebuilt, StoreError> {
    let files = Files::at(path);
    let _lock = Lock::take(&files.lock)?;
    fresh::finish(&files.projection)?;
    fresh::finish(&files.ledger)?;
    let projection = probe(&files.projection, key, &PROJECTION);
    let ledger = probe(&files.ledger, key, &LEDGER);
    let ledgers_kept = match judge(&projection, &ledger) {
        Verdict::Bad(StoreError::Corrupt) => restore_ledger(&files.ledger, ledger, key)?,
        Verdict::Bad(error) => return Err(error),
        Verdict::New => {
            fresh::make(&files.ledger, key, &LEDGER, |_| Ok(()))?;
            true
        }
        Verdict::Good | Verdict::ProjectionGone => restore_ledger(&files.ledger, ledger, key)?,
    };
    drop(projection);
    fresh::make(&files.projection, key, &PROJECTION, |_| Ok(()))?;
    tracing::info!(ledgers_kept, "store rebuilt");
    Ok(Rebuilt { ledgers_kept })
}

/// Leaves a ledger alone that is whole, and makes one of what can be read otherwise. Says whether all is kept.
fn restore_ledger(path: &Path, found: Probe, key: &StoreKey) -> Result<bool, StoreError> {
    let mut saved = Saved::default();
    let mut whole = false;
    if let Probe::Fine(conn) = found {
        whole = is_sound(&conn);
        drop(conn);
        if !whole {
            saved.read(path, key);
        }
    } else if let Probe::Damaged = found {
        saved.read(path, key);
    }
    if whole {
        return Ok(true);
    }
    fresh::make(path, key, &LEDGER, |conn| {
        let change = conn.transaction()?;
        for (name, value) in &saved.values {
            ledger::put(&change, name, value)?;
        }
        endings::put(&change, &saved.endings, &[])?;
        Ok(change.commit()?)
    })?;
    Ok(saved.complete)
}

fn is_sound(conn: &Connection) -> bool {
    conn.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)).is_ok_and(|answer| answer == "ok")
        && connection::assert_sound(conn).is_ok()
}

/// What could be read of a damaged ledger.
#[derive(Default)]
struct Saved {
    values: BTreeMap<String, Zeroizing<Vec<u8>>>,
    endings: Vec<EndingRow>,
    complete: bool,
}

impl Saved {
    /// Reads from the front, then from the back, then what lies between: a bad page hides only what is on it.
    fn read(&mut self, path: &Path, key: &StoreKey) {
        for order in ["", " ORDER BY rowid DESC"] {
            if self.walk_endings(path, key, order).is_ok() {
                break;
            }
        }
        let front = self.walk(path, key, "SELECT rowid, name, value FROM ledger ORDER BY rowid");
        if front.is_ok() {
            self.complete = true;
            return;
        }
        let back = self.walk(path, key, "SELECT rowid, name, value FROM ledger ORDER BY rowid DESC");
        let from = front.unwrap_or_else(|last| last).unwrap_or(0);
        let to = back.unwrap_or_else(|last| last).unwrap_or(from + MOST_SINGLE_READS);
        for row in (from + 1..to).take(MOST_SINGLE_READS as usize) {
            // A bad page: the next row may be on another.
            let _ = self.single(path, key, row);
        }
    }

    /// Each try has a connection of its own: SQLCipher keeps refusing after a bad page. Gives the last row that was read.
    fn walk(&mut self, path: &Path, key: &StoreKey, sql: &str) -> Result<Option<i64>, Option<i64>> {
        let mut last = None;
        let mut walk = || -> rusqlite::Result<()> {
            let conn = connection::connect(path, key, Durability::Power)?;
            let mut statement = conn.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (name, value) = (row.get(1)?, Zeroizing::new(row.get(2)?));
                connection::assert_sound(&conn)?;
                self.values.insert(name, value);
                last = Some(row.get(0)?);
            }
            Ok(())
        };
        match walk() {
            Ok(()) => Ok(last),
            Err(_) => Err(last),
        }
    }

    /// Messages that end: as many as can be read from one side or the other. One that is lost may show again what was read.
    fn walk_endings(&mut self, path: &Path, key: &StoreKey, order: &str) -> rusqlite::Result<()> {
        let conn = connection::connect(path, key, Durability::Power)?;
        let mut statement = conn.prepare(&format!("{}{order}", endings::ALL))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let row = endings::row(row)?;
            connection::assert_sound(&conn)?;
            self.endings.push(row);
        }
        Ok(())
    }

    fn single(&mut self, path: &Path, key: &StoreKey, row: i64) -> rusqlite::Result<()> {
        let conn = connection::connect(path, key, Durability::Power)?;
        let mut statement = conn.prepare("SELECT name, value FROM ledger WHERE rowid = ?1")?;
        let mut rows = statement.query([row])?;
        if let Some(row) = rows.next()? {
            let (name, value) = (row.get(0)?, Zeroizing::new(row.get(1)?));
            connection::assert_sound(&conn)?;
            self.values.insert(name, value);
        }
        Ok(())
    }
}

//! Messages that end, which a rebuild keeps.

use bulla_model::{EventId, RoomId};
use rusqlite::{Connection, Row, params};

use crate::ledger;

/// The ledger's name for the clock by which messages end.
const CLOCK: &str = "ending_clock";

/// A message that ends.
#[derive(Clone, PartialEq, Eq)]
pub struct EndingRow {
    /// Which.
    pub event: EventId,
    /// In which room.
    pub room: RoomId,
    /// When, by the clock of endings; none while its time has not begun.
    pub due: Option<u64>,
    /// What else is known of it.
    pub about: Vec<u8>,
}

pub(crate) const ALL: &str = "SELECT event, room, due, about FROM endings";

pub(crate) fn all(conn: &Connection) -> rusqlite::Result<Vec<EndingRow>> {
    conn.prepare_cached(ALL)?.query_map([], row)?.collect()
}

pub(crate) fn row(row: &Row<'_>) -> rusqlite::Result<EndingRow> {
    let due: i64 = row.get(2)?;
    Ok(EndingRow {
        event: EventId(row.get(0)?),
        room: RoomId(row.get(1)?),
        due: u64::try_from(due).ok().filter(|_| due != i64::MAX),
        about: row.get(3)?,
    })
}

pub(crate) fn put(conn: &Connection, rows: &[EndingRow], clock: &[u8]) -> rusqlite::Result<()> {
    let mut write = conn.prepare_cached(
        "INSERT INTO endings (event, room, due, about) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (event) DO UPDATE SET room = excluded.room, due = excluded.due, about = excluded.about",
    )?;
    for EndingRow { event, room, due, about } in rows {
        let due = due.and_then(|due| i64::try_from(due).ok()).unwrap_or(i64::MAX);
        write.execute(params![event.as_str(), room.as_str(), due, about])?;
    }
    if clock.is_empty() { Ok(()) } else { ledger::put(conn, CLOCK, clock) }
}

pub(crate) fn remove(conn: &Connection, events: &[EventId]) -> rusqlite::Result<()> {
    let mut delete = conn.prepare_cached("DELETE FROM endings WHERE event = ?1")?;
    events.iter().try_for_each(|event| delete.execute([event.as_str()]).map(drop))
}

pub(crate) fn clock(conn: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    Ok(ledger::get(conn, CLOCK)?.map(|clock| clock.to_vec()))
}

//! The rows of the room list.

use std::{
    cmp::Reverse,
    time::{SystemTime, UNIX_EPOCH},
};

use bulla_model::{RoomFilter, RoomId, RoomSummary};
use rusqlite::{Connection, OptionalExtension, named_params, params};

/// The first rows of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomPage {
    /// The rows, newest first; rooms of the same moment by id.
    pub rooms: Vec<RoomSummary>,
    /// How many rooms the filter admits in all.
    pub total: u32,
}

/// The filters, and the bit that stands for each in `rooms.admitted`.
const FILTERS: [(RoomFilter, i64); 7] = [
    (RoomFilter::All, 1),
    (RoomFilter::Unread, 2),
    (RoomFilter::People, 4),
    (RoomFilter::Rooms, 8),
    (RoomFilter::Invitations, 16),
    (RoomFilter::Favourites, 32),
    (RoomFilter::Spaces, 64),
];

/// A page, and how many of its rows could not be read.
pub(crate) fn page(conn: &mut Connection, filter: RoomFilter, limit: u32) -> rusqlite::Result<(RoomPage, u64)> {
    // One snapshot for both.
    let look = conn.transaction()?;
    let total = look
        .prepare_cached("SELECT total FROM room_counts WHERE filter = ?1")?
        .query_row([bit(filter)], |row| row.get(0))?;
    let mut rows = look.prepare_cached(page_sql(filter))?;
    let mut unreadable = 0;
    let rooms = decode(rows.query([limit])?, &mut unreadable)?;
    drop(rows);
    look.commit()?;
    Ok((RoomPage { rooms, total }, unreadable))
}

/// Every room, and how many rows could not be read.
pub(crate) fn all(conn: &Connection) -> rusqlite::Result<(Vec<RoomSummary>, u64)> {
    let mut unreadable = 0;
    let mut rows = conn.prepare_cached("SELECT summary FROM rooms")?;
    let mut rooms = decode(rows.query([])?, &mut unreadable)?;
    rooms.sort_by_cached_key(|room| (Reverse(milliseconds(room.active_at)), room.id.clone()));
    Ok((rooms, unreadable))
}

/// One room, and how many rows (none or one) could not be read.
pub(crate) fn one(conn: &Connection, id: &RoomId) -> rusqlite::Result<(Option<RoomSummary>, u64)> {
    let mut unreadable = 0;
    let mut rows = conn.prepare_cached("SELECT summary FROM rooms WHERE id = ?1")?;
    let mut rooms = decode(rows.query([id.as_str()])?, &mut unreadable)?;
    Ok((rooms.pop(), unreadable))
}

/// Adds rows, or replaces those of the same rooms. A row that is there already is not written.
pub(crate) fn put(conn: &Connection, rooms: &[RoomSummary]) -> rusqlite::Result<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO rooms (id, admitted, active_at, summary) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
    )?;
    let mut find = conn.prepare_cached("SELECT key, admitted, summary = ?2 FROM rooms WHERE id = ?1")?;
    let mut update =
        conn.prepare_cached("UPDATE rooms SET admitted = ?2, active_at = ?3, summary = ?4 WHERE key = ?1")?;
    let mut counts = Counts::default();
    let mut summary = Vec::new();
    let mut left_out = 0_u64;
    for room in rooms {
        summary.clear();
        if serde_json::to_writer(&mut summary, room).is_err() {
            // A time before 1970, which no server can send. The other rows matter more.
            left_out += 1;
            continue;
        }
        let (id, admitted, active_at) = (room.id.as_str(), admitted(room), milliseconds(room.active_at));
        if insert.execute(params![id, admitted, active_at, summary])? == 1 {
            counts.change(0, admitted);
            continue;
        }
        let (key, before, same): (i64, i64, bool) =
            find.query_row(params![id, summary], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if !same || before != admitted {
            update.execute(params![key, admitted, active_at, summary])?;
            counts.change(before, admitted);
        }
    }
    if left_out > 0 {
        tracing::warn!(left_out, "rooms that cannot be stored");
    }
    counts.write(conn)
}

/// Removes rows; those that are not there are passed over.
pub(crate) fn remove(conn: &Connection, ids: &[RoomId]) -> rusqlite::Result<()> {
    let mut delete = conn.prepare_cached("DELETE FROM rooms WHERE id = ?1 RETURNING admitted")?;
    let mut counts = Counts::default();
    for id in ids {
        let before = delete.query_row([id.as_str()], |row| row.get(0)).optional()?;
        counts.change(before.unwrap_or(0), 0);
    }
    counts.write(conn)
}

/// What a batch changes in `room_counts`.
#[derive(Default)]
struct Counts([i64; FILTERS.len()]);

impl Counts {
    fn change(&mut self, before: i64, after: i64) {
        for (count, (_, bit)) in self.0.iter_mut().zip(FILTERS) {
            *count += i64::from(after & bit != 0) - i64::from(before & bit != 0);
        }
    }

    fn write(self, conn: &Connection) -> rusqlite::Result<()> {
        let mut add = conn.prepare_cached("UPDATE room_counts SET total = total + :change WHERE filter = :filter")?;
        for (change, (_, bit)) in self.0.into_iter().zip(FILTERS) {
            if change != 0 {
                add.execute(named_params! { ":change": change, ":filter": bit })?;
            }
        }
        Ok(())
    }
}

fn bit(filter: RoomFilter) -> i64 {
    match filter {
        RoomFilter::All => 1,
        RoomFilter::Unread => 2,
        RoomFilter::People => 4,
        RoomFilter::Rooms => 8,
        RoomFilter::Invitations => 16,
        RoomFilter::Favourites => 32,
        RoomFilter::Spaces => 64,
    }
}

/// The filters that admit `room`. The rule is the model's; what is stored is its answer.
fn admitted(room: &RoomSummary) -> i64 {
    FILTERS.iter().filter(|(filter, _)| filter.admits(room)).map(|(_, bit)| bit).sum()
}

fn page_sql(filter: RoomFilter) -> &'static str {
    macro_rules! page {
        ($bit:literal) => {
            concat!("SELECT summary FROM rooms WHERE (admitted & ", $bit, ") <> 0 ORDER BY active_at DESC, id LIMIT ?1")
        };
    }
    match filter {
        RoomFilter::All => page!(1),
        RoomFilter::Unread => page!(2),
        RoomFilter::People => page!(4),
        RoomFilter::Rooms => page!(8),
        RoomFilter::Invitations => page!(16),
        RoomFilter::Favourites => page!(32),
        RoomFilter::Spaces => page!(64),
    }
}

/// Milliseconds since 1970; the least integer for a room where nothing happened yet.
fn milliseconds(at: Option<SystemTime>) -> i64 {
    let Some(at) = at else { return i64::MIN };
    match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

fn decode(mut rows: rusqlite::Rows<'_>, unreadable: &mut u64) -> rusqlite::Result<Vec<RoomSummary>> {
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        match serde_json::from_slice(row.get_ref(0)?.as_bytes()?) {
            Ok(room) => rooms.push(room),
            Err(_) => *unreadable += 1,
        }
    }
    Ok(rooms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_walks_its_own_index() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("schema/projection/0001.sql")).unwrap();
        conn.execute_batch(include_str!("schema/projection/0002.sql")).unwrap();
        let names = ["all", "unread", "people", "rooms", "invitations", "favourites", "spaces"];
        for ((filter, bit), name) in FILTERS.into_iter().zip(names) {
            assert_eq!(super::bit(filter), bit);
            let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", page_sql(filter))).unwrap();
            let plan: Vec<String> =
                explain.query_map([20], |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
            assert_eq!(plan, [format!("SCAN rooms USING INDEX rooms_{name}")]);
        }
    }
}

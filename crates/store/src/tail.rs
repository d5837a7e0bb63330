//! The newest items of each conversation.

use bulla_model::{RoomId, TimelineItem};
use rusqlite::{Connection, OptionalExtension, params};

use crate::splice::{Splice, Stored, Wanted};

// CROSS JOIN: the room first, then its slots, newest first, as far as the limit.
const READ: &str = "SELECT tail.item FROM tail_rooms CROSS JOIN tail \
    ON tail.slot BETWEEN tail_rooms.key << 32 AND (tail_rooms.key << 32) | 4294967295 \
    WHERE tail_rooms.room = ?1 ORDER BY tail.slot DESC LIMIT ?2";

/// The last `limit` items, oldest first, and how many rows could not be read.
pub(crate) fn read(conn: &Connection, room: &RoomId, limit: u32) -> rusqlite::Result<(Vec<TimelineItem>, u64)> {
    let mut statement = conn.prepare_cached(READ)?;
    let mut rows = statement.query(params![room.as_str(), limit])?;
    let (mut items, mut unreadable) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        match serde_json::from_slice(row.get_ref(0)?.as_bytes()?) {
            Ok(item) => items.push(item),
            Err(_) => unreadable += 1,
        }
    }
    items.reverse();
    Ok((items, unreadable))
}

/// Replaces the stored tail of a room; only what differs is written.
pub(crate) fn put(conn: &Connection, room: &RoomId, items: &[TimelineItem]) -> rusqlite::Result<()> {
    let wanted = encode(items);
    if wanted.is_empty() {
        return remove(conn, room);
    }
    let key = match key(conn, room)? {
        Some(key) => key,
        None => conn
            .prepare_cached("INSERT INTO tail_rooms (room) VALUES (?1) RETURNING key")?
            .query_row([room.as_str()], |row| row.get(0))?,
    };
    let first = key << 32;
    let stored = stored(conn, first)?;
    let splice = Splice::between(&stored, &wanted);
    let mut delete = conn.prepare_cached("DELETE FROM tail WHERE slot = ?1")?;
    for position in splice.remove {
        delete.execute([first | i64::from(position)])?;
    }
    let mut write = conn.prepare_cached(
        "INSERT INTO tail (slot, id, item) VALUES (?1, ?2, ?3) ON CONFLICT (slot) DO UPDATE SET item = excluded.item",
    )?;
    for (position, index) in splice.write {
        let Wanted { id, bytes } = &wanted[index];
        write.execute(params![first | i64::from(position), id, bytes])?;
    }
    Ok(())
}

/// Removes the tail of a room, if there is one.
pub(crate) fn remove(conn: &Connection, room: &RoomId) -> rusqlite::Result<()> {
    let Some(key) = key(conn, room)? else { return Ok(()) };
    conn.prepare_cached("DELETE FROM tail WHERE slot BETWEEN ?1 << 32 AND (?1 << 32) | 4294967295")?.execute([key])?;
    conn.prepare_cached("DELETE FROM tail_rooms WHERE key = ?1")?.execute([key])?;
    Ok(())
}

fn encode(items: &[TimelineItem]) -> Vec<Wanted<'_>> {
    let wanted: Vec<_> = items
        .iter()
        .filter_map(|item| {
            let bytes = serde_json::to_vec(item).ok()?;
            Some(Wanted { id: item.id.as_str(), bytes })
        })
        .collect();
    if wanted.len() < items.len() {
        // A time before 1970, which no server can send. The other items matter more.
        tracing::warn!(left_out = items.len() - wanted.len(), "items that cannot be stored");
    }
    wanted
}

fn key(conn: &Connection, room: &RoomId) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT key FROM tail_rooms WHERE room = ?1")?
        .query_row([room.as_str()], |row| row.get(0))
        .optional()
}

fn stored(conn: &Connection, first: i64) -> rusqlite::Result<Vec<Stored>> {
    conn.prepare_cached(
        "SELECT slot & 4294967295, id, item FROM tail WHERE slot BETWEEN ?1 AND ?1 | 4294967295 ORDER BY slot",
    )?
    .query_map([first], |row| Ok(Stored { position: row.get(0)?, id: row.get(1)?, bytes: row.get(2)? }))?
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_found_by_its_room_and_walked_in_order() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("schema/projection/0001.sql")).unwrap();
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {READ}")).unwrap();
        let plan: Vec<String> =
            explain.query_map(params!["!r", 30], |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
        assert_eq!(
            plan,
            [
                "SEARCH tail_rooms USING COVERING INDEX sqlite_autoindex_tail_rooms_1 (room=?)",
                "SEARCH tail USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
            ]
        );
    }
}

//! Values that a rebuild keeps.

use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

pub(crate) fn get(conn: &Connection, name: &str) -> rusqlite::Result<Option<Zeroizing<Vec<u8>>>> {
    conn.prepare_cached("SELECT value FROM ledger WHERE name = ?1")?
        .query_row([name], |row| row.get(0).map(Zeroizing::new))
        .optional()
}

pub(crate) fn put(conn: &Connection, name: &str, value: &[u8]) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO ledger (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

pub(crate) fn remove(conn: &Connection, name: &str) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM ledger WHERE name = ?1")?.execute([name])?;
    Ok(())
}

//! The floor of rows 1 and 3: what reading the same rows costs with nothing around it. A program that those benchmarks start.
//!
//! `floor rooms <file> <key>`: from the beginning of this process to 20 rows of the room list, once.
//! `floor tail <file> <key> <room>`: 30 rows of a conversation on an open connection, once a line of input.

use std::{
    io::{BufRead, stdin},
    time::Instant,
};

use rusqlite::{Connection, OpenFlags, params};

const ROOMS: &str = "SELECT summary FROM rooms WHERE (admitted & 1) <> 0 ORDER BY active_at DESC, id LIMIT 20";
const TAIL: &str = "SELECT tail.item FROM tail_rooms CROSS JOIN tail \
    ON tail.slot BETWEEN tail_rooms.key << 32 AND (tail_rooms.key << 32) | 4294967295 \
    WHERE tail_rooms.room = ?1 ORDER BY tail.slot DESC LIMIT 30";

fn main() {
    let start = Instant::now();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["rooms", file, key] => {
            let rows = read(&open(file, key), ROOMS, params![]);
            said(start, rows);
        }
        ["tail", file, key, room] => {
            let conn = open(file, key);
            read(&conn, TAIL, params![room]);
            println!("{{\"ready\": true}}");
            for _ in stdin().lock().lines() {
                let start = Instant::now();
                let rows = read(&conn, TAIL, params![room]);
                said(start, rows);
            }
        }
        // `cargo bench` runs everything: alone this has nothing to say.
        _ => {}
    }
}

fn said(start: Instant, rows: Vec<Vec<u8>>) {
    let ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{{\"ms\": {ms}, \"rows\": {}, \"bytes\": {}}}", rows.len(), rows.iter().map(Vec::len).sum::<usize>());
}

fn open(file: &str, key: &str) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags).expect("the file");
    conn.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).expect("the key");
    conn
}

fn read(conn: &Connection, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Vec<Vec<u8>> {
    let mut statement = conn.prepare_cached(sql).expect("the statement");
    let rows = statement.query_map(values, |row| row.get(0)).expect("the rows");
    rows.collect::<Result<_, _>>().expect("each row")
}

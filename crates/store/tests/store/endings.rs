//! Messages that end: what is known of each is kept as it was put, also by a repair.

use std::{collections::BTreeMap, fs, path::Path};

use bulla_model::EventId;
use bulla_store::{EndingRow, Store, StoreError};

use crate::sample::{key, open, room, room_id, value};

const PAGE: usize = 4_096;
/// The last moment that can be stored: the one after it stands for none.
const LAST: u64 = i64::MAX as u64 - 1;

fn id(n: u32) -> EventId {
    EventId(format!("$event{n:05}"))
}

fn row(n: u32, due: Option<u64>, about: &[u8]) -> EndingRow {
    EndingRow { event: id(n), room: room_id(n % 3), due, about: about.to_vec() }
}

/// What is kept, by its event.
fn kept(store: &Store) -> BTreeMap<String, (String, Option<u64>, Vec<u8>)> {
    let rows = store.endings().unwrap();
    let count = rows.len();
    let kept: BTreeMap<_, _> = rows.into_iter().map(|row| (row.event.0, (row.room.0, row.due, row.about))).collect();
    assert_eq!(kept.len(), count, "one row a message");
    kept
}

fn wanted(rows: &[EndingRow]) -> BTreeMap<String, (String, Option<u64>, Vec<u8>)> {
    rows.iter().cloned().map(|row| (row.event.0, (row.room.0, row.due, row.about))).collect()
}

/// Enough of them for many pages.
fn many() -> Vec<EndingRow> {
    (0..200).map(|n| row(n, (n % 4 > 0).then_some(u64::from(n)), &[n as u8; 300])).collect()
}

#[test]
fn rows_are_kept_changed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    assert!(kept(&store).is_empty() && store.ending_clock().unwrap().is_none());
    let first = [row(1, Some(10), b"one"), row(2, None, b"two"), row(3, Some(30), b"")];
    store.put_endings(first.to_vec(), b"clock 1".to_vec()).wait().unwrap();
    assert_eq!(kept(&store), wanted(&first));
    // All of a row is replaced, also the room and the moment; and of two in one write the later holds.
    let moved = EndingRow { room: room_id(9), ..row(1, None, b"changed") };
    let twice = [row(2, Some(1), b"not this"), row(2, Some(20), b"this")];
    store.put_endings([std::slice::from_ref(&moved), &twice[..]].concat(), b"clock 2".to_vec()).wait().unwrap();
    let now = [moved, twice[1].clone(), first[2].clone()];
    assert_eq!(kept(&store), wanted(&now));
    assert_eq!(store.ending_clock().unwrap().unwrap(), b"clock 2");
    // One that is not there can be removed too.
    store.remove_endings(vec![id(1), id(7)]).wait().unwrap();
    assert_eq!(kept(&store), wanted(&now[1..]));
    store.put_endings(Vec::new(), Vec::new()).wait().unwrap();
    store.remove_endings(Vec::new()).wait().unwrap();
    store.close();
    assert_eq!(store.endings().err(), Some(StoreError::Closed));
    let store = open(folder.path());
    assert_eq!(kept(&store), wanted(&now[1..]));
    assert_eq!(store.ending_clock().unwrap().unwrap(), b"clock 2", "no clock is none to keep");
}

#[test]
fn moments_and_texts_at_the_edge_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let odd = EndingRow {
        event: EventId("'; DROP TABLE endings; --\0🙂".to_owned()),
        room: bulla_model::RoomId(String::new()),
        due: Some(0),
        about: vec![0; 3_000_000],
    };
    let edge = [odd, row(1, None, b"\0"), row(2, Some(0), b""), row(3, Some(LAST), b"last")];
    store.put_endings(edge.to_vec(), vec![0; 100_000]).wait().unwrap();
    // Later than can be stored is never.
    let beyond = [LAST + 1, LAST + 2, u64::MAX].iter().zip(4..).map(|(due, n)| row(n, Some(*due), b"beyond"));
    store.put_endings(beyond.clone().collect(), Vec::new()).wait().unwrap();
    let never = beyond.map(|row| EndingRow { due: None, ..row });
    let all: Vec<_> = edge.into_iter().chain(never).collect();
    for _ in 0..2 {
        let store = open_again(&store, folder.path());
        assert_eq!(kept(&store), wanted(&all));
        assert_eq!(store.ending_clock().unwrap().unwrap().len(), 100_000);
        store.close();
    }
}

fn open_again(store: &Store, folder: &Path) -> Store {
    store.close();
    open(folder)
}

/// A store with many of them, closed.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_rooms(vec![room(1)]).wait().unwrap();
    store.put_ledger("session", value(b"token")).wait().unwrap();
    store.put_endings(many(), b"a clock".to_vec()).wait().unwrap();
    store.close();
    folder
}

#[test]
fn a_repair_of_the_projection_keeps_all_of_them() {
    let folder = filled();
    let path = folder.path().join("store.db");
    fs::write(&path, [9; 3 * PAGE]).unwrap();
    assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::Corrupt));
    assert!(Store::rebuild(&path, &key()).unwrap().ledgers_kept);
    let store = open(folder.path());
    assert!(store.all_rooms().unwrap().is_empty());
    assert_eq!(kept(&store), wanted(&many()));
    assert_eq!(store.ending_clock().unwrap().unwrap(), b"a clock");
}

#[test]
fn a_flipped_bit_in_any_page_of_the_ledger_costs_those_on_it() {
    let good = filled();
    let bytes = fs::read(good.path().join("store.db.ledger")).unwrap();
    let all = wanted(&many());
    let mut lost = Vec::new();
    for page in 0..bytes.len() / PAGE {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        fs::copy(good.path().join("store.db"), &path).unwrap();
        let mut bad = bytes.clone();
        bad[page * PAGE + (page * 997 + 13) % PAGE] ^= 1 << (page % 8);
        fs::write(folder.path().join("store.db.ledger"), bad).unwrap();
        Store::rebuild(&path, &key()).unwrap();
        let store = open(folder.path());
        let found = kept(&store);
        assert!(found.iter().all(|(id, row)| all.get(id) == Some(row)), "none is wrong, page {page}");
        lost.push(all.len() - found.len());
        store.put_endings(many(), b"anew".to_vec()).wait().unwrap();
        assert_eq!(kept(&store), all);
    }
    // The way in and the roots: nothing is found without the first page or the table's own root. A leaf holds a few.
    assert!(bytes.len() / PAGE > 15 && lost.iter().filter(|lost| **lost > 24).count() <= 3, "{lost:?}");
    assert!(lost.iter().any(|lost| (1..=24).contains(lost)), "some page holds some of them: {lost:?}");
}

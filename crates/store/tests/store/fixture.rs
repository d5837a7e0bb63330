//! Files of every past version still open.

use std::{fs, path::PathBuf};

use bulla_model::RoomFilter;
use bulla_store::Store;

use crate::sample::{key, room, room_id, tail, value};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Run once when a version is made, with its number: `cargo test -p bulla-store make_fixture -- --ignored`.
#[test]
#[ignore = "makes a committed file"]
fn make_fixture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v1.db");
    let store = Store::open(&path, &key()).unwrap();
    store.put_rooms((0..12).map(room).collect()).wait().unwrap();
    store.put_tail(room_id(1), tail(8, "fixture")).wait().unwrap();
    store.put_ledger("session", value(b"a fixture's session")).wait().unwrap();
    store.close();
    for name in ["v1.db", "v1.db.ledger"] {
        assert!(!fixtures().join(name).exists(), "a past version is never made anew");
        fs::copy(folder.path().join(name), fixtures().join(name)).unwrap();
    }
}

#[test]
fn version_1_opens() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["v1.db", "v1.db.ledger"] {
        fs::copy(fixtures().join(name), folder.path().join(name)).unwrap();
    }
    let store = Store::open(&folder.path().join("v1.db"), &key()).unwrap();
    assert_eq!(store.ledger("session").unwrap().unwrap().as_slice(), b"a fixture's session");
    // A later version may have remade the projection; then it is empty, and this test says so from that version on.
    assert_eq!(store.rooms(RoomFilter::All, 100).unwrap().total, 12);
    assert_eq!(store.all_rooms().unwrap(), (0..12).rev().map(room).collect::<Vec<_>>());
    assert_eq!(store.tail(&room_id(1), 100).unwrap(), tail(8, "fixture"));
    assert_eq!(store.unreadable(), 0);
}

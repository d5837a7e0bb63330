//! Every page flipped, and the files cut: a typed error or the right data, and the repair works.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use bulla_model::RoomFilter;
use bulla_store::{Store, StoreError};

use crate::sample::{key, open, room, room_id, tail, value};

const PAGE: usize = 4_096;
const ROOMS: u32 = 60;

fn values() -> BTreeMap<String, Vec<u8>> {
    let size = |n: usize| if n % 10 == 9 { 9_000 } else { 300 };
    (0..40).map(|n| (format!("name {n}"), vec![n as u8; size(n)])).collect()
}

struct Good {
    folder: tempfile::TempDir,
}

impl Good {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        store.put_rooms((0..ROOMS).map(room).collect()).wait().unwrap();
        for n in 0..4 {
            store.put_tail(room_id(n), tail(30, "text")).wait().unwrap();
        }
        for (name, bytes) in values() {
            store.put_ledger(&name, value(&bytes)).wait().unwrap();
        }
        store.close();
        Self { folder }
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["store.db", "store.db.ledger"] {
            fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        }
        folder
    }
}

/// Reads all there is. Gives whether everything could be read; what could be read is right.
fn read_all(store: &Store) -> bool {
    let mut whole = true;
    let mut right = |answer: Result<bool, StoreError>| match answer {
        Ok(right) => assert!(right, "wrong data"),
        Err(error) => {
            assert_eq!(error, StoreError::Corrupt);
            whole = false;
        }
    };
    let all: Vec<_> = (0..ROOMS).rev().map(room).collect();
    for filter in [RoomFilter::All, RoomFilter::Unread, RoomFilter::People, RoomFilter::Favourites] {
        let wanted: Vec<_> = all.iter().filter(|room| filter.admits(room)).cloned().collect();
        right(store.rooms(filter, 100).map(|page| page.total as usize == wanted.len() && page.rooms == wanted));
    }
    right(store.all_rooms().map(|rooms| rooms == all));
    for n in 0..ROOMS {
        right(store.room(&room_id(n)).map(|found| found == Some(room(n))));
    }
    for n in 0..4 {
        right(store.tail(&room_id(n), 100).map(|items| items == tail(30, "text")));
    }
    for (name, bytes) in values() {
        right(store.ledger(&name).map(|found| found.is_some_and(|found| *found == bytes)));
    }
    assert_eq!(store.unreadable(), 0);
    whole
}

/// Opens, reads, writes, repairs. Gives how many ledger values the repair kept.
fn survive(folder: &Path, what: &str) -> usize {
    let path: PathBuf = folder.join("store.db");
    let expected_intact = match Store::open(&path, &key()) {
        Ok(store) => {
            let whole = read_all(&store);
            for write in [
                store.put_rooms((0..ROOMS).map(room).collect()),
                store.put_tail(room_id(9), tail(50, "more")),
                store.put_ledger("name 3", value(&values()["name 3"])),
            ] {
                assert!(matches!(write.wait(), Ok(()) | Err(StoreError::Corrupt)), "{what}");
            }
            whole
        }
        Err(error) => {
            assert_eq!(error, StoreError::Corrupt, "{what}");
            false
        }
    };
    let rebuilt = Store::rebuild(&path, &key()).unwrap();
    let store = Store::open(&path, &key()).unwrap();
    assert!(store.all_rooms().unwrap().is_empty());
    let mut kept = 0;
    for (name, bytes) in values() {
        if let Some(found) = store.ledger(&name).unwrap() {
            assert_eq!(*found, bytes, "{what}");
            kept += 1;
        }
    }
    assert_eq!(rebuilt.ledgers_kept, kept == values().len(), "{what}");
    assert!(!expected_intact || rebuilt.ledgers_kept, "{what}");
    store.put_rooms(vec![room(1)]).wait().unwrap();
    store.put_ledger("new", value(b"1")).wait().unwrap();
    assert_eq!(store.all_rooms().unwrap(), [room(1)]);
    kept
}

#[test]
fn a_flipped_bit_in_any_page_of_the_projection_costs_no_ledger() {
    let good = Good::new();
    let bytes = good.bytes("store.db");
    for page in 0..bytes.len() / PAGE {
        let folder = good.copy();
        let mut bad = bytes.clone();
        bad[page * PAGE + (page * 997 + 13) % PAGE] ^= 1 << (page % 8);
        fs::write(folder.path().join("store.db"), bad).unwrap();
        assert_eq!(survive(folder.path(), &format!("page {page}")), values().len());
    }
}

#[test]
fn a_flipped_bit_in_any_page_of_the_ledger_costs_what_is_on_it() {
    let good = Good::new();
    let bytes = good.bytes("store.db.ledger");
    let mut kept = Vec::new();
    for page in 0..bytes.len() / PAGE {
        let folder = good.copy();
        let mut bad = bytes.clone();
        bad[page * PAGE + (page * 997 + 13) % PAGE] ^= 1 << (page % 8);
        fs::write(folder.path().join("store.db.ledger"), bad).unwrap();
        kept.push(survive(folder.path(), &format!("page {page}")));
    }
    // The first page is the way in, and the second the root: nothing is found without them. The others hold a few values each.
    assert!(kept.iter().filter(|kept| **kept < 24).count() <= 2, "{kept:?}");
}

#[test]
fn a_file_cut_anywhere_is_corrupt_or_right() {
    let good = Good::new();
    for name in ["store.db", "store.db.ledger"] {
        let bytes = good.bytes(name);
        let half = bytes.len() / 2;
        for end in
            [0, 1, 15, 16, 100, PAGE - 1, PAGE, PAGE + 1, half, half / PAGE * PAGE, bytes.len() - PAGE, bytes.len() - 1]
        {
            let folder = good.copy();
            fs::write(folder.path().join(name), &bytes[..end]).unwrap();
            survive(folder.path(), &format!("{name} cut at {end}"));
        }
    }
}

#[test]
fn garbage_and_missing_files_are_typed() {
    let good = Good::new();
    let garbage: Vec<u8> = (0..40_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    let folder = good.copy();
    fs::write(folder.path().join("store.db"), &garbage).unwrap();
    assert_eq!(survive(folder.path(), "garbage projection"), values().len());
    let folder = good.copy();
    fs::write(folder.path().join("store.db.ledger"), &garbage).unwrap();
    assert_eq!(survive(folder.path(), "garbage ledger"), 0);
    let folder = good.copy();
    fs::remove_file(folder.path().join("store.db.ledger")).unwrap();
    assert_eq!(survive(folder.path(), "no ledger"), 0);
    // Both first pages gone: nothing proves the key, and nothing is touched.
    let folder = good.copy();
    let path = folder.path().join("store.db");
    for name in ["store.db", "store.db.ledger"] {
        fs::write(folder.path().join(name), &garbage).unwrap();
    }
    assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::WrongKey));
    assert_eq!(Store::rebuild(&path, &key()).err(), Some(StoreError::WrongKey));
    // A projection that was deleted loses nothing and is no trouble.
    let folder = good.copy();
    fs::remove_file(folder.path().join("store.db")).unwrap();
    let store = open(folder.path());
    assert!(store.all_rooms().unwrap().is_empty());
    assert!(values().iter().all(|(name, bytes)| *store.ledger(name).unwrap().unwrap() == *bytes));
}

#[test]
fn a_repair_of_nothing_or_of_a_good_store_keeps_the_ledger() {
    let good = Good::new();
    assert_eq!(survive(good.copy().path(), "good"), values().len());
    let folder = tempfile::tempdir().unwrap();
    assert!(Store::rebuild(&folder.path().join("store.db"), &key()).unwrap().ledgers_kept);
    open(folder.path());
}

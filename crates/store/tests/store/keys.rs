//! A wrong key is told from damage, and touches nothing.

use std::fs;

use bulla_store::{Store, StoreError, StoreKey};

use crate::sample::{key, open, room, value};

#[test]
fn a_wrong_key_is_said_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let wrong = StoreKey::new([8; 32]);
    let store = open(folder.path());
    store.put_rooms(vec![room(1)]).wait().unwrap();
    store.put_ledger("session", value(b"token")).wait().unwrap();
    store.close();
    let before = ["store.db", "store.db.ledger"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert_eq!(Store::open(&path, &wrong).err(), Some(StoreError::WrongKey));
    assert_eq!(Store::rebuild(&path, &wrong).err(), Some(StoreError::WrongKey));
    let after = ["store.db", "store.db.ledger"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(before == after);
    // Also when the projection was deleted meanwhile.
    fs::remove_file(&path).unwrap();
    assert_eq!(Store::open(&path, &wrong).err(), Some(StoreError::WrongKey));
    assert_eq!(Store::rebuild(&path, &wrong).err(), Some(StoreError::WrongKey));
    let store = open(folder.path());
    assert!(store.all_rooms().unwrap().is_empty());
    assert_eq!(store.ledger("session").unwrap().unwrap().as_slice(), b"token");
}

#[test]
fn a_newer_file_is_left_alone() {
    for name in ["store.db", "store.db.ledger"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        open(folder.path()).close();
        let file = folder.path().join(name);
        crate::sample::raw(&file).pragma_update(None, "user_version", 99).unwrap();
        let before = fs::read(&file).unwrap();
        assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::TooNew));
        assert_eq!(Store::rebuild(&path, &key()).err(), Some(StoreError::TooNew));
        assert!(fs::read(&file).unwrap() == before);
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Store::open(&folder.path().join("none/store.db"), &key());
    assert_eq!(opened.err(), Some(StoreError::Io(std::io::ErrorKind::NotFound)));
    let directory = folder.path().join("directory");
    fs::create_dir(&directory).unwrap();
    let opened = Store::open(&directory, &key());
    assert_eq!(opened.err(), Some(StoreError::Io(std::io::ErrorKind::IsADirectory)));
}

//! Nothing readable reaches the disk, and nothing deleted stays.

use std::{fs, path::Path};

use bulla_model::{RoomId, RoomTitle};

use crate::sample::{item, open, raw, room, tail, value};

const CANARIES: [&str; 4] = ["kanarienvogel-name", "kanarienvogel-text", "kanarienvogel-token", "kanarienvogel-id"];

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The files of the folder, and how many canaries are in them.
fn search(folder: &Path) -> (usize, usize) {
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    let found = files.iter().map(|bytes| CANARIES.iter().filter(|text| holds(bytes, text)).count()).sum();
    (files.len(), found)
}

/// The decrypted pages of both files, free ones too.
fn pages(folder: &Path) -> Vec<u8> {
    ["store.db", "store.db.ledger"]
        .iter()
        .flat_map(|name| raw(&folder.join(name)).serialize("main").unwrap().to_vec())
        .collect()
}

#[test]
fn no_file_holds_plaintext_and_no_page_holds_what_was_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let id = RoomId(format!("!{}:example.org", CANARIES[3]));
    let mut canary = room(1);
    canary.id = id.clone();
    canary.title = RoomTitle::Named { text: CANARIES[0].to_owned() };
    let mut others: Vec<_> = (2..40).map(room).collect();
    others.push(canary);
    store.put_rooms(others).wait().unwrap();
    let mut items = tail(60, CANARIES[1]);
    items.push(item("long", &CANARIES[1].repeat(2_000)));
    store.put_tail(id.clone(), items).wait().unwrap();
    store.put_ledger("session", value(CANARIES[2].as_bytes())).wait().unwrap();
    store.put_ledger("long", value(CANARIES[2].repeat(2_000).as_bytes())).wait().unwrap();
    let (files, found) = search(folder.path());
    // Two databases with a log and a shared memory each, and the lock.
    assert_eq!((files, found), (7, 0));
    store.close();
    assert_eq!(search(folder.path()), (3, 0));

    let before = pages(folder.path());
    assert!(CANARIES.iter().all(|text| holds(&before, text)), "the search would find them");
    let store = open(folder.path());
    store.put_tail(id.clone(), tail(1, "short")).wait().unwrap();
    store.remove_rooms(vec![id]).wait().unwrap();
    store.put_ledger("session", value(b"-")).wait().unwrap();
    store.put_ledger("long", None).wait().unwrap();
    store.close();
    let after = pages(folder.path());
    for text in CANARIES {
        assert!(!holds(&after, text), "{text} is still there");
    }
    assert_eq!(search(folder.path()), (3, 0));
}

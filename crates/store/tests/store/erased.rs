//! Nothing of what was removed is in any page of any file, by a search that reads pages itself.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bulla_model::{EventId, RoomSummary};
use bulla_store::{EndingRow, StoreError};

use crate::{
    pages::{holding, of_file, of_log},
    sample::{KEY, item, open, raw, room, room_id, tail, text, value},
};

const ROW: &str = "kanarienvogel-zeile";
const DRAFT: &str = "kanarienvogel-entwurf";
const ABOUT: &str = "kanarienvogel-frist";
const PREVIEW: &str = "kanarienvogel-vorschau";
const ALL: [&str; 4] = [ROW, DRAFT, ABOUT, PREVIEW];

fn databases(folder: &Path) -> [PathBuf; 2] {
    ["store.db", "store.db.ledger"].map(|name| folder.join(name))
}

/// All pages of a file and of its log.
fn pages(path: &Path) -> Vec<Vec<u8>> {
    [of_file(path, &KEY), of_log(path, &KEY)].concat()
}

/// On how many pages each text is.
fn found(folder: &Path) -> [usize; 4] {
    let all = databases(folder).map(|path| pages(&path)).concat();
    ALL.map(|text| holding(&all, text))
}

fn with_preview(said: &str) -> RoomSummary {
    let mut room = room(1);
    room.last.as_mut().unwrap().body = text(said);
    room
}

fn ending(about: &str) -> EndingRow {
    EndingRow { event: EventId("$1".to_owned()), room: room_id(1), due: Some(1), about: about.into() }
}

/// Long enough for pages of its own.
fn long(word: &str) -> String {
    word.repeat(2_000)
}

#[test]
fn each_page_of_a_file_and_of_its_log_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_tail(room_id(1), vec![item("long", &long(ROW))]).wait().unwrap();
    store.put_ledger("draft", value(DRAFT.as_bytes())).wait().unwrap();
    // Nothing has been moved into the files yet.
    let [projection, ledger] = databases(folder.path());
    assert!(holding(&of_log(&projection, &KEY), ROW) > 8 && holding(&of_file(&projection, &KEY), ROW) == 0);
    assert!(holding(&of_log(&ledger, &KEY), DRAFT) == 1 && holding(&of_file(&ledger, &KEY), DRAFT) == 0);
    assert_eq!(holding(&of_log(&projection, &[8; 32]), ROW), 0, "the key matters");
    // Free pages too.
    store.put_tail(room_id(1), vec![]).wait().unwrap();
    store.close();
    for path in databases(folder.path()) {
        let conn = raw(&path);
        let whole = conn.serialize("main").unwrap().to_vec();
        let pages = of_file(&path, &KEY);
        assert_eq!(pages.len() * 4_096, whole.len());
        for (number, (page, theirs)) in pages.iter().zip(whole.chunks_exact(4_096)).enumerate() {
            let start = if number == 0 { 16 } else { 0 };
            assert!(page[start..] == theirs[start..page.len()], "page {number} as SQLCipher reads it");
        }
        let free: u32 = conn.query_row("PRAGMA freelist_count", [], |row| row.get(0)).unwrap();
        assert!(free > 8 || path == ledger, "{free} free pages");
    }
}

#[test]
fn nothing_removed_is_on_any_page_once_the_logs_are_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let put = |row: &str, draft: &str, about: &str, preview: &str| {
        let mut items = tail(30, "stays");
        items.push(item("short", row));
        items.push(item("long", &long(row)));
        store.put_tail(room_id(1), items).wait().unwrap();
        store.put_ledger("draft", value(draft.as_bytes())).wait().unwrap();
        store.put_ledger("long draft", value(long(draft).as_bytes())).wait().unwrap();
        store.put_endings(vec![ending(&long(about))], Vec::new()).wait().unwrap();
        store.put_rooms(vec![with_preview(preview), room(2)]).wait().unwrap();
    };
    let empty = || store.empty_logs().map(|emptied| emptied.wait().unwrap());
    let nothing = |what: &str| {
        assert_eq!(found(folder.path()), [0; 4], "{what}");
        for path in databases(folder.path()) {
            assert!(of_log(&path, &KEY).is_empty(), "the log is cut");
        }
    };

    put(ROW, DRAFT, ABOUT, PREVIEW);
    empty();
    assert!(found(folder.path()).iter().all(|pages| *pages > 0), "the search finds what is there");
    store.put_tail(room_id(1), tail(30, "stays")).wait().unwrap();
    store.put_ledger("draft", None).wait().unwrap();
    store.put_ledger("long draft", None).wait().unwrap();
    store.remove_endings(vec![EventId("$1".to_owned())]).wait().unwrap();
    store.remove_rooms(vec![room_id(1)]).wait().unwrap();
    assert!(found(folder.path()).iter().all(|pages| *pages > 0), "the files hold it until the logs are moved");
    empty();
    nothing("removed");

    // What others take the place of, written and replaced before the log was ever moved.
    put(ROW, DRAFT, ABOUT, PREVIEW);
    put("else", "else", "else", "else");
    assert!(found(folder.path()).iter().all(|pages| *pages > 0), "the logs hold it");
    empty();
    nothing("replaced");
    assert_eq!(store.tail(&room_id(1), 100).unwrap().len(), 32);

    // And a repair leaves no file with it.
    put(ROW, DRAFT, ABOUT, PREVIEW);
    store.put_ledger("draft", None).wait().unwrap();
    store.close();
    let path = folder.path().join("store.db");
    bulla_store::Store::rebuild(&path, &crate::sample::key()).unwrap();
    assert_eq!([ROW, PREVIEW].map(|text| holding(&pages(&path), text)), [0; 2], "the projection is another");
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names.retain(|name| !name.to_string_lossy().ends_with("-shm"));
    assert_eq!(names, ["store.db", "store.db.ledger", "store.db.lock"]);
}

#[test]
fn a_log_that_somebody_reads_is_not_said_to_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_tail(room_id(1), vec![item("1", ROW)]).wait().unwrap();
    let [projection, _] = databases(folder.path());
    let reader = raw(&projection);
    reader.execute_batch("BEGIN; SELECT count(*) FROM tail").unwrap();
    store.put_tail(room_id(1), vec![]).wait().unwrap();
    let [first, second] = store.empty_logs().map(|emptied| emptied.wait());
    assert_eq!((first, second), (Err(StoreError::Locked), Ok(())));
    assert!(holding(&pages(&projection), ROW) > 0);
    drop(reader);
    assert_eq!(store.empty_logs().map(|emptied| emptied.wait()), [Ok(()), Ok(())]);
    assert_eq!(holding(&pages(&projection), ROW), 0);
}

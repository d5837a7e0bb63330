//! A process that ends while its threads still use the store ends as it wished to.

use std::{thread, time::Duration};

use crate::{
    child,
    sample::{key, open, value},
};

const ENDS: usize = 12;

#[test]
#[ignore = "a child of the test below"]
fn child_ends_at_work() {
    let Some(folder) = child::folder() else { return };
    drop(open(&folder));
    for number in 0..4 {
        let folder = folder.clone();
        thread::spawn(move || {
            loop {
                // Each opening derives keys, which is what SQLCipher took away from under it.
                let Ok(store) = bulla_store::Store::open(&folder.join(format!("store{number}.db")), &key()) else {
                    continue;
                };
                drop(store.put_ledger("number", value(b"1")));
                let _ = store.ledger("number");
            }
        });
    }
    thread::sleep(Duration::from_millis(150));
    // As a main function that returns: with all that libraries have asked to be done at the end.
    std::process::exit(0);
}

#[test]
fn a_process_that_ends_at_work_does_not_crash() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..ENDS {
        let ended = child::command("exit::child_ends_at_work", folder.path()).output().unwrap();
        assert!(ended.status.success(), "{:?}", ended.status);
    }
}

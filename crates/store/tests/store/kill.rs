//! Killed at any moment: what was acknowledged is there, and nothing is half-written.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    time::Duration,
};

use bulla_model::RoomFilter;
use bulla_store::Store;

use crate::{
    child,
    sample::{item, key, open, plain, room, room_id, value},
};

const KILLS: u64 = 40;
const TAILS: u32 = 3;

#[test]
#[ignore = "a child of the test below"]
fn child_writes() {
    let Some(folder) = child::folder() else { return };
    let store = open(&folder);
    let read = |name: &str| store.ledger(name).unwrap().map_or(0, |bytes| number(&bytes));
    let mut n = read("number") + 1;
    loop {
        for tail in 0..TAILS {
            let items = (0..30).map(|place| item(&(n + place).to_string(), &n.to_string()));
            drop(store.put_tail(room_id(tail), items.collect()));
        }
        let mut changed: Vec<_> = (0..40).map(room).collect();
        for room in &mut changed {
            room.members = n as u32;
            room.unread = (n % 2) as u32;
        }
        drop(store.put_rooms(changed));
        let stored = store.put_ledger("number", value(n.to_string().as_bytes()));
        stored.wait().unwrap();
        println!("stored {n}");
        n += 1;
    }
}

#[test]
#[ignore = "a child of the test below"]
fn child_rebuilds() {
    let Some(folder) = child::folder() else { return };
    println!("stored 0");
    loop {
        Store::rebuild(&folder.join("store.db"), &key()).unwrap();
    }
}

#[test]
#[ignore = "a child of the test below"]
fn child_opens() {
    let Some(folder) = child::folder() else { return };
    println!("stored 0");
    open(&folder);
}

/// Runs a child, kills it `after` its first acknowledgement, and gives the last number it acknowledged.
fn run_and_kill(name: &str, folder: &Path, after: Duration) -> Option<u64> {
    let mut child = child::command(name, folder).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged = |line: &String| line.split_once("stored ")?.1.trim().parse::<u64>().ok();
    let first = lines.by_ref().map_while(Result::ok).find_map(|line| acknowledged(&line));
    std::thread::sleep(after);
    child.kill().unwrap();
    // Killed, or done before: never failed.
    assert!(child.wait().unwrap().code().is_none_or(|code| code == 0));
    lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)).last().or(first)
}

fn number(bytes: &[u8]) -> u64 {
    std::str::from_utf8(bytes).unwrap().parse().unwrap()
}

#[test]
fn a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = 0;
    for kill in 0..KILLS {
        // From at once to well into the work, in odd steps.
        let after = Duration::from_micros(kill * 7_919 % 60_000);
        let acknowledged = run_and_kill("kill::child_writes", folder.path(), after).unwrap();
        let store = open(folder.path());
        let stored = number(&store.ledger("number").unwrap().unwrap());
        assert!(stored >= acknowledged && acknowledged > last, "{last} {acknowledged} {stored}");
        last = stored;
        for tail in 0..TAILS {
            let items = store.tail(&room_id(tail), 100).unwrap();
            assert_eq!(items.len(), 30);
            assert!(items.iter().all(|item| plain(item) == plain(&items[0])), "half a tail");
            // Written before the number was.
            assert!(plain(&items[0]).parse::<u64>().unwrap() >= acknowledged);
        }
        let rooms = store.all_rooms().unwrap();
        assert!(rooms.iter().all(|room| room.members == rooms[0].members), "half a batch");
        for filter in [RoomFilter::All, RoomFilter::Unread] {
            let page = store.rooms(filter, 100).unwrap();
            assert_eq!(page.total as usize, rooms.iter().filter(|room| filter.admits(room)).count());
            assert_eq!(page.total as usize, page.rooms.len());
        }
    }
}

#[test]
fn a_killed_repair_leaves_a_store_that_opens_with_its_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_ledger("session", value(b"token")).wait().unwrap();
    store.close();
    for kill in 0..20 {
        let after = Duration::from_micros(kill * 3_571 % 40_000);
        run_and_kill("kill::child_rebuilds", folder.path(), after);
        let store = open(folder.path());
        assert_eq!(store.ledger("session").unwrap().unwrap().as_slice(), b"token");
        store.put_rooms(vec![room(1)]).wait().unwrap();
    }
}

#[test]
fn a_killed_first_opening_leaves_a_store_that_opens() {
    for kill in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        run_and_kill("kill::child_opens", folder.path(), Duration::from_micros(kill * 1_013));
        let store = open(folder.path());
        store.put_rooms(vec![room(1)]).wait().unwrap();
        assert_eq!(store.all_rooms().unwrap(), [room(1)]);
    }
}

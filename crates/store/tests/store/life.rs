//! Opening, sharing, closing.

use std::{future::Future, pin::pin, task::Context, task::Poll, task::Waker};

use bulla_model::RoomFilter;
use bulla_store::{Store, StoreError};

use crate::sample::{item, key, open, room, room_id, tail, value};

#[test]
fn a_new_store_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let page = store.rooms(RoomFilter::All, 20).unwrap();
    assert!(page.rooms.is_empty() && page.total == 0);
    assert!(store.all_rooms().unwrap().is_empty());
    assert!(store.room(&room_id(1)).unwrap().is_none());
    assert!(store.tail(&room_id(1), 30).unwrap().is_empty());
    assert!(store.ledger("session").unwrap().is_none());
}

#[test]
fn what_was_written_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_rooms((0..50).map(room).collect()).wait().unwrap();
    store.put_tail(room_id(3), tail(40, "hello")).wait().unwrap();
    store.put_ledger("session", value(b"token")).wait().unwrap();
    store.close();
    let store = open(folder.path());
    let page = store.rooms(RoomFilter::All, 20).unwrap();
    assert_eq!((page.rooms.len(), page.total), (20, 50));
    assert_eq!(page.rooms[0], room(49));
    assert_eq!(store.tail(&room_id(3), 30).unwrap(), tail(40, "hello")[10..]);
    assert_eq!(store.ledger("session").unwrap().unwrap().as_slice(), b"token");
    store.put_ledger("session", None).wait().unwrap();
    assert!(store.ledger("session").unwrap().is_none());
}

#[test]
fn a_second_open_is_locked_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = open(folder.path());
    let clone = store.clone();
    assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::Locked));
    assert_eq!(Store::rebuild(&path, &key()).err(), Some(StoreError::Locked));
    drop(store);
    assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::Locked));
    drop(clone.put_rooms(vec![room(1)]));
    drop(clone);
    let store = open(folder.path());
    assert_eq!(store.all_rooms().unwrap(), [room(1)]);
    store.close();
    let again = open(folder.path());
    assert_eq!(again.all_rooms().unwrap(), [room(1)]);
}

#[test]
fn closing_writes_what_is_queued_and_ends_everything() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let clone = store.clone();
    let writes: Vec<_> = (0..300).map(|n| store.put_tail(room_id(n), tail(5, "queued"))).collect();
    drop(store.put_ledger("last", value(b"1")));
    store.close();
    store.close();
    assert!(writes.into_iter().all(|write| write.wait().is_ok()));
    assert_eq!(clone.rooms(RoomFilter::All, 1).err(), Some(StoreError::Closed));
    assert_eq!(clone.room(&room_id(1)).err(), Some(StoreError::Closed));
    assert_eq!(clone.all_rooms().err(), Some(StoreError::Closed));
    assert_eq!(clone.tail(&room_id(1), 1).err(), Some(StoreError::Closed));
    assert_eq!(clone.ledger("last").err(), Some(StoreError::Closed));
    assert_eq!(clone.put_rooms(vec![]).wait(), Err(StoreError::Closed));
    assert_eq!(clone.remove_rooms(vec![]).wait(), Err(StoreError::Closed));
    assert_eq!(clone.put_tail(room_id(1), vec![]).wait(), Err(StoreError::Closed));
    assert_eq!(clone.put_ledger("last", None).wait(), Err(StoreError::Closed));
    for end in ["-wal", "-shm", ".ledger-wal", ".ledger-shm"] {
        assert!(!folder.path().join(format!("store.db{end}")).exists());
    }
    let store = open(folder.path());
    assert!((0..300).all(|n| store.tail(&room_id(n), 9).unwrap() == tail(5, "queued")));
    assert_eq!(store.ledger("last").unwrap().unwrap().as_slice(), b"1");
}

#[test]
fn dropping_waits_for_writes_that_nobody_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut write = pin!(store.put_tail(room_id(1), tail(3, "a")));
    let _ = write.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    drop(store.put_tail(room_id(2), tail(3, "b")));
    drop(store);
    let polled = write.poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(Ok(())));
    assert_eq!(open(folder.path()).tail(&room_id(2), 3).unwrap(), tail(3, "b"));
}

#[test]
fn later_writes_win_over_earlier_ones() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writes = Vec::new();
    for n in 0..500_u32 {
        writes.push(store.put_tail(room_id(1), vec![item("x", &n.to_string())]));
        let mut changed = room(1);
        changed.members = n;
        writes.push(store.put_rooms(vec![changed]));
        if n % 100 == 99 {
            writes.push(store.remove_rooms(vec![room_id(1)]));
            writes.push(store.put_tail(room_id(1), vec![item("x", "after")]));
        }
    }
    assert!(writes.into_iter().all(|write| write.wait().is_ok()));
    assert_eq!(store.room(&room_id(1)).unwrap(), None);
    assert_eq!(store.rooms(RoomFilter::All, 1).unwrap().total, 0);
    assert_eq!(store.tail(&room_id(1), 2).unwrap(), [item("x", "after")]);
}

#[test]
fn many_threads_read_while_one_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_rooms((0..200).map(room).collect()).wait().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let page = store.rooms(RoomFilter::All, 20).unwrap();
                    assert_eq!((page.rooms.len(), page.total), (20, 200));
                    let tail = store.tail(&room_id(1), 100).unwrap();
                    assert!(tail.is_empty() || tail.len() == 50);
                }
            });
        }
        for round in 0..40 {
            store.put_tail(room_id(1), tail(50, &round.to_string())).wait().unwrap();
        }
    });
}

#[test]
fn the_log_does_not_grow_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for round in 0..60 {
        let long = "x".repeat(10_000);
        store.put_tail(room_id(1), tail(50, &format!("{round} {long}"))).wait().unwrap();
    }
    // 30 MB were written.
    let log = std::fs::metadata(folder.path().join("store.db-wal")).unwrap().len();
    assert!(log < 10 << 20, "{log}");
}

#[test]
fn a_row_of_another_version_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_rooms(vec![room(1), room(2)]).wait().unwrap();
    store.put_tail(room_id(1), tail(3, "a")).wait().unwrap();
    store.close();
    let conn = crate::sample::raw(&folder.path().join("store.db"));
    let change =
        "UPDATE rooms SET summary = x'7b7d' WHERE id LIKE '!room00002%'; UPDATE tail SET item = x'00' WHERE id = 'i1'";
    conn.execute_batch(change).unwrap();
    drop(conn);
    let store = open(folder.path());
    assert_eq!(store.rooms(RoomFilter::All, 20).unwrap().rooms, [room(1)]);
    assert_eq!(store.room(&room_id(2)).unwrap(), None);
    assert_eq!(store.tail(&room_id(1), 9).unwrap().len(), 2);
    assert_eq!(store.unreadable(), 3);
    store.put_rooms(vec![room(2)]).wait().unwrap();
    assert_eq!(store.room(&room_id(2)).unwrap(), Some(room(2)));
}

#[test]
fn a_store_may_go_to_any_thread() {
    fn check<T: Send + Sync + 'static>() {}
    fn check_write<T: Send + 'static + Future<Output = Result<(), StoreError>>>() {}
    check::<Store>();
    check_write::<bulla_store::Write>();
}

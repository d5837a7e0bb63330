//! Odd values: they are stored and come back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bulla_model::{RoomFilter, RoomId, RoomTitle};

use crate::sample::{item, open, room, room_id, tail, value};

#[test]
fn odd_texts_and_numbers_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut odd = room(1);
    odd.id = RoomId("!'; DROP TABLE rooms; --\0\u{202e}🙂".to_owned());
    odd.title = RoomTitle::Named { text: "x".repeat(200_000) };
    (odd.members, odd.unread, odd.mentions) = (u32::MAX, u32::MAX, u32::MAX);
    odd.active_at = Some(UNIX_EPOCH + Duration::from_millis((1 << 53) - 1));
    let mut never = room(2);
    never.active_at = None;
    store.put_rooms(vec![never.clone(), odd.clone()]).wait().unwrap();
    let page = store.rooms(RoomFilter::All, u32::MAX).unwrap();
    assert_eq!(page.rooms, [odd.clone(), never]);
    let items = vec![item("", ""), item("", "\0"), item("\0'", &"🙂".repeat(70_000))];
    store.put_tail(odd.id.clone(), items.clone()).wait().unwrap();
    assert_eq!(store.tail(&odd.id, u32::MAX).unwrap(), items);
    assert!(store.tail(&odd.id, 0).unwrap().is_empty());
    let zero = store.rooms(RoomFilter::All, 0).unwrap();
    assert!(zero.rooms.is_empty() && zero.total == 2);
    store.put_ledger("", value(&vec![0; 3_000_000])).wait().unwrap();
    assert_eq!(store.ledger("").unwrap().unwrap().len(), 3_000_000);
}

#[test]
fn a_row_that_cannot_be_stored_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut early = room(1);
    early.active_at = SystemTime::UNIX_EPOCH.checked_sub(Duration::from_secs(1));
    store.put_rooms(vec![room(0), early, room(2)]).wait().unwrap();
    assert_eq!(store.all_rooms().unwrap(), [room(2), room(0)]);
}

#[test]
fn nothing_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.put_rooms(vec![]).wait().unwrap();
    store.remove_rooms(vec![room_id(9)]).wait().unwrap();
    store.put_tail(room_id(1), vec![]).wait().unwrap();
    store.put_ledger("none", None).wait().unwrap();
    store.put_tail(room_id(1), tail(3, "a")).wait().unwrap();
    store.put_tail(room_id(1), vec![]).wait().unwrap();
    assert!(store.tail(&room_id(1), 3).unwrap().is_empty());
}

//! Row 6: rooms and tails written a second, against the same rows inserted by hand into a file of the same kind.

use std::time::{Duration, SystemTime};

use bulla_model::{
    EventId, EventItem, ItemContent, ItemId, Membership, MessageBody, MessagePreview, RoomId, RoomKind, RoomSummary,
    RoomTitle, SendState, TextStyle, TimelineItem, UserId,
};
use bulla_store::{Store, StoreKey};
use rusqlite::{Connection, TransactionBehavior, params};

use crate::measure::{Figure, in_turns, time, times};

#[path = "harness/measure.rs"]
mod measure;

const ROOMS: usize = 10_000;
/// As the core does it.
const BATCH: usize = 32;
const TAILS: usize = 200;
const TAIL: usize = 50;
const KEY: [u8; 32] = [7; 32];

fn main() {
    let times = times(30);
    rooms(times);
    tails(times);
    moving_tails(times);
}

fn rooms(times: usize) {
    let rooms: Vec<RoomSummary> = (0..ROOMS).map(summary).collect();
    let rows: Vec<(String, i64, Vec<u8>)> = (0..)
        .zip(&rooms)
        .map(|(at, room)| (room.id.0.clone(), at, serde_json::to_vec(room).expect("a row is JSON")))
        .collect();
    let ours = || {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let batches: Vec<_> = rooms.chunks(BATCH).map(<[_]>::to_vec).collect();
        let (took, ()) = time(|| batches.into_iter().for_each(|batch| store.put_rooms(batch).wait().expect("written")));
        assert_eq!(store.rooms(bulla_model::RoomFilter::All, 1).expect("a page").total, ROOMS as u32);
        took
    };
    let floor = |indexed: bool| {
        let rows = &rows;
        move || {
            let folder = tempfile::tempdir().expect("a folder");
            let mut conn = raw(&folder);
            if !indexed {
                for name in ["all", "unread", "people", "rooms", "invitations", "favourites"] {
                    conn.execute_batch(&format!("DROP INDEX rooms_{name}")).expect("dropped");
                }
            }
            let (took, ()) = time(|| {
                for batch in rows.chunks(BATCH) {
                    let change = conn.transaction_with_behavior(TransactionBehavior::Immediate).expect("a transaction");
                    let mut insert = change
                        .prepare_cached("INSERT INTO rooms (id, admitted, active_at, summary) VALUES (?1, ?2, ?3, ?4)")
                        .expect("a statement");
                    for (id, at, summary) in batch {
                        insert.execute(params![id, 9, at, summary]).expect("inserted");
                    }
                    drop(insert);
                    change.commit().expect("committed");
                }
            });
            took
        }
    };
    let [ours, floor, bare] = in_turns(times, [&mut { ours }, &mut floor(true), &mut floor(false)]);
    Figure::new(6, format!("{ROOMS} rooms, {BATCH} a transaction"))
        .side("ours", &ours)
        .side("floor", &floor)
        .side("floor_without_indexes", &bare)
        .note("ours_per_s", per_second(ROOMS, ours.p50()))
        .note("floor_per_s", per_second(ROOMS, floor.p50()))
        .print();
}

fn tails(times: usize) {
    let tails: Vec<Vec<TimelineItem>> = (0..TAILS).map(|room| tail(room, 0)).collect();
    let rows: Vec<Vec<(String, Vec<u8>)>> = tails.iter().map(|tail| tail.iter().map(row).collect()).collect();
    let mut ours = || {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let tails = tails.clone();
        let (took, ()) = time(|| put(&store, tails));
        took
    };
    let mut floor = || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut conn = raw(&folder);
        let (took, ()) = time(|| insert(&mut conn, &rows));
        took
    };
    let [ours, floor] = in_turns(times, [&mut ours, &mut floor]);
    Figure::new(6, format!("{TAILS} tails of {TAIL} rows"))
        .side("ours", &ours)
        .side("floor", &floor)
        .note("ours_per_s", per_second(TAILS * TAIL, ours.p50()))
        .note("floor_per_s", per_second(TAILS * TAIL, floor.p50()))
        .print();
}

/// What one new message costs: a row more at the end, the oldest falls out.
fn moving_tails(times: usize) {
    let before: Vec<_> = (0..TAILS).map(|room| tail(room, 0)).collect();
    let after: Vec<_> = (0..TAILS).map(|room| tail(room, 1)).collect();
    let rows: Vec<Vec<_>> = before.iter().map(|tail| tail.iter().map(row).collect()).collect();
    let newest: Vec<_> = after.iter().map(|tail| row(tail.last().expect("a row"))).collect();
    let mut ours = || {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        put(&store, before.clone());
        let after = after.clone();
        let (took, ()) = time(|| put(&store, after));
        took
    };
    let mut floor = || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut conn = raw(&folder);
        insert(&mut conn, &rows);
        let (took, ()) = time(|| {
            for (room, (id, item)) in newest.iter().enumerate() {
                let change = conn.transaction_with_behavior(TransactionBehavior::Immediate).expect("a transaction");
                let oldest = slot(room, 0);
                change
                    .prepare_cached("DELETE FROM tail WHERE slot = ?1")
                    .and_then(|mut delete| delete.execute([oldest]))
                    .expect("deleted");
                change
                    .prepare_cached("INSERT INTO tail (slot, id, item) VALUES (?1, ?2, ?3)")
                    .and_then(|mut insert| insert.execute(params![slot(room, TAIL), id, item]))
                    .expect("inserted");
                change.commit().expect("committed");
            }
        });
        took
    };
    let [ours, floor] = in_turns(times, [&mut ours, &mut floor]);
    Figure::new(6, format!("{TAILS} tails move by one message"))
        .side("ours", &ours)
        .side("floor", &floor)
        .note("ours_per_s", per_second(TAILS, ours.p50()))
        .note("floor_per_s", per_second(TAILS, floor.p50()))
        .print();
}

fn open(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(&folder.path().join("bulla.db"), &StoreKey::new(KEY)).expect("a store");
    // The writer's thread and connection are there before the clock runs.
    store.remove_rooms(vec![RoomId("!none:example.org".into())]).wait().expect("a writer");
    store
}

fn put(store: &Store, tails: Vec<Vec<TimelineItem>>) {
    for (room, items) in tails.into_iter().enumerate() {
        store.put_tail(room_id(room), items).wait().expect("written");
    }
}

/// A file like the store's projection: the same key, the same care, the same tables.
fn raw(folder: &tempfile::TempDir) -> Connection {
    let conn = Connection::open(folder.path().join("floor.db")).expect("a file");
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).expect("a key");
    conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).expect("a log");
    conn.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 4194304; PRAGMA synchronous = NORMAL",
    )
    .expect("its settings");
    conn.execute_batch(include_str!("../src/schema/projection/0001.sql")).expect("its tables");
    conn
}

fn insert(conn: &mut Connection, tails: &[Vec<(String, Vec<u8>)>]) {
    for (room, rows) in tails.iter().enumerate() {
        let change = conn.transaction_with_behavior(TransactionBehavior::Immediate).expect("a transaction");
        change
            .prepare_cached("INSERT INTO tail_rooms (key, room) VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![room as i64 + 1, room_id(room).0]))
            .expect("inserted");
        let mut insert =
            change.prepare_cached("INSERT INTO tail (slot, id, item) VALUES (?1, ?2, ?3)").expect("a statement");
        for (at, (id, item)) in rows.iter().enumerate() {
            insert.execute(params![slot(room, at), id, item]).expect("inserted");
        }
        drop(insert);
        change.commit().expect("committed");
    }
}

fn slot(room: usize, at: usize) -> i64 {
    ((room as i64 + 1) << 32) | ((1 << 31) + (at as i64) * 1_024)
}

fn per_second(rows: usize, ms: f64) -> f64 {
    (rows as f64 / ms * 1e3).round()
}

fn room_id(n: usize) -> RoomId {
    RoomId(format!("!room{n:05}xCvBnMaSdFgHj:agents.example.org"))
}

fn user(n: usize) -> UserId {
    UserId(format!("@agent.{}:agents.example.org", n % 300))
}

fn moment(n: usize) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_760_000_000_000 + n as u64 * 61_003)
}

fn body(n: usize) -> MessageBody {
    let plain = format!("Réunion n° {n} : la note est prête, merci de la relire avant demain midi.");
    MessageBody::Text { style: TextStyle::Said, plain, html: None }
}

fn summary(n: usize) -> RoomSummary {
    RoomSummary {
        id: room_id(n),
        title: RoomTitle::Named { text: format!("Groupe de travail {n}") },
        topic: n.is_multiple_of(4).then(|| "Suivi du dossier, comptes rendus et calendrier".into()),
        avatar: None,
        kind: RoomKind::Private,
        open_to_guests: false,
        link: None,
        direct_with: None,
        members: 12,
        unread: 0,
        mentions: 0,
        marked_unread: false,
        last: Some(MessagePreview {
            sender: user(n),
            sender_name: Some("Camille Martin".into()),
            mine: false,
            body: body(n),
            at: moment(n),
            sending: false,
        }),
        encrypted: true,
        membership: Membership::Joined,
        invited_by: None,
        favourite: false,
        muted: false,
        notifications: Default::default(),
        low_priority: false,
        history: Default::default(),
        alias: None,
        successor: None,
        predecessor: None,
        superseded: false,
        active_at: Some(moment(n)),
        ending: None,
        retention: None,
    }
}

fn row(item: &TimelineItem) -> (String, Vec<u8>) {
    (item.id.0.clone(), serde_json::to_vec(item).expect("a row is JSON"))
}

fn tail(room: usize, from: usize) -> Vec<TimelineItem> {
    (from..from + TAIL).map(|n| item(room, n)).collect()
}

fn item(room: usize, n: usize) -> TimelineItem {
    let id = format!("$event{room:05}x{n:05}AbCdEfGhIjKlMnOpQrStUvWxYz01");
    let event = EventItem {
        event_id: Some(EventId(id.clone())),
        sender: user(n % 2),
        sender_name: Some("Camille Martin".into()),
        sender_name_is_ambiguous: false,
        sender_avatar: None,
        mine: n.is_multiple_of(2),
        at: moment(n),
        body: body(n),
        reply_to: None,
        thread: None,
        edited: false,
        reactions: Vec::new(),
        read_by: Vec::new(),
        send_state: SendState::Delivered,
        can_edit: false,
        can_reply: true,
        highlighted: false,
        thread_summary: None,
        pinned: false,
        announcement: None,
        shield: None,
        disguised: Vec::new(),
        ending: None,
    };
    TimelineItem { id: ItemId(id), content: ItemContent::Event { event } }
}

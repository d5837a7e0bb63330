//! Rooms, items and keys to test with.

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bulla_model::{
    EventItem, ItemContent, ItemId, Membership, MessageBody, MessagePreview, RoomId, RoomKind, RoomSummary, RoomTitle,
    SendState, TextStyle, TimelineItem, UserId,
};
use bulla_store::{Store, StoreKey};
use zeroize::Zeroizing;

pub const KEY: [u8; 32] = [7; 32];

pub fn key() -> StoreKey {
    StoreKey::new(KEY)
}

pub fn key_pragma() -> String {
    format!("PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{}'\"", "07".repeat(32))
}

/// A connection past the store's back.
pub fn raw(path: &Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(&key_pragma()).unwrap();
    conn
}

pub fn open(folder: &Path) -> Store {
    Store::open(&folder.join("store.db"), &key()).unwrap()
}

pub fn room_id(n: u32) -> RoomId {
    RoomId(format!("!room{n:05}:example.org"))
}

pub fn at(ms: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(ms)
}

pub fn room(n: u32) -> RoomSummary {
    RoomSummary {
        id: room_id(n),
        title: RoomTitle::Named { text: format!("Room number {n}") },
        topic: None,
        avatar: None,
        kind: if n.is_multiple_of(3) { RoomKind::Direct } else { RoomKind::Private },
        open_to_guests: false,
        link: None,
        direct_with: None,
        members: n,
        unread: n % 5,
        mentions: 0,
        marked_unread: false,
        last: Some(MessagePreview {
            sender: UserId::from("@agnes:example.org"),
            sender_name: Some("Agnès".to_owned()),
            mine: false,
            body: text(&format!("the last words of {n}")),
            at: at(1_000_000 + u64::from(n)),
            sending: false,
        }),
        encrypted: true,
        membership: if n % 7 == 6 { Membership::Invited } else { Membership::Joined },
        invited_by: None,
        favourite: n.is_multiple_of(11),
        muted: false,
        notifications: Default::default(),
        low_priority: false,
        history: Default::default(),
        alias: None,
        successor: None,
        predecessor: None,
        superseded: false,
        active_at: Some(at(1_000_000 + u64::from(n))),
        ending: None,
        retention: None,
    }
}

pub fn text(plain: &str) -> MessageBody {
    MessageBody::Text { style: TextStyle::Said, plain: plain.to_owned(), html: None }
}

pub fn item(id: &str, plain: &str) -> TimelineItem {
    let event = EventItem {
        event_id: None,
        sender: UserId::from("@agnes:example.org"),
        sender_name: None,
        sender_name_is_ambiguous: false,
        sender_avatar: None,
        mine: false,
        at: at(1),
        body: text(plain),
        reply_to: None,
        thread: None,
        edited: false,
        reactions: vec![],
        read_by: vec![],
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
    TimelineItem { id: ItemId::from(id), content: ItemContent::Event { event } }
}

pub fn tail(count: usize, mark: &str) -> Vec<TimelineItem> {
    (0..count).map(|n| item(&format!("i{n}"), &format!("{mark} {n}"))).collect()
}

pub fn plain(item: &TimelineItem) -> &str {
    match &item.content {
        ItemContent::Event { event: EventItem { body: MessageBody::Text { plain, .. }, .. } } => plain,
        _ => "",
    }
}

pub fn value(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    Some(Zeroizing::new(bytes.to_vec()))
}

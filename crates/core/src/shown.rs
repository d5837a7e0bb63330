//! What a conversation shows, apart from who feeds it: the rows, who is typing, and whether the store has them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bulla_model::{ItemContent, ItemId, RoomId, SendState, TimelineItem, UserId};
use eyeball_im::Vector;
use tokio::sync::watch;

use crate::{endings::Endings, live::Live, vault::Vault};

/// How much of a conversation the store keeps for the next start.
pub(crate) const TAIL: u32 = 50;

pub(crate) struct Shown {
    pub room: RoomId,
    pub rows: watch::Sender<Vector<Arc<TimelineItem>>>,
    pub typing: watch::Sender<Vec<UserId>>,
    pub live: watch::Sender<Option<Arc<Live>>>,
    dirty: AtomicBool,
    /// Whether the store keeps its tail.
    kept: bool,
}

impl Shown {
    /// Begins with the stored tail.
    pub fn new(room: RoomId, tail: Vec<TimelineItem>) -> Self {
        Self {
            room,
            rows: watch::Sender::new(tail.into_iter().map(Arc::new).collect()),
            typing: watch::Sender::new(Vec::new()),
            live: watch::Sender::new(None),
            dirty: AtomicBool::new(false),
            kept: true,
        }
    }

    /// What is shown once and not kept: a thread, what was pinned, what was said around a date.
    pub fn passing(room: RoomId) -> Self {
        Self { kept: false, ..Self::new(room, Vec::new()) }
    }

    /// Shows these rows from now on.
    pub fn publish(&self, rows: &Vector<Arc<TimelineItem>>) {
        self.rows.send_replace(rows.clone());
        self.dirty.store(self.kept, Ordering::Release);
    }

    /// Shows nothing any more of what has ended or was deleted.
    pub fn purge(&self, endings: &Endings) {
        self.rows.send_if_modified(|rows| {
            let left = rows.iter().filter_map(|row| endings.admit(&self.room, (**row).clone()));
            let left: Vector<_> = left.map(Arc::new).collect();
            let differs = left != *rows;
            if differs {
                *rows = left;
                self.dirty.store(self.kept, Ordering::Release);
            }
            differs
        });
    }

    /// Whether the store has not seen all that is shown.
    pub fn is_dirty(&self) -> bool {
        self.dirty.load(Ordering::Acquire)
    }

    /// Stores the tail where it differs from what is stored.
    pub async fn store(&self, vault: &Vault) {
        if !self.dirty.swap(false, Ordering::AcqRel) {
            return;
        }
        let tail: Vec<TimelineItem> = {
            let rows = self.rows.borrow();
            rows.iter().skip(rows.len().saturating_sub(TAIL as usize)).map(|row| kept(row)).collect()
        };
        let room = self.room.clone();
        vault.write("tail", move |store| store.put_tail(room, tail)).await;
    }
}

/// A row as the store keeps it: named by its event, since a local name means nothing to the next run.
fn kept(row: &TimelineItem) -> TimelineItem {
    let mut row = row.clone();
    if let ItemContent::Event { event } = &row.content
        && let Some(id) = &event.event_id
        && event.send_state == SendState::Delivered
    {
        row.id = ItemId(id.0.clone());
    }
    row
}

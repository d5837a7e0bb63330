//! How lists change. A stream's first batch begins with `Reset`; every later change applies to the list as the one before left it.

use crate::{RoomSummary, TimelineItem, UserId};

/// One change of a list of rooms.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum RoomListChange {
    /// The whole list anew.
    Reset {
        /// All rows.
        items: Vec<RoomSummary>,
        /// How many rooms the filter admits in all; more than `items` where pages remain.
        total: u32,
    },
    /// A row comes in at `index`; those from there on move down.
    Insert {
        /// Where.
        index: u32,
        /// The row.
        item: RoomSummary,
    },
    /// The row at `index` is replaced.
    Set {
        /// Where.
        index: u32,
        /// The row.
        item: RoomSummary,
    },
    /// The row at `index` goes; those after it move up.
    Remove {
        /// Where.
        index: u32,
    },
    /// The number of rooms that the filter admits is another.
    Total {
        /// How many.
        total: u32,
    },
}

/// One change of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum TimelineChange {
    /// The whole list anew, oldest first.
    Reset {
        /// All rows.
        items: Vec<TimelineItem>,
    },
    /// A row comes in at `index`; those from there on move down.
    Insert {
        /// Where.
        index: u32,
        /// The row.
        item: TimelineItem,
    },
    /// The row at `index` is replaced.
    Set {
        /// Where.
        index: u32,
        /// The row.
        item: TimelineItem,
    },
    /// The row at `index` goes; those after it move up.
    Remove {
        /// Where.
        index: u32,
    },
    /// Who is typing now, without this account.
    Typing {
        /// All of them.
        users: Vec<UserId>,
    },
}

/// Applies a batch to the rows a list shows. An index out of range is ignored.
pub fn apply_room_changes(rows: &mut Vec<RoomSummary>, batch: Vec<RoomListChange>) {
    for change in batch {
        match change {
            RoomListChange::Reset { items, .. } => *rows = items,
            RoomListChange::Insert { index, item } => insert(rows, index, item),
            RoomListChange::Set { index, item } => set(rows, index, item),
            RoomListChange::Remove { index } => remove(rows, index),
            RoomListChange::Total { .. } => {}
        }
    }
}

/// Applies a batch to the rows a conversation shows. An index out of range is ignored.
pub fn apply_timeline_changes(rows: &mut Vec<TimelineItem>, batch: Vec<TimelineChange>) {
    for change in batch {
        match change {
            TimelineChange::Reset { items } => *rows = items,
            TimelineChange::Insert { index, item } => insert(rows, index, item),
            TimelineChange::Set { index, item } => set(rows, index, item),
            TimelineChange::Remove { index } => remove(rows, index),
            TimelineChange::Typing { .. } => {}
        }
    }
}

fn insert<T>(rows: &mut Vec<T>, index: u32, item: T) {
    let index = index as usize;
    if index <= rows.len() {
        rows.insert(index, item);
    }
}

fn set<T>(rows: &mut [T], index: u32, item: T) {
    if let Some(row) = rows.get_mut(index as usize) {
        *row = item;
    }
}

fn remove<T>(rows: &mut Vec<T>, index: u32) {
    let index = index as usize;
    if index < rows.len() {
        rows.remove(index);
    }
}

//! What can be written.

use bulla_model::{EventId, RoomId, RoomSummary, TimelineItem};
use rusqlite::Transaction;
use zeroize::Zeroizing;

use crate::{EndingRow, endings, ledger, rooms, tail};

/// One write.
pub(crate) enum Job {
    PutRooms(Vec<RoomSummary>),
    RemoveRooms(Vec<RoomId>),
    PutTail(RoomId, Vec<TimelineItem>),
    PutLedger(String, Option<Zeroizing<Vec<u8>>>),
    PutEndings(Vec<EndingRow>, Vec<u8>),
    RemoveEndings(Vec<EventId>),
    /// Writes nothing: what was written before it is moved into the file, and the log cut to nothing.
    EmptyLog(Target),
}

/// Which file a write goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Projection,
    Ledger,
}

/// A queue of rows longer than this is not merged further, so that one transaction stays short.
const MOST_ROWS: usize = 16_384;

impl Job {
    pub(crate) fn target(&self) -> Target {
        match self {
            Self::PutRooms(_) | Self::RemoveRooms(_) | Self::PutTail(..) => Target::Projection,
            Self::PutLedger(..) | Self::PutEndings(..) | Self::RemoveEndings(_) => Target::Ledger,
            Self::EmptyLog(target) => *target,
        }
    }

    /// Takes the place of a later write of the same thing, or gives it back. Both are then one write.
    pub(crate) fn absorb(&mut self, later: Self) -> Option<Self> {
        match (self, later) {
            (Self::PutRooms(rows), Self::PutRooms(more)) if rows.len() + more.len() <= MOST_ROWS => {
                rows.extend(more);
                None
            }
            (Self::PutTail(room, items), Self::PutTail(same, newer)) if *room == same => {
                *items = newer;
                None
            }
            (_, later) => Some(later),
        }
    }

    /// Whether a later write may be done before this one.
    pub(crate) fn lets_pass(&self) -> bool {
        !matches!(self, Self::RemoveRooms(_) | Self::EmptyLog(_))
    }

    pub(crate) fn write(&self, change: &Transaction<'_>) -> rusqlite::Result<()> {
        match self {
            Self::PutRooms(rows) => rooms::put(change, rows),
            Self::RemoveRooms(ids) => {
                rooms::remove(change, ids)?;
                ids.iter().try_for_each(|id| tail::remove(change, id))
            }
            Self::PutTail(room, items) => tail::put(change, room, items),
            Self::PutLedger(name, Some(value)) => ledger::put(change, name, value),
            Self::PutLedger(name, None) => ledger::remove(change, name),
            Self::PutEndings(rows, clock) => endings::put(change, rows, clock),
            Self::RemoveEndings(events) => endings::remove(change, events),
            Self::EmptyLog(_) => Ok(()),
        }
    }
}

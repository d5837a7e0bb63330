//! The store as the core sees it.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bulla_model::{EventId, RoomFilter, RoomId, RoomSummary, TimelineItem};
use zeroize::Zeroizing;

use crate::{
    EndingRow, Rebuilt, RoomPage, StoreError, StoreKey, Write, endings,
    files::Files,
    fresh,
    job::{Job, Target},
    ledger,
    lock::Lock,
    probe::{Probe, Verdict, judge, probe},
    queue::Queue,
    readers::Readers,
    rebuild, rooms,
    schema::{LEDGER, PROJECTION},
    tail, writer,
};

/// An open store. Clones share it; it closes when the last one is dropped.
///
/// Reads run on the caller's thread and take well under a millisecond as a rule. They see every write that has resolved.
/// Writes are done in the order in which they were asked for, except that a later write may be joined to an earlier one of the same kind.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    files: Files,
    projection: Readers,
    ledger: Readers,
    queue: Arc<Queue>,
    /// The key and the lock: none once closed.
    hold: Mutex<Option<(StoreKey, Arc<Lock>)>>,
    unreadable: AtomicU64,
}

/// How long dropping the last `Store` waits for the writer, which then finishes alone.
const DROP_WAIT: Duration = Duration::from_secs(2);

impl Store {
    /// Opens the store at `path`, or makes it; older versions are brought up to date. Its other files are beside it.
    pub fn open(path: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        let files = Files::at(path);
        let lock = Arc::new(Lock::take(&files.lock)?);
        fresh::finish(&files.projection)?;
        fresh::finish(&files.ledger)?;
        let mut projection = probe(&files.projection, key, &PROJECTION);
        let mut ledger = probe(&files.ledger, key, &LEDGER);
        match judge(&projection, &ledger) {
            Verdict::Good => {}
            Verdict::Bad(error) => return Err(error),
            // The ledger first: a projection without it means damage.
            Verdict::New => {
                fresh::make(&files.ledger, key, &LEDGER, |_| Ok(()))?;
                ledger = probe(&files.ledger, key, &LEDGER);
                fresh::make(&files.projection, key, &PROJECTION, |_| Ok(()))?;
                projection = probe(&files.projection, key, &PROJECTION);
            }
            Verdict::ProjectionGone => {
                fresh::make(&files.projection, key, &PROJECTION, |_| Ok(()))?;
                projection = probe(&files.projection, key, &PROJECTION);
            }
        }
        let (Probe::Fine(first), Probe::Fine(ledger)) = (projection, ledger) else {
            return Err(StoreError::Corrupt);
        };
        let projection = Readers::new(files.projection.clone(), 2, key.clone(), first)?;
        let ledger = Readers::new(files.ledger.clone(), 1, key.clone(), ledger)?;
        let hold = Mutex::new(Some((key.clone(), lock)));
        let (queue, unreadable) = Default::default();
        Ok(Self(Arc::new(Inner { files, projection, ledger, queue, hold, unreadable })))
    }

    /// Repairs a store that does not open, or gives `Corrupt`: makes the projection anew and keeps what can be read of the
    /// ledger. The old files stay until the new ones are whole. With a wrong key nothing is touched.
    pub fn rebuild(path: &Path, key: &StoreKey) -> Result<Rebuilt, StoreError> {
        rebuild::rebuild(path, key)
    }

    /// Writes what is queued, closes the files and erases the key; every later call gives `Closed`. Blocks until it is done.
    pub fn close(&self) {
        self.0.close(None);
    }

    /// The newest `limit` rooms that `filter` admits, and how many there are in all.
    pub fn rooms(&self, filter: RoomFilter, limit: u32) -> Result<RoomPage, StoreError> {
        self.0.counted(self.0.projection.read(|conn| rooms::page(conn, filter, limit)))
    }

    /// One room.
    pub fn room(&self, id: &RoomId) -> Result<Option<RoomSummary>, StoreError> {
        self.0.counted(self.0.projection.read(|conn| rooms::one(conn, id)))
    }

    /// Every room, left ones too, newest first.
    pub fn all_rooms(&self) -> Result<Vec<RoomSummary>, StoreError> {
        self.0.counted(self.0.projection.read(|conn| rooms::all(conn)))
    }

    /// The newest `limit` stored items of a conversation, oldest first.
    pub fn tail(&self, room: &RoomId, limit: u32) -> Result<Vec<TimelineItem>, StoreError> {
        self.0.counted(self.0.projection.read(|conn| tail::read(conn, room, limit)))
    }

    /// A ledger value.
    pub fn ledger(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.0.ledger.read(|conn| ledger::get(conn, name))
    }

    /// Every message that ends.
    pub fn endings(&self) -> Result<Vec<EndingRow>, StoreError> {
        self.0.ledger.read(|conn| endings::all(conn))
    }

    /// The clock by which they end, as it was put last.
    pub fn ending_clock(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.ledger.read(|conn| endings::clock(conn))
    }

    /// How many rows were left out of answers so far because another version wrote them and this one cannot read them.
    pub fn unreadable(&self) -> u64 {
        self.0.unreadable.load(Ordering::Relaxed)
    }

    /// Adds rooms, or replaces what is stored of them.
    pub fn put_rooms(&self, rooms: Vec<RoomSummary>) -> Write {
        self.push(Job::PutRooms(rooms))
    }

    /// Removes rooms and their tails.
    pub fn remove_rooms(&self, ids: Vec<RoomId>) -> Write {
        self.push(Job::RemoveRooms(ids))
    }

    /// Replaces the stored tail of a conversation, all or nothing; only what changed is written.
    pub fn put_tail(&self, room: RoomId, items: Vec<TimelineItem>) -> Write {
        self.push(Job::PutTail(room, items))
    }

    /// Sets a ledger value, or removes it. When it resolves, it survives a loss of power.
    pub fn put_ledger(&self, name: &str, value: Option<Zeroizing<Vec<u8>>>) -> Write {
        self.push(Job::PutLedger(name.to_owned(), value))
    }

    /// Adds messages that end, or replaces what is known of them, and keeps the clock with them. When it resolves, it survives a loss of power.
    pub fn put_endings(&self, rows: Vec<EndingRow>, clock: Vec<u8>) -> Write {
        self.push(Job::PutEndings(rows, clock))
    }

    /// Removes messages that end.
    pub fn remove_endings(&self, events: Vec<EventId>) -> Write {
        self.push(Job::RemoveEndings(events))
    }

    /// Moves what the logs hold into the files: what was deleted before is in none of them when both have succeeded. `Locked` where
    /// somebody reads what was there before: try again.
    pub fn empty_logs(&self) -> [Write; 2] {
        [Target::Projection, Target::Ledger].map(|target| self.push(Job::EmptyLog(target)))
    }

    fn push(&self, job: Job) -> Write {
        let inner = &*self.0;
        inner.queue.push(job, || {
            let hold = inner.hold.lock().unwrap_or_else(PoisonError::into_inner);
            match &*hold {
                Some((key, lock)) => {
                    let queue = Arc::clone(&inner.queue);
                    writer::start(queue, &inner.files, key.clone(), Arc::clone(lock))
                }
                // Between two steps of closing.
                None => Err(std::io::ErrorKind::NotConnected.into()),
            }
        })
    }
}

impl Inner {
    fn close(&self, limit: Option<Duration>) {
        self.queue.close();
        self.queue.wait_for_end(limit);
        self.projection.close();
        self.ledger.close();
        // The last holder of the lock releases it: the writer, if it still runs.
        self.hold.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn counted<T>(&self, answer: Result<(T, u64), StoreError>) -> Result<T, StoreError> {
        let (value, unreadable) = answer?;
        if unreadable > 0 {
            self.unreadable.fetch_add(unreadable, Ordering::Relaxed);
            tracing::warn!(unreadable, "rows of another version left out");
        }
        Ok(value)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close(Some(DROP_WAIT));
    }
}

#[cfg(test)]
mod tests {
    use bulla_model::{ItemContent, ItemId};

    use super::*;
    use crate::writer::fault::limit_pages;

    fn items(count: usize) -> Vec<TimelineItem> {
        let item = |n| TimelineItem { id: ItemId(format!("{n:0500}")), content: ItemContent::Start };
        (0..count).map(item).collect()
    }

    #[test]
    fn a_full_store_says_so_stays_readable_and_heals() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path, &StoreKey::new([1; 32])).unwrap();
        let id = |n: u32| RoomId(format!("!{n}"));
        store.put_tail(id(0), items(100)).wait().unwrap();
        limit_pages(&path, 1);
        // In one batch: the large fail, and the small that needs no page does not.
        let large = [1, 2, 3].map(|n| store.put_tail(id(n), items(100)));
        let small = store.put_tail(id(0), items(99));
        assert!(large.into_iter().all(|write| write.wait() == Err(StoreError::Full)));
        assert_eq!(small.wait(), Ok(()));
        assert_eq!(store.tail(&id(0), 200).unwrap(), items(99));
        assert!(store.tail(&id(1), 200).unwrap().is_empty());
        // The ledger has a file of its own.
        store.put_ledger("session", Some(Zeroizing::new(vec![1; 9_000]))).wait().unwrap();
        limit_pages(&path, u32::MAX);
        store.put_tail(id(1), items(100)).wait().unwrap();
        assert_eq!(store.tail(&id(1), 200).unwrap(), items(100));
    }
}

//! The one thread that writes.

use std::{path::PathBuf, sync::Arc, thread};

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    StoreError, StoreKey,
    connection::{self, Durability},
    files::Files,
    job::{Job, Target},
    lock::Lock,
    queue::{Queue, Queued},
};

/// How many pages the log may hold before they are moved into the file: 4 MiB.
const LONG_LOG: i64 = 1_000;

/// Checkpoints are the thread's own business. Pages of the last writes stay in memory, up to 8 MiB.
const WRITER: &str = "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192";

/// Starts the thread. It ends when the queue is closed and empty, and holds the lock until then.
pub(crate) fn start(queue: Arc<Queue>, files: &Files, key: StoreKey, lock: Arc<Lock>) -> std::io::Result<()> {
    let projection = Pen::new(files.projection.clone(), key.clone(), Durability::Process);
    let ledger = Pen::new(files.ledger.clone(), key, Durability::Power);
    let shift = Shift { pens: Some((projection, ledger)), lock: Some(lock), queue };
    thread::Builder::new().name("bulla-store".to_owned()).spawn(move || shift.work())?;
    Ok(())
}

/// One run of the thread. Dropped last, also in a panic: files are closed, then the lock is released, then the end is told.
struct Shift {
    pens: Option<(Pen, Pen)>,
    lock: Option<Arc<Lock>>,
    queue: Arc<Queue>,
}

impl Shift {
    fn work(mut self) {
        let Some((projection, ledger)) = &mut self.pens else { return };
        while let Some((target, batch)) = self.queue.take() {
            let pen = match target {
                Target::Projection => &mut *projection,
                Target::Ledger => &mut *ledger,
            };
            let mut results = pen.write(&batch);
            let empties = |queued: &Queued| matches!(queued.job, Job::EmptyLog(_));
            if batch.iter().any(empties) {
                let emptied = pen.empty_log();
                let asked = batch.iter().zip(&mut results).filter(|(queued, _)| empties(queued));
                asked.for_each(|(_, result)| *result = result.and(emptied));
            }
            for (queued, result) in batch.into_iter().zip(results) {
                for waiter in queued.waiters {
                    // Nobody waits any more: the write stands all the same.
                    let _ = waiter.send(result);
                }
            }
            // After the answer: nobody waits for it.
            if pen.log_is_long() {
                pen.checkpoint("PRAGMA wal_checkpoint(PASSIVE)");
            }
        }
        projection.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
        ledger.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}

impl Drop for Shift {
    fn drop(&mut self) {
        self.pens = None;
        self.lock = None;
        self.queue.writer_ended();
    }
}

/// The connection that writes to one file.
struct Pen {
    path: PathBuf,
    key: StoreKey,
    durability: Durability,
    connection: Option<Connection>,
}

impl Pen {
    fn new(path: PathBuf, key: StoreKey, durability: Durability) -> Self {
        Self { path, key, durability, connection: None }
    }

    /// Writes all in one transaction; if that fails, each in one of its own, so that each gets its own result.
    fn write(&mut self, batch: &[Queued]) -> Vec<Result<(), StoreError>> {
        match self.commit(batch) {
            Err(_) if batch.len() > 1 => batch.iter().map(|one| self.commit(std::slice::from_ref(one))).collect(),
            result => batch.iter().map(|_| result).collect(),
        }
    }

    fn commit(&mut self, batch: &[Queued]) -> Result<(), StoreError> {
        let result = self.try_commit(batch).map_err(StoreError::from);
        if let Err(error) = result {
            tracing::warn!(%error, writes = batch.len(), "not written");
            // SQLCipher keeps refusing after a bad page, and a connection that met a full disk may hold what it could not write.
            self.connection = None;
        }
        result
    }

    fn try_commit(&mut self, batch: &[Queued]) -> rusqlite::Result<()> {
        let connection = self.connect()?;
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        batch.iter().try_for_each(|queued| queued.job.write(&change))?;
        connection::assert_sound(&change)?;
        change.commit()
    }

    fn connect(&mut self) -> rusqlite::Result<&mut Connection> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => {
                let opened = connection::connect(&self.path, &self.key, self.durability)?;
                opened.set_prepared_statement_cache_capacity(32);
                opened.execute_batch(WRITER)?;
                empty.insert(opened)
            }
        };
        #[cfg(test)]
        fault::apply(&self.path, connection)?;
        Ok(connection)
    }

    /// Moves the log into the file and cuts it to nothing. `Locked` where somebody reads what it was before.
    fn empty_log(&mut self) -> Result<(), StoreError> {
        let connection = self.connect()?;
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Locked) }
    }

    /// Whether the log holds much that is not in the file yet.
    fn log_is_long(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| {
            let look = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
                Ok(row.get::<_, i64>("log")? - row.get::<_, i64>("checkpointed")?)
            });
            look.is_ok_and(|pages| pages >= LONG_LOG)
        })
    }

    /// Moves the log into the file.
    fn checkpoint(&self, sql: &str) {
        let Some(connection) = &self.connection else { return };
        if let Err(error) = connection.query_row(sql, [], |_| Ok(())).map_err(StoreError::from) {
            // The log stays: it is read as before, and moved the next time.
            tracing::warn!(%error, "no checkpoint");
        }
    }
}

/// A limit to the size of a file, so that a test can make the disk full.
#[cfg(test)]
pub(crate) mod fault {
    use std::{
        collections::HashMap,
        path::{Path, PathBuf},
        sync::{LazyLock, Mutex},
    };

    static PAGES: LazyLock<Mutex<HashMap<PathBuf, u32>>> = LazyLock::new(Mutex::default);

    /// From the next write on, the file at `path` holds at most `pages` pages, or as many as it has.
    pub(crate) fn limit_pages(path: &Path, pages: u32) {
        PAGES.lock().unwrap().insert(path.to_owned(), pages);
    }

    pub(super) fn apply(path: &Path, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        let Some(pages) = PAGES.lock().unwrap().get(path).copied() else { return Ok(()) };
        connection.pragma(None, "max_page_count", pages, |_| Ok(()))
    }
}

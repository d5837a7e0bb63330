//! What time it is, where a rule depends on it.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::watch;

/// The device's clock, and how long the process has run. A test sets the former.
pub struct Clock {
    /// By how many milliseconds it was set.
    set: AtomicI64,
    begun: Instant,
    moved: watch::Sender<()>,
}

impl Clock {
    /// The device's clock as it is.
    pub(crate) fn new() -> Self {
        Self { set: AtomicI64::new(0), begun: Instant::now(), moved: watch::Sender::new(()) }
    }

    /// Sets it as far ahead of the device's clock, in milliseconds, as somebody might set that. For tests.
    pub fn set(&self, ahead: i64) {
        self.set.store(ahead, Ordering::Release);
        self.moved.send_replace(());
    }

    /// The device's clock.
    pub(crate) fn wall(&self) -> SystemTime {
        let set = self.set.load(Ordering::Acquire);
        let by = Duration::from_millis(set.unsigned_abs());
        let now = SystemTime::now();
        if set < 0 { now.checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH) } else { now + by }
    }

    /// How long it runs, by a clock that nobody sets.
    pub(crate) fn ran(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Tells when it was set.
    pub(crate) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }
}

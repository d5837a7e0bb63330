//! The lock's state as a stream.

use bulla_model::{AppLockState, Failure};
use tokio::sync::{Mutex, watch};

use crate::cancel::Cancel;

/// Tells how the lock stands: first as it is, then every change. One that was over before it was asked for is left out.
pub struct AppLockStream {
    seen: Mutex<watch::Receiver<AppLockState>>,
    cancel: Cancel,
}

impl AppLockStream {
    pub(crate) fn new(mut state: watch::Receiver<AppLockState>, ended: watch::Receiver<bool>) -> Self {
        state.mark_changed();
        Self { seen: Mutex::new(state), cancel: Cancel::new(ended) }
    }

    /// The next state, or none when the stream was cancelled.
    pub async fn next(&self) -> Result<Option<AppLockState>, Failure> {
        let next = self.cancel.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(*seen.borrow_and_update())
        });
        Ok(next.await.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

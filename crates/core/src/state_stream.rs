//! The session's state as a stream.

use std::sync::atomic::{AtomicBool, Ordering};

use bulla_model::{Failure, SessionState};
use tokio::sync::{Mutex, watch};

use crate::cancel::Cancel;

/// Tells how the session stands: first as it is, then every change. A state that was over before it was asked for is left out.
pub struct StateStream {
    seen: Mutex<watch::Receiver<SessionState>>,
    cancel: Cancel,
    /// Whether it was told that everything is erased.
    erased: AtomicBool,
}

impl StateStream {
    pub(crate) fn new(mut state: watch::Receiver<SessionState>, cancel: Cancel) -> Self {
        state.mark_changed();
        Self { seen: Mutex::new(state), cancel, erased: AtomicBool::new(false) }
    }

    /// The next state, or none when the stream was cancelled or its session closed.
    pub async fn next(&self) -> Result<Option<SessionState>, Failure> {
        let next = self.cancel.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(seen.borrow_and_update().clone())
        });
        let next = next.await.flatten();
        // The erasing closes the session: what it was told last is not lost by that.
        let erased =
            next.is_none() && !self.cancel.is_cancelled() && *self.seen.lock().await.borrow() == SessionState::Erased;
        match erased || next == Some(SessionState::Erased) {
            true if self.erased.swap(true, Ordering::AcqRel) => Ok(None),
            true => Ok(Some(SessionState::Erased)),
            false => Ok(next),
        }
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

//! The session's state as a stream.

use bulla_model::{Failure, SessionState};
use tokio::sync::{Mutex, watch};

use crate::cancel::Cancel;

/// Tells how the session stands: first as it is, then every change. A state that was over before it was asked for is left out.
pub struct StateStream {
    seen: Mutex<watch::Receiver<SessionState>>,
    cancel: Cancel,
}

impl StateStream {
    pub(crate) fn new(mut state: watch::Receiver<SessionState>, cancel: Cancel) -> Self {
        state.mark_changed();
        Self { seen: Mutex::new(state), cancel }
    }

    /// The next state, or none when the stream was cancelled or its session closed.
    pub async fn next(&self) -> Result<Option<SessionState>, Failure> {
        let next = self.cancel.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(seen.borrow_and_update().clone())
        });
        Ok(next.await.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

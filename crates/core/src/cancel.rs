//! Ending a stream from outside.

use tokio::sync::watch;

/// Ends one stream, by its own `cancel` or because its session closed.
pub(crate) struct Cancel {
    own: watch::Sender<bool>,
    session: watch::Receiver<bool>,
}

impl Cancel {
    /// `session` turns true when the session closes.
    pub fn new(session: watch::Receiver<bool>) -> Self {
        Self { own: watch::Sender::new(false), session }
    }

    pub fn cancel(&self) {
        self.own.send_replace(true);
    }

    /// Whether the stream itself was ended, not its session.
    pub fn is_cancelled(&self) -> bool {
        *self.own.borrow()
    }

    /// What `work` gives, or none as soon as the stream has ended.
    pub async fn or_end<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let (mut own, mut session) = (self.own.subscribe(), self.session.clone());
        let ended = async {
            tokio::select! {
                _ = own.wait_for(|ended| *ended) => {}
                _ = session.wait_for(|ended| *ended) => {}
            }
        };
        tokio::select! {
            biased;
            () = ended => None,
            done = work => Some(done),
        }
    }
}

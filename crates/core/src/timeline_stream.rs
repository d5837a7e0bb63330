//! A conversation's rows as a stream of changes.

use std::sync::Arc;

use bulla_model::{Failure, TimelineChange, TimelineItem, UserId};
use tokio::sync::{Mutex, watch};

use crate::{
    cancel::Cancel,
    rows::{RowChange, changes},
    timeline::TimelineInner,
};

type Rows = eyeball_im::Vector<Arc<TimelineItem>>;

/// A conversation: pulled, coalescing, one batch a call. It keeps its timeline alive.
pub struct TimelineStream {
    seen: Mutex<Seen>,
    cancel: Cancel,
    _timeline: Arc<TimelineInner>,
}

struct Seen {
    shown: Option<Vec<Arc<TimelineItem>>>,
    rows: watch::Receiver<Rows>,
    typing: watch::Receiver<Vec<UserId>>,
}

impl TimelineStream {
    pub(crate) fn new(timeline: Arc<TimelineInner>, cancel: Cancel) -> Self {
        let mut typing = timeline.shown.typing.subscribe();
        if !typing.borrow().is_empty() {
            typing.mark_changed();
        }
        let seen = Seen { shown: None, rows: timeline.shown.rows.subscribe(), typing };
        Self { seen: Mutex::new(seen), cancel, _timeline: timeline }
    }

    /// The next batch, or none when the stream was cancelled or its session closed. The first begins with a `Reset`.
    pub async fn next(&self) -> Result<Option<Vec<TimelineChange>>, Failure> {
        self.cancel.or_end(self.batch()).await.transpose()
    }

    /// Ends the stream: a pending [`TimelineStream::next`] returns at once.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn batch(&self) -> Result<Vec<TimelineChange>, Failure> {
        let mut seen = self.seen.lock().await;
        loop {
            let Seen { shown, rows, typing } = &mut *seen;
            let mut batch = Vec::new();
            let mut typing_changed = typing.has_changed().unwrap_or(false);
            if let Some(old) = shown {
                if !typing_changed && !rows.has_changed().unwrap_or(true) {
                    tokio::select! {
                        changed = rows.changed() => changed.map_err(|_| Failure::Closed)?,
                        changed = typing.changed() => {
                            changed.map_err(|_| Failure::Closed)?;
                            typing_changed = true;
                        }
                    }
                }
                let new: Vec<_> = rows.borrow_and_update().iter().cloned().collect();
                batch.extend(changes(old, &new, |item| &item.id).into_iter().map(told));
                *shown = Some(new);
            } else {
                let new: Vec<_> = rows.borrow_and_update().iter().cloned().collect();
                batch.push(TimelineChange::Reset { items: new.iter().map(|row| (**row).clone()).collect() });
                *shown = Some(new);
            }
            if typing_changed {
                batch.push(TimelineChange::Typing { users: typing.borrow_and_update().clone() });
            }
            if !batch.is_empty() {
                return Ok(batch);
            }
        }
    }
}

fn told(change: RowChange<TimelineItem>) -> TimelineChange {
    let own = |row: Arc<TimelineItem>| Arc::unwrap_or_clone(row);
    match change {
        RowChange::Reset(rows) => TimelineChange::Reset { items: rows.into_iter().map(own).collect() },
        RowChange::Insert(index, row) => TimelineChange::Insert { index, item: own(row) },
        RowChange::Set(index, row) => TimelineChange::Set { index, item: own(row) },
        RowChange::Remove(index) => TimelineChange::Remove { index },
    }
}

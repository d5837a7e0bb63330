//! One room's row as a stream.

use std::sync::Arc;

use bulla_model::{Failure, RoomId, RoomSummary};
use tokio::sync::{Mutex, watch};

use crate::{book::RoomBook, cancel::Cancel, failure::CoreError};

/// Tells a room's row: first as it is, then every change of it.
pub struct RoomStream {
    book: Arc<RoomBook>,
    room: RoomId,
    told: Mutex<Told>,
    cancel: Cancel,
}

struct Told {
    row: Option<Arc<RoomSummary>>,
    book: watch::Receiver<u64>,
}

impl RoomStream {
    pub(crate) fn new(book: Arc<RoomBook>, room: RoomId, cancel: Cancel) -> Self {
        let told = Mutex::new(Told { row: None, book: book.watch() });
        Self { book, room, told, cancel }
    }

    /// The next row, or none when the room was forgotten, the stream cancelled or its session closed.
    pub async fn next(&self) -> Result<Option<RoomSummary>, Failure> {
        Ok(self.cancel.or_end(self.row()).await.transpose()?.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn row(&self) -> Result<Option<RoomSummary>, CoreError> {
        let mut told = self.told.lock().await;
        loop {
            if told.row.is_some() {
                told.book.changed().await.map_err(|_| Failure::Closed)?;
            }
            told.book.mark_unchanged();
            let Some(row) = self.book.row(&self.room).await? else { return Ok(None) };
            if told.row.as_ref() != Some(&row) {
                told.row = Some(row.clone());
                return Ok(Some(Arc::unwrap_or_clone(row)));
            }
        }
    }
}

//! Lists of rooms.

use std::sync::Arc;

use bulla_model::{Failure, RoomFilter, RoomListChange};

use crate::{
    live::{Counted, Kind},
    runtime::query,
};

/// A list of rooms as a stream of changes. `RoomSummary` records cross in one call a batch.
#[derive(uniffi::Object)]
pub struct RoomListStream {
    core: Arc<bulla_core::RoomList>,
    _counted: Counted,
}

impl RoomListStream {
    pub(crate) fn new(core: bulla_core::RoomList) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(core), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl RoomListStream {
    /// The next batch of changes, or none when the stream was cancelled or its session closed. The first begins with `Reset`.
    /// Whoever is slow gets fewer, larger batches; nothing is lost. A query.
    pub async fn next(&self) -> Result<Option<Vec<RoomListChange>>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }

    /// Shows one page more: the rows come as changes.
    pub fn more(&self) {
        self.core.more();
    }

    /// Shows other rooms, from the first page: the next batch is a `Reset`.
    pub fn set_filter(&self, filter: RoomFilter) {
        self.core.set_filter(filter);
    }

    /// Shows only rooms whose name, people or topic hold every word of `text`, whatever its capitals and accents, from the first page:
    /// the next batch is a `Reset`. An empty text shows all again.
    pub fn set_search(&self, text: String) {
        self.core.set_search(&text);
    }
}

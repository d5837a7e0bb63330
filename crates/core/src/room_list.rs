//! A list of rooms as a stream of changes.

use std::sync::Arc;

use bulla_model::{Failure, RoomFilter, RoomListChange, RoomSummary};
use bulla_policy::{RoomSearch, check_page};
use tokio::sync::{Mutex, watch};

use crate::{
    book::RoomBook,
    cancel::Cancel,
    failure::CoreError,
    rows::{RowChange, changes},
};

/// A list of rooms: pulled, coalescing, one batch a call.
pub struct RoomList {
    book: Arc<RoomBook>,
    wanted: watch::Sender<Wanted>,
    page: u32,
    shown: Mutex<Shown>,
    cancel: Cancel,
}

#[derive(Clone, PartialEq)]
struct Wanted {
    filter: RoomFilter,
    search: RoomSearch,
    limit: u32,
}

struct Shown {
    rows: Option<Vec<Arc<RoomSummary>>>,
    total: u32,
    of: Wanted,
    book: watch::Receiver<u64>,
    wanted: watch::Receiver<Wanted>,
}

impl RoomList {
    pub(crate) fn new(book: Arc<RoomBook>, filter: RoomFilter, page: u32, cancel: Cancel) -> Result<Self, CoreError> {
        check_page(page)?;
        let of = Wanted { filter, search: RoomSearch::default(), limit: page };
        let wanted = watch::Sender::new(of.clone());
        let shown = Shown { rows: None, total: 0, of, book: book.watch(), wanted: wanted.subscribe() };
        Ok(Self { book, wanted, page, shown: Mutex::new(shown), cancel })
    }

    /// The next batch, or none when the list was cancelled or its session closed. The first is a `Reset`.
    pub async fn next(&self) -> Result<Option<Vec<RoomListChange>>, Failure> {
        self.cancel.or_end(self.batch()).await.transpose().map_err(Failure::from)
    }

    /// Ends the list: a pending [`RoomList::next`] returns at once.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Shows one page more.
    pub fn more(&self) {
        self.wanted.send_modify(|wanted| wanted.limit = wanted.limit.saturating_add(self.page));
    }

    /// Shows other rooms, from the first page: the next batch is a `Reset`.
    pub fn set_filter(&self, filter: RoomFilter) {
        self.wanted.send_modify(|wanted| (wanted.filter, wanted.limit) = (filter, self.page));
    }

    /// Shows only rooms that fit what was typed, from the first page: the next batch is a `Reset`.
    pub fn set_search(&self, text: &str) {
        let search = RoomSearch::new(text);
        self.wanted.send_if_modified(|wanted| {
            let other = wanted.search != search;
            if other {
                (wanted.search, wanted.limit) = (search, self.page);
            }
            other
        });
    }

    async fn batch(&self) -> Result<Vec<RoomListChange>, CoreError> {
        let mut shown = self.shown.lock().await;
        loop {
            if shown.rows.is_some() {
                let Shown { book, wanted, .. } = &mut *shown;
                let changed = tokio::select! {
                    changed = book.changed() => changed,
                    changed = wanted.changed() => changed,
                };
                changed.map_err(|_| CoreError::Said(Failure::Closed))?;
            }
            shown.book.mark_unchanged();
            let wanted = shown.wanted.borrow_and_update().clone();
            let page = self.book.page(wanted.filter, &wanted.search, wanted.limit).await?;
            let fresh = shown.rows.is_none() || (shown.of.filter, &shown.of.search) != (wanted.filter, &wanted.search);
            let mut batch = Vec::new();
            if fresh {
                let items = page.rows.iter().map(|row| (**row).clone()).collect();
                batch.push(RoomListChange::Reset { items, total: page.total });
            } else {
                let old = shown.rows.as_deref().unwrap_or_default();
                batch.extend(
                    changes(old, &page.rows, |room| &room.id).into_iter().map(|change| told(change, page.total)),
                );
                if page.total != shown.total && !matches!(batch.first(), Some(RoomListChange::Reset { .. })) {
                    batch.push(RoomListChange::Total { total: page.total });
                }
            }
            (shown.rows, shown.total, shown.of) = (Some(page.rows), page.total, wanted);
            if !batch.is_empty() {
                return Ok(batch);
            }
        }
    }
}

fn told(change: RowChange<RoomSummary>, total: u32) -> RoomListChange {
    let own = |row: Arc<RoomSummary>| Arc::unwrap_or_clone(row);
    match change {
        RowChange::Reset(rows) => RoomListChange::Reset { items: rows.into_iter().map(own).collect(), total },
        RowChange::Insert(index, row) => RoomListChange::Insert { index, item: own(row) },
        RowChange::Set(index, row) => RoomListChange::Set { index, item: own(row) },
        RowChange::Remove(index) => RoomListChange::Remove { index },
    }
}

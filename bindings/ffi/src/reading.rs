//! What was read, and by whom.

use std::sync::Arc;

use bulla_model::{Failure, ItemId, MarkedRead, Reader};

use crate::{
    live::{Counted, Kind},
    runtime::{Inside, command, query},
    session::Session,
    timeline::Timeline,
};

#[uniffi::export]
impl Session {
    /// Whether this account keeps to itself what it has read (`m.read.private`). A query.
    pub async fn private_receipts(&self) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        query(async move { core.private_receipts().await }).await
    }

    /// Keeps to itself what it reads from now on, or tells others again. It holds on all its devices. A command.
    pub async fn set_private_receipts(&self, private: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_private_receipts(private).await }).await
    }

    /// Marks every room as read, one with each [`MarkAllRead::next`].
    pub fn mark_all_read(&self) -> Result<Arc<MarkAllRead>, Failure> {
        Ok(MarkAllRead::new(self.core.mark_all_read()?))
    }
}

#[uniffi::export]
impl Timeline {
    /// Who has read a message or what came after it, without its author, by time: as far as their receipts are known here, at most 1,000.
    /// A query.
    ///
    /// Fails with `NotFound` when there is no such row.
    pub async fn readers(&self, item: ItemId) -> Result<Vec<Reader>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.readers(&item).await }).await
    }
}

/// Marks every room as read, room by room.
#[derive(uniffi::Object)]
pub struct MarkAllRead {
    core: Inside<Arc<bulla_core::MarkAllRead>>,
    _counted: Counted,
}

impl MarkAllRead {
    fn new(core: bulla_core::MarkAllRead) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl MarkAllRead {
    /// Marks one room more and tells how far it is; none when it is done, was cancelled or the session closed. The first call tells how many
    /// there are. A query: a room that is being marked when the caller goes away is marked or not.
    ///
    /// Fails with `Offline` or `Wait`: call it again then. A room that the server refuses is counted as failed.
    pub async fn next(&self) -> Result<Option<MarkedRead>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.next().await }).await
    }

    /// Ends it: what is marked stays so, and a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

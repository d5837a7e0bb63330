//! Parts of a room: its threads, what is pinned, what was said at a moment; and what was not sent yet.

use std::{sync::Arc, time::SystemTime};

use bulla_model::{EventId, Failure, SavedDraft, ThreadReading, ThreadRow};

use crate::{
    live::{Counted, Kind},
    room::Room,
    runtime::{Inside, command, query},
    timeline::Timeline,
};

#[uniffi::export]
impl Room {
    /// One thread with its first message, which [`bulla_model::EventItem::thread`] names. What is sent there is said in it. Nothing of it is
    /// stored: it waits for the network. A query.
    pub async fn thread(&self, root: EventId) -> Result<Arc<Timeline>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.thread(&root).await }).await.map(Timeline::new)
    }

    /// Its threads, the one with the newest answer first, a page at a time.
    pub fn threads(&self) -> Result<Arc<ThreadList>, Failure> {
        Ok(ThreadList::new(self.core.threads()?))
    }

    /// What this account has not read of a thread: what others said there after its receipt for the thread (MSC3771), or after its own
    /// last message there. That the conversation was read says nothing of it. A query, which asks the server.
    pub async fn thread_reading(&self, root: EventId) -> Result<ThreadReading, Failure> {
        let core = (*self.core).clone();
        query(async move { core.thread_reading(&root).await }).await
    }

    /// Marks a thread as read without opening it; [`Timeline::mark_read`] does so in one that is open. A command.
    ///
    /// Fails with `NotFound` (`Event`) where nothing was said in it.
    pub async fn mark_thread_read(&self, root: EventId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.mark_thread_read(&root).await }).await
    }

    /// Whether this account follows a thread (MSC4306); no where the server knows no such thing. A query.
    pub async fn follows_thread(&self, root: EventId) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        query(async move { core.follows_thread(&root).await }).await
    }

    /// Follows a thread, on all devices of this account, or no longer. A command.
    ///
    /// Fails with `NotFound` (`Event`) for what no thread began with, with `Rejected` where the server knows no such thing.
    pub async fn set_follows_thread(&self, root: EventId, follows: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_follows_thread(&root, follows).await }).await
    }

    /// What is pinned in it, oldest first. A query.
    pub async fn pinned(&self) -> Result<Arc<Timeline>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.pinned().await }).await.map(Timeline::new)
    }

    /// What was said around an event: page back and forward from there. A query.
    ///
    /// Fails with `NotFound` (`Event`) when it is not there or this account may not see it.
    pub async fn around(&self, event: EventId) -> Result<Arc<Timeline>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.around(&event).await }).await.map(Timeline::new)
    }

    /// The first event at or after a moment, or the last before it where nothing came after: open [`Room::around`] it. A query.
    pub async fn event_at(&self, at: SystemTime) -> Result<EventId, Failure> {
        let core = (*self.core).clone();
        query(async move { core.event_at(at).await }).await
    }

    /// What was typed here and not sent. It survives a restart and a repair of the store. A query.
    pub async fn draft(&self) -> Result<Option<SavedDraft>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.draft().await }).await
    }

    /// Keeps what is typed; a blank text, or none, keeps nothing. It is on the disk when this returns. A command.
    pub async fn set_draft(&self, draft: Option<SavedDraft>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_draft(draft.as_ref()).await }).await
    }
}

/// The threads of a room.
#[derive(uniffi::Object)]
pub struct ThreadList {
    core: Inside<Arc<bulla_core::ThreadList>>,
    _counted: Counted,
}

impl ThreadList {
    fn new(core: bulla_core::ThreadList) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl ThreadList {
    /// All threads that are loaded, or none when it was cancelled or its session closed. The first waits for the first page, the next for a
    /// change. A query.
    pub async fn next(&self) -> Result<Option<Vec<ThreadRow>>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.next().await }).await
    }

    /// Loads another page; false when there are no more. A query.
    pub async fn more(&self) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        query(async move { core.more().await }).await
    }

    /// Ends it: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

//! The session's states, a room's row, and a conversation's rows, as streams.

use std::sync::Arc;

use bulla_model::{Failure, RoomSummary, SessionState, TimelineChange};

use crate::{
    live::{Counted, Kind},
    runtime::{Inside, query},
};

/// How a session stands, as a stream.
#[derive(uniffi::Object)]
pub struct StateStream {
    core: Arc<bulla_core::StateStream>,
    _counted: Counted,
}

impl StateStream {
    pub(crate) fn new(core: bulla_core::StateStream) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(core), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl StateStream {
    /// The next state, or none when the stream was cancelled or its session closed. The first is the state as it is. A query.
    pub async fn next(&self) -> Result<Option<SessionState>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

/// A room's row as a stream.
#[derive(uniffi::Object)]
pub struct RoomStream {
    core: Arc<bulla_core::RoomStream>,
    _counted: Counted,
}

impl RoomStream {
    pub(crate) fn new(core: bulla_core::RoomStream) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(core), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl RoomStream {
    /// The next row, or none when the room was forgotten, the stream cancelled or its session closed. The first is the row as it
    /// is. A query.
    pub async fn next(&self) -> Result<Option<RoomSummary>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

/// A conversation's rows as a stream of changes.
#[derive(uniffi::Object)]
pub struct TimelineStream {
    core: Inside<Arc<bulla_core::TimelineStream>>,
    _counted: Counted,
}

impl TimelineStream {
    pub(crate) fn new(core: bulla_core::TimelineStream) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl TimelineStream {
    /// The next batch of changes, or none when the stream was cancelled or its session closed. The first begins with `Reset`,
    /// which comes from the store, without waiting for the network. Whoever is slow gets fewer, larger batches; nothing is
    /// lost. A query.
    pub async fn next(&self) -> Result<Option<Vec<TimelineChange>>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

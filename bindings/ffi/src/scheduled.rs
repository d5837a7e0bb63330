//! Messages that leave later.

use std::time::SystemTime;

use bulla_model::{Failure, NoScheduling, ScheduledMessage};

use crate::{
    room::Room,
    runtime::{command, query},
};

#[uniffi::export]
impl Room {
    /// Why nothing can be scheduled here (MSC4140); none: it can. A query.
    pub async fn no_scheduling(&self) -> Result<Option<NoScheduling>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.no_scheduling().await }).await
    }

    /// Has the server send a text, written in Markdown, at a moment, also while this device is off. The id is for
    /// [`Room::cancel_scheduled`] and [`Room::send_scheduled`]. A command.
    ///
    /// Fails with `Invalid`: `Text`, `Date` for a moment that is over or farther off than the server allows, `Room` where
    /// [`Room::no_scheduling`] says why.
    pub async fn schedule(&self, markdown: String, at: SystemTime) -> Result<String, Failure> {
        let core = (*self.core).clone();
        command(async move { core.schedule(&markdown, at).await }).await
    }

    /// What waits on the server to be sent here, the earliest first. A query.
    pub async fn scheduled(&self) -> Result<Vec<ScheduledMessage>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.scheduled().await }).await
    }

    /// Sends at once what waits. A command.
    ///
    /// Fails with `NotFound` when it has left or was cancelled.
    pub async fn send_scheduled(&self, id: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.send_scheduled(&id).await }).await
    }

    /// Sends no more what waits. A command.
    ///
    /// Fails with `NotFound` when it has left or was cancelled.
    pub async fn cancel_scheduled(&self, id: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.cancel_scheduled(&id).await }).await
    }
}

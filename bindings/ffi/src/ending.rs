//! Messages that end by themselves or are read once, and how long a room keeps what is said.

use std::{sync::Arc, time::Duration};

use bulla_model::{EndingLimit, Failure, ItemId, Lifetime, MessageBody, Retention};

use crate::{
    live::{Counted, Kind},
    media::Media,
    room::Room,
    runtime::{Inside, command, query},
    timeline::Timeline,
};

#[uniffi::export]
impl Room {
    /// How long messages live here where nothing else is said, as the server has it; none: for ever. [`bulla_model::RoomSummary::ending`] is
    /// the same as far as it is known here. A query.
    pub async fn ending(&self) -> Result<Option<Lifetime>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.ending().await }).await
    }

    /// Has messages live so long from now on where nothing else is said; none: for ever. It holds for all who write here with this library. A
    /// command.
    ///
    /// Fails with `Invalid` (`Lifetime`): `TooShort` under 30 seconds, `TooLong` over 365 days, `NotAllowed` for what is read once; with
    /// `Rejected` where this account may not: see [`Room::abilities`].
    pub async fn set_ending(&self, lifetime: Option<Lifetime>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_ending(lifetime).await }).await
    }

    /// How long it keeps what is said, as the server has it, and what the deployment says of that. A query.
    pub async fn retention(&self) -> Result<Retention, Failure> {
        let core = (*self.core).clone();
        query(async move { core.retention().await }).await
    }

    /// Has it keep what is said so long; none: as the deployment wants. What is older goes here at once, and on the server where that has
    /// retention on. A command.
    ///
    /// Fails with `Invalid` (`Lifetime`): `TooShort` under a day, `TooLong` over ten years; with `Rejected` where this account may not.
    pub async fn set_retention(&self, max_lifetime: Option<Duration>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_retention(max_lifetime).await }).await
    }
}

#[uniffi::export]
impl Timeline {
    /// Opens a message that is read once: its row has the body `Covered`. That it was opened is on the disk before this gives anything, so
    /// that it never opens again, whatever happens but that an older copy of the account's folder is put back; its row says `Opened` from then on, and its sender's client has the server delete it once
    /// everybody has opened it. A file is fetched, and looked at by the antivirus, before it counts as opened. A command.
    ///
    /// Fails with `NotFound` (`Event`) where it was opened or has ended, `Forbidden` (`Ending`) for one's own, or what is not read once;
    /// where its file cannot be had, as [`Media::open`] does, and then it is still covered.
    pub async fn open_once(&self, item: ItemId) -> Result<Arc<OpenedMessage>, Failure> {
        let core = (*self.core).clone();
        command(async move { core.open_once(&item).await }).await.map(OpenedMessage::new)
    }
}

/// A message that was read once, while it is looked at. When the last reference to it and its file is dropped, nothing of it is left on this device.
#[derive(uniffi::Object)]
pub struct OpenedMessage {
    core: Inside<bulla_core::OpenedMessage>,
    _counted: Counted,
}

impl OpenedMessage {
    fn new(core: bulla_core::OpenedMessage) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(core), _counted: Counted::new(Kind::Media) })
    }
}

#[uniffi::export]
impl OpenedMessage {
    /// What it says: `Text`, `Media`, or another body of a message.
    pub fn body(&self) -> MessageBody {
        self.core.body()
    }

    /// Its file, where it is one. It opens without the network.
    pub fn media(&self) -> Option<Arc<Media>> {
        self.core.media().map(Media::new)
    }
}

/// What cannot be guaranteed of a message that ends so: to be said to people before they rely on it.
#[uniffi::export]
pub fn ending_limits(lifetime: Lifetime) -> Vec<EndingLimit> {
    bulla_core::ending_limits(lifetime)
}

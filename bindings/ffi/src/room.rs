//! One room.

use std::sync::Arc;

use bulla_model::{Failure, Member, RoomId, RoomSummary, UserId};

use crate::{
    live::{Counted, Kind},
    runtime::{Inside, command, query},
    stream::RoomStream,
    timeline::Timeline,
};

/// One room: who is in it, what it is called, and its conversation.
#[derive(uniffi::Object)]
pub struct Room {
    pub(crate) core: Inside<bulla_core::Room>,
    _counted: Counted,
}

impl Room {
    pub(crate) fn new(core: bulla_core::Room) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(core), _counted: Counted::new(Kind::Room) })
    }
}

#[uniffi::export]
impl Room {
    /// Which room.
    pub fn id(&self) -> RoomId {
        self.core.id()
    }

    /// Its row, as a list would show it. A query.
    pub async fn summary(&self) -> Result<RoomSummary, Failure> {
        let core = (*self.core).clone();
        query(async move { core.summary().await }).await
    }

    /// Its row as a stream: first as it is, then every change.
    pub fn changes(&self) -> Result<Arc<RoomStream>, Failure> {
        Ok(RoomStream::new(self.core.changes()?))
    }

    /// Its conversation. It answers from the store at once; what the server has comes behind. Whoever shows the same room shares
    /// one. A query.
    pub async fn timeline(&self) -> Result<Arc<Timeline>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.timeline().await }).await.map(Timeline::new)
    }

    /// Who is in it or invited, by role, then by name. Asks the server where the list is not complete; offline, answers with what
    /// is known. A query.
    pub async fn members(&self) -> Result<Vec<Member>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.members().await }).await
    }

    /// Invites someone. A command.
    ///
    /// Fails with `Rejected` when this account may not, or they are already in; with `Forbidden` (`Guest`) before anything is sent where they
    /// are a guest from outside and the room is not open to guests: ask whether to open it ([`Room::open_to_guests`]).
    pub async fn invite(&self, user: UserId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.invite(&user).await }).await
    }

    /// Gives it another name: 1 to 255 characters. A command.
    pub async fn set_name(&self, name: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_name(&name).await }).await
    }

    /// Gives it another topic, up to 1,000 characters; an empty one removes it. A command.
    pub async fn set_topic(&self, topic: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_topic(&topic).await }).await
    }

    /// Makes it a favourite of this account, on all its devices, or no longer. A command.
    pub async fn set_favourite(&self, favourite: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_favourite(favourite).await }).await
    }

    /// Silences it for this account, on all its devices, or no longer. A command.
    pub async fn set_muted(&self, muted: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_muted(muted).await }).await
    }

    /// Tells the others that this person is typing, for the next few seconds, or no longer. Call it again while they type; it is
    /// sent no more often than needed. A command.
    pub async fn set_typing(&self, typing: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_typing(typing).await }).await
    }
}

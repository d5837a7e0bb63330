//! Who is in a room and what may be done there.

use std::sync::Arc;

use bulla_model::{Ability, Failure, Invited, Member, MemberRole, RoomId, RoomKind, UserId};

use crate::{
    live::{Counted, Kind},
    room::Room,
    runtime::{Inside, command, query},
    session::Session,
};

#[uniffi::export]
impl Room {
    /// What this account may do in it, each action allowed or refused with a reason, as a stream: first as it is, then whenever a
    /// role, a rule or the room's kind changes. Show a button by it before it is pressed.
    pub fn abilities(&self) -> Result<Arc<AbilityStream>, Failure> {
        Ok(AbilityStream::new(self.core.abilities()?))
    }

    /// Who is in it or invited, by role, then by name, as a stream: first as it is known here, without waiting for the network, then
    /// whenever somebody comes, goes or gets another role.
    pub fn member_changes(&self) -> Result<Arc<MemberStream>, Failure> {
        Ok(MemberStream::new(self.core.member_changes()?))
    }

    /// Invites several people, 1,000 at most. Each has a result of their own, in the order given; one that fails stops no other.
    /// A command.
    pub async fn invite_all(&self, users: Vec<UserId>) -> Result<Vec<Invited>, Failure> {
        let core = (*self.core).clone();
        command(async move { core.invite_all(users).await }).await
    }

    /// Removes somebody, or takes an invitation back. They may be invited again. A command.
    ///
    /// Fails with `Rejected` when this account may not.
    pub async fn remove(&self, user: UserId, reason: Option<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.remove(&user, reason.as_deref()).await }).await
    }

    /// Removes somebody, who cannot come back until [`Room::unban`]. A command.
    pub async fn ban(&self, user: UserId, reason: Option<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.ban(&user, reason.as_deref()).await }).await
    }

    /// Lets somebody who was banned be invited again. A command.
    pub async fn unban(&self, user: UserId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.unban(&user).await }).await
    }

    /// Gives somebody a role, or takes it with `Participant`. A command.
    ///
    /// Fails with `Invalid` for `Creator`, who is made by making the room; with `Forbidden` (`Guest`) for a guest from outside.
    pub async fn set_role(&self, user: UserId, role: MemberRole) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_role(&user, role).await }).await
    }

    /// Whether nobody could give roles any more once this account has left: warn before. A query.
    pub async fn is_last_administrator(&self) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        query(async move { core.is_last_administrator().await }).await
    }

    /// Opens it to guests from outside: from then on they may be invited. It cannot be undone: ask the person first. A command.
    ///
    /// When it fails, invite nobody from outside: the room is as it was.
    pub async fn open_to_guests(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.open_to_guests().await }).await
    }

    /// Lets everybody of the deployment in who has the room's link, which it answers, or no longer, and answers none. Guests from
    /// outside have to be invited either way. A command.
    pub async fn set_link_access(&self, on: bool) -> Result<Option<String>, Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_link_access(on).await }).await
    }
}

#[uniffi::export]
impl Session {
    /// Whether this account may make a room of `kind`, before the button is shown. No server is asked.
    ///
    /// Fails with `Forbidden`: `Guest` for a guest from outside, `RoomKind` where the deployment does not allow it.
    pub fn may_create(&self, kind: RoomKind) -> Result<(), Failure> {
        self.core.may_create(kind)
    }

    /// Whether this account may send where it is, known beforehand.
    ///
    /// Fails with `Forbidden` (`NoPlace`) where the manifest's feature `location` is off for the account's server.
    pub fn may_send_place(&self) -> Result<(), Failure> {
        self.core.may_send_place()
    }

    /// Comes in by a room's address (`#name:server`), as [`crate::parse_link`] gives it. A command.
    ///
    /// Fails with `NotFound` when nobody has that address, `Rejected` when the room's rules forbid it, `Forbidden` (`Guest`) for a guest from
    /// outside whom nobody invited.
    pub async fn join_address(&self, address: String) -> Result<RoomId, Failure> {
        let core = (*self.core).clone();
        command(async move { core.join_address(&address).await }).await
    }
}

/// Who is in a room, as a stream.
#[derive(uniffi::Object)]
pub struct MemberStream {
    core: Inside<Arc<bulla_core::MemberStream>>,
    _counted: Counted,
}

impl MemberStream {
    fn new(core: bulla_core::MemberStream) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl MemberStream {
    /// Who is in it now, or none when the stream was cancelled or its session closed. A query.
    pub async fn next(&self) -> Result<Option<Vec<Member>>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

/// What may be done in a room, as a stream.
#[derive(uniffi::Object)]
pub struct AbilityStream {
    core: Inside<Arc<bulla_core::AbilityStream>>,
    _counted: Counted,
}

impl AbilityStream {
    fn new(core: bulla_core::AbilityStream) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl AbilityStream {
    /// What may be done now, or none when the room was forgotten, the stream cancelled or its session closed. A query.
    pub async fn next(&self) -> Result<Option<Vec<Ability>>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

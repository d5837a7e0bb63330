//! Finding rooms that one is not in, coming in or asking to.

use bulla_model::{DirectoryPage, Failure, Link, Member, RoomId, RoomOffer, UserId};

use crate::{
    room::Room,
    runtime::{command, query},
    session::Session,
};

#[uniffi::export]
impl Session {
    /// Whether this account may look through directories of rooms, before the button is shown. No server is asked.
    ///
    /// Fails with `Forbidden` (`Guest`) for a guest from outside.
    pub fn may_browse(&self) -> Result<(), Failure> {
        self.core.may_browse()
    }

    /// A page of the rooms that `server` lists, or this account's own server, where `text` occurs in their names or topics; `after` is the
    /// `next` of the page before. A query.
    ///
    /// Fails with `Invalid` (`Homeserver`) for what is no server's name, `Rejected` where that server tells no other, `Forbidden` (`Guest`)
    /// for a guest from outside.
    pub async fn directory(
        &self,
        text: String,
        server: Option<String>,
        after: Option<String>,
    ) -> Result<DirectoryPage, Failure> {
        let core = (*self.core).clone();
        query(async move { core.directory(&text, server.as_deref(), after.as_deref()).await }).await
    }

    /// A look at the room that a link names, before one comes in. A query.
    ///
    /// Fails with `NotFound` where nobody may look from outside, `Invalid` (`Link`) for a person's link.
    pub async fn look_at(&self, link: Link) -> Result<RoomOffer, Failure> {
        let core = (*self.core).clone();
        query(async move { core.look_at(&link).await }).await
    }

    /// Comes into a room through servers that are in it, as [`RoomOffer::via`] names them. A command.
    ///
    /// Fails with `Forbidden` (`Guest`) for a guest from outside whom nobody invited.
    pub async fn join_through(&self, room: RoomId, via: Vec<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.join_through(&room, &via).await }).await
    }

    /// Asks those who are in a room to be let in, with a reason that they read. The room's row says `Knocked` until they answer. A command.
    pub async fn knock(&self, room: RoomId, via: Vec<String>, reason: Option<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.knock(&room, &via, reason.as_deref()).await }).await
    }
}

#[uniffi::export]
impl Room {
    /// Lets people ask to come in, or only those who are invited. A command.
    pub async fn set_knocking(&self, on: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_knocking(on).await }).await
    }

    /// Who asks to come in. A query.
    pub async fn knocking(&self) -> Result<Vec<Member>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.knocking().await }).await
    }

    /// Lets in someone who asks, or does not. A command.
    pub async fn answer_knock(&self, user: UserId, let_in: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.answer_knock(&user, let_in).await }).await
    }
}

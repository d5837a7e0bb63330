//! One signed-in account.

use std::sync::Arc;

use bulla_model::{
    AccountSummary, Failure, GroupDraft, IdentityStatus, NetworkChange, Password, Person, RoomFilter, RoomId, UserId,
};

use crate::{
    live::{Counted, Kind},
    room::Room,
    rooms::RoomListStream,
    runtime::{Inside, command, query},
    stream::StateStream,
};

/// One signed-in account: its rooms, and how it stands with its server.
///
/// Dropping the last reference closes it without signing out; [`Session::shutdown`] does the same and waits.
#[derive(uniffi::Object)]
pub struct Session {
    pub(crate) core: Inside<bulla_core::Session>,
    _counted: Counted,
}

impl Session {
    pub(crate) fn new(core: bulla_core::Session) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(core), _counted: Counted::new(Kind::Session) })
    }
}

#[uniffi::export]
impl Session {
    /// Who this is.
    pub fn account(&self) -> AccountSummary {
        self.core.account()
    }

    /// How the session stands with its server: first as it is now, then every change.
    pub fn states(&self) -> Arc<StateStream> {
        StateStream::new(self.core.states())
    }

    /// The rooms that `filter` admits, newest first. `page` rows at first, and as many more with each [`RoomListStream::more`];
    /// 1 to 1,000. The first batch comes from the store, without waiting for the network.
    pub fn rooms(&self, filter: RoomFilter, page: u32) -> Result<Arc<RoomListStream>, Failure> {
        Ok(RoomListStream::new(self.core.rooms(filter, page)?))
    }

    /// One room. A query.
    ///
    /// Fails with `NotFound` when this account does not know it.
    pub async fn room(&self, room: RoomId) -> Result<Arc<Room>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.room(&room).await }).await.map(Room::new)
    }

    /// The direct conversation with `user`: the one there is, the one they invite to, or a new one, encrypted. A command.
    pub async fn create_direct(&self, user: UserId) -> Result<RoomId, Failure> {
        let core = (*self.core).clone();
        command(async move { core.create_direct(&user).await }).await
    }

    /// Makes a group: encrypted, by invitation only. A command.
    pub async fn create_group(&self, draft: GroupDraft) -> Result<RoomId, Failure> {
        let core = (*self.core).clone();
        command(async move { core.create_group(draft).await }).await
    }

    /// Accepts an invitation, or joins a room that is open to this account. A command. The room is joined when it returns, and
    /// [`Session::rooms`] shows it so.
    ///
    /// Fails with `Rejected` when the room's rules forbid it (`code` says which), `NotFound` when it is gone.
    pub async fn join(&self, room: RoomId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.join(&room).await }).await
    }

    /// Declines an invitation. A command. Nothing happens where there is none any more.
    pub async fn decline(&self, room: RoomId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.decline(&room).await }).await
    }

    /// Leaves a room. A command.
    pub async fn leave(&self, room: RoomId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.leave(&room).await }).await
    }

    /// Forgets a room that was left or declined: it goes from every list, with what was stored of it. A command.
    pub async fn forget(&self, room: RoomId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.forget(&room).await }).await
    }

    /// What other people's devices can know of this one. A query.
    pub async fn identity(&self) -> Result<IdentityStatus, Failure> {
        let core = (*self.core).clone();
        query(async move { core.identity().await }).await
    }

    /// How this account presents itself, as the server has it now. A query.
    pub async fn profile(&self) -> Result<Person, Failure> {
        let core = (*self.core).clone();
        query(async move { core.profile().await }).await
    }

    /// Changes the name that others see: 1 to 255 characters. A command.
    ///
    /// Fails with `Rejected` where the administration gives the names.
    pub async fn set_display_name(&self, name: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_display_name(&name).await }).await
    }

    /// Whether somebody is a guest from outside the deployment, by their server. Without a manifest nobody is. Asks nobody.
    pub fn is_guest(&self, user: UserId) -> Result<bool, Failure> {
        self.core.is_guest(&user)
    }

    /// People whom the server's directory knows by `text`, a name or a part of an id, `limit` at most, 1 to 1,000. Whoever has exactly
    /// that id comes first, also from another server. A query.
    pub async fn find_people(&self, text: String, limit: u32) -> Result<Vec<Person>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.find_people(&text, limit).await }).await
    }

    /// The app goes to the background: ends every request and closes every file. Streams stay and are silent. A command.
    pub async fn pause(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.pause().await }).await
    }

    /// The app is back: goes on after a pause; without one, tries the server at once. A command.
    pub async fn resume(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.resume().await }).await
    }

    /// What the platform says of the network. `Available` tries the server at once, also when it is another network than before.
    pub fn network_changed(&self, change: NetworkChange) {
        self.core.network_changed(change);
    }

    /// Signs in again on the same device after a soft logout. Nothing local is lost. A command.
    pub async fn sign_in_again(&self, password: Password) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.sign_in_again(password).await }).await
    }

    /// Ends the session on the server and erases everything of it on this device: the key first, then the files. A command.
    ///
    /// Fails with `Offline` when the server cannot be reached, and nothing is erased, unless `even_offline`: then the
    /// device stays in the account's list on the server until it is removed from elsewhere.
    pub async fn sign_out(&self, even_offline: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.sign_out(even_offline).await }).await
    }

    /// Deletes the account: on its server for good, with the `password` where the server asks for it, then everything of it on this
    /// device, the key first, then the files. `erase` asks the server to hide what the account wrote from those who come later
    /// (Matrix specification, `POST /account/deactivate`). A command.
    ///
    /// Nothing is erased when it fails: `Invalid` (`Password`: `Empty` when one is needed, `Wrong`), `Forbidden` (`Delegated`) where the
    /// server leaves accounts to another service, `Offline`, `Wait`, `Rejected`.
    pub async fn deactivate(&self, password: Option<Password>, erase: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.deactivate(password, erase).await }).await
    }

    /// Closes the session: its streams end, its files are closed. The account stays signed in. A command.
    pub async fn shutdown(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.shutdown().await }).await
    }
}

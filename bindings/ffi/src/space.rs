//! Spaces, what is set for a room, and rooms that took another's place.

use bulla_model::{Failure, HistoryAccess, RoomId, RoomNotifications, SpacePage, UpgradedRoom};

use crate::{
    room::Room,
    runtime::{command, query},
};

#[uniffi::export]
impl Room {
    /// A page of the rooms that this space holds, in its order, as far as this account may see them: come in by
    /// [`crate::Session::join_through`]. `after` is the `next` of the page before. Spaces in it are rooms, too. A query.
    ///
    /// Fails with `Invalid` (`Room`) where this is no space.
    pub async fn children(&self, after: Option<String>) -> Result<SpacePage, Failure> {
        let core = (*self.core).clone();
        query(async move { core.children(after.as_deref()).await }).await
    }

    /// Puts a room that this account is in into this space (`m.space.child`). A command.
    ///
    /// Fails with `Invalid` (`Room`) for a direct conversation, or where this is no space; with `Rejected` where this account may not.
    pub async fn add_child(&self, child: RoomId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.add_child(&child).await }).await
    }

    /// Takes a room out of this space. The room stays, and whoever is in it. A command.
    pub async fn remove_child(&self, child: RoomId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.remove_child(&child).await }).await
    }

    /// Says what of it this account is notified of, on all its devices. A command.
    pub async fn set_notifications(&self, notifications: RoomNotifications) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_notifications(notifications).await }).await
    }

    /// Makes it one of low priority for this account, or no longer. A command.
    pub async fn set_low_priority(&self, low: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_low_priority(low).await }).await
    }

    /// Says who reads what was said before they came; what was said before the change stays as it was. A command.
    ///
    /// Fails with `Invalid` (`Room`) for `Anyone` in an encrypted room.
    pub async fn set_history(&self, history: HistoryAccess) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_history(history).await }).await
    }

    /// Gives it an address on this account's server and answers it, `#name:server`; none takes the address away. `name` is what
    /// stands between `#` and `:`. A command.
    ///
    /// Fails with `Invalid` (`Link`) for what is no name, `Rejected` where the address is another room's.
    pub async fn set_alias(&self, name: Option<String>) -> Result<Option<String>, Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_alias(name.as_deref()).await }).await
    }

    /// Moves everybody into a new room of the version that the server makes rooms of, and invites the others there. What was said
    /// stays in this one, which nobody writes in any more. It cannot be undone: ask the person first. A command.
    pub async fn upgrade(&self) -> Result<UpgradedRoom, Failure> {
        let core = (*self.core).clone();
        command(async move { core.upgrade().await }).await
    }

    /// Goes on in the room that took this one's place ([`bulla_model::RoomSummary::successor`]), and answers it: from then on lists show
    /// that one alone. A command.
    ///
    /// Fails with `NotFound` where none did, or where the other room says that it took another's.
    pub async fn follow(&self) -> Result<RoomId, Failure> {
        let core = (*self.core).clone();
        command(async move { core.follow().await }).await
    }
}

//! What a message may have, and what may be done with one; and a place that is told as it moves.

use std::time::Duration;

use bulla_model::{Failure, Forwarded, ItemId, MessageDraft, MessageVersion, Place, RoomId};

use crate::{
    room::Room,
    runtime::{command, query},
    timeline::Timeline,
};

#[uniffi::export]
impl Room {
    /// Begins to share where this account is, for a minute to 24 hours (`m.beacon_info`, MSC3489): its row is `LiveLocation`, and
    /// [`Room::tell_place`] tells each place. That it is shared, since when and for how long, is not encrypted; the places are as messages are.
    /// In an encrypted room the description, up to 1,000 characters, is left out for that. A share that went on is replaced. A command.
    ///
    /// Fails with `Invalid`: `Lifetime` (`TooShort`, `TooLong`), `Text`; with `Forbidden` where [`crate::Session::may_send_place`] does; with
    /// `Rejected` where this account may not share in this room.
    pub async fn share_place(&self, duration: Duration, description: Option<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.share_place(duration, description.as_deref()).await }).await
    }

    /// Tells the others where this account is now, while it shares that. What cannot be told now is not told later. A command.
    ///
    /// Fails with `NotFound` (`Event`) where nothing is shared, or no more; with `Invalid` (`Place`) for what is not on this earth, and as
    /// [`Room::share_place`] does.
    pub async fn tell_place(&self, place: Place) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.tell_place(&place).await }).await
    }

    /// Ends the sharing of this account's place, from whichever of its devices it began; nothing is done where none goes on. A command.
    pub async fn stop_place(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.stop_place().await }).await
    }
}

#[uniffi::export]
impl Timeline {
    /// Sends a message with all that it may have: an answer, mentions, a wish to be confirmed. In a thread it is said there. A command.
    ///
    /// Fails with `Invalid` naming `Text`, or `Event` when what it answers is not sent yet.
    pub async fn send(&self, draft: MessageDraft) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.send(&draft).await }).await
    }

    /// Confirms that an announcement was read, or takes that back; true when it is confirmed now. A command.
    pub async fn confirm(&self, item: ItemId) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        command(async move { core.confirm(&item).await }).await
    }

    /// What a message said, from its first version to its last; one of a message that was not edited. Asks the server for what is not
    /// here. A query.
    pub async fn history(&self, item: ItemId) -> Result<Vec<MessageVersion>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.history(&item).await }).await
    }

    /// Sends a copy of a message to other rooms, 100 at most, each with a result of its own: whether it is on its way there. A command.
    ///
    /// Fails with `Invalid` (`Event`) for what is no message, such as a poll or a change of the room.
    pub async fn forward(&self, item: ItemId, rooms: Vec<RoomId>) -> Result<Vec<Forwarded>, Failure> {
        let core = (*self.core).clone();
        command(async move { core.forward(&item, rooms).await }).await
    }

    /// Tells the administrators of this account's server of a message, with a reason of up to 1,000 characters. They cannot read what is
    /// encrypted. A command.
    pub async fn report(&self, item: ItemId, reason: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.report(&item, &reason).await }).await
    }

    /// Pins a message for everybody in the room, or no longer. A command.
    ///
    /// Fails with `Rejected` where this account may not: see [`crate::Room::abilities`].
    pub async fn set_pinned(&self, item: ItemId, pinned: bool) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_pinned(&item, pinned).await }).await
    }

    /// A link to a message, as [`crate::parse_link`] reads it. A query.
    pub async fn link(&self, item: ItemId) -> Result<String, Failure> {
        let core = (*self.core).clone();
        query(async move { core.link(&item).await }).await
    }

    /// Sends a place, with a few words about it, up to 1,000 characters (`m.location`, MSC3488). A command.
    ///
    /// Fails with `Invalid`: `Place` for what is not on this earth, `Text`; with `Forbidden` where [`crate::Session::may_send_place`] does.
    pub async fn send_location(&self, place: Place, description: Option<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.send_location(&place, description.as_deref()).await }).await
    }

    /// An event as it came, decrypted, as JSON for people to read, at most 128 KiB. Untrusted. A query.
    ///
    /// Fails with `Invalid` (`Event`) while it is not sent, `NotFound` when there is no such row.
    pub async fn source(&self, item: ItemId) -> Result<String, Failure> {
        let core = (*self.core).clone();
        query(async move { core.source(&item).await }).await
    }

    /// Loads up to `count` newer events, 1 to 1,000, where the timeline was opened around an event; true when there are none left. A query.
    pub async fn paginate_forward(&self, count: u32) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        query(async move { core.paginate_forward(count).await }).await
    }
}

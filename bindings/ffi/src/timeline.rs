//! A conversation.

use std::sync::Arc;

use bulla_model::{Failure, ItemId, Mention, PollDraft};

use crate::{
    live::{Counted, Kind},
    runtime::{Inside, command, query},
    stream::TimelineStream,
};

/// A conversation: its rows as a stream, and what can be done with them.
///
/// What is sent appears in the stream at once as a local echo, survives a restart, and leaves when it can.
#[derive(uniffi::Object)]
pub struct Timeline {
    pub(crate) core: Inside<bulla_core::Timeline>,
    _counted: Counted,
}

impl Timeline {
    pub(crate) fn new(core: bulla_core::Timeline) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(core), _counted: Counted::new(Kind::Timeline) })
    }
}

#[uniffi::export]
impl Timeline {
    /// The rows, oldest first, as a stream of changes.
    pub fn items(&self) -> Arc<TimelineStream> {
        TimelineStream::new(self.core.items())
    }

    /// Loads up to `count` older events, 1 to 1,000; true when there are none left. They arrive in the stream, with a `Start`
    /// row at the very beginning. A query.
    pub async fn paginate_back(&self, count: u32) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        query(async move { core.paginate_back(count).await }).await
    }

    /// Sends a text written in Markdown (CommonMark), up to 32 KiB. A command.
    pub async fn send_text(&self, markdown: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.send_text(&markdown).await }).await
    }

    /// Answers a message. A command.
    ///
    /// Fails with `Invalid` when that message is not sent yet, `NotFound` when there is no such row.
    pub async fn reply(&self, to: ItemId, markdown: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.reply(&to, &markdown).await }).await
    }

    /// Replaces the text of a message of one's own, sent or not; `mentions` says whom its words mean. Whom it meant before is still meant
    /// where their words are still there. A command.
    #[uniffi::method(default(mentions = []))]
    pub async fn edit(&self, item: ItemId, markdown: String, mentions: Vec<Mention>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.edit_with(&item, &markdown, &mentions).await }).await
    }

    /// Deletes a message for everybody. A command.
    pub async fn redact(&self, item: ItemId, reason: Option<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.redact(&item, reason.as_deref()).await }).await
    }

    /// Adds a reaction, or takes it back if it is there; true when it was added. A command.
    pub async fn react(&self, item: ItemId, key: String) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        command(async move { core.react(&item, &key).await }).await
    }

    /// Begins a poll. A command.
    ///
    /// Fails with `Invalid` naming `Question`, `Answer` or `Count`.
    pub async fn send_poll(&self, draft: PollDraft) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.send_poll(draft).await }).await
    }

    /// Votes for answers of a poll, by their ids, in place of the vote that was given before; for none, takes it back. A command.
    ///
    /// Fails with `Invalid` (`Answer`) when the poll has no such answer, is closed, or allows fewer; (`Event`) when that is no poll.
    pub async fn vote(&self, item: ItemId, answers: Vec<String>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.vote(&item, answers).await }).await
    }

    /// Closes a poll of one's own: no vote counts any more, and what was kept secret is told. A command.
    pub async fn close_poll(&self, item: ItemId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.close_poll(&item).await }).await
    }

    /// Sends a message again that did not leave, and those that wait behind it. A command.
    pub async fn retry(&self, item: ItemId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.retry(&item).await }).await
    }

    /// Takes back a message that has not left; false when it was too late. A command.
    pub async fn cancel_send(&self, item: ItemId) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        command(async move { core.cancel_send(&item).await }).await
    }

    /// Marks everything up to the newest message as read: for this account's other devices, and visibly for the others in the
    /// room, unless [`crate::Session::private_receipts`] says otherwise. A command.
    pub async fn mark_read(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.mark_read().await }).await
    }
}

//! The SDK's timeline of a conversation, and how its rows are named.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use bulla_model::{Failure, ItemId, Lifetime, Missing, TimelineItem};
use bulla_policy as policy;
use eyeball_im::Vector;
use matrix_sdk_ui::timeline::{EncryptedMessage, Timeline, TimelineEventItemId};
use ruma::{OwnedEventId, TransactionId};

use crate::item::ItemMapper;

pub(crate) struct Live {
    pub timeline: Timeline,
    mapper: Arc<Mutex<ItemMapper>>,
    doubled: AtomicBool,
}

impl Live {
    /// The names of rows outlive the SDK's timeline.
    pub fn new(timeline: Timeline, mapper: Arc<Mutex<ItemMapper>>) -> Self {
        Self { timeline, mapper, doubled: AtomicBool::new(false) }
    }

    /// What the SDK calls a row.
    pub fn target(&self, item: &ItemId) -> Result<TimelineEventItemId, Failure> {
        if let Some(target) = self.mapper().target(item) {
            return Ok(target);
        }
        // A row of the stored tail is named by its event.
        let event = policy::event_id(item.as_str()).ok().and_then(|id| ruma::EventId::parse(id).ok());
        event.map(TimelineEventItemId::EventId).ok_or(Failure::NotFound { what: Missing::Event })
    }

    /// The rows as they are now. The SDK's changes only tell that something is different: applied one by one they were seen to put a
    /// message in another's place after a gap. An item that is the same as before keeps its row.
    pub async fn current(&self) -> Vector<Arc<TimelineItem>> {
        let items = self.timeline.items().await;
        if self.mapper().wants_unsent(&items)
            && let Ok((waiting, _)) = self.timeline.room().send_queue().subscribe().await
        {
            self.mapper().learn(waiting);
        }
        let (rows, doubled) = self.mapper().rows(&items);
        self.doubled.fetch_or(doubled, Ordering::AcqRel);
        rows
    }

    /// How long a message lives that has not left; none where it does not end, or has left.
    pub fn lifetime(&self, unsent: &TransactionId) -> Option<Lifetime> {
        self.mapper().lifetime(unsent)
    }

    /// The newest event of the room that came from the server, in a thread or not.
    pub async fn newest(&self) -> Option<OwnedEventId> {
        newest(self.timeline.room()).await
    }

    /// Which events are pinned now.
    pub fn pin(&self, pinned: Vec<OwnedEventId>) {
        self.mapper().pin(pinned);
    }

    /// Whether the SDK's list held an event twice. Its changes come one upon another without an order where the outbox and the sync meet
    /// (the cache tells them after it has let go of its lock), and then another event was taken out in the place of that one: the
    /// list stays wrong, its cache is right.
    pub fn is_wrong(&self) -> bool {
        self.doubled.load(Ordering::Acquire)
    }

    /// Tries again what could not be decrypted: its sender may be known better by now, or its key may have come while the
    /// SDK was loading it.
    pub async fn retry(&self) {
        let items = self.timeline.items().await;
        let sessions = items.iter().filter_map(|item| match &item.as_event()?.content().as_unable_to_decrypt()? {
            EncryptedMessage::MegolmV1AesSha2 { session_id, .. } => Some(session_id.clone()),
            _ => None,
        });
        let sessions: Vec<String> = sessions.collect();
        if !sessions.is_empty() {
            self.timeline.retry_decryption(sessions).await;
        }
    }

    fn mapper(&self) -> MutexGuard<'_, ItemMapper> {
        self.mapper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The newest event of a room that came from the server, in a thread or not.
pub(crate) async fn newest(room: &matrix_sdk::Room) -> Option<OwnedEventId> {
    let (cache, _held) = room.event_cache().await.ok()?;
    let events = cache.events().await.ok()?;
    events.iter().rev().find_map(|event| event.event_id().map(ToOwned::to_owned))
}

//! A conversation: the stored tail at once, then the SDK's timeline, and the commands on it.

use std::sync::{Arc, Weak};

use bulla_model::{EventId, Failure, ItemContent, ItemId, Lifetime, MessageDraft, Missing, RoomId};
use bulla_policy as policy;
use matrix_sdk::room::Receipts;
use matrix_sdk_ui::timeline::TimelineEventItemId;
use ruma::api::client::receipt::create_receipt::v3::ReceiptType;
use serde_json::{Map, Value};
use tokio::{runtime::Handle, task::AbortHandle};

use crate::{
    failure::{CoreError, of_queue},
    feed::Feed,
    focus::Focus,
    live::Live,
    receipts::{are_private, receipt},
    room_ending,
    session::SessionInner,
    shown::{Shown, TAIL},
    timeline_stream::TimelineStream,
};

/// A conversation that is shown. Cheap to clone; the SDK's timeline ends with the last clone and stream.
#[derive(Clone)]
pub struct Timeline {
    inner: Arc<TimelineInner>,
}

pub(crate) struct TimelineInner {
    session: Arc<SessionInner>,
    pub(crate) shown: Arc<Shown>,
    /// The thread that it shows.
    thread: Option<EventId>,
    task: AbortHandle,
    runtime: Handle,
}

impl Timeline {
    pub(crate) async fn open(session: Arc<SessionInner>, room: RoomId) -> Result<Self, CoreError> {
        if let Some(inner) = session.timelines().get(&room).and_then(Weak::upgrade) {
            return Ok(Self { inner });
        }
        let of = room.clone();
        let tail = match session.shared.vault.read(move |store| store.tail(&of, TAIL)).await {
            Ok(tail) => tail,
            // While paused nothing can be read, and nothing is lost by that.
            Err(CoreError::Said(Failure::Closed)) => Vec::new(),
            Err(error) => return Err(error),
        };
        // How long the room keeps what was said is told with its row.
        let _ = session.book().row(&room).await;
        let tail = tail.into_iter().filter_map(|row| session.shared.endings.admit(&room, row)).collect();
        let shown = Arc::new(Shown::new(room.clone(), tail));
        let inner = {
            let mut timelines = session.timelines();
            // Somebody else may have opened it meanwhile.
            if let Some(inner) = timelines.get(&room).and_then(Weak::upgrade) {
                return Ok(Self { inner });
            }
            let feed = Feed { shared: session.shared.clone(), shown: shown.clone(), focus: Focus::Live };
            let task = tokio::spawn(feed.run()).abort_handle();
            session.shared.shown().insert(room.clone(), Arc::downgrade(&shown));
            let inner = Arc::new(TimelineInner {
                session: session.clone(),
                shown,
                thread: None,
                task,
                runtime: Handle::current(),
            });
            timelines.insert(room, Arc::downgrade(&inner));
            inner
        };
        session.shared.subscribe_shown().await;
        Ok(Self { inner })
    }

    /// A part of a room other than its conversation: nothing of it is stored, and whoever asks again gets another.
    pub(crate) async fn focused(session: Arc<SessionInner>, room: RoomId, focus: Focus) -> Self {
        let shown = Arc::new(Shown::passing(room));
        let thread = focus.thread();
        let feed = Feed { shared: session.shared.clone(), shown: shown.clone(), focus };
        let task = tokio::spawn(feed.run()).abort_handle();
        session.shared.parts().push(Arc::downgrade(&shown));
        let inner = Arc::new(TimelineInner { session, shown, thread, task, runtime: Handle::current() });
        // What is pinned is told of rooms on a screen alone.
        inner.session.shared.subscribe_shown().await;
        Self { inner }
    }

    /// The rows, as a stream of changes.
    pub fn items(&self) -> TimelineStream {
        TimelineStream::new(self.inner.clone(), self.inner.session.cancel())
    }

    /// Loads up to `count` older events; true when there are none left. They arrive in the stream.
    pub async fn paginate_back(&self, count: u32) -> Result<bool, Failure> {
        policy::check_page(count)?;
        let live = self.live().await?;
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        Ok(live.timeline.paginate_backwards(count).await.map_err(CoreError::from)?)
    }

    /// Loads up to `count` newer events, where it was opened around an event; true when there are none left.
    pub async fn paginate_forward(&self, count: u32) -> Result<bool, Failure> {
        policy::check_page(count)?;
        let live = self.live().await?;
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        Ok(live.timeline.paginate_forwards(count).await.map_err(CoreError::from)?)
    }

    /// Sends a text written in Markdown. It appears in the stream at once and leaves when it can.
    pub async fn send_text(&self, markdown: &str) -> Result<(), Failure> {
        self.send(&draft(markdown, None)).await
    }

    /// Answers a message.
    pub async fn reply(&self, to: &ItemId, markdown: &str) -> Result<(), Failure> {
        self.send(&draft(markdown, Some(to.clone()))).await
    }

    /// Deletes a message for everybody.
    pub async fn redact(&self, item: &ItemId, reason: Option<&str>) -> Result<(), Failure> {
        let live = self.live().await?;
        let target = live.target(item)?;
        live.timeline.redact(&target, reason).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Adds a reaction, or takes it back if it is there; true when it was added.
    pub async fn react(&self, item: &ItemId, key: &str) -> Result<bool, Failure> {
        policy::check_reaction(key)?;
        let live = self.live().await?;
        let target = live.target(item)?;
        Ok(live.timeline.toggle_reaction(&target, key).await.map_err(CoreError::from)?)
    }

    /// Sends a message again that did not leave, and those that wait behind it.
    pub async fn retry(&self, item: &ItemId) -> Result<(), Failure> {
        let live = self.live().await?;
        let TimelineEventItemId::TransactionId(transaction) = live.target(item)? else { return Ok(()) };
        let items = live.timeline.items().await;
        let handle = items
            .iter()
            .filter_map(|item| item.as_event())
            .find(|event| event.transaction_id() == Some(&transaction))
            .and_then(|event| event.local_echo_send_handle())
            .ok_or(Failure::NotFound { what: Missing::Event })?;
        handle.unwedge().await.map_err(|error| of_queue(&error))?;
        live.timeline.room().send_queue().set_enabled(true);
        Ok(())
    }

    /// Takes back a message that has not left; false when it was too late.
    pub async fn cancel_send(&self, item: &ItemId) -> Result<bool, Failure> {
        let live = self.live().await?;
        let target = live.target(item)?;
        let TimelineEventItemId::TransactionId(_) = target else { return Ok(false) };
        match live.timeline.redact(&target, None).await {
            Ok(()) => {
                // Whatever waited behind it may go.
                live.timeline.room().send_queue().set_enabled(true);
                Ok(true)
            }
            Err(error) => match Failure::from(CoreError::from(error)) {
                Failure::NotFound { .. } => Ok(false),
                failure => Err(failure),
            },
        }
    }

    /// Marks everything up to the newest message as read, for this account's other devices, and for the others in the room unless this
    /// account keeps that to itself.
    pub async fn mark_read(&self) -> Result<(), Failure> {
        let live = self.live().await?;
        let rows = live.current().await;
        let read = rows.iter().filter_map(|row| match &row.content {
            ItemContent::Event { event } if event.ending.is_some() => event.event_id.clone(),
            _ => None,
        });
        let read: Vec<EventId> = read.collect();
        let shared = &self.inner.session.shared;
        shared.endings.read(&shared.vault, &read).await?;
        let private = are_private(&live.timeline.room().client()).await;
        if live.timeline.is_threaded() {
            let kind = if private { ReceiptType::ReadPrivate } else { ReceiptType::Read };
            live.timeline.mark_as_read(kind).await.map_err(CoreError::from)?;
            return Ok(());
        }
        let mut receipts = Receipts::new();
        if let Some(latest) = live.timeline.latest_event_id().await {
            // What is said in threads counts as unread in the room, and the SDK leaves it out here.
            let newest = live.newest().await.unwrap_or_else(|| latest.clone());
            receipts = receipt(receipts.fully_read_marker(latest), newest, private);
        }
        let room = live.timeline.room();
        // Not through the timeline, which compares with what it shows.
        room.send_multiple_receipts(receipts).await.map_err(CoreError::from)?;
        room.set_unread_flag(false).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// The first message of the thread that this is.
    pub(crate) fn thread_root(&self) -> Option<EventId> {
        self.inner.thread.clone()
    }

    pub(crate) fn session(&self) -> &Arc<SessionInner> {
        &self.inner.session
    }

    /// How long a message lives that is sent here: as was chosen, or as the room says.
    pub(crate) async fn lifetime(&self, live: &Live, chosen: Option<Lifetime>) -> Result<Option<Lifetime>, Failure> {
        match chosen {
            Some(lifetime) => policy::check_lifetime(&lifetime).map(|()| chosen),
            None => Ok(room_ending::ending(live.timeline.room()).await),
        }
    }

    /// What a message says of its end beside its text.
    pub(crate) async fn ending(&self, live: &Live, chosen: Option<Lifetime>) -> Result<Map<String, Value>, Failure> {
        let lifetime = self.lifetime(live, chosen).await?;
        let said = lifetime.map(|lifetime| (policy::ENDING.to_owned(), policy::ending_content(Some(lifetime))));
        Ok(said.into_iter().collect())
    }

    pub(crate) async fn live(&self) -> Result<Arc<Live>, CoreError> {
        self.inner.session.open()?;
        self.inner.session.sdk_room(&self.inner.shown.room).await?;
        let mut live = self.inner.shown.live.subscribe();
        let mut closed = self.inner.session.shared.closed.subscribe();
        tokio::select! {
            live = live.wait_for(Option::is_some) => {
                let live = live.map_err(|_| Failure::Closed)?;
                Ok(live.clone().ok_or(Failure::Closed)?)
            }
            _ = closed.wait_for(|closed| *closed) => Err(Failure::Closed.into()),
        }
    }
}

impl Drop for TimelineInner {
    fn drop(&mut self) {
        self.task.abort();
        // The SDK's timeline may only end inside the runtime; the app may drop us anywhere.
        let (shown, shared) = (self.shown.clone(), self.session.shared.clone());
        self.runtime.spawn(async move {
            shown.live.send_replace(None);
            shown.store(&shared.vault).await;
            {
                let mut all = shared.shown();
                if all.get(&shown.room).is_some_and(|there| std::ptr::eq(there.as_ptr(), Arc::as_ptr(&shown))) {
                    all.remove(&shown.room);
                }
            }
            shared.parts().retain(|part| part.upgrade().is_some_and(|part| !Arc::ptr_eq(&part, &shown)));
            shared.subscribe_shown().await;
        });
    }
}

fn draft(markdown: &str, reply_to: Option<ItemId>) -> MessageDraft {
    MessageDraft { markdown: markdown.to_owned(), mentions: Vec::new(), reply_to, announcement: false, lifetime: None }
}

//! A conversation: the stored tail at once, then the SDK's timeline, and the commands on it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use bulla_model::{Failure, Field, FieldTrouble, ItemContent, ItemId, Missing, RoomId, SendState, TimelineItem, UserId};
use bulla_policy as policy;
use eyeball_im::{Vector, VectorDiff};
use futures_util::{Stream, StreamExt, future::Either};
use matrix_sdk::room::{Receipts, edit::EditedContent};
use matrix_sdk_ui::timeline::{
    RoomExt, Timeline as SdkTimeline, TimelineEventItemId, TimelineItem as SdkItem, TimelineReadReceiptTracking,
    default_event_filter,
};
use ruma::events::{
    AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent,
    room::message::{MessageType, Relation, RoomMessageEventContent, RoomMessageEventContentWithoutRelation},
};
use tokio::{
    runtime::Handle,
    sync::watch,
    task::AbortHandle,
    time::{Duration, timeout},
};

use crate::{
    engine::Link,
    failure::{CoreError, of_queue},
    item::ItemMapper,
    session::SessionInner,
    timeline_stream::TimelineStream,
};

/// How much of a conversation the store keeps for the next start.
pub(crate) const TAIL: u32 = 50;
/// How long the first live list may be completed from the SDK's own cache before it replaces the stored tail.
const COMPLETE: Duration = Duration::from_secs(2);
/// How long a row must be still before it is stored.
const STILL: Duration = Duration::from_millis(100);

/// A conversation that is shown. Cheap to clone; the SDK's timeline ends with the last clone and stream.
#[derive(Clone)]
pub struct Timeline {
    inner: Arc<TimelineInner>,
}

pub(crate) struct TimelineInner {
    session: Arc<SessionInner>,
    room: RoomId,
    pub(crate) shown: Arc<Shown>,
    task: AbortHandle,
    runtime: Handle,
}

/// What is shown, and by whom it is fed.
pub(crate) struct Shown {
    pub rows: watch::Sender<Vector<Arc<TimelineItem>>>,
    pub typing: watch::Sender<Vec<UserId>>,
    live: watch::Sender<Option<Arc<Live>>>,
}

struct Live {
    timeline: SdkTimeline,
    mapper: Mutex<ItemMapper>,
}

impl Timeline {
    pub(crate) async fn open(session: Arc<SessionInner>, room: RoomId) -> Result<Self, CoreError> {
        if let Some(inner) = session.timelines().get(&room).and_then(std::sync::Weak::upgrade) {
            return Ok(Self { inner });
        }
        let of = room.clone();
        let tail = match session.shared.vault.read(move |store| store.tail(&of, TAIL)).await {
            Ok(tail) => tail,
            // While paused nothing can be read, and nothing is lost by that.
            Err(CoreError::Said(Failure::Closed)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let shown = Arc::new(Shown {
            rows: watch::Sender::new(tail.into_iter().map(Arc::new).collect()),
            typing: watch::Sender::new(Vec::new()),
            live: watch::Sender::new(None),
        });
        let feed = Feed { shared: session.shared.clone(), room: room.clone(), shown: shown.clone() };
        let task = tokio::spawn(feed.run()).abort_handle();
        let inner = Arc::new(TimelineInner { session: session.clone(), room: room.clone(), shown, task, runtime: Handle::current() });
        session.timelines().insert(room, Arc::downgrade(&inner));
        session.subscribe_shown_rooms().await;
        Ok(Self { inner })
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

    /// Sends a text written in Markdown. It appears in the stream at once and leaves when it can.
    pub async fn send_text(&self, markdown: &str) -> Result<(), Failure> {
        let content = RoomMessageEventContent::from(written(markdown)?);
        let live = self.live().await?;
        live.timeline.send(content.into()).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Answers a message.
    pub async fn reply(&self, to: &ItemId, markdown: &str) -> Result<(), Failure> {
        let content = written(markdown)?;
        let live = self.live().await?;
        match live.target(to)? {
            TimelineEventItemId::EventId(event) => {
                live.timeline.send_reply(content, event).await.map_err(CoreError::from)?;
                Ok(())
            }
            TimelineEventItemId::TransactionId(_) => Err(not_sent_yet()),
        }
    }

    /// Replaces the text of a message of one's own.
    pub async fn edit(&self, item: &ItemId, markdown: &str) -> Result<(), Failure> {
        let content = written(markdown)?;
        let live = self.live().await?;
        let target = live.target(item)?;
        live.timeline.edit(&target, EditedContent::RoomMessage(content)).await.map_err(CoreError::from)?;
        Ok(())
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

    /// Marks everything up to the newest message as read, for this account's other devices and for the others in the room.
    pub async fn mark_read(&self) -> Result<(), Failure> {
        let live = self.live().await?;
        let mut receipts = Receipts::new();
        if let Some(latest) = live.timeline.latest_event_id().await {
            receipts = receipts.fully_read_marker(latest.clone()).public_read_receipt(latest);
        }
        live.timeline.send_multiple_receipts(receipts).await.map_err(CoreError::from)?;
        live.timeline.room().set_unread_flag(false).await.map_err(CoreError::from)?;
        Ok(())
    }

    async fn live(&self) -> Result<Arc<Live>, CoreError> {
        self.inner.session.open()?;
        let attached = self.inner.session.sdk_room(&self.inner.room).await;
        attached?;
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

impl Live {
    fn target(&self, item: &ItemId) -> Result<TimelineEventItemId, Failure> {
        if let Some(target) = self.mapper().target(item) {
            return Ok(target);
        }
        // A row of the stored tail is named by its event.
        let event = policy::event_id(item.as_str()).ok().and_then(|id| ruma::EventId::parse(id).ok());
        event.map(TimelineEventItemId::EventId).ok_or(Failure::NotFound { what: Missing::Event })
    }

    fn mapper(&self) -> std::sync::MutexGuard<'_, ItemMapper> {
        self.mapper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TimelineInner {
    fn drop(&mut self) {
        self.task.abort();
        // The SDK's timeline may only end inside the runtime; the app may drop us anywhere.
        let (shown, session, room) = (self.shown.clone(), self.session.clone(), self.room.clone());
        self.runtime.spawn(async move {
            shown.live.send_replace(None);
            let gone = session.timelines().get(&room).is_some_and(|timeline| timeline.strong_count() == 0);
            if gone {
                session.subscribe_shown_rooms().await;
            }
        });
    }
}

/// Feeds what is shown from the SDK, again whenever the session attaches anew.
struct Feed {
    shared: Arc<crate::engine::Shared>,
    room: RoomId,
    shown: Arc<Shown>,
}

impl Feed {
    async fn run(self) {
        let mut link = self.shared.link.subscribe();
        loop {
            let room = loop {
                let attached = match &*link.borrow_and_update() {
                    Link::Ready(attached) => Some(attached.clone()),
                    Link::Closed => return,
                    Link::Pending | Link::Broken(_) => None,
                };
                let room = attached.and_then(|attached| {
                    let id = crate::session::room_id(&self.room).ok()?;
                    attached.client.get_room(&id)
                });
                match room {
                    Some(room) => break room,
                    None if link.changed().await.is_err() => return,
                    None => {}
                }
            };
            tokio::select! {
                fed = self.feed(room) => {
                    if let Err(error) = fed {
                        tracing::warn!(kind = %Failure::from(error), "a timeline ended");
                    }
                    if link.changed().await.is_err() {
                        return;
                    }
                }
                changed = link.changed() => if changed.is_err() { return },
            }
            self.shown.live.send_replace(None);
        }
    }

    async fn feed(&self, room: matrix_sdk::Room) -> Result<(), CoreError> {
        let me = room.own_user_id().to_owned();
        let timeline = room
            .timeline_builder()
            .track_read_marker_and_receipts(TimelineReadReceiptTracking::AllEvents)
            .event_filter(|event, rules| default_event_filter(event, rules) || is_unknown(event))
            .build()
            .await?;
        let (items, changes) = timeline.subscribe().await;
        let live = Arc::new(Live { timeline, mapper: Mutex::new(ItemMapper::new(me)) });
        let mut rows: Vector<Arc<TimelineItem>> = {
            let mut mapper = live.mapper();
            items.iter().map(|item| Arc::new(mapper.map(item))).collect()
        };
        self.shown.live.send_replace(Some(live.clone()));
        let mut changes = std::pin::pin!(changes);
        self.complete(&live, &mut rows, &mut changes).await;
        self.publish(&rows);

        let (_guard, mut typing) = room.subscribe_to_typing_notifications();
        let mut asked = HashSet::new();
        let members = live.clone();
        let mut members = std::pin::pin!(async move { members.timeline.fetch_members().await });
        let (mut members_known, mut stored) = (false, false);
        loop {
            self.quotes(&live, &rows, &mut asked);
            let still = async {
                tokio::time::sleep(STILL).await;
            };
            tokio::select! {
                diffs = changes.next() => {
                    let Some(diffs) = diffs else { return Ok(()) };
                    live.apply(&mut rows, diffs);
                    self.publish(&rows);
                    stored = false;
                }
                users = typing.recv() => {
                    if let Ok(users) = users {
                        self.shown.typing.send_replace(users.iter().map(|user| UserId(user.to_string())).collect());
                    }
                }
                () = &mut members, if !members_known => members_known = true,
                () = still, if !stored => {
                    self.store(&rows).await;
                    stored = true;
                }
            }
        }
    }

    /// The SDK begins with what it has in memory. Where the stored tail shows more, the rest is read from its cache first,
    /// so that nothing vanishes from a screen only to come back.
    async fn complete(
        &self,
        live: &Live,
        rows: &mut Vector<Arc<TimelineItem>>,
        changes: &mut (impl Stream<Item = Vec<VectorDiff<Arc<SdkItem>>>> + Unpin),
    ) {
        let missing = self.shown.rows.borrow().len().saturating_sub(rows.len());
        if missing == 0 {
            return;
        }
        let count = u16::try_from(missing).unwrap_or(u16::MAX);
        let mut paginated = std::pin::pin!(live.timeline.paginate_backwards(count));
        let filled = async {
            loop {
                match futures_util::future::select(changes.next(), &mut paginated).await {
                    Either::Left((Some(diffs), _)) => live.apply(rows, diffs),
                    Either::Left((None, _)) | Either::Right(_) => return,
                }
            }
        };
        let _ = timeout(COMPLETE, filled).await;
    }

    fn publish(&self, rows: &Vector<Arc<TimelineItem>>) {
        self.shown.rows.send_replace(rows.clone());
    }

    /// Has the SDK fetch the messages that others answer, once each.
    fn quotes(&self, live: &Arc<Live>, rows: &Vector<Arc<TimelineItem>>, asked: &mut HashSet<String>) {
        for row in rows {
            let ItemContent::Event { event } = &row.content else { continue };
            let (Some(quote), Some(id)) = (&event.reply_to, &event.event_id) else { continue };
            if quote.body.is_none() && asked.insert(id.0.clone())
                && let Ok(id) = ruma::EventId::parse(&id.0)
            {
                let live = live.clone();
                tokio::spawn(async move { live.timeline.fetch_details_for_event(&id).await.is_ok() });
            }
        }
    }

    async fn store(&self, rows: &Vector<Arc<TimelineItem>>) {
        let from = rows.len().saturating_sub(TAIL as usize);
        let tail: Vec<TimelineItem> = rows.iter().skip(from).map(|row| kept(row)).collect();
        let room = self.room.clone();
        self.shared.vault.write("tail", move |store| store.put_tail(room, tail)).await;
    }
}

impl Live {
    fn apply(&self, rows: &mut Vector<Arc<TimelineItem>>, diffs: Vec<VectorDiff<Arc<SdkItem>>>) {
        let mut mapper = self.mapper();
        for diff in diffs {
            diff.map(|item| Arc::new(mapper.map(&item))).apply(rows);
        }
    }
}

/// A row as the store keeps it: named by its event, since a local name means nothing to the next run.
fn kept(row: &TimelineItem) -> TimelineItem {
    let mut row = row.clone();
    if let ItemContent::Event { event } = &row.content
        && let Some(id) = &event.event_id
        && event.send_state == SendState::Delivered
    {
        row.id = ItemId(id.0.clone());
    }
    row
}

/// What a person typed, as Matrix content: formatted where it holds Markdown.
fn written(markdown: &str) -> Result<RoomMessageEventContentWithoutRelation, Failure> {
    policy::check_text(markdown)?;
    Ok(RoomMessageEventContentWithoutRelation::text_markdown(markdown))
}

fn not_sent_yet() -> Failure {
    Failure::Invalid { field: Field::Event, why: FieldTrouble::NotAllowed }
}

/// Events that the SDK's own filter hides because it does not know them: a person should see that something was sent.
fn is_unknown(event: &AnySyncTimelineEvent) -> bool {
    let AnySyncTimelineEvent::MessageLike(event) = event else { return false };
    match event {
        AnySyncMessageLikeEvent::RoomMessage(_) => match event.original_content() {
            Some(AnyMessageLikeEventContent::RoomMessage(content)) => {
                matches!(content.msgtype, MessageType::_Custom(_))
                    && !matches!(content.relates_to, Some(Relation::Replacement(_)))
            }
            _ => false,
        },
        AnySyncMessageLikeEvent::_Custom(_) => event.original_content().is_some(),
        _ => false,
    }
}

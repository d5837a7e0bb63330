//! Feeds a conversation from the SDK.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use bulla_model::{Failure, ItemContent, MessageBody, TimelineItem, UndecryptableReason, UserId};
use bulla_policy as policy;
use eyeball_im::Vector;
use futures_util::StreamExt;
use matrix_sdk_ui::timeline::{RoomExt, TimelineReadReceiptTracking, default_event_filter};
use ruma::events::{
    AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent,
    room::message::{MessageType, Relation},
};
use tokio::{
    task::JoinSet,
    time::{Duration, Instant, sleep, sleep_until, timeout},
};

use crate::{
    ending_event,
    endings::Endings,
    failure::CoreError,
    focus::Focus,
    item::ItemMapper,
    live::Live,
    session::user_id,
    shared::{Link, Shared},
    shown::Shown,
};

/// How long the first live list may be completed from the SDK's own cache before it replaces the stored tail.
const COMPLETE: Duration = Duration::from_secs(2);
/// How long a row must be still before it is stored.
const STILL: Duration = Duration::from_millis(100);
/// How long a timeline that could not be made waits before it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// How much of a thread is loaded at first.
const PAGE: u16 = 30;
/// How long a timeline is kept at least, even where it went wrong.
const MADE: Duration = Duration::from_secs(1);
/// Of how many senders at most it is asked who they are.
const SENDERS: usize = 50;
/// How soon a message that cannot be read is tried again, each time after twice as long, and how seldom at most.
const UNREAD: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(64));

/// Why a timeline of the SDK's feeds no longer.
enum End {
    Over,
    /// It holds an event twice: see [`Live::is_wrong`].
    Wrong,
    /// Other messages are pinned than it was made for, where the SDK's does not follow when none were; or it was not told of those
    /// that its cache has: that is so where a key comes while the cache loads them.
    OtherPins,
}

/// Feeds what is shown from the SDK, again whenever the session attaches anew.
pub(crate) struct Feed {
    pub shared: Arc<Shared>,
    pub shown: Arc<Shown>,
    pub focus: Focus,
}

impl Feed {
    pub async fn run(self) {
        let mut link = self.shared.link.subscribe();
        let mut mapper = None;
        loop {
            let room = loop {
                let attached = match &*link.borrow_and_update() {
                    Link::Ready(attached) => Some(attached.clone()),
                    Link::Closed => return,
                    Link::Pending | Link::Broken(_) => None,
                };
                let room = attached.and_then(|attached| {
                    let id = crate::session::room_id(&self.shown.room).ok()?;
                    attached.client.get_room(&id)
                });
                match room {
                    Some(room) => break room,
                    None if link.changed().await.is_err() => return,
                    None => {}
                }
            };
            let mapper =
                mapper.get_or_insert_with(|| Arc::new(Mutex::new(ItemMapper::new(&room, self.shared.endings.clone()))));
            tokio::select! {
                fed = self.feed(room, mapper.clone()) => {
                    match fed {
                        // Its cache is right: a new timeline on it is.
                        Ok(End::Wrong) => {
                            tracing::warn!("a timeline held an event twice and is made anew");
                            self.shown.live.send_replace(None);
                            continue;
                        }
                        Ok(End::OtherPins) => continue,
                        Ok(End::Over) => {}
                        Err(error) => tracing::warn!(kind = %Failure::from(error), "a timeline ended"),
                    }
                    // Again when the session attaches anew, or after a while.
                    self.shown.live.send_replace(None);
                    match timeout(AGAIN, link.changed()).await {
                        Ok(Err(_)) => return,
                        Ok(Ok(())) => {}
                        Err(_) => link.mark_changed(),
                    }
                }
                changed = link.changed() => if changed.is_err() { return },
            }
            self.shown.live.send_replace(None);
        }
    }

    async fn feed(&self, room: matrix_sdk::Room, mapper: Arc<Mutex<ItemMapper>>) -> Result<End, CoreError> {
        if self.focus.is_pinned() {
            let _ = timeout(COMPLETE, readable_pins(&room)).await;
        }
        let timeline = room
            .timeline_builder()
            .with_focus(self.focus.sdk())
            .track_read_marker_and_receipts(TimelineReadReceiptTracking::AllEvents)
            .event_filter(|event, rules| default_event_filter(event, rules) || is_unknown(event))
            .build()
            .await?;
        let (_, changes) = timeline.subscribe().await;
        let live = Arc::new(Live::new(timeline, mapper));
        let mut pins = std::pin::pin!(room.pinned_event_ids_stream());
        let mut pinned = room.pinned_event_ids().unwrap_or_default();
        live.pin(pinned.clone());
        let mut rows = live.current().await;
        let made = Instant::now();
        self.shown.live.send_replace(Some(live.clone()));
        let mut changes = std::pin::pin!(changes);
        match self.focus {
            Focus::Thread(_) => {
                let _ = timeout(COMPLETE, live.timeline.paginate_backwards(PAGE)).await;
                rows = live.current().await;
            }
            _ => self.complete(&live, &mut rows).await,
        }
        self.shown.publish(&rows);

        let (_guard, mut typing) = room.subscribe_to_typing_notifications();
        // A message may come before its sender's identity does: it is tried again when one is learnt.
        let identities = room.client().encryption().user_identities_stream().await?;
        let mut identities = std::pin::pin!(identities);
        let (mut asked, mut senders) = (HashSet::new(), HashSet::new());
        let (mut pause, mut again) = (UNREAD.0, Instant::now());
        let endings = self.shared.endings.clone();
        let mut ended = endings.watch();
        // What is fetched beside; it ends with the feed.
        let mut fetching = JoinSet::new();
        let members = live.clone();
        fetching.spawn(async move { members.timeline.fetch_members().await });
        // They may have changed in a gap that the sync left.
        let (shared, of) = (self.shared.clone(), room.clone());
        fetching.spawn(async move { shared.look_again(&of).await });
        loop {
            quotes(&live, &rows, &endings, &mut asked, &mut fetching);
            let unread = rows.iter().any(|row| is_undecryptable(row));
            identities_of(&room, &rows, &mut senders, &mut fetching);
            if !unread {
                pause = UNREAD.0;
            }
            tokio::select! {
                diffs = changes.next() => {
                    if diffs.is_none() {
                        return Ok(End::Over);
                    }
                    rows = live.current().await;
                    if self.focus.is_live() && self.lost_its_beginning(&rows) {
                        self.complete(&live, &mut rows).await;
                    }
                    self.shown.publish(&rows);
                }
                users = typing.recv() => {
                    if let Ok(users) = users {
                        self.shown.typing.send_replace(users.iter().map(|user| UserId(user.to_string())).collect());
                    }
                }
                // It tells of every change of the room.
                Some(now) = pins.next() => {
                    if now == pinned {
                        continue;
                    }
                    if self.focus.is_pinned() {
                        return Ok(End::OtherPins);
                    }
                    pinned = now;
                    live.pin(pinned.clone());
                    rows = live.current().await;
                    self.shown.publish(&rows);
                }
                Ok(()) = ended.changed() => {
                    ended.mark_unchanged();
                    rows = live.current().await;
                    self.shown.publish(&rows);
                }
                () = sleep_until(made + MADE), if live.is_wrong() => return Ok(End::Wrong),
                () = sleep_until(made + COMPLETE), if self.focus.is_pinned() && rows.is_empty() && !pinned.is_empty() => {
                    return Ok(End::OtherPins);
                }
                Some(_) = fetching.join_next() => {}
                Some(_) = identities.next() => live.retry().await,
                () = sleep_until(again), if unread => {
                    live.retry().await;
                    again = Instant::now() + pause;
                    pause = UNREAD.1.min(pause * 2);
                }
                () = sleep(STILL), if self.shown.is_dirty() => self.shown.store(&self.shared.vault).await,
            }
        }
    }

    /// Whether the oldest event that is shown is no longer there.
    fn lost_its_beginning(&self, rows: &Vector<Arc<TimelineItem>>) -> bool {
        let shown = self.shown.rows.borrow();
        let oldest = shown.iter().find(|row| matches!(row.content, ItemContent::Event { .. }));
        rows.len() < shown.len() && oldest.is_some_and(|oldest| rows.iter().all(|row| row.id != oldest.id))
    }

    /// The SDK begins with what it has in memory, and begins anew with the newest events where the server left a gap before them.
    /// Where more is shown, the rest is read first, from its cache or from the server, so that nothing vanishes from a screen only
    /// to come back.
    async fn complete(&self, live: &Live, rows: &mut Vector<Arc<TimelineItem>>) {
        let wanted = self.shown.rows.borrow().len();
        let filled = async {
            while rows.len() < wanted {
                let missing = u16::try_from(wanted - rows.len()).unwrap_or(u16::MAX);
                let at_start = live.timeline.paginate_backwards(missing).await.unwrap_or(true);
                *rows = live.current().await;
                if at_start {
                    return;
                }
            }
        };
        let _ = timeout(COMPLETE, filled).await;
    }
}

/// Waits until what is pinned can be read. The SDK loads it once, and would keep what it could not read at that moment.
async fn readable_pins(room: &matrix_sdk::Room) {
    for id in room.pinned_event_ids().unwrap_or_default() {
        while room.load_or_fetch_event(&id, None).await.is_ok_and(|event| event.kind.is_utd()) {
            sleep(STILL).await;
        }
    }
}

/// Has the SDK fetch the messages that others answer, once each.
fn quotes(
    live: &Arc<Live>,
    rows: &Vector<Arc<TimelineItem>>,
    endings: &Arc<Endings>,
    asked: &mut HashSet<String>,
    fetching: &mut JoinSet<()>,
) {
    for row in rows {
        let ItemContent::Event { event } = &row.content else { continue };
        let (Some(quote), Some(id)) = (&event.reply_to, &event.event_id) else { continue };
        if quote.body.is_none()
            && asked.insert(id.0.clone())
            && let Ok(id) = ruma::EventId::parse(&id.0)
        {
            let (live, endings, quoted) = (live.clone(), endings.clone(), quote.event_id.clone());
            fetching.spawn(async move {
                // Whether it is read once is not in what the timeline makes of it.
                let room = live.timeline.room();
                if endings.entry(&quoted).is_none()
                    && let Ok(quoted) = ruma::EventId::parse(&quoted.0)
                {
                    let Ok(event) = room.load_or_fetch_event(&quoted, None).await else { return };
                    ending_event::look_at(&endings, room.room_id(), &event);
                }
                _ = live.timeline.fetch_details_for_event(&id).await;
            });
        }
    }
}

/// Asks who the senders are of what cannot be read for want of that, once each. The SDK asks by itself, but not before the server has answered the
/// request that waits for keys: half a minute may go by after one has come in.
fn identities_of(
    room: &matrix_sdk::Room,
    rows: &Vector<Arc<TimelineItem>>,
    asked: &mut HashSet<UserId>,
    fetching: &mut JoinSet<()>,
) {
    for row in rows {
        let ItemContent::Event { event } = &row.content else { continue };
        if matches!(event.body, MessageBody::Undecryptable { why: UndecryptableReason::SenderNotSigned })
            && asked.len() < SENDERS
            && asked.insert(event.sender.clone())
            && let Ok(sender) = user_id(&event.sender)
        {
            let client = room.client();
            fetching.spawn(async move { _ = client.encryption().request_user_identity(&sender).await });
        }
    }
}

fn is_undecryptable(row: &TimelineItem) -> bool {
    let ItemContent::Event { event } = &row.content else { return false };
    matches!(event.body, MessageBody::Undecryptable { .. })
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
        // What clients tell each other is nothing that somebody said.
        AnySyncMessageLikeEvent::_Custom(event) if event.event_type().to_string() == policy::OPENED => false,
        AnySyncMessageLikeEvent::CallAnswer(_)
        | AnySyncMessageLikeEvent::CallReject(_)
        | AnySyncMessageLikeEvent::CallHangup(_)
        | AnySyncMessageLikeEvent::_Custom(_) => event.original_content().is_some(),
        _ => false,
    }
}

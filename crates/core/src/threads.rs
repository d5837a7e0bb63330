//! The threads of a room.

use std::{collections::HashMap, sync::Arc};

use bulla_model::{EventId, Failure, RoomId, ThreadReading, ThreadRow, UserId};
use futures_util::{StreamExt, stream};
use matrix_sdk_ui::timeline::thread_list_service::{
    ThreadListItem, ThreadListItemEvent, ThreadListPaginationState, ThreadListService, ThreadListServiceError,
};
use ruma::{OwnedEventId, events::receipt::SyncReceiptEvent};
use tokio::sync::{Mutex, OnceCell};

use crate::{
    body::preview,
    cancel::Cancel,
    endings::Endings,
    failure::CoreError,
    item::{profile, time},
    room::Room,
    thread_reading::reading,
};

/// How many threads are looked into at once.
const LOOKS: usize = 4;

/// The threads of a room, those with the newest answer first as the server says, a page at a time, kept up while it is held.
pub struct ThreadList {
    room: Room,
    service: OnceCell<Arc<ThreadListService>>,
    told: Mutex<Option<Told>>,
    cancel: Cancel,
}

struct Told {
    changes: Changes,
    receipts: Receipts,
    /// What is unread of each thread, up to which event: a thread in which nothing was said is not asked about again.
    read: HashMap<OwnedEventId, (OwnedEventId, Option<ThreadReading>)>,
}

type Changes = std::pin::Pin<Box<dyn futures_util::Stream<Item = ()> + Send>>;
type Receipts = Changes;

impl ThreadList {
    pub(crate) fn new(room: Room) -> Self {
        let cancel = room.session.cancel();
        Self { room, service: OnceCell::new(), told: Mutex::default(), cancel }
    }

    /// All that is loaded, or none when it was cancelled or its session closed. The first waits for the first page.
    pub async fn next(&self) -> Result<Option<Vec<ThreadRow>>, Failure> {
        self.cancel.or_end(self.rows()).await.transpose()
    }

    /// Loads the next page; false when there is none.
    pub async fn more(&self) -> Result<bool, Failure> {
        let service = self.service().await?;
        page(&service).await?;
        Ok(service.pagination_state() != ThreadListPaginationState::Idle { end_reached: true })
    }

    /// Ends it.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn rows(&self) -> Result<Vec<ThreadRow>, Failure> {
        let service = self.service().await?;
        let room = self.room.session.sdk_room(&self.room.id()).await?;
        let mut told = self.told.lock().await;
        let told = match &mut *told {
            None => {
                let receipts = receipts(&room);
                let (_, changes) = service.subscribe_to_items_updates();
                page(&service).await?;
                told.insert(Told { changes: Box::pin(changes.map(drop)), receipts, read: HashMap::new() })
            }
            Some(told) => {
                tokio::select! {
                    changed = told.changes.next() => changed.ok_or(Failure::Closed)?,
                    Some(()) = told.receipts.next() => told.read.clear(),
                }
                told
            }
        };
        let items = service.items();
        let missing: Vec<_> =
            items.iter().filter(|item| !told.knows(item)).map(|item| (root(item), newest(item))).collect();
        let looks = missing.into_iter().map(|(root, newest)| {
            let room = room.clone();
            async move {
                // What cannot be told now is told with the next change.
                let reading = reading(&room, root.clone()).await.ok();
                (root, (newest, reading))
            }
        });
        told.read.extend(stream::iter(looks).buffer_unordered(LOOKS).collect::<Vec<_>>().await);
        let (id, endings) = (self.room.id(), &self.room.session.shared.endings);
        let read = |item: &ThreadListItem| told.read.get(&root(item)).and_then(|(_, reading)| *reading);
        Ok(items.iter().map(|item| row(item, &id, endings, read(item))).collect())
    }

    async fn service(&self) -> Result<Arc<ThreadListService>, CoreError> {
        let made = self.service.get_or_try_init(|| async {
            let room = self.room.session.sdk_room(&self.room.id()).await?;
            Ok::<_, CoreError>(Arc::new(ThreadListService::new(room)))
        });
        Ok(made.await?.clone())
    }
}

impl Told {
    fn knows(&self, thread: &ThreadListItem) -> bool {
        self.read.get(&root(thread)).is_some_and(|(upto, reading)| reading.is_some() && *upto == newest(thread))
    }
}

/// Tells that somebody has read something in the room.
fn receipts(room: &matrix_sdk::Room) -> Receipts {
    let observed = room.client().observe_room_events::<SyncReceiptEvent, ()>(room.room_id());
    let told = observed.subscribe();
    // The subscription ends with what it is of.
    Box::pin(told.map(move |_| {
        let _ = &observed;
    }))
}

fn root(thread: &ThreadListItem) -> OwnedEventId {
    thread.root_event.event_id.clone()
}

fn newest(thread: &ThreadListItem) -> OwnedEventId {
    thread.latest_event.as_ref().unwrap_or(&thread.root_event).event_id.clone()
}

async fn page(service: &ThreadListService) -> Result<(), CoreError> {
    service.paginate().await.map_err(|ThreadListServiceError::Sdk(error)| CoreError::from(error))
}

fn row(thread: &ThreadListItem, room: &RoomId, endings: &Endings, reading: Option<ThreadReading>) -> ThreadRow {
    let (root, last) = (&thread.root_event, thread.latest_event.as_ref());
    let name = |event: &ThreadListItemEvent| profile(&event.sender_profile).0;
    let said = |event: &ThreadListItemEvent| {
        let (id, at) = (EventId(event.event_id.to_string()), time(event.timestamp));
        endings.admit_said(room, Some(&id), Some(at), event.content.as_ref().map(preview))
    };
    ThreadRow {
        root: bulla_model::EventId(root.event_id.to_string()),
        sender: UserId(root.sender.to_string()),
        sender_name: name(root),
        body: said(root),
        replies: thread.num_replies,
        last_at: time(last.unwrap_or(root).timestamp),
        last_sender: last.map(|event| UserId(event.sender.to_string())),
        last_sender_name: last.and_then(name),
        last_body: last.and_then(said),
        reading,
    }
}

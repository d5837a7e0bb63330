//! The threads of a room.

use std::sync::Arc;

use bulla_model::{Failure, ThreadRow, UserId};
use futures_util::StreamExt;
use matrix_sdk_ui::timeline::thread_list_service::{
    ThreadListItem, ThreadListItemEvent, ThreadListPaginationState, ThreadListService, ThreadListServiceError,
};
use tokio::sync::{Mutex, OnceCell};

use crate::{
    body::preview,
    cancel::Cancel,
    failure::CoreError,
    item::{profile, time},
    room::Room,
};

/// The threads of a room, those with the newest answer first as the server says, a page at a time, kept up while it is held.
pub struct ThreadList {
    room: Room,
    service: OnceCell<Arc<ThreadListService>>,
    told: Mutex<Option<Changes>>,
    cancel: Cancel,
}

type Changes = std::pin::Pin<Box<dyn futures_util::Stream<Item = ()> + Send>>;

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
        let mut told = self.told.lock().await;
        match &mut *told {
            None => {
                let (_, changes) = service.subscribe_to_items_updates();
                page(&service).await?;
                *told = Some(Box::pin(changes.map(drop)));
            }
            Some(changes) => changes.next().await.ok_or(Failure::Closed)?,
        }
        Ok(service.items().iter().map(row).collect())
    }

    async fn service(&self) -> Result<Arc<ThreadListService>, CoreError> {
        let made = self.service.get_or_try_init(|| async {
            let room = self.room.session.sdk_room(&self.room.id()).await?;
            Ok::<_, CoreError>(Arc::new(ThreadListService::new(room)))
        });
        Ok(made.await?.clone())
    }
}

async fn page(service: &ThreadListService) -> Result<(), CoreError> {
    service.paginate().await.map_err(|ThreadListServiceError::Sdk(error)| CoreError::from(error))
}

fn row(thread: &ThreadListItem) -> ThreadRow {
    let (root, last) = (&thread.root_event, thread.latest_event.as_ref());
    let name = |event: &ThreadListItemEvent| profile(&event.sender_profile).0;
    let said = |event: &ThreadListItemEvent| event.content.as_ref().map(preview);
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
    }
}

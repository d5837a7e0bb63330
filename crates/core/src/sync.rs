//! The two loops that listen to the server: rooms, and what encryption needs. They run and end together.
//!
//! The SDK's `SyncService` does the same, but its `stop` waits for ever for a loop that it told to stop just before it began,
//! and its offline mode comes back at once whatever the server said. Here both loops are polled by one task, so that stopping
//! cannot be missed, and how an end is met is the engine's to say.

use std::sync::Arc;

use bulla_model::Failure;
use futures_util::StreamExt;
use matrix_sdk::Client;
use matrix_sdk_ui::{
    encryption_sync_service::{EncryptionSyncPermit, EncryptionSyncService},
    room_list_service::RoomListService,
};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};

use crate::{
    failure::{CoreError, of_encryption, of_list},
    latest::Latest,
};

/// Where the loops stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SyncState {
    Idle,
    Running,
    /// They ended by themselves.
    Ended(Failure),
}

pub(crate) struct Sync {
    list: Arc<RoomListService>,
    encryption: Arc<EncryptionSyncService>,
    permit: Arc<Mutex<EncryptionSyncPermit>>,
    state: watch::Sender<SyncState>,
    run: Mutex<Option<Run>>,
    latest: Latest,
}

struct Run {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sync {
    pub async fn new(client: &Client) -> Result<Self, CoreError> {
        // The position is not shared: a kill between it and the event cache would lose events without a gap.
        let list = RoomListService::new_with(client.clone(), false, "room-list", 1).await;
        let list = list.map_err(|error| of_list(&error))?;
        let encryption = EncryptionSyncService::new(client.clone(), None).await;
        let encryption = encryption.map_err(|error| of_encryption(&error))?;
        let latest = Latest::start(client).await?;
        Ok(Self {
            list: Arc::new(list),
            encryption: Arc::new(encryption),
            // The one there is; the SDK offers no other way to make it outside its service.
            permit: Arc::new(Mutex::new(EncryptionSyncPermit::new_for_testing())),
            state: watch::Sender::new(SyncState::Idle),
            run: Mutex::new(None),
            latest,
        })
    }

    pub fn list(&self) -> &RoomListService {
        &self.list
    }

    /// Returns when the SDK looks for the newest messages no longer.
    pub async fn latest_over(&self) {
        self.latest.over().await;
    }

    pub fn state(&self) -> SyncState {
        self.state.borrow().clone()
    }

    pub fn watch(&self) -> watch::Receiver<SyncState> {
        self.state.subscribe()
    }

    /// Begins to listen. Nothing happens if it does already.
    pub async fn start(&self) {
        let mut run = self.run.lock().await;
        if self.state() == SyncState::Running {
            return;
        }
        if let Some(old) = run.take() {
            let _ = old.task.await;
        }
        self.state.send_replace(SyncState::Running);
        let (stop, stopped) = watch::channel(false);
        let (list, encryption, permit) = (self.list.clone(), self.encryption.clone(), self.permit.clone());
        let listening = tokio::spawn(listen(list, encryption, permit, stopped));
        let state = self.state.clone();
        let task = tokio::spawn(async move {
            state.send_replace(match listening.await {
                Ok(None) => SyncState::Idle,
                Ok(Some(why)) => SyncState::Ended(why),
                Err(_) => SyncState::Ended(CoreError::Defect("a sync loop did not end").into()),
            });
        });
        *run = Some(Run { stop, task });
    }

    /// Ends both loops and the requests they wait for.
    pub async fn stop(&self) {
        if let Some(run) = self.run.lock().await.take() {
            run.stop.send_replace(true);
            let _ = run.task.await;
        }
        self.state.send_replace(SyncState::Idle);
    }
}

/// Listens until told to stop, or until one of the loops fails.
async fn listen(
    list: Arc<RoomListService>,
    encryption: Arc<EncryptionSyncService>,
    permit: Arc<Mutex<EncryptionSyncPermit>>,
    mut stop: watch::Receiver<bool>,
) -> Option<Failure> {
    let mut rooms = std::pin::pin!(list.sync());
    let permit = permit.lock_owned().await;
    let mut keys = std::pin::pin!(encryption.sync(permit));
    let ended = loop {
        tokio::select! {
            // The rooms first: once polled, their loop hears a stop.
            biased;
            next = rooms.next() => match next {
                Some(Ok(())) => {}
                Some(Err(error)) => return Some(of_list(&error)),
                None => return Some(Failure::Offline),
            },
            next = keys.next() => match next {
                Some(Ok(())) => {}
                Some(Err(error)) => break Some(of_encryption(&error)),
                None => break Some(Failure::Offline),
            },
            _ = stop.wait_for(|stop| *stop) => break None,
        }
    };
    // Dropping the loop of keys is enough; the one of rooms keeps a state that has to know.
    let _ = list.stop_sync();
    while let Some(Ok(())) = rooms.next().await {}
    ended
}

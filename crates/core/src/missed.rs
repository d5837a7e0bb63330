//! What came while the app was away, fetched behind so that it is counted.
//!
//! The list is synced with the newest event of each room alone. Between that and what was read lies a gap, which the SDK counts nothing of: a
//! night's messages would be one, and whoever was named in the rest would not hear of it. It counts again with each page that is read here,
//! from its store where they are there, and stops being asked where it meets what was read.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bulla_model::{Failure, SessionState};
use matrix_sdk::{Client, Room};
use ruma::OwnedRoomId;
use tokio::{
    sync::broadcast::error::RecvError,
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{failure::CoreError, shared::Shared};

/// How many events are asked for at once.
const PAGE: u16 = 30;
/// As many events of a room are looked through at most: nobody reads a larger number as a number.
const MOST: usize = 600;
/// How many rooms are looked through at once: beside what a person waits for.
const AT_ONCE: usize = 2;
/// How long it waits after the first change: the newest messages come first.
const AFTER: Duration = Duration::from_secs(1);

/// Fetches what is missing between the newest event and what was read: of rooms that have changed, and of every room once the server is there
/// again.
pub(crate) async fn fetch(shared: Arc<Shared>, client: Client) {
    let mut updates = client.room_info_notable_update_receiver();
    let mut states = shared.state.subscribe();
    states.mark_changed();
    let mut waiting: BTreeSet<OwnedRoomId> = BTreeSet::new();
    let mut running = JoinSet::new();
    let mut begin = Instant::now();
    loop {
        while begin <= Instant::now()
            && running.len() < AT_ONCE
            && let Some(id) = waiting.pop_first()
        {
            if let Some(room) = client.get_room(&id).filter(is_unread) {
                running.spawn(async move {
                    if let Err(error) = fill(&room).await {
                        tracing::info!(kind = %Failure::from(CoreError::from(error)), "what is unread in a room was not counted to its end");
                    }
                });
            }
        }
        let idle = waiting.is_empty();
        let all = || client.joined_rooms().into_iter().filter(is_unread).map(|room| room.room_id().to_owned());
        tokio::select! {
            update = updates.recv() => match update {
                Ok(update) => _ = waiting.insert(update.room_id),
                Err(RecvError::Lagged(_)) => waiting.extend(all()),
                Err(RecvError::Closed) => return,
            },
            Ok(()) = states.changed() => {
                if *states.borrow_and_update() == SessionState::Live {
                    waiting.extend(all());
                }
            }
            Some(_) = running.join_next() => {}
            () = sleep_until(begin), if !idle && running.len() < AT_ONCE => {}
        }
        if idle && !waiting.is_empty() {
            begin = Instant::now() + AFTER;
        }
    }
}

fn is_unread(room: &Room) -> bool {
    room.num_unread_messages() > 0
}

async fn fill(room: &Room) -> matrix_sdk::Result<()> {
    let (cache, _held) = room.event_cache().await?;
    loop {
        let read = room.read_receipts().latest_active.map(|receipt| receipt.event_id);
        let mut looked = 0;
        let met = cache.rfind_map_event_in_memory_by(|event| {
            looked += 1;
            (read.is_some() && event.event_id() == read.as_deref()).then_some(())
        });
        if met.await?.is_some() || looked >= MOST || !is_unread(room) {
            return Ok(());
        }
        let page = cache.pagination().run_backwards_once(PAGE).await?;
        if page.reached_start || page.events.is_empty() {
            return Ok(());
        }
    }
}

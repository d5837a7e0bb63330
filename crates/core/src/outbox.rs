//! Keeps messages leaving. The SDK stops a room's queue at every error; whether and when it goes on is decided here.

use std::{collections::HashMap, time::Duration};

use bulla_model::SendTrouble;
use bulla_policy::pause_before;
use matrix_sdk::{
    Client,
    send_queue::{LocalEcho, LocalEchoContent, SendQueueRoomError},
};
use ruma::OwnedRoomId;
use tokio::{
    sync::broadcast::error::RecvError,
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::failure::{passes, send_trouble, wedge_passes};

/// How long a pause waits for messages that are on their way.
const LEAVING: Duration = Duration::from_secs(2);
/// A room that met no error for this long starts from the shortest pause again.
const FORGET: Duration = Duration::from_secs(120);

/// Takes up what an earlier run left unsent, and tries again after errors that pass.
pub(crate) fn start(tasks: &mut JoinSet<()>, client: &Client) {
    let client = client.clone();
    tasks.spawn(async move {
        let errors = client.send_queue().subscribe_errors();
        go_on(&client).await;
        mind(client, errors).await;
    });
}

/// Lets every room's queue go on at once: the server is there.
pub(crate) async fn go_on(client: &Client) {
    free(client, None).await;
    client.send_queue().set_enabled(true).await;
}

/// Lets what is on its way arrive, for a moment, and sends nothing more.
pub(crate) async fn leave(client: &Client) {
    let mut updates = client.send_queue().subscribe();
    let arrived = async {
        while waits(client).await {
            if let Err(RecvError::Closed) = updates.recv().await {
                return;
            }
        }
    };
    let _ = timeout(LEAVING, arrived).await;
    client.send_queue().set_enabled(false).await;
}

/// Whether a message that nothing was seen to be wrong with has not arrived.
async fn waits(client: &Client) -> bool {
    let Ok(waiting) = client.send_queue().local_echoes().await else { return false };
    let waits = |echo: &LocalEcho| matches!(&echo.content, LocalEchoContent::Event { send_error: None, .. });
    waiting.values().flatten().any(waits)
}

/// Frees messages that the SDK took for refused, and were not.
async fn free(client: &Client, only: Option<&ruma::RoomId>) {
    let Ok(waiting) = client.send_queue().local_echoes().await else { return };
    let chosen = waiting.into_iter().filter(|(room, _)| only.is_none_or(|only| only == room));
    for echo in chosen.flat_map(|(_, echoes)| echoes) {
        if let LocalEchoContent::Event { send_handle, send_error: Some(error), .. } = echo.content
            && wedge_passes(&error)
            && send_handle.unwedge().await.is_err()
        {
            tracing::warn!("a message could not be freed");
        }
    }
}

async fn mind(client: Client, mut errors: tokio::sync::broadcast::Receiver<SendQueueRoomError>) {
    let mut tries: HashMap<OwnedRoomId, (u32, Instant)> = HashMap::new();
    let mut waits = JoinSet::new();
    loop {
        tokio::select! {
            error = errors.recv() => match error {
                Ok(error) if error.is_recoverable || passes(&error.error) => {
                    tries.retain(|_, (_, last)| last.elapsed() < FORGET);
                    let (count, last) = tries.entry(error.room_id.clone()).or_insert((0, Instant::now()));
                    let asked = match send_trouble(&error.error) {
                        SendTrouble::Wait { retry_after } => retry_after,
                        _ => None,
                    };
                    let pause = pause_before(*count, asked, 1.0);
                    (*count, *last) = (count.saturating_add(1), Instant::now());
                    waits.spawn(later(error.room_id, pause));
                }
                // The message waits for the person: retry or cancel.
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => go_on(&client).await,
                Err(RecvError::Closed) => return,
            },
            Some(Ok(room)) = waits.join_next() => {
                // A pause disables all of them.
                if client.send_queue().is_enabled()
                    && let Some(room) = client.get_room(&room)
                {
                    free(&client, Some(room.room_id())).await;
                    room.send_queue().set_enabled(true);
                }
            }
        }
    }
}

async fn later(room: OwnedRoomId, pause: Duration) -> OwnedRoomId {
    tokio::time::sleep(pause).await;
    room
}

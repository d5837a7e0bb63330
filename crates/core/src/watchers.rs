//! Tasks that drain the SDK's broadcasts, each on its own, so that none falls behind another.

use std::{collections::HashSet, sync::Arc};

use bulla_model::RoomId;
use matrix_sdk::{Client, Room, SessionChange};
use ruma::{
    OwnedRoomId,
    events::{AnySyncStateEvent, StateEventType},
};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    task::JoinSet,
    time::{Duration, sleep},
};

use crate::{access, contact_rules, engine::Notice, missed, room_ending, shared::Shared, sync::Sync};

/// How many rooms are brought up to date before the list is told.
const BATCH: usize = 32;
/// How soon it is told again that something is over: whoever is paused hears of it later.
const AGAIN: Duration = Duration::from_secs(30);

/// Starts them all.
pub(crate) fn start(
    tasks: &mut JoinSet<()>,
    shared: &Arc<Shared>,
    client: &Client,
    notices: mpsc::UnboundedSender<Notice>,
) {
    tasks.spawn(rooms(shared.clone(), client.clone()));
    tasks.spawn(muted(shared.clone(), client.clone()));
    tasks.spawn(session(client.clone(), notices));
    tasks.spawn(rights(shared.clone(), client.clone()));
    tasks.spawn(missed::fetch(shared.clone(), client.clone()));
    tasks.spawn(contact_rules::watch(shared.clone(), client.clone()));
}

/// Keeps the rows of rooms: all of them first, newest first, then those that the SDK says have changed.
async fn rooms(shared: Arc<Shared>, client: Client) {
    let mut updates = client.room_info_notable_update_receiver();
    all_rooms(&shared, &client).await;
    loop {
        let mut changed: HashSet<OwnedRoomId> = HashSet::new();
        let mut lagged = false;
        match updates.recv().await {
            Ok(update) => _ = changed.insert(update.room_id),
            Err(RecvError::Lagged(_)) => lagged = true,
            Err(RecvError::Closed) => return,
        }
        while let Ok(update) = updates.try_recv() {
            changed.insert(update.room_id);
        }
        if lagged {
            tracing::warn!("room updates lagged: reading all rooms again");
            all_rooms(&shared, &client).await;
            continue;
        }
        let rooms: Vec<_> = changed.iter().filter_map(|id| client.get_room(id)).collect();
        shared.refresh(&rooms).await;
        let gone = changed.iter().filter(|id| client.get_room(id).is_none()).map(|id| RoomId(id.to_string()));
        shared.book.remove(gone.collect()).await;
    }
}

async fn all_rooms(shared: &Shared, client: &Client) {
    let mut rooms = client.rooms();
    rooms.sort_by_key(|room| std::cmp::Reverse(room.latest_event_timestamp()));
    let known: HashSet<RoomId> = rooms.iter().map(|room| RoomId(room.room_id().to_string())).collect();
    let gone = shared.book.ids().into_iter().filter(|id| !known.contains(id)).collect();
    shared.book.remove(gone).await;
    for batch in rooms.chunks(BATCH) {
        shared.refresh(batch).await;
    }
}

/// Push rules are account data of their own: when they change, every room is asked again whether it is muted.
async fn muted(shared: Arc<Shared>, client: Client) {
    let settings = client.notification_settings().await;
    let mut changes = settings.subscribe_to_changes();
    loop {
        match changes.recv().await {
            Ok(()) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        let rooms = client.joined_rooms();
        for room in &rooms {
            // Fills the SDK's cache, which the row is made from.
            if room.user_defined_notification_mode().await.is_none() {
                room.clear_user_defined_notification_mode();
            }
        }
        for batch in rooms.chunks(BATCH) {
            shared.refresh(batch).await;
        }
    }
}

/// What a role, a rule or the encryption of a room is made of: its row may differ, and what may be done in it.
async fn rights(shared: Arc<Shared>, client: Client) {
    // The sync waits for its handlers: what takes longer is done beside.
    let (changed, mut rows) = mpsc::unbounded_channel();
    let handler = client.add_event_handler(move |event: AnySyncStateEvent, room: Room| {
        let changed = changed.clone();
        async move {
            let of_rights = matches!(
                event.event_type(),
                StateEventType::RoomPowerLevels
                    | StateEventType::RoomJoinRules
                    | StateEventType::RoomEncryption
                    | StateEventType::RoomMember
            );
            let of_ending = room_ending::is_one(&event.event_type());
            let of_row = event.event_type() == access::rules()
                || of_ending
                || matches!(event.event_type(), StateEventType::RoomJoinRules | StateEventType::RoomCanonicalAlias);
            if of_rights || of_row {
                let _ = changed.send(of_row.then_some((room, of_ending)));
            }
        }
    });
    let _handler = client.event_handler_drop_guard(handler);
    while let Some(room) = rows.recv().await {
        if let Some((room, of_ending)) = room {
            // The SDK does not keep what it does not know.
            if of_ending {
                room_ending::look_again(&room).await;
            }
            shared.refresh(&[room]).await;
        }
        shared.rights.send_modify(|count| *count += 1);
    }
}

/// Tells when the SDK looks for the newest messages no longer, and again until somebody has begun anew.
pub(crate) async fn latest(sync: Arc<Sync>, notices: mpsc::UnboundedSender<Notice>) {
    sync.latest_over().await;
    while notices.send(Notice::LatestOver).is_ok() {
        sleep(AGAIN).await;
    }
}

async fn session(client: Client, notices: mpsc::UnboundedSender<Notice>) {
    let mut changes = client.subscribe_to_session_changes();
    loop {
        match changes.recv().await {
            Ok(SessionChange::UnknownToken(data)) => {
                _ = notices.send(Notice::TokenGone { soft: Some(data.soft_logout) });
            }
            Err(RecvError::Lagged(_)) => _ = notices.send(Notice::TokenGone { soft: None }),
            Ok(SessionChange::TokensRefreshed) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

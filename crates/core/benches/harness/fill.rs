//! Accounts that hear of a long conversation from the mock homeserver, each by its own ingest.
#![allow(dead_code)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use bulla_model::{ItemContent, MessageBody, RoomId, TimelineItem};
use bulla_testkit::mock::{USER, room_id};
use serde_json::{Value, json};

use crate::sides;

const FILLED: Duration = Duration::from_secs(600);
/// What was shown last is written down meanwhile.
const WRITTEN: Duration = Duration::from_secs(3);

/// Our account in `folder`, with `events` messages in its first room. Ends the process.
pub async fn ours(folder: &Path, url: &str, events: usize) {
    let session = sides::sign_in(folder, url, USER, "password").await;
    let began = Instant::now();
    let id = RoomId(room_id(0));
    while session.room(&id).await.is_err() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let timeline = session.room(&id).await.expect("a room").timeline().await.expect("a timeline");
    let items = timeline.items();
    let mut rows = Vec::new();
    loop {
        let batch = items.next().await.expect("a batch").expect("a batch");
        bulla_model::apply_timeline_changes(&mut rows, batch);
        let whole = rows.iter().rev().find_map(text).is_some_and(|last| last.contains(&format!("n° {events} ")));
        if whole || began.elapsed() > FILLED {
            break;
        }
    }
    tokio::time::sleep(WRITTEN).await;
    let kept = rows.len();
    session.shutdown().await.expect("closed");
    filled(json!({ "rows": kept }));
}

/// The peer's account in `folder`, with as many. Ends the process.
pub async fn peer(folder: &Path, url: &str, events: usize) {
    let client = sides::peer_sign_in(folder, url, USER, "password").await;
    let sync = sides::peer_sync(&client).await;
    sync.start().await;
    let began = Instant::now();
    let id = ruma::RoomId::parse(room_id(0)).expect("an id");
    let room = loop {
        match client.get_room(&id) {
            Some(room) => break room,
            None => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    let (cache, _keep) = room.event_cache().await.expect("a cache");
    let whole = format!("n° {events} ");
    loop {
        let events = cache.events().await.expect("events");
        if events.last().is_some_and(|event| event.raw().json().get().contains(&whole)) || began.elapsed() > FILLED {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tokio::time::sleep(WRITTEN).await;
    let kept = cache.events().await.expect("events").len();
    sync.stop().await;
    filled(json!({ "events in memory": kept }));
}

/// What a row says.
pub fn text(row: &TimelineItem) -> Option<String> {
    match &row.content {
        ItemContent::Event { event } => match &event.body {
            MessageBody::Text { plain, .. } => Some(plain.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn filled(answer: Value) {
    println!("{answer}");
    std::process::exit(0);
}

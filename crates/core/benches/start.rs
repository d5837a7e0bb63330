//! Row 1: from the beginning of a new process to the first 20 rooms with name, unread count and last message; the server
//! cannot be reached. Each side was filled by its own ingest from the same server.
#![recursion_limit = "256"]

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use bulla_model::{RoomFilter, RoomListChange, RoomSummary, RoomTitle};
use bulla_testkit::mock::{Mock, USER, World};
use futures_util::StreamExt;
use matrix_sdk_ui::{
    eyeball_im::VectorDiff,
    room_list_service::{RoomListItem, filters::new_filter_non_left},
    timeline::{LatestEventValue, RoomExt},
};
use serde_json::{Value, json};

use crate::{
    child::{Child, copy, fixtures, floor, runtime, side},
    measure::{Figure, Samples, times},
};

#[path = "harness/child.rs"]
mod child;
#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const PAGE: u32 = 20;
const FILLED: Duration = Duration::from_secs(600);

fn main() {
    let start = Instant::now();
    match side() {
        Some(arguments) => match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ours", folder] => ours(start, Path::new(folder)),
            ["peer", folder] => peer(start, Path::new(folder)),
            ["fill-ours", folder, url, rooms] => fill_ours(Path::new(folder), url, rooms.parse().expect("a number")),
            ["fill-peer", folder, url, rooms] => fill_peer(Path::new(folder), url, rooms.parse().expect("a number")),
            _ => panic!("no such side"),
        },
        None => measure(),
    }
}

fn measure() {
    let floor = floor();
    let sizes = std::env::var("BULLA_BENCH_ROOMS").unwrap_or_else(|_| "100,1000,10000".into());
    let sizes: Vec<usize> = sizes.split(',').map(|it| it.parse().expect("a number of rooms")).collect();
    let places: Vec<_> = sizes.iter().map(|rooms| filled(*rooms)).collect();
    // Sizes in turns too: the ratio between them is a goal.
    let mut all: Vec<[Samples; 6]> = vec![Default::default(); sizes.len()];
    let mut opened: Vec<[Samples; 2]> = vec![Default::default(); sizes.len()];
    for turn in 0..times(30) {
        for (((rooms, place), samples), opened) in sizes.iter().zip(&places).zip(&mut all).zip(&mut opened) {
            for step in 0..3 {
                let which = (turn + step) % 3;
                let mut child = match which {
                    0 => Child::side(&["ours", &place.path().join("ours").to_string_lossy()]),
                    1 => Child::side(&["peer", &place.path().join("peer").to_string_lossy()]),
                    _ => {
                        let (file, key) = sides::read_model(&place.path().join("ours"));
                        let mut command = Command::new(&floor);
                        command.arg("rooms").arg(file).arg(key);
                        Child::of(command)
                    }
                };
                let answer = child.answer();
                let wall = child.started.elapsed();
                child.end();
                assert_eq!(answer["rows"], (*rooms).min(PAGE as usize), "{answer}");
                if turn == 0 && which < 2 {
                    println!("{rooms} rooms, {}: {answer}", ["ours", "peer"][which]);
                }
                samples[which].push_ms(answer["ms"].as_f64().expect("a time"));
                samples[which + 3].push(wall);
                if let Some(ms) = answer["opened_ms"].as_f64() {
                    opened[which].push_ms(ms);
                }
            }
        }
    }
    for ((rooms, samples), opened) in sizes.iter().zip(all).zip(opened) {
        let [ours, peer, floor, ours_wall, peer_wall, floor_wall] = samples;
        Figure::new(1, format!("{rooms} rooms, from main()"))
            .side("ours", &ours)
            .side("peer", &peer)
            .side("floor", &floor)
            .note("ours_opened_ms", opened[0].p50())
            .note("peer_opened_ms", opened[1].p50())
            .print();
        Figure::new(1, format!("{rooms} rooms, from spawning the process"))
            .side("ours", &ours_wall)
            .side("peer", &peer_wall)
            .side("floor", &floor_wall)
            .print();
    }
}

/// Both sides' accounts with that many rooms: filled once, copied for each run. `BULLA_BENCH_FRESH` fills anew.
fn filled(rooms: usize) -> tempfile::TempDir {
    let kept = fixtures().join(format!("start-{rooms}"));
    if std::env::var_os("BULLA_BENCH_FRESH").is_some() || !kept.join("complete").exists() {
        let _ = fs::remove_dir_all(&kept);
        fs::create_dir_all(&kept).expect("a folder");
        let runtime = runtime();
        let mock = runtime.block_on(Mock::start(World { rooms, ..World::default() }, None)).expect("a server");
        for side in ["ours", "peer"] {
            let started = Instant::now();
            let folder = kept.join(side).to_string_lossy().into_owned();
            let mut child = Child::side(&[&format!("fill-{side}"), &folder, &mock.url, &rooms.to_string()]);
            let answer = child.answer();
            child.end();
            println!("filled {side} with {rooms} rooms in {:.1} s: {answer}", started.elapsed().as_secs_f64());
        }
        fs::write(kept.join("complete"), "").expect("written");
    }
    let place = tempfile::tempdir_in(fixtures()).expect("a folder");
    copy(&kept, place.path());
    place
}

fn ours(start: Instant, folder: &Path) {
    let runtime = runtime();
    let (opened, page) = runtime.block_on(async {
        let session = sides::accounts(folder).open(&sides::account(folder)).await.expect("opened");
        let opened = start.elapsed();
        let rooms = session.rooms(RoomFilter::All, PAGE).expect("rooms");
        let batch = rooms.next().await.expect("a batch").expect("a batch");
        let Some(RoomListChange::Reset { items, .. }) = batch.into_iter().next() else { panic!("a reset") };
        (opened, items)
    });
    let took = start.elapsed();
    say(took, opened, page.iter().map(|room| (title(room), room.unread, room.last.is_some())));
    // As when the app is killed: nothing waits for the rest.
    std::process::exit(0);
}

fn title(room: &RoomSummary) -> String {
    match &room.title {
        RoomTitle::Named { text } => text.clone(),
        RoomTitle::People { names, .. } => names.join(", "),
        RoomTitle::Empty { .. } => String::new(),
    }
}

fn peer(start: Instant, folder: &Path) {
    let runtime = runtime();
    let (opened, page) = runtime.block_on(async {
        let client = sides::peer_restored(folder).await;
        let opened = start.elapsed();
        let sync = sides::peer_sync(&client).await;
        let rooms = first_page(&sync).await;
        let mut page = Vec::new();
        for room in &rooms {
            let name = match room.cached_display_name() {
                Some(name) => name,
                None => room.display_name().await.expect("a name"),
            };
            let last = !matches!(RoomExt::latest_event(&**room).await, LatestEventValue::None);
            page.push((name.to_string(), room.num_unread_messages() as u32, last));
        }
        (opened, page)
    });
    let took = start.elapsed();
    say(took, opened, page.into_iter());
    std::process::exit(0);
}

async fn first_page(sync: &matrix_sdk_ui::sync_service::SyncService) -> Vec<RoomListItem> {
    let list = sync.room_list_service().all_rooms().await.expect("a list");
    let (entries, controller) = list.entries_with_dynamic_adapters(PAGE as usize);
    controller.set_filter(Box::new(new_filter_non_left()));
    let mut entries = std::pin::pin!(entries);
    loop {
        for diff in entries.next().await.expect("entries") {
            if let VectorDiff::Reset { values } = diff {
                return values.into_iter().collect();
            }
        }
    }
}

fn say(took: Duration, opened: Duration, page: impl Iterator<Item = (String, u32, bool)>) {
    let page: Vec<_> = page.collect();
    let answer = json!({
        "ms": took.as_secs_f64() * 1e3,
        "opened_ms": opened.as_secs_f64() * 1e3,
        "rows": page.len(),
        "named": page.iter().filter(|(name, ..)| !name.is_empty()).count(),
        "unread": page.iter().filter(|(_, unread, _)| *unread > 0).count(),
        "with_last": page.iter().filter(|(.., last)| *last).count(),
        "first": page.first().map(|(name, ..)| name.clone()),
    });
    println!("{answer}");
}

fn fill_ours(folder: &Path, url: &str, rooms: u32) {
    let filled = runtime().block_on(async {
        let session = sides::sign_in(folder, url, USER, "password").await;
        let began = Instant::now();
        let mut seen = (0, 0);
        // A new list each time: what the store has to say, in full.
        loop {
            let list = session.rooms(RoomFilter::All, PAGE).expect("rooms");
            let batch = list.next().await.expect("a batch").expect("a batch");
            let Some(RoomListChange::Reset { items, total }) = batch.into_iter().next() else { panic!("a reset") };
            let last = items.iter().filter(|room| room.last.is_some()).count();
            let named = items.iter().filter(|room| !title(room).is_empty()).count();
            if seen != (total, last) {
                eprintln!(
                    "  {:.0} s: {total} rooms, {last} of the first {} with a last message",
                    began.elapsed().as_secs_f64(),
                    items.len()
                );
                seen = (total, last);
            }
            let done = total == rooms && last == items.len() && named == items.len();
            if done || began.elapsed() > FILLED {
                tokio::time::sleep(Duration::from_secs(2)).await;
                session.shutdown().await.expect("closed");
                return json!({ "rooms": total, "named": named, "with_last": last, "complete": done });
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    say_filled(filled);
}

fn fill_peer(folder: &Path, url: &str, rooms: usize) {
    let filled = runtime().block_on(async {
        let client = sides::peer_sign_in(folder, url, USER, "password").await;
        let sync = sides::peer_sync(&client).await;
        sync.start().await;
        let began = Instant::now();
        while client.rooms().len() < rooms && began.elapsed() < FILLED {
            eprintln!("  {:.0} s: {} rooms", began.elapsed().as_secs_f64(), client.rooms().len());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // As if each had been on the screen once.
        for room in client.rooms() {
            client.latest_events().await.listen_to_room(room.room_id()).await.expect("heard");
        }
        loop {
            let known = client.rooms();
            let last = known.iter().filter(|room| room.latest_event_timestamp().is_some()).count();
            if (known.len() == rooms && last == rooms) || began.elapsed() > FILLED {
                tokio::time::sleep(Duration::from_secs(2)).await;
                sync.stop().await;
                return json!({ "rooms": known.len(), "with_last": last });
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    say_filled(filled);
}

fn say_filled(filled: Value) {
    println!("{filled}");
    std::process::exit(0);
}

//! Row 3: opening a conversation of 10,000 cached events until its newest messages can be shown, in an app that runs and is live.
//!
//! Ours shows the stored tail of 50 rows, the peer what its timeline holds at once, paginated from its own cache until there are 30.
//! *First*: the first time in a process. *Again*: the same conversation closed and opened over and over. Once with messages that are all
//! text, once with every kind in between.
#![recursion_limit = "256"]

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use bulla_model::{RoomId, TimelineChange};
use bulla_testkit::mock::{Mock, World, room_id};
use futures_util::StreamExt;
use matrix_sdk_ui::timeline::{RoomExt, TimelineItem as PeerItem, TimelineReadReceiptTracking};
use serde_json::json;

use crate::{
    child::{Child, copy, fixtures, floor, lines, runtime, side},
    measure::{Figure, Samples, times},
};

#[path = "harness/child.rs"]
mod child;
#[path = "harness/fill.rs"]
mod fill;
#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const EVENTS: usize = 10_000;
const ROOMS: usize = 20;
const SHOWN: usize = 30;
/// Between two openings: what the last one left behind it comes to rest.
const REST: Duration = Duration::from_millis(400);

fn main() {
    match side() {
        Some(arguments) => match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ours", folder] => runtime().block_on(ours(Path::new(folder))),
            ["peer", folder] => runtime().block_on(peer(Path::new(folder))),
            ["fill-ours", folder, url] => runtime().block_on(fill::ours(Path::new(folder), url, EVENTS)),
            ["fill-peer", folder, url] => runtime().block_on(fill::peer(Path::new(folder), url, EVENTS)),
            _ => panic!("no such side"),
        },
        None => measure(),
    }
}

fn measure() {
    let floor = floor();
    let runtime = runtime();
    for (kept, case, mixed) in [("conversation", "events", false), ("conversation-mixed", "events of all kinds", true)]
    {
        let world = World { rooms: ROOMS, conversation: EVENTS, mixed, ..World::default() };
        opened(&runtime, &floor, kept, case, world);
    }
}

fn opened(runtime: &tokio::runtime::Runtime, floor: &Path, kept: &str, case: &str, world: World) {
    let (place, _mock) = filled(runtime, kept, world);
    let folder = |side: &str| place.path().join(side).to_string_lossy().into_owned();
    let (file, key) = sides::read_model(Path::new(&folder("ours")));
    let floor = || {
        let mut command = Command::new(floor);
        command.arg("tail").arg(&file).args([&key, &room_id(0)]);
        ready(Child::of(command))
    };
    let side = |name: &str| ready(Child::side(&[name, &folder(name)]));

    let mut first: [Samples; 3] = Default::default();
    for turn in 0..times(30) {
        for step in 0..3 {
            let which = (turn + step) % 3;
            let mut child = match which {
                0 => side("ours"),
                1 => side("peer"),
                _ => floor(),
            };
            std::thread::sleep(REST);
            let answer = child.ask();
            if turn == 0 {
                println!("{}: {answer}", ["ours", "peer", "floor"][which]);
            }
            first[which].push_ms(answer["ms"].as_f64().expect("a time"));
            child.end();
        }
    }
    print(case, "first", &first);

    let mut again: [Samples; 3] = Default::default();
    let mut children = [side("ours"), side("peer"), floor()];
    children.iter_mut().for_each(|child| _ = child.ask());
    for turn in 0..times(100) {
        for step in 0..3 {
            let which = (turn + step) % 3;
            std::thread::sleep(REST / 4);
            again[which].push_ms(children[which].ask()["ms"].as_f64().expect("a time"));
        }
    }
    children.into_iter().for_each(Child::end);
    print(case, "again", &again);
}

fn print(case: &str, time: &str, [ours, peer, floor]: &[Samples; 3]) {
    Figure::new(3, format!("{EVENTS} {case}, last {SHOWN}, {time}"))
        .side("ours", ours)
        .side("peer", peer)
        .side("floor", floor)
        .print();
}

fn ready(mut child: Child) -> Child {
    child.answer();
    child
}

/// Both sides' accounts with the conversation, and the server that they know. Filled once, copied for each run.
fn filled(runtime: &tokio::runtime::Runtime, kept: &str, world: World) -> (tempfile::TempDir, Mock) {
    let kept = fixtures().join(kept);
    let port = fs::read_to_string(kept.join("complete")).ok().and_then(|port| port.parse().ok());
    let fresh = std::env::var_os("BULLA_BENCH_FRESH").is_some();
    let again = port.filter(|_| !fresh).and_then(|port| runtime.block_on(Mock::start(world, Some(port))).ok());
    let mock = again.unwrap_or_else(|| {
        let _ = fs::remove_dir_all(&kept);
        fs::create_dir_all(&kept).expect("a folder");
        let mock = runtime.block_on(Mock::start(world, None)).expect("a server");
        for side in ["ours", "peer"] {
            let started = Instant::now();
            let folder = kept.join(side).to_string_lossy().into_owned();
            let mut child = Child::side(&[&format!("fill-{side}"), &folder, &mock.url]);
            let answer = child.answer();
            child.end();
            println!("filled {side} in {:.1} s: {answer}", started.elapsed().as_secs_f64());
        }
        let port = mock.url.rsplit(':').next().unwrap_or_default();
        fs::write(kept.join("complete"), port).expect("written");
        mock
    });
    mock.all_told();
    let place = tempfile::tempdir_in(fixtures()).expect("a folder");
    copy(&kept, place.path());
    (place, mock)
}

async fn ours(folder: &Path) {
    let session = sides::accounts(folder).open(&sides::account(folder)).await.expect("opened");
    sides::live(&session).await;
    println!("{}", json!({ "ready": true }));
    for _ in lines() {
        let start = Instant::now();
        let room = session.room(&RoomId(room_id(0))).await.expect("a room");
        let timeline = room.timeline().await.expect("a timeline");
        let items = timeline.items();
        let batch = items.next().await.expect("a batch").expect("a batch");
        let took = start.elapsed();
        let Some(TimelineChange::Reset { items: rows }) = batch.into_iter().next() else { panic!("a reset") };
        let last = rows.iter().rev().find_map(fill::text);
        said(took, rows.len(), last);
        tokio::time::sleep(REST / 4).await;
    }
    std::process::exit(0);
}

async fn peer(folder: &Path) {
    let client = sides::peer_restored(folder).await;
    let _sync = sides::peer_running(&client).await;
    println!("{}", json!({ "ready": true }));
    let id = ruma::RoomId::parse(room_id(0)).expect("an id");
    for _ in lines() {
        let start = Instant::now();
        let room = client.get_room(&id).expect("a room");
        let timeline = room
            .timeline_builder()
            .track_read_marker_and_receipts(TimelineReadReceiptTracking::AllEvents)
            .build()
            .await
            .expect("a timeline");
        let (mut rows, changes) = timeline.subscribe().await;
        let mut changes = std::pin::pin!(changes);
        while events(rows.iter()) < SHOWN {
            timeline.paginate_backwards(SHOWN as u16).await.expect("paginated");
            if let Some(diffs) = changes.next().await {
                diffs.into_iter().for_each(|diff| diff.apply(&mut rows));
            }
        }
        let took = start.elapsed();
        let last = rows.iter().rev().find_map(|row| Some(row.as_event()?.content().as_message()?.body().to_owned()));
        said(took, rows.len(), last);
        tokio::time::sleep(REST / 4).await;
    }
    std::process::exit(0);
}

fn events<'a>(rows: impl Iterator<Item = &'a std::sync::Arc<PeerItem>>) -> usize {
    rows.filter(|row| row.as_event().is_some()).count()
}

fn said(took: Duration, rows: usize, last: Option<String>) {
    assert!(last.as_ref().is_some_and(|last| last.contains(&format!("n° {EVENTS} "))), "the newest message: {last:?}");
    println!("{}", json!({ "ms": took.as_secs_f64() * 1e3, "rows": rows }));
}

//! Row 14 (12 in the list of goals): how many bytes of all files a text message takes, where the account is filled by its own ingest from the same
//! server. What 10,000 more messages add, once the account is closed. The floor is the event as the server sends it, and 40 bytes.
//!
//! And how many of them are given back to the disk once the room keeps what was said no longer; less than none where what says that
//! something was there takes more than it did. The peer erases nothing by age.
#![recursion_limit = "256"]

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use bulla_testkit::mock::{Mock, World, message_size};
use serde_json::{Value, json};

use crate::child::{Child, fixtures, runtime, side};

#[path = "harness/child.rs"]
mod child;
#[path = "harness/fill.rs"]
mod fill;
#[path = "harness/sides.rs"]
mod sides;

const FEW: usize = 1_000;
const MANY: usize = 11_000;
const LATER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
/// Nothing more is freed when nothing was for so long.
const REST: Duration = Duration::from_secs(15);
const DEADLINE: Duration = Duration::from_secs(900);
/// What an event costs where nothing is wasted, beside itself.
const OVERHEAD: usize = 40;

fn main() {
    match side() {
        Some(arguments) => match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["fill-ours", folder, url, events] => {
                runtime().block_on(fill::ours(Path::new(folder), url, events.parse().expect("a number")));
            }
            ["fill-peer", folder, url, events] => {
                runtime().block_on(fill::peer(Path::new(folder), url, events.parse().expect("a number")));
            }
            ["erase", folder] => runtime().block_on(erase(Path::new(folder))),
            _ => panic!("no such side"),
        },
        None => measure(),
    }
}

fn measure() {
    let runtime = runtime();
    fs::create_dir_all(fixtures()).expect("a folder");
    let place = tempfile::tempdir_in(fixtures()).expect("a folder");
    let [ours, peer] = ["ours", "peer"].map(|side| {
        let [few, many] = [FEW, MANY].map(|events| {
            let world = World { rooms: 1, conversation: events, retention: true, ..World::default() };
            let mock = runtime.block_on(Mock::start(world, None)).expect("a server");
            let folder = place.path().join(format!("{side}-{events}"));
            let mut child =
                Child::side(&[&format!("fill-{side}"), &folder.to_string_lossy(), &mock.url, &events.to_string()]);
            println!("{side}: {}", child.answer());
            child.end();
            println!("{side}, {events} messages: {}", by_file(&folder));
            size(&folder)
        });
        many.saturating_sub(few) as f64 / (MANY - FEW) as f64
    });
    let floor = (message_size() + OVERHEAD) as f64;
    let figure = json!({
        "row": 14, "case": "a text message, in all files", "unit": "B",
        "ours_b": ours, "peer_b": peer, "floor_b": floor, "n": MANY - FEW,
    });
    println!("BENCH {figure}");

    let folder = place.path().join(format!("ours-{MANY}"));
    let before = size(&folder);
    let mut child = Child::side(&["erase", &folder.to_string_lossy()]);
    println!("erased: {}", child.answer());
    child.end();
    println!("erased: {}", by_file(&folder));
    let given = (before as f64 - size(&folder) as f64) / MANY as f64;
    let figure = json!({
        "row": 14, "case": "… given back once it has ended", "unit": "B",
        "ours_b": given, "floor_b": floor, "n": MANY,
    });
    println!("BENCH {figure}");
}

/// Ten years later, until the file of events has changed and stays as it is.
async fn erase(folder: &Path) {
    let began = Instant::now();
    let (first, mut last, mut since) = (events(folder), events(folder), Instant::now());
    let accounts = sides::accounts(folder);
    accounts.clock().set(LATER.as_millis() as i64);
    let session = accounts.open(&sides::account(folder)).await.expect("a session");
    while last == first || since.elapsed() < REST {
        assert!(began.elapsed() < DEADLINE, "it does not end: {first} bytes, then {last}");
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = events(folder);
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    session.shutdown().await.expect("closed");
    println!("{}", json!({ "seconds": (began.elapsed() - REST).as_secs_f64() }));
    std::process::exit(0);
}

/// How large the SDK's file of events is, with its log.
fn events(folder: &Path) -> u64 {
    let is_it = |path: &&PathBuf| {
        path.ends_with("matrix-sdk-event-cache.sqlite3") || path.ends_with("matrix-sdk-event-cache.sqlite3-wal")
    };
    files(folder).iter().filter(is_it).map(|path| path.metadata().expect("its size").len()).sum()
}

fn size(folder: &Path) -> u64 {
    files(folder).iter().map(|path| path.metadata().expect("its size").len()).sum()
}

/// Which files that are.
fn by_file(folder: &Path) -> Value {
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    files(folder).iter().map(|path| (name(path), path.metadata().expect("its size").len())).collect()
}

/// All files there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        match entry.file_type().expect("its type").is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

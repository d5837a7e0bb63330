//! Who is in a room of 2,000: until every member can be shown, in an app that runs and is live.
//!
//! *First*: nobody asked before, so that the server is. *Again*: from what is kept, in the same process. The floor is the server's list by raw HTTP,
//! read as JSON.
#![recursion_limit = "256"]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use bulla_model::RoomId;
use bulla_testkit::mock::{Mock, USER, World, room_id};
use matrix_sdk::{RoomMemberships, reqwest};

use serde_json::{Value, json};

use crate::{
    child::{Child, copy, fixtures, lines, runtime, side},
    measure::{Figure, Samples, times},
};

#[path = "harness/child.rs"]
mod child;
#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const MEMBERS: usize = 2_000;
const ROOMS: usize = 20;
const REST: Duration = Duration::from_millis(200);

fn main() {
    match side() {
        Some(arguments) => match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ours", folder] => runtime().block_on(ours(Path::new(folder))),
            ["peer", folder] => runtime().block_on(peer(Path::new(folder))),
            ["floor", url] => runtime().block_on(floor(url)),
            ["fill-ours", folder, url] => runtime().block_on(fill_ours(Path::new(folder), url)),
            ["fill-peer", folder, url] => runtime().block_on(fill_peer(Path::new(folder), url)),
            _ => panic!("no such side"),
        },
        None => measure(),
    }
}

fn measure() {
    let runtime = runtime();
    let world = World { rooms: ROOMS, members: MEMBERS, ..World::default() };
    let (kept, mock) = filled(&runtime, world);
    let mut first: [Samples; 3] = Default::default();
    let mut again: [Samples; 3] = Default::default();
    for turn in 0..times(30) {
        for step in 0..3 {
            let which = (turn + step) % 3;
            // Each time an account that never asked.
            let place = tempfile::tempdir_in(fixtures()).expect("a folder");
            copy(&kept, place.path());
            let folder = |side: &str| place.path().join(side).to_string_lossy().into_owned();
            let mut child = match which {
                0 => Child::side(&["ours", &folder("ours")]),
                1 => Child::side(&["peer", &folder("peer")]),
                _ => Child::side(&["floor", &mock.url]),
            };
            child.answer();
            std::thread::sleep(REST);
            for samples in [&mut first, &mut again] {
                let answer = child.ask();
                assert_eq!(answer["members"], MEMBERS, "{answer}");
                samples[which].push_ms(answer["ms"].as_f64().expect("a time"));
            }
            child.end();
        }
    }
    for (time, [ours, peer, floor]) in [("first", &first), ("again", &again)] {
        Figure::new(15, format!("{MEMBERS} members, {time}"))
            .side("ours", ours)
            .side("peer", peer)
            .side("floor", floor)
            .print();
    }
}

/// Both sides' accounts, which know the rooms and not who is in them.
fn filled(runtime: &tokio::runtime::Runtime, world: World) -> (std::path::PathBuf, Mock) {
    let kept = fixtures().join("members");
    let _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept).expect("a folder");
    let mock = runtime.block_on(Mock::start(world, None)).expect("a server");
    for side in ["ours", "peer"] {
        let folder = kept.join(side).to_string_lossy().into_owned();
        let mut child = Child::side(&[&format!("fill-{side}"), &folder, &mock.url]);
        child.answer();
        child.end();
    }
    mock.all_told();
    (kept, mock)
}

async fn ours(folder: &Path) {
    let session = sides::accounts(folder).open(&sides::account(folder)).await.expect("opened");
    sides::live(&session).await;
    println!("{}", json!({ "ready": true }));
    for _ in lines() {
        let start = Instant::now();
        let room = session.room(&RoomId(room_id(0))).await.expect("a room");
        let stream = room.member_changes().expect("a stream");
        let members = loop {
            let members = stream.next().await.expect("members").expect("the stream goes on");
            if members.len() == MEMBERS {
                break members;
            }
        };
        said(start.elapsed(), members.len());
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
        let members = room.members(RoomMemberships::JOIN | RoomMemberships::INVITE).await.expect("members");
        let mut rows: Vec<_> = members
            .iter()
            .map(|member| {
                let name = member.display_name().unwrap_or(member.user_id().as_str()).to_owned();
                (std::cmp::Reverse(member.suggested_role_for_power_level() as u8), name, member.avatar_url().is_some())
            })
            .collect();
        rows.sort();
        said(start.elapsed(), rows.len());
    }
    std::process::exit(0);
}

async fn floor(url: &str) {
    let http = reqwest::Client::new();
    let url = format!("{url}/_matrix/client/v3/rooms/{}/members", room_id(0));
    println!("{}", json!({ "ready": true }));
    for _ in lines() {
        let start = Instant::now();
        let answer = http.get(&url).bearer_auth("floor").send().await.expect("an answer");
        let answer: Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
        said(start.elapsed(), answer["chunk"].as_array().map_or(0, Vec::len));
    }
    std::process::exit(0);
}

fn said(took: Duration, members: usize) {
    println!("{}", json!({ "ms": took.as_secs_f64() * 1e3, "members": members }));
}

async fn fill_ours(folder: &Path, url: &str) {
    let session = sides::sign_in(folder, url, USER, "password").await;
    let id = RoomId(room_id(ROOMS - 1));
    while session.room(&id).await.is_err() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    session.shutdown().await.expect("closed");
    filled_with();
}

async fn fill_peer(folder: &Path, url: &str) {
    let client = sides::peer_sign_in(folder, url, USER, "password").await;
    let _sync = sides::peer_running(&client).await;
    let id = ruma::RoomId::parse(room_id(ROOMS - 1)).expect("an id");
    while client.get_room(&id).is_none() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    filled_with();
}

fn filled_with() {
    println!("{}", json!({ "filled": true }));
    std::process::exit(0);
}

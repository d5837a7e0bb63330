//! Row 5: catching up on encrypted messages that came in 50 rooms while the app was off, until the newest of each room can be read in
//! the list. From the opening of the account in a new process; each time from the same files, of a device that has the rooms' keys. On real servers.
//!
//! The floor brings the newest message of each room by one raw sliding sync, and decrypts as many.
#![recursion_limit = "256"]

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use bulla_model::{Membership, MessageBody, RoomFilter, RoomId, RoomListChange, RoomSummary};
use bulla_testkit::{Handle, User};
use futures_util::{StreamExt, future::join_all};
use matrix_sdk::{Client, reqwest};
use matrix_sdk_base::crypto::vodozemac::megolm::{GroupSession, InboundGroupSession, SessionConfig};
use matrix_sdk_ui::{
    sync_service::SyncService,
    timeline::{LatestEventValue, RoomExt},
};
use ruma::{
    OwnedRoomId, api::client::room::create_room::v3::Request as Creation,
    events::room::message::RoomMessageEventContent, serde::Raw,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    child::{Child, copy, runtime, side},
    measure::{Figure, Samples, times},
};

#[path = "harness/child.rs"]
mod child;
#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const ROOMS: usize = 50;
/// How many messages came, in all rooms together; `BULLA_BENCH_MISSED` names one of them alone.
const MISSED: [usize; 3] = [100, 1_000, 10_000];
const DEADLINE: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(5);
/// How many messages leave at once: a room's one after another.
const AT_ONCE: usize = 8;

fn main() {
    match side() {
        Some(arguments) => match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ours", folder, last] => runtime().block_on(ours(Path::new(folder), last)),
            ["peer", folder, last] => runtime().block_on(peer(Path::new(folder), last)),
            _ => panic!("no such side"),
        },
        None => {
            let runtime = runtime();
            runtime.block_on(async {
                let deployment = bulla_testkit::attach_or_start().await.expect("a deployment");
                measure(deployment).await;
            });
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

async fn measure(deployment: &Handle) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = |side: &str| place.path().join(side);
    let mut users = Vec::new();
    for _ in 0..4 {
        users.push(deployment.new_user(0).await.expect("a user"));
    }
    let (sender, sync) = Box::pin(meet(&users, &folder("sender"), &folder("ours"), &folder("peer"))).await;
    let floor = Floor::new(&users[3]).await;
    let mut sent = 0;
    let only: Option<usize> = std::env::var("BULLA_BENCH_MISSED").ok().and_then(|it| it.parse().ok());
    for missed in MISSED.into_iter().filter(|missed| only.is_none_or(|only| only == *missed)) {
        write(&sender, sent..missed).await;
        sent = missed;
        let mut samples: [Samples; 3] = Default::default();
        for turn in 0..times(10) {
            for step in 0..3 {
                let which = (turn + step) % 3;
                let again = tempfile::tempdir().expect("a folder");
                let took = match ["ours", "peer"].get(which) {
                    Some(name) => {
                        copy(&folder(name), again.path());
                        let mut child = Child::side(&[name, &again.path().to_string_lossy(), &newest(missed)]);
                        let answer = child.answer();
                        child.end();
                        answer["ms"].as_f64().expect("a time")
                    }
                    None => floor.pass(&newest(missed)).await,
                };
                samples[which].push_ms(took);
            }
        }
        let [ours, peer, floor] = samples;
        Figure::new(5, format!("{missed} encrypted messages in {ROOMS} rooms"))
            .side("ours", &ours)
            .side("peer", &peer)
            .side("floor", &floor)
            .print();
    }
    sync.stop().await;
}

fn words(n: usize) -> String {
    format!("Réunion n° {n:05} : la note est prête, merci de la relire avant demain midi.")
}

/// What the newest messages say after so many: one of them in each room.
fn newest(missed: usize) -> String {
    (missed - ROOMS).to_string()
}

/// Whether `text` is one of the newest.
fn is_newest(text: &str, from: usize) -> bool {
    let number =
        text.strip_prefix("Réunion n° ").and_then(|rest| rest.get(..5)).and_then(|it| it.parse::<usize>().ok());
    number.is_some_and(|number| number >= from)
}

async fn in_time<T>(what: &str, wait: impl Future<Output = T>) -> T {
    timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("{what}: not in time"))
}

/// The rooms, with one message that both sides have read: they have the keys of what follows.
async fn meet(users: &[User], sender: &Path, ours: &Path, peer: &Path) -> (Client, SyncService) {
    let alice = sides::peer_sign_in(sender, &users[0].homeserver, &users[0].user_id, &users[0].password).await;
    let session = sides::sign_in(ours, &users[1].homeserver, &users[1].user_id, &users[1].password).await;
    in_time("live", sides::live(&session)).await;
    let carol = sides::peer_sign_in(peer, &users[2].homeserver, &users[2].user_id, &users[2].password).await;
    let floor = Floor::new(&users[3]).await;
    let (alices, carols) =
        (in_time("running", sides::peer_running(&alice)).await, in_time("running", sides::peer_running(&carol)).await);
    let ids: Vec<OwnedRoomId> = join_all((0..ROOMS).map(|n| create(&alice, n, &users[1..]))).await;
    for id in &ids {
        let id = RoomId(id.to_string());
        let invited = |row: &RoomSummary| row.id == id && row.membership == Membership::Invited;
        in_time("an invitation", rooms(&session, |rows| rows.iter().any(invited))).await;
        session.join(&id).await.expect("joined");
    }
    for id in &ids {
        in_time("an invitation", async {
            while carol.join_room_by_id(id).await.is_err() {
                tokio::time::sleep(POLL).await;
            }
        })
        .await;
        floor.join(id.as_str()).await;
    }
    for id in &ids {
        let room = alice.get_room(id).expect("a room");
        in_time("all in", async {
            while room.joined_members_count() < 4 {
                tokio::time::sleep(POLL).await;
            }
        })
        .await;
    }
    write(&alice, 0..ROOMS).await;
    let wanted = |rows: &[RoomSummary]| rows.iter().filter(|row| last(row).is_some_and(|it| is_newest(it, 0))).count();
    in_time("the first messages", rooms(&session, |rows| wanted(rows) == ROOMS)).await;
    session.shutdown().await.expect("closed");
    in_time("the first messages", read(&carol, 0)).await;
    carols.stop().await;
    (alice, alices)
}

/// An encrypted room whose key stays the same, so that it can be caught up with from the same files again.
async fn create(client: &Client, n: usize, invited: &[User]) -> OwnedRoomId {
    let state = |kind: &str, content: Value| {
        let event = json!({ "type": kind, "state_key": "", "content": content });
        Raw::from_json_string(event.to_string()).expect("JSON")
    };
    let mut request = Creation::new();
    request.name = Some(format!("Cellule {n}"));
    request.invite = invited.iter().map(|user| ruma::UserId::parse(&user.user_id).expect("a user")).collect();
    let encryption = json!({ "algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 1_000_000, "rotation_period_ms": 604_800_000 });
    request.initial_state = vec![state("m.room.encryption", encryption)];
    client.create_room(request).await.expect("created").room_id().to_owned()
}

/// The messages of these numbers, each in the room whose turn it is.
async fn write(client: &Client, numbers: std::ops::Range<usize>) {
    let mut all: Vec<_> = client.joined_rooms();
    all.sort_by(|one, other| one.room_id().cmp(other.room_id()));
    let of_room = |(at, room): (usize, matrix_sdk::Room)| {
        let numbers = numbers.clone();
        async move {
            for n in numbers.filter(|n| n % ROOMS == at) {
                room.send(RoomMessageEventContent::text_plain(words(n))).await.expect("sent");
            }
        }
    };
    let rooms = futures_util::stream::iter(all.into_iter().enumerate().map(of_room));
    rooms.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}

fn last(row: &RoomSummary) -> Option<&str> {
    match &row.last.as_ref()?.body {
        MessageBody::Text { plain, .. } => Some(plain),
        _ => None,
    }
}

/// Waits until the list is as wanted.
async fn rooms(session: &bulla_core::Session, wanted: impl Fn(&[RoomSummary]) -> bool) {
    let list = session.rooms(RoomFilter::All, 100).expect("rooms");
    let mut rows: Vec<RoomSummary> = Vec::new();
    while !wanted(&rows) {
        let batch: Vec<RoomListChange> = list.next().await.expect("a batch").expect("a batch");
        bulla_model::apply_room_changes(&mut rows, batch);
    }
}

async fn ours(folder: &Path, from: &str) {
    let from = from.parse().expect("a number");
    let start = Instant::now();
    let session = sides::accounts(folder).open(&sides::account(folder)).await.expect("opened");
    let is_readable = |row: &RoomSummary| last(row).is_some_and(|it| is_newest(it, from));
    let list = session.rooms(RoomFilter::All, 100).expect("rooms");
    let mut rows: Vec<RoomSummary> = Vec::new();
    let all = async {
        while rows.iter().filter(|row| is_readable(row)).count() < ROOMS {
            bulla_model::apply_room_changes(&mut rows, list.next().await.expect("a batch").expect("a batch"));
        }
    };
    if timeout(DEADLINE, all).await.is_err() {
        for row in rows.iter().filter(|row| !is_readable(row)) {
            let what = match row.last.as_ref().map(|last| &last.body) {
                None => "nothing".to_owned(),
                Some(MessageBody::Text { plain, .. }) => plain.chars().take(20).collect(),
                Some(MessageBody::Undecryptable { why }) => format!("{why:?}"),
                Some(_) => "something else".to_owned(),
            };
            eprintln!("not read, {:?}: {what}", row.membership);
        }
        eprintln!("state {:?}", session.states().next().await);
        panic!("our newest messages: not in time");
    }
    said(start.elapsed());
}

async fn peer(folder: &Path, from: &str) {
    let from = from.parse().expect("a number");
    let start = Instant::now();
    let client = sides::peer_restored(folder).await;
    let sync = sides::peer_sync(&client).await;
    sync.start().await;
    in_time("the peer's newest messages", read(&client, from)).await;
    said(start.elapsed());
}

/// Waits until the SDK can show the newest message of every room.
async fn read(client: &Client, from: usize) {
    let mut done = HashSet::new();
    let mut heard = HashSet::new();
    while done.len() < ROOMS {
        for room in client.joined_rooms() {
            let id = room.room_id().to_owned();
            if heard.insert(id.clone()) {
                client.latest_events().await.listen_to_room(&id).await.expect("heard");
            }
            if !done.contains(&id)
                && let LatestEventValue::Remote { content, .. } = RoomExt::latest_event(&room).await
                && content.as_message().is_some_and(|message| is_newest(message.body(), from))
            {
                done.insert(id);
            }
        }
        tokio::time::sleep(POLL).await;
    }
}

fn said(took: Duration) {
    println!("{}", json!({ "ms": took.as_secs_f64() * 1e3 }));
    // As when the app is killed: nothing waits for the rest.
    std::process::exit(0);
}

/// One raw request, and the decryptions.
struct Floor {
    http: reqwest::Client,
    homeserver: String,
    token: String,
}

impl Floor {
    async fn new(user: &User) -> Self {
        let http = reqwest::Client::new();
        let token = sides::raw_sign_in(&http, user).await;
        Self { http, homeserver: user.homeserver.clone(), token }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}/_matrix/client/{path}", self.homeserver);
        let answer = self.http.post(url).bearer_auth(&self.token).body(body.to_string()).send().await;
        serde_json::from_slice(&answer.expect("an answer").bytes().await.expect("a body")).expect("JSON")
    }

    async fn join(&self, room: &str) {
        in_time("joined", async {
            while self.post(&format!("v3/join/{room}"), &json!({})).await["room_id"].is_null() {
                tokio::time::sleep(POLL).await;
            }
        })
        .await;
    }

    async fn pass(&self, from: &str) -> f64 {
        let from: usize = from.parse().expect("a number");
        let mut sender = GroupSession::new(SessionConfig::version_1());
        let mut session = InboundGroupSession::new(&sender.session_key(), SessionConfig::version_1());
        let messages: Vec<_> = (0..ROOMS).map(|n| sender.encrypt(words(from + n))).collect();
        let start = Instant::now();
        let body = json!({
            "conn_id": "floor",
            "lists": { "all": { "ranges": [[0, ROOMS - 1]], "required_state": [], "timeline_limit": 1 } },
        });
        let answer = self.post("unstable/org.matrix.simplified_msc3575/sync?timeout=0", &body).await;
        let brought = answer["rooms"]
            .as_object()
            .map_or(0, |rooms| rooms.values().filter(|room| room["timeline"][0]["type"] == "m.room.encrypted").count());
        for message in &messages {
            session.decrypt(message).expect("readable");
        }
        let took = start.elapsed();
        assert_eq!(brought, ROOMS);
        took.as_secs_f64() * 1e3
    }
}

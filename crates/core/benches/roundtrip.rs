//! Row 4: from sending an encrypted message to its text at the other end, on real servers: through `bulla-core` at both ends,
//! through matrix-sdk-ui at both ends, and a raw PUT of as many bytes to a raw long poll. A room of two, on one server and on two, and one
//! of a hundred, each with a device that has the room's key.
#![recursion_limit = "256"]

use std::time::{Duration, Instant};

use bulla_core::{Session, Timeline, TimelineStream};
use bulla_model::{
    GroupDraft, ItemContent, Membership, MessageBody, RoomFilter, RoomId, RoomListChange, RoomSummary, TimelineChange,
    TimelineItem, UserId,
};
use bulla_testkit::{Handle, User};
use futures_util::StreamExt;
use matrix_sdk::{Client, reqwest};
use matrix_sdk_ui::{
    eyeball_im::VectorDiff,
    sync_service::SyncService,
    timeline::{RoomExt, Timeline as PeerTimeline, TimelineItem as PeerItem},
};
use ruma::events::room::message::RoomMessageEventContent;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};

use crate::measure::{Figure, Samples, times};

#[path = "../../store/benches/harness/measure.rs"]
mod measure;
#[path = "harness/sides.rs"]
mod sides;

const DEADLINE: Duration = Duration::from_secs(60);
const REST: Duration = Duration::from_millis(50);
const WARM_UP: usize = 10;
/// Who is in the large room beside the two.
const OTHERS: usize = 98;
/// How many of them come in at once.
const AT_ONCE: usize = 4;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let deployment = bulla_testkit::attach_or_start().await.expect("a deployment");
        for (case, from, to) in [("1:1, one server", 0, 0), ("1:1, two servers", 0, 1)] {
            measure(deployment, case, from, to, &[]).await;
        }
        let others = crowd(deployment, OTHERS).await;
        measure(deployment, "room of 100, two servers", 0, 1, &others).await;
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
}

async fn measure(deployment: &Handle, case: &str, from: usize, to: usize, others: &[Other]) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let mut users = Vec::new();
    for server in [from, to, from, to, from, to] {
        users.push(deployment.new_user(server).await.expect("a user"));
    }
    let mut ours = Ours::meet(&users[0], &users[1], &place("a"), &place("b"), others).await;
    let mut peer = Peer::meet(&users[2], &users[3], &place("c"), &place("d"), others).await;
    for n in 0..WARM_UP {
        ours.pass(&words(n)).await;
        peer.pass(&words(n)).await;
    }
    let payload = peer.last_payload().await;
    let size = payload.to_string().len();
    let mut floor = Raw::meet(&users[4], &users[5], payload, others).await;
    for n in 0..WARM_UP {
        floor.pass(n).await;
    }
    let mut samples: [Samples; 3] = Default::default();
    for n in 0..times(100) {
        let text = words(WARM_UP + n);
        for step in 0..3 {
            let which = (n + step) % 3;
            let took = match which {
                0 => ours.pass(&text).await,
                1 => peer.pass(&text).await,
                _ => floor.pass(WARM_UP + n).await,
            };
            samples[which].push(took);
            tokio::time::sleep(REST).await;
        }
    }
    let [ours_took, peer_took, floor_took] = samples;
    let share = |side: &Samples| ((side.p50() - floor_took.p50()) * 1e4).round() / 1e4;
    Figure::new(4, case)
        .side("ours", &ours_took)
        .side("peer", &peer_took)
        .side("floor", &floor_took)
        .note("ours_share_ms", share(&ours_took))
        .note("peer_share_ms", share(&peer_took))
        .note("payload_bytes", size)
        .print();
    ours.end().await;
    peer.end().await;
    floor.end();
}

fn words(n: usize) -> String {
    format!("Réunion n° {n:04} : la note est prête, merci de la relire avant demain midi.")
}

/// Somebody who is in a room and does nothing there.
struct Other {
    id: String,
    homeserver: String,
    token: String,
}

/// So many people of the first server, each with a device whose keys are known and signed.
async fn crowd(deployment: &Handle, people: usize) -> Vec<Other> {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let one = |n: usize| async move {
        let user = deployment.new_user(0).await.expect("a user");
        let folder = folder.join(n.to_string());
        let client = sides::peer_sign_in(&folder, &user.homeserver, &user.user_id, &user.password).await;
        let token = client.access_token().expect("a token");
        Other { id: user.user_id, homeserver: user.homeserver, token }
    };
    futures_util::stream::iter((0..people).map(one)).buffer_unordered(AT_ONCE).collect().await
}

/// All of them come into a room that they were invited to.
async fn come_in(http: &reqwest::Client, room: &str, others: &[Other]) {
    let join = |other: &'_ Other| {
        let (url, token) = (format!("{}/_matrix/client/v3/join/{room}", other.homeserver), other.token.clone());
        async move {
            in_time("somebody is in", async {
                while post(http, &url, &token, &json!({})).await["room_id"].is_null() {
                    tokio::time::sleep(REST).await;
                }
            })
            .await;
        }
    };
    futures_util::stream::iter(others.iter().map(join)).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}

async fn in_time<T>(what: &str, wait: impl Future<Output = T>) -> T {
    timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("{what}: not in time"))
}

/// Two people with `bulla-core`.
struct Ours {
    sessions: [Session; 2],
    sender: Timeline,
    receiver: TimelineStream,
    _timelines: [Timeline; 1],
}

impl Ours {
    async fn meet(one: &User, other: &User, here: &std::path::Path, there: &std::path::Path, others: &[Other]) -> Self {
        let alice = sides::sign_in(here, &one.homeserver, &one.user_id, &one.password).await;
        let bob = sides::sign_in(there, &other.homeserver, &other.user_id, &other.password).await;
        for session in [&alice, &bob] {
            in_time("live", sides::live(session)).await;
        }
        let his = UserId(other.user_id.clone());
        let id = if others.is_empty() {
            alice.create_direct(&his).await.expect("created")
        } else {
            let invite = std::iter::once(his).chain(others.iter().map(|other| UserId(other.id.clone()))).collect();
            let draft = GroupDraft { name: "Cellule".into(), topic: None, invite, kind: None, own_server_only: false };
            alice.create_group(draft).await.expect("created")
        };
        in_time("an invitation", room(&bob, |row| row.id == id && row.membership == Membership::Invited)).await;
        bob.join(&id).await.expect("joined");
        come_in(&reqwest::Client::new(), &id.0, others).await;
        let all = others.len() as u64 + 2;
        in_time("all in", room(&alice, |row| row.id == id && u64::from(row.members) == all)).await;
        in_time("in", room(&bob, |row| row.id == id && row.membership == Membership::Joined && row.encrypted)).await;
        let sender = timeline(&alice, &id).await;
        let timeline = timeline(&bob, &id).await;
        let receiver = timeline.items();
        Self { sessions: [alice, bob], sender, receiver, _timelines: [timeline] }
    }

    async fn pass(&mut self, text: &str) -> Duration {
        let start = Instant::now();
        self.sender.send_text(text).await.expect("sent");
        in_time("our message", async {
            loop {
                let batch = self.receiver.next().await.expect("a batch").expect("a batch");
                let shown = batch.iter().any(|change| match change {
                    TimelineChange::Reset { items } => items.iter().any(|item| says(item, text)),
                    TimelineChange::Insert { item, .. } | TimelineChange::Set { item, .. } => says(item, text),
                    _ => false,
                });
                if shown {
                    return start.elapsed();
                }
            }
        })
        .await
    }

    async fn end(self) {
        for session in self.sessions {
            session.shutdown().await.expect("closed");
        }
    }
}

async fn timeline(session: &Session, id: &RoomId) -> Timeline {
    session.room(id).await.expect("a room").timeline().await.expect("a timeline")
}

async fn room(session: &Session, wanted: impl Fn(&RoomSummary) -> bool) {
    let list = session.rooms(RoomFilter::All, 50).expect("rooms");
    loop {
        let batch = list.next().await.expect("a batch").expect("a batch");
        let found = batch.iter().any(|change| match change {
            RoomListChange::Reset { items, .. } => items.iter().any(&wanted),
            RoomListChange::Insert { item, .. } | RoomListChange::Set { item, .. } => wanted(item),
            _ => false,
        });
        if found {
            return;
        }
    }
}

fn says(item: &TimelineItem, text: &str) -> bool {
    let ItemContent::Event { event } = &item.content else { return false };
    matches!(&event.body, MessageBody::Text { plain, .. } if plain == text)
}

type Ready = Box<dyn Fn(&matrix_sdk::Room) -> bool + Send>;
type PeerDiffs = Vec<VectorDiff<std::sync::Arc<PeerItem>>>;

/// Two people with matrix-sdk and matrix-sdk-ui.
struct Peer {
    clients: [Client; 2],
    syncs: [SyncService; 2],
    sender: PeerTimeline,
    _receiver: PeerTimeline,
    changes: std::pin::Pin<Box<dyn futures_util::Stream<Item = PeerDiffs> + Send>>,
}

impl Peer {
    async fn meet(one: &User, other: &User, here: &std::path::Path, there: &std::path::Path, others: &[Other]) -> Self {
        let alice = sides::peer_sign_in(here, &one.homeserver, &one.user_id, &one.password).await;
        let bob = sides::peer_sign_in(there, &other.homeserver, &other.user_id, &other.password).await;
        let syncs = [
            in_time("running", sides::peer_running(&alice)).await,
            in_time("running", sides::peer_running(&bob)).await,
        ];
        let user = ruma::UserId::parse(&other.user_id).expect("a user");
        let id = if others.is_empty() {
            alice.create_dm(&user).await.expect("created").room_id().to_owned()
        } else {
            let encrypted = json!({ "type": "m.room.encryption", "state_key": "", "content": { "algorithm": "m.megolm.v1.aes-sha2" } });
            let mut request = ruma::api::client::room::create_room::v3::Request::new();
            request.invite = vec![user.clone()];
            request.invite.extend(others.iter().map(|other| ruma::UserId::parse(&other.id).expect("a user")));
            request.initial_state = vec![ruma::serde::Raw::from_json_string(encrypted.to_string()).expect("JSON")];
            alice.create_room(request).await.expect("created").room_id().to_owned()
        };
        let all = others.len() as u64 + 2;
        let known = |client: &Client, ready: Ready| {
            let (client, id) = (client.clone(), id.clone());
            async move {
                loop {
                    if let Some(room) = client.get_room(&id).filter(|room| ready(room)) {
                        return room;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        in_time("an invitation", known(&bob, Box::new(|room| room.state() == matrix_sdk::RoomState::Invited))).await;
        bob.join_room_by_id(&id).await.expect("joined");
        come_in(&reqwest::Client::new(), id.as_str(), others).await;
        let hers = in_time("all in", known(&alice, Box::new(move |room| room.joined_members_count() == all))).await;
        let joined: Ready =
            Box::new(|room| room.state() == matrix_sdk::RoomState::Joined && room.encryption_state().is_encrypted());
        let his = in_time("in", known(&bob, joined)).await;
        for sync in &syncs {
            sync.room_list_service().set_room_subscriptions(&[&id]).await;
        }
        let sender = hers.timeline().await.expect("a timeline");
        let receiver = his.timeline().await.expect("a timeline");
        let (_, changes) = receiver.subscribe().await;
        Self { clients: [alice, bob], syncs, sender, _receiver: receiver, changes: Box::pin(changes) }
    }

    async fn pass(&mut self, text: &str) -> Duration {
        let start = Instant::now();
        self.sender.send(RoomMessageEventContent::text_markdown(text).into()).await.expect("sent");
        in_time("the peer's message", async {
            loop {
                let diffs = self.changes.next().await.expect("changes");
                if diffs.into_iter().flat_map(values).any(|item| peer_says(&item, text)) {
                    return start.elapsed();
                }
            }
        })
        .await
    }

    /// The content of the newest encrypted event in the room, as the server has it.
    async fn last_payload(&self) -> Value {
        let client = &self.clients[0];
        let room = self.sender.room().room_id();
        let url = format!("{}_matrix/client/v3/rooms/{room}/messages?dir=b&limit=10", client.homeserver());
        let token = client.access_token().expect("a token");
        let answer = get(&reqwest::Client::new(), &url, &token).await;
        let chunk = answer["chunk"].as_array().expect("events");
        let event = chunk.iter().find(|event| event["type"] == "m.room.encrypted").expect("an encrypted event");
        event["content"].clone()
    }

    async fn end(self) {
        for sync in &self.syncs {
            sync.stop().await;
        }
    }
}

fn values(diff: VectorDiff<std::sync::Arc<PeerItem>>) -> Vec<std::sync::Arc<PeerItem>> {
    match diff {
        VectorDiff::Append { values } | VectorDiff::Reset { values } => values.into_iter().collect(),
        VectorDiff::PushBack { value }
        | VectorDiff::PushFront { value }
        | VectorDiff::Insert { value, .. }
        | VectorDiff::Set { value, .. } => vec![value],
        _ => Vec::new(),
    }
}

fn peer_says(item: &PeerItem, text: &str) -> bool {
    item.as_event().and_then(|event| event.content().as_message()).is_some_and(|message| message.body() == text)
}

/// Two people with nothing but HTTP.
struct Raw {
    http: reqwest::Client,
    send_to: String,
    token: String,
    payload: Value,
    heard: mpsc::UnboundedReceiver<u64>,
    listener: tokio::task::JoinHandle<()>,
}

impl Raw {
    async fn meet(one: &User, other: &User, payload: Value, others: &[Other]) -> Self {
        let http = reqwest::Client::new();
        let alice = sides::raw_sign_in(&http, one).await;
        let bob = sides::raw_sign_in(&http, other).await;
        let invite: Vec<&String> =
            std::iter::once(&other.user_id).chain(others.iter().map(|other| &other.id)).collect();
        let created = json!({
            "invite": invite, "is_direct": true, "preset": "trusted_private_chat",
            "initial_state": [{ "type": "m.room.encryption", "state_key": "", "content": { "algorithm": "m.megolm.v1.aes-sha2" } }],
        });
        let created = post(&http, &format!("{}/_matrix/client/v3/createRoom", one.homeserver), &alice, &created).await;
        let room = created["room_id"].as_str().expect("a room").to_owned();
        let join = format!("{}/_matrix/client/v3/join/{room}", other.homeserver);
        in_time("joined", async {
            while post(&http, &join, &bob, &json!({})).await["room_id"].is_null() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        })
        .await;
        come_in(&http, &room, others).await;
        let (told, heard) = mpsc::unbounded_channel();
        let listener = tokio::spawn(listen(http.clone(), other.homeserver.clone(), bob, room.clone(), told));
        let send_to = format!("{}/_matrix/client/v3/rooms/{room}/send/m.room.encrypted", one.homeserver);
        Self { http, send_to, token: alice, payload, heard, listener }
    }

    async fn pass(&mut self, n: usize) -> Duration {
        let n = n as u64;
        let mut content = self.payload.clone();
        content["n"] = json!(n);
        let start = Instant::now();
        let put = self.http.put(format!("{}/{n}", self.send_to)).bearer_auth(&self.token).body(content.to_string());
        let put = tokio::spawn(async move { put.send().await.expect("an answer").error_for_status().expect("sent") });
        let took = in_time("the raw message", async {
            while self.heard.recv().await.expect("it listens") != n {}
            start.elapsed()
        })
        .await;
        put.await.expect("sent");
        took
    }

    fn end(self) {
        self.listener.abort();
    }
}

async fn listen(
    http: reqwest::Client,
    homeserver: String,
    token: String,
    room: String,
    told: mpsc::UnboundedSender<u64>,
) {
    let sync = format!("{homeserver}/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=30000");
    let body = json!({
        "conn_id": "raw",
        "room_subscriptions": { room.as_str(): { "required_state": [], "timeline_limit": 20 } },
    });
    let mut position = String::new();
    loop {
        let url = if position.is_empty() { sync.clone() } else { format!("{sync}&pos={position}") };
        let answer = post(&http, &url, &token, &body).await;
        position = answer["pos"].as_str().expect("a position").to_owned();
        let events = answer["rooms"][&room]["timeline"].as_array().cloned().unwrap_or_default();
        for event in events {
            if let Some(n) = event["content"]["n"].as_u64()
                && told.send(n).is_err()
            {
                return;
            }
        }
    }
}

async fn post(http: &reqwest::Client, url: &str, token: &str, body: &Value) -> Value {
    let answer = http.post(url).bearer_auth(token).body(body.to_string()).send().await.expect("an answer");
    serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
}

async fn get(http: &reqwest::Client, url: &str, token: &str) -> Value {
    let answer = http.get(url).bearer_auth(token).send().await.expect("an answer");
    serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
}

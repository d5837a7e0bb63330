//! A homeserver that replays a generated account: any number of rooms by sliding sync, then a long conversation in the first of them, and
//! whatever it is told to, which may be what no homeserver lets pass. It gives every client the same, and knows just enough of the rest
//! for an SDK to be content.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::AbortHandle};

use self::world::{NOW, escape, is_direct, members, message, other, retention, room};

mod world;

pub const USER: &str = "@camille.martin:agents.example.org";
const DEVICE: &str = "BENCHDEVICE";
/// How much of the conversation one sync brings.
const PORTION: usize = 100;
/// How long a sync with news takes.
const PACE: Duration = Duration::from_millis(60);
/// And how much longer for each room in it.
const PACE_PER_ROOM: Duration = Duration::from_millis(10);

/// What the account holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct World {
    pub rooms: usize,
    /// Messages in the first room, above the one that every room has.
    pub conversation: usize,
    /// Whether these are of all kinds: answers, edits, reactions, files, polls, what was deleted, who came and went.
    pub mixed: bool,
    /// Whether the rooms are of all kinds: open to guests, forums, spaces, with encryption, invitations.
    pub kinds: bool,
    /// Members of the first room; none: as many as its kind has.
    pub members: usize,
    /// Whether the first room keeps what is said for five years only (`m.room.retention`).
    pub retention: bool,
}

/// The server, until it is dropped.
#[derive(Debug)]
pub struct Mock {
    pub url: String,
    server: Arc<Server>,
    serving: AbortHandle,
}

#[derive(Debug)]
struct Server {
    world: World,
    state: Mutex<Told>,
    /// How many events it was told to send.
    sent: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Told {
    /// Everybody was given everything by an earlier run.
    all: bool,
    /// By token and connection: what was told up to each position. A client that gives up an answer asks again from before it.
    connections: HashMap<String, Vec<Connection>>,
    device_keys: HashMap<String, Value>,
    identity: HashMap<String, Value>,
    tokens: u64,
    /// Of which room, and what.
    events: Vec<(usize, Value)>,
    /// How many messages came in each room since the clients were here last.
    missed: usize,
    /// The last position that was given.
    pos: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Connection {
    pos: u64,
    rooms: usize,
    messages: usize,
    events: usize,
}

impl Mock {
    /// At `port`, or at a free one.
    pub async fn start(world: World, port: Option<u16>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = Arc::new(Server { world, state: Mutex::default(), sent: watch::Sender::new(0) });
        let router = Router::new().fallback(answer).with_state(server.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
        Ok(Self { url, server, serving })
    }

    /// From here on nobody is given anything: the clients were filled by then.
    pub fn all_told(&self) {
        self.server.told().all = true;
    }

    /// From here on each room has so many messages more, for whoever comes anew.
    pub fn miss(&self, messages: usize) {
        self.server.told().missed = messages;
    }

    /// Tells every client of events in the `n`th room, as they are.
    pub fn send(&self, n: usize, events: impl IntoIterator<Item = Value>) {
        let mut told = self.server.told();
        told.events.extend(events.into_iter().map(|event| (n, event)));
        self.server.sent.send_replace(told.events.len());
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What the `n`th room is called.
pub fn room_id(n: usize) -> String {
    format!("!room{n:05}xCvBnMaSdFgHj:agents.example.org")
}

/// How many bytes an event of the conversation has, as it is sent.
pub fn message_size() -> usize {
    message(5_000, NOW, World::default()).to_string().len()
}

/// Who is in the `n`th room beside the account.
pub fn other_in(n: usize) -> String {
    other(n)
}

async fn answer(
    State(server): State<Arc<Server>>,
    method: Method,
    uri: Uri,
    headers: axum::http::HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().strip_prefix("/_matrix/client/").unwrap_or(uri.path());
    let path = path.strip_prefix("v3/").or(path.strip_prefix("r0/")).unwrap_or(path);
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let token = headers.get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let user = escape(USER);
    match (method.as_str(), path) {
        ("GET", "versions") => good(json!({
            "versions": ["v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11", "v1.12"],
            "unstable_features": { "org.matrix.simplified_msc3575": true },
        })),
        ("GET", "login") => good(json!({ "flows": [{ "type": "m.login.password" }] })),
        ("POST", "login") => {
            let mut told = server.told();
            told.tokens += 1;
            good(json!({ "user_id": USER, "device_id": DEVICE, "access_token": format!("token{}", told.tokens) }))
        }
        ("GET", "account/whoami") => good(json!({ "user_id": USER, "device_id": DEVICE })),
        ("POST", "unstable/org.matrix.simplified_msc3575/sync") => server.sync(token, &uri, &body).await,
        ("POST", "keys/upload") => {
            if let Some(keys) = body.get("device_keys").filter(|it| it.is_object()) {
                server.told().device_keys.insert(token.to_owned(), keys.clone());
            }
            good(json!({ "one_time_key_counts": { "signed_curve25519": 50 } }))
        }
        ("POST", "keys/device_signing/upload") => {
            server.told().identity.insert(token.to_owned(), body);
            good(json!({}))
        }
        ("POST", "keys/query") => good(server.keys(token)),
        ("POST", "keys/signatures/upload") => good(json!({ "failures": {} })),
        ("POST", "keys/claim") => good(json!({ "one_time_keys": {} })),
        ("GET", "pushrules/") => good(json!({ "global": {} })),
        ("GET", "capabilities") => good(json!({ "capabilities": {} })),
        ("GET", "media/config") => good(json!({ "m.upload.size": 50_000_000 })),
        ("POST", path) if path == format!("user/{user}/filter") => good(json!({ "filter_id": "1" })),
        ("PUT", path) if path.contains("/account_data/") => good(json!({})),
        ("GET", path) if server.world.retention && path.contains("/state/m.room.retention") => good(retention()),
        ("GET", path) if path.ends_with("/members") => good(json!({ "chunk": members(path, server.world) })),
        ("GET", path) if path.ends_with("/messages") => good(json!({ "chunk": [], "start": "s" })),
        ("POST", path) if path.contains("/receipt/") || path.ends_with("/read_markers") => good(json!({})),
        ("PUT", path) if path.contains("/typing/") => good(json!({})),
        _ => no(StatusCode::NOT_FOUND, "M_NOT_FOUND"),
    }
}

fn good(body: Value) -> Response {
    Json(body).into_response()
}

fn no(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "errcode": code, "error": "not here" }))).into_response()
}

impl Server {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self, token: &str) -> Value {
        let told = self.told();
        let mut answer = json!({ "device_keys": {}, "failures": {} });
        if let Some(keys) = told.device_keys.get(token) {
            answer["device_keys"][USER][DEVICE] = keys.clone();
        }
        if let Some(identity) = told.identity.get(token) {
            for (upload, query) in [
                ("master_key", "master_keys"),
                ("self_signing_key", "self_signing_keys"),
                ("user_signing_key", "user_signing_keys"),
            ] {
                answer[query] = json!({ USER: identity[upload] });
            }
        }
        answer
    }

    async fn sync(&self, token: &str, uri: &Uri, body: &Value) -> Response {
        let query = |name: &str| {
            let parts = uri.query().unwrap_or_default().split('&').filter_map(|it| it.split_once('='));
            parts.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        let connection = format!("{token} {}", body["conn_id"].as_str().unwrap_or_default());
        let pos: Option<u64> = query("pos").map(|pos| pos.parse().unwrap_or_default());
        let end = body["lists"]["all_rooms"]["ranges"][0][1].as_u64();
        let (mut answer, empty) = self.news(&connection, pos, end, body);
        if end.is_some() && !empty {
            // So slow that a client's event cache keeps up with its sync: matrix-sdk clears the cache of all rooms where it does not.
            let rooms = answer["rooms"].as_object().map_or(0, serde_json::Map::len);
            tokio::time::sleep(PACE + PACE_PER_ROOM * rooms as u32).await;
        }
        if empty {
            let timeout = query("timeout").and_then(|it| it.parse().ok()).unwrap_or(0);
            let mut sent = self.sent.subscribe();
            sent.mark_changed();
            let known =
                self.told().connections.get(&connection).and_then(|all| all.last()).map_or(0, |seen| seen.events);
            let news = sent.wait_for(|sent| end.is_some() && *sent > known);
            let _ = tokio::time::timeout(Duration::from_millis(timeout), news).await;
        }
        if body["extensions"]["e2ee"]["enabled"] == true {
            answer["extensions"]["e2ee"] = json!({ "device_one_time_keys_count": { "signed_curve25519": 50 } });
            answer["extensions"]["to_device"] = json!({ "next_batch": "1", "events": [] });
        }
        good(answer)
    }

    fn news(&self, connection: &str, pos: Option<u64>, end: Option<u64>, body: &Value) -> (Value, bool) {
        let mut told = self.told();
        let all_told = told.all;
        let Told { connections, events, missed, pos: next, .. } = &mut *told;
        let first = pos.is_none();
        let known = connections.entry(connection.to_owned()).or_default();
        known.retain(|seen| pos.is_some_and(|pos| seen.pos <= pos));
        let mut seen = known.last().copied().unwrap_or_default();
        // Never one that was given before: an answer that was given up is another.
        seen.pos = (*next).max(1);
        *next = seen.pos + 1;
        let mut answer = json!({ "pos": seen.pos.to_string(), "lists": {}, "rooms": {}, "extensions": {} });
        let Some(end) = end else {
            known.push(seen);
            return (answer, !first);
        };
        let all = self.world.rooms;
        if all_told {
            (seen.rooms, seen.messages) = (all, self.world.conversation);
        }
        answer["lists"]["all_rooms"] = json!({ "count": all });
        let upto = all.min(end as usize + 1);
        let mut empty = true;
        for n in seen.rooms..upto {
            answer["rooms"][room_id(n)] =
                room(n, self.world, *missed, body["lists"]["all_rooms"]["timeline_limit"].as_u64());
            empty = false;
        }
        seen.rooms = seen.rooms.max(upto);
        if seen.rooms == all && empty && seen.messages < self.world.conversation {
            let more = (self.world.conversation - seen.messages).min(PORTION);
            let timeline: Vec<_> =
                (seen.messages..seen.messages + more).map(|n| message(n + 1, NOW + n as u64, self.world)).collect();
            seen.messages += more;
            answer["rooms"][room_id(0)] = json!({
                "timeline": timeline, "limited": false, "num_live": more, "prev_batch": "p",
                "bump_stamp": NOW + seen.messages as u64,
            });
            empty = false;
        }
        if seen.rooms == all && empty && seen.events < events.len() {
            for (n, event) in &events[seen.events..] {
                let of = &mut answer["rooms"][room_id(*n)];
                if of.is_null() {
                    *of = json!({ "timeline": [], "required_state": [], "limited": false, "num_live": 0, "prev_batch": "p" });
                }
                for (list, wanted) in [("timeline", true), ("required_state", event.get("state_key").is_some())] {
                    if let Some(list) = of[list].as_array_mut().filter(|_| wanted) {
                        list.push(event.clone());
                    }
                }
                of["num_live"] = json!(of["timeline"].as_array().map_or(0, Vec::len));
                of["bump_stamp"] = json!(NOW + events.len() as u64);
            }
            seen.events = events.len();
            empty = false;
        }
        known.push(seen);
        if first && body["extensions"]["account_data"]["enabled"] == true {
            let direct: serde_json::Map<String, Value> =
                (0..all).filter(|n| is_direct(*n)).map(|n| (other(n), json!([room_id(n)]))).collect();
            answer["extensions"]["account_data"] = json!({ "global": [
                { "type": "m.direct", "content": direct },
                { "type": "m.push_rules", "content": { "global": {} } },
            ] });
        }
        (answer, empty)
    }
}

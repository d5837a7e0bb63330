//! A homeserver that replays a generated account: any number of rooms by sliding sync, then a long conversation in the first of them.
//! It gives every client the same, and knows just enough of the rest for an SDK to be content.

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
use tokio::{net::TcpListener, task::AbortHandle};

pub const USER: &str = "@camille.martin:agents.example.org";
const DEVICE: &str = "BENCHDEVICE";
/// A day in autumn 2025, in milliseconds: when the newest room was last written in.
const NOW: u64 = 1_760_000_000_000;
/// How much of the conversation one sync brings.
const PORTION: usize = 100;
/// How long a sync with news takes.
const PACE: Duration = Duration::from_millis(60);
/// And how much longer for each room in it.
const PACE_PER_ROOM: Duration = Duration::from_millis(10);

/// What the account holds.
#[derive(Clone, Copy)]
pub struct World {
    pub rooms: usize,
    /// Messages in the first room, above the one that every room has.
    pub conversation: usize,
}

/// The server, until it is dropped.
pub struct Mock {
    pub url: String,
    server: Arc<Server>,
    serving: AbortHandle,
}

struct Server {
    world: World,
    state: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    /// Everybody was given everything by an earlier run.
    all: bool,
    /// By token and connection.
    connections: HashMap<String, Connection>,
    device_keys: HashMap<String, Value>,
    identity: HashMap<String, Value>,
    tokens: u64,
}

#[derive(Default, Clone, Copy)]
struct Connection {
    pos: u64,
    rooms: usize,
    messages: usize,
}

impl Mock {
    /// At `port`, or at a free one.
    pub async fn start(world: World, port: Option<u16>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = Arc::new(Server { world, state: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(server.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
        Ok(Self { url, server, serving })
    }

    /// From here on nobody is given anything: the clients were filled by then.
    #[allow(dead_code)]
    pub fn all_told(&self) {
        self.server.told().all = true;
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub fn room_id(n: usize) -> String {
    format!("!room{n:05}xCvBnMaSdFgHj:agents.example.org")
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
        ("GET", path) if path.ends_with("/members") => good(json!({ "chunk": members(path) })),
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

fn escape(id: &str) -> String {
    id.replace('@', "%40").replace(':', "%3A")
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
        let first = query("pos").is_none();
        let end = body["lists"]["all_rooms"]["ranges"][0][1].as_u64();
        let (mut answer, empty) = self.news(&connection, first, end, body);
        if end.is_some() && !empty {
            // So slow that a client's event cache keeps up with its sync: matrix-sdk clears the cache of all rooms where it does not.
            let rooms = answer["rooms"].as_object().map_or(0, serde_json::Map::len);
            tokio::time::sleep(PACE + PACE_PER_ROOM * rooms as u32).await;
        }
        if empty {
            let timeout = query("timeout").and_then(|it| it.parse().ok()).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(timeout)).await;
        }
        if body["extensions"]["e2ee"]["enabled"] == true {
            answer["extensions"]["e2ee"] = json!({ "device_one_time_keys_count": { "signed_curve25519": 50 } });
            answer["extensions"]["to_device"] = json!({ "next_batch": "1", "events": [] });
        }
        good(answer)
    }

    fn news(&self, connection: &str, first: bool, end: Option<u64>, body: &Value) -> (Value, bool) {
        let mut told = self.told();
        let all_told = told.all;
        let seen = told.connections.entry(connection.to_owned()).or_default();
        if first {
            *seen = Connection::default();
        }
        seen.pos += 1;
        let mut answer = json!({ "pos": seen.pos.to_string(), "lists": {}, "rooms": {}, "extensions": {} });
        let Some(end) = end else { return (answer, !first) };
        let all = self.world.rooms;
        if all_told {
            (seen.rooms, seen.messages) = (all, self.world.conversation);
        }
        answer["lists"]["all_rooms"] = json!({ "count": all });
        let upto = all.min(end as usize + 1);
        let mut empty = true;
        for n in seen.rooms..upto {
            answer["rooms"][room_id(n)] = room(n, all);
            empty = false;
        }
        seen.rooms = seen.rooms.max(upto);
        if seen.rooms == all && empty && seen.messages < self.world.conversation {
            let more = (self.world.conversation - seen.messages).min(PORTION);
            let timeline: Vec<_> =
                (seen.messages..seen.messages + more).map(|n| message(0, n + 1, NOW + n as u64)).collect();
            seen.messages += more;
            answer["rooms"][room_id(0)] = json!({
                "timeline": timeline, "limited": false, "num_live": more, "prev_batch": "p",
                "bump_stamp": NOW + seen.messages as u64,
            });
            empty = false;
        }
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

fn is_direct(n: usize) -> bool {
    n % 3 == 1
}

fn other(n: usize) -> String {
    format!("@agent.{n}:agents.example.org")
}

fn moment(n: usize) -> u64 {
    NOW - n as u64 * 61_003
}

fn room(n: usize, all: usize) -> Value {
    let created = NOW - 40_000_000_000 - n as u64;
    let other = other(n);
    let state = |kind: &str, key: &str, sender: &str, content: Value| {
        json!({
            "type": kind, "state_key": key, "sender": sender, "content": content, "origin_server_ts": created,
            "event_id": format!("$state{n:05}{}{}", kind.replace('.', "-"), key.replace(['@', ':', '.'], "-")),
        })
    };
    let mut required = vec![
        state("m.room.create", "", &other, json!({ "room_version": "10", "creator": other })),
        state("m.room.power_levels", "", &other, json!({ "users": { other.clone(): 100 }, "users_default": 0 })),
        state("m.room.join_rules", "", &other, json!({ "join_rule": "invite" })),
        state("m.room.history_visibility", "", &other, json!({ "history_visibility": "shared" })),
        state("m.room.member", USER, USER, member("Camille Martin")),
        state("m.room.member", &other, &other, member(&name(n))),
    ];
    if !is_direct(n) {
        required.push(state("m.room.name", "", &other, json!({ "name": format!("Groupe de travail {n}") })));
        required.push(state("m.room.topic", "", &other, json!({ "topic": "Suivi du dossier et calendrier" })));
    }
    json!({
        "initial": true,
        "is_dm": is_direct(n),
        "name": if is_direct(n) { name(n) } else { format!("Groupe de travail {n}") },
        "heroes": [{ "user_id": other, "displayname": name(n) }],
        "joined_count": if is_direct(n) { 2 } else { 12 },
        "invited_count": 0,
        "notification_count": 1,
        "highlight_count": 0,
        "bump_stamp": all - n,
        "required_state": required,
        "timeline": [message(n, 0, moment(n))],
        "limited": true,
        "prev_batch": "p",
        "num_live": 0,
    })
}

fn name(n: usize) -> String {
    format!("Dominique Bernard {n}")
}

fn member(name: &str) -> Value {
    json!({ "membership": "join", "displayname": name, "avatar_url": "mxc://agents.example.org/AbCdEfGhIjKlMnOp" })
}

fn message(room: usize, n: usize, at: u64) -> Value {
    json!({
        "type": "m.room.message",
        "event_id": format!("$event{room:05}x{n:06}AbCdEfGhIjKlMnOpQrStUvWxYz"),
        "sender": if n % 3 == 1 { USER.to_owned() } else { other(room) },
        "origin_server_ts": at,
        "content": {
            "msgtype": "m.text",
            "body": format!("Réunion n° {n} : la note est prête, merci de la relire avant demain midi."),
        },
    })
}

fn members(path: &str) -> Vec<Value> {
    let n: usize =
        path.split_once("room").and_then(|(_, rest)| rest.get(3..8)).and_then(|it| it.parse().ok()).unwrap_or(0);
    let id = room_id(n);
    let event = |user: String, name: String| {
        json!({
            "type": "m.room.member", "state_key": user, "sender": user, "room_id": id, "content": member(&name),
            "origin_server_ts": NOW - 40_000_000_000, "event_id": format!("$member{n:05}{}", user.replace(['@', ':', '.'], "-")),
        })
    };
    vec![event(USER.to_owned(), "Camille Martin".to_owned()), event(other(n), name(n))]
}

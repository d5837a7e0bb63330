//! What is in the account.

use serde_json::{Value, json};

use super::{USER, World, room_id};

/// A day in autumn 2025, in milliseconds: when the newest room was last written in.
pub const NOW: u64 = 1_760_000_000_000;

pub fn is_direct(n: usize) -> bool {
    n % 3 == 1
}

pub fn other(n: usize) -> String {
    format!("@agent.{n}:agents.example.org")
}

/// Five years, in milliseconds.
const KEPT: u64 = 157_680_000_000;

/// That the first room keeps what is said for a while.
pub fn retention() -> Value {
    json!({
        "type": "m.room.retention", "state_key": "", "sender": other(0), "content": { "max_lifetime": KEPT },
        "origin_server_ts": NOW - 40_000_000_000, "event_id": "$retention", "room_id": room_id(0),
    })
}

fn moment(n: usize) -> u64 {
    NOW - n as u64 * 61_003
}

pub fn room(n: usize, world: World, missed: usize, limit: Option<u64>) -> Value {
    let all = world.rooms;
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
    if world.retention && n == 0 {
        required.push(retention());
    }
    if world.kinds {
        for (kind, content) in settings(n) {
            required.retain(|event| event["type"] != kind);
            required.push(state(kind, "", &other, content));
        }
    }
    let members = match (n, world.members, is_direct(n)) {
        (0, 1.., _) => world.members,
        (_, _, true) => 2,
        _ => 12,
    };
    json!({
        "initial": true,
        "is_dm": is_direct(n),
        "name": if is_direct(n) { name(n) } else { format!("Groupe de travail {n}") },
        "heroes": [{ "user_id": other, "displayname": name(n) }],
        "joined_count": members,
        "invited_count": 0,
        "notification_count": 1,
        "highlight_count": 0,
        "bump_stamp": all - n,
        "required_state": required,
        "timeline": newest(n, missed, limit),
        "limited": true,
        "prev_batch": "p",
        "num_live": 0,
    })
}

/// The newest messages of a room, as many as are asked for.
fn newest(n: usize, missed: usize, limit: Option<u64>) -> Vec<Value> {
    let from = (missed + 1).saturating_sub(limit.unwrap_or(1).max(1) as usize);
    (from..=missed).map(|k| said(n, k, moment(n) + k as u64)).collect()
}

fn name(n: usize) -> String {
    format!("Dominique Bernard {n}")
}

fn member(name: &str) -> Value {
    json!({ "membership": "join", "displayname": name, "avatar_url": "mxc://agents.example.org/AbCdEfGhIjKlMnOp" })
}

/// The `n`th message of the long conversation.
pub fn message(n: usize, at: u64, world: World) -> Value {
    let plain = said(0, n, at);
    // The newest is what those who wait look for.
    if !world.mixed || n == world.conversation {
        return plain;
    }
    mixed(n, plain)
}

fn said(room: usize, n: usize, at: u64) -> Value {
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

pub fn members(path: &str, world: World) -> Vec<Value> {
    let n: usize =
        path.split_once("room").and_then(|(_, rest)| rest.get(3..8)).and_then(|it| it.parse().ok()).unwrap_or(0);
    let id = room_id(n);
    let event = |user: String, name: String| {
        json!({
            "type": "m.room.member", "state_key": user, "sender": user, "room_id": id, "content": member(&name),
            "origin_server_ts": NOW - 40_000_000_000, "event_id": format!("$member{n:05}{}", user.replace(['@', ':', '.'], "-")),
        })
    };
    let mut all = vec![event(USER.to_owned(), "Camille Martin".to_owned()), event(other(n), name(n))];
    if n == 0 {
        all.extend(
            (all.len()..world.members)
                .map(|n| event(format!("@membre.{n}:agents.example.org"), format!("Claude Petit {n}"))),
        );
    }
    all
}

/// What makes a room one of its kind, where they are of all kinds.
fn settings(n: usize) -> Vec<(&'static str, Value)> {
    let encrypted = ("m.room.encryption", json!({ "algorithm": "m.megolm.v1.aes-sha2" }));
    let create = |kind: &str| ("m.room.create", json!({ "room_version": "11", "type": kind }));
    match n % 6 {
        0 => vec![encrypted],
        2 => vec![encrypted, ("im.vector.room.access_rules", json!({ "rule": "unrestricted" }))],
        3 => vec![
            ("m.room.join_rules", json!({ "join_rule": "public" })),
            ("m.room.history_visibility", json!({ "history_visibility": "world_readable" })),
        ],
        4 => vec![encrypted],
        5 => vec![create("m.space")],
        _ => vec![],
    }
}

/// An event of a kind that depends on `n`, in the place of a text.
fn mixed(n: usize, mut event: Value) -> Value {
    let before = |back: usize| format!("$event{:05}x{:06}AbCdEfGhIjKlMnOpQrStUvWxYz", 0, n.saturating_sub(back).max(1));
    let words = event["content"]["body"].clone();
    let mut content = |content: Value| event["content"] = content;
    match n % 12 {
        1 => content(
            json!({ "msgtype": "m.text", "body": words, "format": "org.matrix.custom.html", "formatted_body": format!("<p><b>{n}</b> <a href=\"https://a.example/\">note</a></p><ul><li>un</li><li>deux</li></ul>") }),
        ),
        2 => content(
            json!({ "msgtype": "m.text", "body": words, "m.relates_to": { "m.in_reply_to": { "event_id": before(1) } } }),
        ),
        3 => content(
            json!({ "msgtype": "m.text", "body": "* x", "m.new_content": { "msgtype": "m.text", "body": words }, "m.relates_to": { "rel_type": "m.replace", "event_id": before(3) } }),
        ),
        4 => content(
            json!({ "msgtype": "m.image", "body": "plan.png", "url": "mxc://agents.example.org/AbCd", "info": { "w": 800, "h": 600, "size": 91_000, "mimetype": "image/png" } }),
        ),
        5 => {
            event["type"] = json!("m.reaction");
            event["content"] =
                json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": before(1), "key": "👍" } });
        }
        6 => {
            event["type"] = json!("org.matrix.msc3381.poll.start");
            event["content"] = json!({ "org.matrix.msc1767.text": "Quel jour ?", "org.matrix.msc3381.poll.start": {
                "question": { "org.matrix.msc1767.text": "Quel jour ?" }, "max_selections": 1,
                "answers": [{ "id": "1", "org.matrix.msc1767.text": "lundi" }, { "id": "2", "org.matrix.msc1767.text": "mardi" }] } });
        }
        7 => {
            event["content"] = json!({});
            event["unsigned"] = json!({ "redacted_because": { "type": "m.room.redaction", "event_id": format!("$redaction{n}"), "sender": event["sender"],
                "origin_server_ts": event["origin_server_ts"], "content": { "redacts": event["event_id"] } } });
        }
        8 => {
            let user = format!("@membre.{n}:agents.example.org");
            event["type"] = json!("m.room.member");
            event["sender"] = json!(user);
            event["state_key"] = json!(user);
            event["content"] = member(&format!("Claude Petit {n}"));
        }
        9 => content(json!({ "msgtype": "m.notice", "body": words })),
        10 => event["type"] = json!("org.example.vote"),
        _ => {}
    }
    event
}

pub fn escape(id: &str) -> String {
    id.replace('@', "%40").replace(':', "%3A")
}

//! Events that no good client would send. After each the conversation goes on, and other rooms never notice.

use bulla_model::{MessageBody, RoomId};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, text},
    plain::{Plain, escape},
};

/// What is sent: an event, or a state event with its key.
enum Odd {
    Event(&'static str, Value),
    State(&'static str, String, Value),
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!("x"), |inner, _| json!({ "a": inner }))
}

const MIN: i64 = -9_007_199_254_740_991;
const MAX: i64 = 9_007_199_254_740_991;

fn cases(target: &str, other: &str) -> Vec<(&'static str, Odd)> {
    use Odd::{Event, State};
    let say = |body: Value| Event("m.room.message", body);
    let text = |body: &str| json!({"msgtype": "m.text", "body": body});
    let state = |kind, content| State(kind, String::new(), content);
    let replaces = |content: Value| {
        json!({"msgtype": "m.text", "body": "* x", "m.new_content": content,
            "m.relates_to": {"rel_type": "m.replace", "event_id": target}})
    };
    vec![
        ("as large as it may be", say(text(&"é".repeat(31 * 1024)))),
        ("deep", say(json!({"msgtype": "m.text", "body": "x", "deep": deep(90)}))),
        (
            "deep formatting",
            say(json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html",
            "formatted_body": "<div>".repeat(5_000)})),
        ),
        (
            "tags in tags",
            say(json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html",
            "formatted_body": "<b>".repeat(20_000)})),
        ),
        (
            "tags beside tags",
            say(json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html",
            "formatted_body": "a<b>".repeat(15_000)})),
        ),
        (
            "lines",
            say(json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html",
            "formatted_body": "a<br>".repeat(12_000)})),
        ),
        (
            "broken formatting",
            say(json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html",
            "formatted_body": "<a href='javascript:alert(1)'><img src=x onerror=y><<<>&#0;&#x110000;</script"})),
        ),
        ("unknown type", Event("org.example.vote", json!({"choice": 1}))),
        ("unknown type, deep", Event("org.example.vote", deep(90))),
        ("type with odd letters", Event("\u{202e}type\u{0}", json!({}))),
        ("unknown state", state("org.example.state", json!({"a": {"b": [1, 2, {}]}}))),
        ("unknown msgtype", say(json!({"msgtype": "org.example.hologram", "body": "x"}))),
        ("no msgtype", say(json!({"body": "x"}))),
        ("no body", say(json!({"msgtype": "m.text"}))),
        ("body of another type", say(json!({"msgtype": "m.text", "body": {"a": []}}))),
        ("empty content", say(json!({}))),
        ("null everywhere", say(json!({"msgtype": null, "body": null, "m.relates_to": null}))),
        ("NUL and overrides", say(text("\u{0}\u{202e}\u{2066}\u{200b}\u{feff}\u{1f}"))),
        (
            "sizes",
            say(json!({"msgtype": "m.image", "body": "x", "url": "mxc://a/b",
            "info": {"size": MAX, "w": MAX, "h": MAX, "duration": MAX}})),
        ),
        ("negative sizes", say(json!({"msgtype": "m.file", "body": "x", "url": "mxc://a/b", "info": {"size": MIN}}))),
        ("path in a file name", say(json!({"msgtype": "m.file", "body": "../../etc/passwd", "url": "mxc://../.."}))),
        ("media without address", say(json!({"msgtype": "m.video", "body": "x"}))),
        ("location", say(json!({"msgtype": "m.location", "body": "x", "geo_uri": "javascript:alert(1)"}))),
        (
            "reply to nothing",
            say(json!({"msgtype": "m.text", "body": "x",
            "m.relates_to": {"m.in_reply_to": {"event_id": "$nowhere"}}})),
        ),
        (
            "reply to no id",
            say(json!({"msgtype": "m.text", "body": "x",
            "m.relates_to": {"m.in_reply_to": {"event_id": 7}}})),
        ),
        (
            "unknown relation",
            say(json!({"msgtype": "m.text", "body": "x",
            "m.relates_to": {"rel_type": "org.example.rel", "event_id": target}})),
        ),
        (
            "thread on nothing",
            say(json!({"msgtype": "m.text", "body": "x",
            "m.relates_to": {"rel_type": "m.thread", "event_id": "$nowhere"}})),
        ),
        ("edit of another's message", say(replaces(text("détourné")))),
        ("edit without content", say(replaces(Value::Null))),
        ("edit into another type", say(replaces(json!({"msgtype": "org.example", "body": 1})))),
        (
            "edit of nothing",
            say(json!({"msgtype": "m.text", "body": "x", "m.new_content": text("x"),
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$nowhere"}})),
        ),
        (
            "huge reaction",
            Event(
                "m.reaction",
                json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": target,
            "key": "k".repeat(40_000)}}),
            ),
        ),
        (
            "reaction without key",
            Event(
                "m.reaction",
                json!({"m.relates_to": {"rel_type": "m.annotation",
            "event_id": target}}),
            ),
        ),
        (
            "reaction of NUL",
            Event(
                "m.reaction",
                json!({"m.relates_to": {"rel_type": "m.annotation",
            "event_id": target, "key": "\u{0}"}}),
            ),
        ),
        ("encrypted with nothing", Event("m.room.encrypted", json!({}))),
        (
            "encrypted with what nobody knows",
            Event(
                "m.room.encrypted",
                json!({"algorithm": "org.example.rot13",
            "ciphertext": "k"}),
            ),
        ),
        (
            "encrypted with garbage",
            Event(
                "m.room.encrypted",
                json!({"algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": "!!!", "session_id": "x", "sender_key": "x", "device_id": "x"}),
            ),
        ),
        ("a sticker of nothing", Event("m.sticker", json!({"body": 1}))),
        ("a poll of nothing", Event("m.poll.start", json!({"m.poll": {"answers": 7}}))),
        ("a call of nothing", Event("m.call.invite", json!({"lifetime": MIN}))),
        (
            "verification in the room",
            say(json!({"msgtype": "m.key.verification.request", "body": "x",
            "to": other, "methods": [], "from_device": "\u{0}"})),
        ),
        ("odd name", state("m.room.name", json!({"name": "\u{202e}\u{0}\u{200b}moor"}))),
        ("long name", state("m.room.name", json!({"name": "n".repeat(60_000)}))),
        ("name of another type", state("m.room.name", json!({"name": ["x"]}))),
        ("odd topic", state("m.room.topic", json!({"topic": "\u{2067}\u{0}"}))),
        ("odd avatar", state("m.room.avatar", json!({"url": "mxc://../../x?y#z", "info": {"w": MAX}}))),
        ("custom join rules", state("m.room.join_rules", json!({"join_rule": "org.example.handshake"}))),
        (
            "restricted by nonsense",
            state("m.room.join_rules", json!({"join_rule": "restricted", "allow": [{"type": 1}]})),
        ),
        (
            "unknown history visibility",
            state("m.room.history_visibility", json!({"history_visibility": "org.example"})),
        ),
        ("unknown guest access", state("m.room.guest_access", json!({"guest_access": 1}))),
        ("pins of nonsense", state("m.room.pinned_events", json!({"pinned": ["$x", "", "!y"]}))),
        ("alias of nonsense", state("m.room.canonical_alias", json!({"alias": null, "alt_aliases": []}))),
        ("a space child", State("m.space.child", "!not:a:room".into(), json!({"via": 1, "order": MAX}))),
        ("a retention", state("m.room.retention", json!({"max_lifetime": MIN}))),
        ("a beacon", State("org.matrix.msc3672.beacon_info", other.into(), json!({"timeout": MAX}))),
        (
            "server rules of nonsense",
            state("m.room.server_acl", json!({"allow": ["*"], "deny": [], "allow_ip_literals": 7})),
        ),
        ("third party invite", State("m.room.third_party_invite", "k".repeat(200), json!({"display_name": 1}))),
        (
            "a member of nonsense",
            State(
                "m.room.member",
                other.into(),
                json!({"membership": "join", "displayname": 7,
            "avatar_url": [], "reason": {}, "third_party_invite": 1}),
            ),
        ),
        (
            "a member with an odd name",
            State(
                "m.room.member",
                other.into(),
                json!({"membership": "join",
            "displayname": "\u{202e}\u{0}\u{200b}".repeat(1_000), "avatar_url": "javascript:x"}),
            ),
        ),
        (
            "extreme powers",
            state(
                "m.room.power_levels",
                json!({"users": {other: 100, target: MIN}, "users_default": 50,
            "events": {"org.example": MIN, "org.example.max": MAX}, "notifications": {"room": MIN}}),
            ),
        ),
        ("powers of another type", state("m.room.power_levels", json!({"users": {other: "100"}, "ban": "x"}))),
        (
            "powers at the bottom",
            state(
                "m.room.power_levels",
                json!({"users": {other: 100}, "users_default": 50,
            "ban": MIN, "kick": MIN, "invite": MIN, "redact": MIN, "state_default": 50, "events_default": MIN}),
            ),
        ),
    ]
}

#[test]
fn the_conversation_goes_on() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).thread_stack_size(bulla_core::THREAD_STACK).enable_all().build().unwrap();
    runtime.block_on(runtime.spawn(after_each_the_next_arrives())).unwrap();
}

async fn after_each_the_next_arrives() {
    let bob = Agent::on(1).await;
    let carol = Plain::on(1).await;
    let (odd, quiet) = (RoomId(carol.room(&[&bob.user.user_id]).await), RoomId(carol.room(&[&bob.user.user_id]).await));
    bob.live().await;
    for room in [&odd, &quiet] {
        bob.accept(room).await;
        bob.room(|row| row.id == *room && row.membership == bulla_model::Membership::Joined).await;
    }
    let (mut his, mut beside) = (bob.open(&odd).await, bob.open(&quiet).await);
    his.timeline.send_text("intact").await.unwrap();
    let (_, mine) = his
        .event("his own", |event| {
            text(&event.body) == Some("intact") && event.send_state == bulla_model::SendState::Delivered
        })
        .await;
    let target = mine.event_id.unwrap().0;

    let (mut taken, mut refused) = (0, Vec::new());
    for (number, (name, odd_one)) in cases(&target, &carol.id).into_iter().enumerate() {
        let (status, answer) = match odd_one {
            Odd::Event(kind, content) => carol.send(&odd.0, kind, content).await,
            Odd::State(kind, key, content) => {
                let path = format!("/rooms/{}/state/{}/{}", escape(&odd.0), escape(kind), escape(&key));
                carol.call("PUT", &path, Some(content)).await
            }
        };
        match status {
            200 => taken += 1,
            _ => refused.push((name, status, answer["errcode"].to_string())),
        }
        let after = format!("après {number}, {name}");
        carol.say(&odd.0, &after).await;
        his.text(&after).await;
    }
    assert!(taken > 40, "{taken} taken, refused: {refused:?}");
    println!("{taken} cases, refused by the server: {refused:?}");

    // Nothing of his was changed by others.
    let (_, mine) = his.event("his own", |event| event.event_id.as_ref().is_some_and(|id| id.0 == target)).await;
    assert_eq!((text(&mine.body), mine.edited), (Some("intact"), false));
    let kinds: Vec<String> = his
        .rows
        .iter()
        .filter_map(|row| match &row.content {
            bulla_model::ItemContent::Event { event } => match &event.body {
                MessageBody::Unknown { event_type, .. } => Some(event_type.clone()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    for wanted in ["org.example.vote", "org.example.state", "m.room.message/org.example.hologram"] {
        assert!(kinds.iter().any(|kind| kind == wanted), "{wanted} is not shown as unknown: {kinds:?}");
    }
    carol.say(&quiet.0, "ici tout va bien").await;
    beside.text("ici tout va bien").await;
    assert_eq!(bob.session.state(), bulla_model::SessionState::Live);

    // The same at the next start, from the store and from the server.
    drop((his, beside));
    let mut bob = bob;
    bob.restart().await;
    bob.open(&quiet).await.text("ici tout va bien").await;
    let mut his = bob.open(&odd).await;
    let last = carol.say(&odd.0, "pour finir").await;
    his.event("the last", |event| event.event_id.as_ref().is_some_and(|id| id.0 == last)).await;
    while !his.timeline.paginate_back(100).await.unwrap() {}
    his.event("his own, again", |event| text(&event.body) == Some("intact")).await;
    // And a redaction by someone who may not.
    let path = format!("/rooms/{}/redact/{}/r1", escape(&quiet.0), escape(&last));
    let (status, _) = carol.call("PUT", &path, Some(json!({}))).await;
    assert_ne!(status, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_text_in_an_encrypted_room_is_shown_as_such() {
    let (alice, bob, room) = crate::agent::two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("chiffré").await.unwrap();
    let (_, event) = his.text("chiffré").await;
    let target = event.event_id.unwrap().0;
    let clear = Plain::of(&alice.user).await;
    let content = json!({"msgtype": "m.text", "body": "* en clair", "m.new_content": {"msgtype": "m.text", "body": "en clair"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": target}});
    assert_eq!(clear.send(&room.0, "m.room.message", content).await.0, 200);
    clear.say(&room.0, "message en clair").await;
    let (_, event) = his.text("message en clair").await;
    assert_eq!(event.shield, Some(bulla_model::Shield::SentInClear));
    let (_, event) = his.event("the first", |event| event.event_id.as_ref().is_some_and(|id| id.0 == target)).await;
    assert_eq!((text(&event.body), event.edited), (Some("chiffré"), false), "an edit in clear is not taken");
    hers.timeline.send_text("la suite").await.unwrap();
    his.text("la suite").await;
}

//! Events that no good client would send. After each the conversation goes on, its row says what it is, and other rooms never notice.

use bulla_model::{ItemContent, RoomId, SendState, SessionState, TimelineItem};
use bulla_testkit::mock::{self, Mock, World, room_id};
use serde_json::{Value, json};

use self::case::{Case, Odd, Place, kind};
use crate::{
    agent::{Agent, text},
    masses::camille,
    plain::{Plain, escape},
};

pub mod case;
mod messages;
mod relations;
mod settings;

fn cases(place: &Place) -> Vec<Case> {
    [messages::cases(), relations::cases(place), settings::cases(place)].into_iter().flatten().collect()
}

#[test]
fn after_any_message_the_conversation_goes_on() {
    deep(after_each_the_next_arrives(|_| messages::cases()));
}

#[test]
fn after_anything_said_of_another_event_the_conversation_goes_on() {
    deep(after_each_the_next_arrives(relations::cases));
}

#[test]
fn after_any_setting_the_conversation_goes_on() {
    deep(after_each_the_next_arrives(settings::cases));
}

/// Runs it on threads with the stack that the library gives its own.
fn deep(test: impl Future<Output = ()> + Send + 'static) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).thread_stack_size(bulla_core::THREAD_STACK).enable_all().build().unwrap();
    runtime.block_on(runtime.spawn(test)).unwrap();
}

async fn after_each_the_next_arrives(cases: fn(&Place) -> Vec<Case>) {
    let mut bob = Agent::on(1).await;
    let carol = Plain::on(1).await;
    let (odd, quiet) = (RoomId(carol.room(&[&bob.user.user_id]).await), RoomId(carol.room(&[&bob.user.user_id]).await));
    bob.live().await;
    for room in [&odd, &quiet] {
        bob.accept(room).await;
        bob.room(|row| row.id == *room && row.membership == bulla_model::Membership::Joined).await;
    }
    let (mut his, mut beside) = (bob.open(&odd).await, bob.open(&quiet).await);
    let hers = carol.say(&odd.0, "le sien").await;
    his.text("le sien").await;
    his.timeline.send_text("intact").await.unwrap();
    let (_, mine) = his
        .event("his own", |event| text(&event.body) == Some("intact") && event.send_state == SendState::Delivered)
        .await;
    let target = mine.event_id.unwrap().0;
    let place = Place { his: target.clone(), hers, sender: carol.id.clone(), room: odd.0.clone() };

    let mut wrong = Vec::new();
    for (number, Case { name, odd: sent, shown }) in cases(&place).into_iter().enumerate() {
        let (status, answer) = send(&carol, &odd, sent, number).await;
        let after = format!("après {number}, {name}");
        carol.say(&odd.0, &after).await;
        his.text(&after).await;
        let said = match answer["event_id"].as_str() {
            Some(id) => row(&his.rows, id).unwrap_or_else(|| "-".to_owned()),
            // Ours answers some with 500.
            None if (400..=500).contains(&status) => "refused".to_owned(),
            None => format!("{status} {answer}"),
        };
        if said != shown.split(' ').next().filter(|word| *word == "refused").unwrap_or(shown) {
            wrong.push(format!("{name}: {said}, not {shown}"));
        }
    }
    assert!(wrong.is_empty(), "{} are not shown as they should be:\n{}", wrong.len(), wrong.join("\n"));

    // Nothing of his was changed by others.
    let (_, mine) = his.event("his own", |event| event.event_id.as_ref().is_some_and(|id| id.0 == target)).await;
    assert_eq!((text(&mine.body), mine.edited), (Some("intact"), false));
    carol.say(&quiet.0, "ici tout va bien").await;
    beside.text("ici tout va bien").await;
    assert_eq!(bob.session.state(), SessionState::Live);

    // The same at the next start, from the store and from the server.
    drop((his, beside));
    bob.restart().await;
    bob.open(&quiet).await.text("ici tout va bien").await;
    let mut his = bob.open(&odd).await;
    let last = carol.say(&odd.0, "pour finir").await;
    his.event("the last", |event| event.event_id.as_ref().is_some_and(|id| id.0 == last)).await;
    while !his.timeline.paginate_back(100).await.unwrap() {}
    his.event("his own, again", |event| text(&event.body) == Some("intact")).await;
}

async fn send(carol: &Plain, room: &RoomId, odd: Odd, number: usize) -> (u16, Value) {
    let room = escape(&room.0);
    match odd {
        Odd::Event(kind, content) => {
            let path = format!("/rooms/{room}/send/{}/hostile{number}", escape(&kind));
            carol.call("PUT", &path, Some(content)).await
        }
        Odd::State(kind, key, content) => {
            let path = format!("/rooms/{room}/state/{}/{}", escape(&kind), escape(&key));
            carol.call("PUT", &path, Some(content)).await
        }
        Odd::Redaction(of) => {
            let path = format!("/rooms/{room}/redact/{}/hostile{number}", escape(&of));
            carol.call("PUT", &path, Some(json!({"reason": "\u{202e}"}))).await
        }
    }
}

#[test]
fn what_our_homeserver_refuses_another_may_let_pass() {
    deep(after_each_refused_one_the_next_arrives());
}

async fn after_each_refused_one_the_next_arrives() {
    let mock = Mock::start(World { rooms: 2, conversation: 3, ..World::default() }, None).await.unwrap();
    let mut bob = camille(&mock).await;
    let (odd, quiet) = (RoomId(room_id(0)), RoomId(room_id(1)));
    bob.room(|row| row.id == quiet).await;
    let (mut his, mut beside) = (bob.open(&odd).await, bob.open(&quiet).await);
    let (_, newest) =
        his.event("the newest", |event| text(&event.body).is_some_and(|text| text.contains("n° 3 "))).await;
    let (_, mine) = his.event("his own", |event| event.mine).await;
    let sender = mock::other_in(0);
    let (target, hers) = (mine.event_id.unwrap().0, newest.event_id.unwrap().0);
    let place = Place { his: target.clone(), hers, sender: sender.clone(), room: odd.0.clone() };
    let before = mine.body.clone();

    let all = cases(&place);
    assert!(all.len() >= 200, "{} cases in all", all.len());
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (number, Case { name, odd: sent, shown }) in all.into_iter().enumerate() {
        let Some(shown) = shown.strip_prefix("refused ") else { continue };
        count += 1;
        let id = format!("$hostile{number}");
        let mut event = match sent {
            Odd::Event(kind, content) => json!({"type": kind, "content": content}),
            Odd::State(kind, key, content) => json!({"type": kind, "content": content, "state_key": key}),
            Odd::Redaction(of) => json!({"type": "m.room.redaction", "content": {}, "redacts": of}),
        };
        event["event_id"] = json!(id);
        let after = format!("après {number}, {name}");
        let next =
            json!({"type": "m.room.message", "content": case::text(&after), "event_id": format!("$after{number}")});
        mock.send(0, [event, next].map(|event| by(&sender, event)));
        his.text(&after).await;
        let said = row(&his.rows, &id).unwrap_or_else(|| "-".to_owned());
        if said != shown {
            wrong.push(format!("{name}: {said}, not {shown}"));
        }
    }
    assert!(count >= 30, "{count} cases");
    assert!(wrong.is_empty(), "{} are not shown as they should be:\n{}", wrong.len(), wrong.join("\n"));

    let (_, mine) = his.event("his own", |event| event.event_id.as_ref().is_some_and(|id| id.0 == target)).await;
    assert_eq!((mine.body, mine.edited), (before, false));
    let fine = json!({"type": "m.room.message", "content": case::text("ici tout va bien"), "event_id": "$fine"});
    mock.send(1, [by(&mock::other_in(1), fine)]);
    beside.text("ici tout va bien").await;
    assert_eq!(bob.session.state(), SessionState::Live);
    drop((his, beside));
    bob.restart().await;
    bob.open(&quiet).await.text("ici tout va bien").await;
}

fn by(sender: &str, mut event: Value) -> Value {
    event["sender"] = json!(sender);
    event["origin_server_ts"] = json!(1_760_000_100_000_u64);
    event
}

/// What the row of an event says it is.
fn row(rows: &[TimelineItem], id: &str) -> Option<String> {
    rows.iter().find_map(|row| match &row.content {
        ItemContent::Event { event } if event.event_id.as_ref().is_some_and(|event| event.0 == id) => {
            Some(kind(&event.body))
        }
        _ => None,
    })
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

//! Much of everything: reactions, answers, members and rooms of all kinds by the thousand, told by a server that has them.

use std::time::Instant;

use bulla_model::{MessageBody, RoomFilter, RoomId, RoomKind, SessionState};
use bulla_testkit::{
    User,
    mock::{self, Mock, USER, World, room_id},
};
use serde_json::{Value, json};

use crate::agent::{Agent, List, text};

/// Camille, whose server has all that.
pub async fn camille(mock: &Mock) -> Agent {
    let user = User {
        user_id: USER.into(),
        localpart: "camille.martin".into(),
        password: "password".into(),
        homeserver: mock.url.clone(),
    };
    let agent = Agent::at(user, &mock.url).await;
    agent.live().await;
    agent
}

/// An event that somebody sent, as a server tells of it.
pub fn by(sender: &str, id: &str, kind: &str, content: Value) -> Value {
    json!({"type": kind, "event_id": id, "sender": sender, "content": content, "origin_server_ts": 1_760_000_100_000_u64})
}

fn says(id: &str, words: &str) -> Value {
    by(&mock::other_in(0), id, "m.room.message", json!({"msgtype": "m.text", "body": words}))
}

fn reader(n: usize) -> String {
    format!("@lecteur.{n}:agents.example.org")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_react_to_a_message() {
    react_to_a_message(1_000).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "ten thousand reactions take minutes without optimisation"]
async fn ten_thousand_react_to_a_message() {
    react_to_a_message(10_000).await;
}

async fn react_to_a_message(people: usize) {
    let mock = Mock::start(World { rooms: 2, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    let mut shown = camille.open(&RoomId(room_id(0))).await;
    mock.send(0, [says("$target", "qui est là ?")]);
    shown.text("qui est là ?").await;
    let began = Instant::now();
    for portion in 0..people / 500 {
        let reactions = (portion * 500..(portion + 1) * 500).map(|n| {
            let relation = json!({"rel_type": "m.annotation", "event_id": "$target", "key": "👍"});
            by(&reader(n), &format!("$reaction{n}"), "m.reaction", json!({ "m.relates_to": relation }))
        });
        mock.send(0, reactions.chain([says(&format!("$after{portion}"), &format!("après {portion}"))]));
        shown.text(&format!("après {portion}")).await;
    }
    let (_, event) = shown
        .event("every reaction", |event| event.reactions.iter().any(|reaction| reaction.count as usize == people))
        .await;
    println!("{people} reactions in {:.1} s", began.elapsed().as_secs_f32());
    assert_eq!((text(&event.body), event.reactions.len()), (Some("qui est là ?"), 1));
    assert_eq!(event.reactions[0].senders.len(), 100, "no more than that many are named");
    mock.send(1, [by(&mock::other_in(1), "$beside", "m.room.message", json!({"msgtype": "m.text", "body": "à côté"}))]);
    camille.open(&RoomId(room_id(1))).await.text("à côté").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_has_a_thousand_answers_and_a_hundred_voters() {
    poll_of(1_000, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "each vote counts every answer anew: minutes without optimisation"]
async fn a_poll_has_ten_thousand_answers_and_a_thousand_voters() {
    poll_of(10_000, 1_000).await;
}

async fn poll_of(choices: usize, people: u32) {
    let mock = Mock::start(World { rooms: 1, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    let mut shown = camille.open(&RoomId(room_id(0))).await;
    let answers: Vec<Value> =
        (0..choices).map(|n| json!({"id": n.to_string(), "org.matrix.msc1767.text": format!("réponse {n}")})).collect();
    let poll = json!({"question": {"org.matrix.msc1767.text": "Laquelle ?"}, "answers": answers, "max_selections": choices,
        "kind": "org.matrix.msc3381.poll.disclosed"});
    let content = json!({"org.matrix.msc1767.text": "Laquelle ?", "org.matrix.msc3381.poll.start": poll});
    mock.send(0, [by(&mock::other_in(0), "$poll", "org.matrix.msc3381.poll.start", content)]);
    shown.event("the poll", |event| matches!(event.body, MessageBody::Poll { .. })).await;
    let vote = |n: usize, answers: Value| {
        let content = json!({"m.relates_to": {"rel_type": "m.reference", "event_id": "$poll"}, "org.matrix.msc3381.poll.response": {"answers": answers}});
        by(&reader(n), &format!("$vote{n}"), "org.matrix.msc3381.poll.response", content)
    };
    mock.send(0, (0..people as usize).map(|n| vote(n, json!([(n % 2).to_string()]))));
    let (_, event) = shown
        .event("every vote", |event| matches!(event.body, MessageBody::Poll { voters, .. } if voters == people))
        .await;
    let MessageBody::Poll { answers, question, .. } = &event.body else { unreachable!() };
    assert_eq!((question.as_str(), answers.len()), ("Laquelle ?", 20));
    assert_eq!((answers[0].votes, answers[1].votes, answers[2].votes), (Some(people / 2), Some(people / 2), Some(0)));
    // Who votes for more than a poll has room for has not voted.
    let everything: Vec<String> = (0..choices).map(|n| n.to_string()).collect();
    mock.send(0, [vote(people as usize, json!(everything)), says("$after", "ensuite")]);
    shown.text("ensuite").await;
    let (_, event) = shown.event("the poll", |event| matches!(event.body, MessageBody::Poll { .. })).await;
    assert!(matches!(event.body, MessageBody::Poll { voters, .. } if voters == people));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_two_thousand_members() {
    let mock = Mock::start(World { rooms: 2, members: 2_000, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    let id = RoomId(room_id(0));
    camille.room(|row| row.id == id && row.members == 2_000).await;
    let room = camille.session.room(&id).await.unwrap();
    let began = Instant::now();
    let members = room.members().await.unwrap();
    println!("{} members in {:.0} ms", members.len(), began.elapsed().as_secs_f32() * 1e3);
    assert_eq!(members.len(), 2_000);
    assert!(members.iter().any(|member| member.user.0 == USER));
    let mut shown = camille.open(&id).await;
    mock.send(0, [says("$after", "ensuite")]);
    shown.text("ensuite").await;
}

/// A list of so many rooms, of all kinds, and each is what it is.
async fn rooms_of_all_kinds(rooms: usize) {
    let mock = Mock::start(World { rooms, kinds: true, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    // A list of conversations does not hold spaces.
    let all = (0..rooms).filter(|n| n % 6 != 5).count();
    let mut list = List::page(&camille.session, RoomFilter::All, 200);
    for page in 1.. {
        let wanted = all.min(page * 200);
        list.wait("a page more", |rows| (rows.len() >= wanted).then_some(())).await;
        if wanted == all {
            break;
        }
        list.stream.more();
    }
    assert_eq!(list.rows.len(), all);
    let count = |kind: RoomKind| list.rows.iter().filter(|row| row.kind == kind).count();
    let of = |rests: &[usize]| (0..rooms).filter(|n| rests.contains(&(n % 6))).count();
    assert_eq!(
        (count(RoomKind::Direct), count(RoomKind::Private), count(RoomKind::PrivateWithGuests), count(RoomKind::Forum)),
        (of(&[1, 4]), of(&[0]), of(&[2]), of(&[3])),
    );
    assert_eq!(list.rows.iter().filter(|row| row.encrypted).count(), of(&[0, 2, 4]));
    assert_eq!(camille.session.state(), SessionState::Live);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_rooms_of_all_kinds_are_told_apart() {
    rooms_of_all_kinds(300).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "ten thousand rooms take minutes to come by sync"]
async fn ten_thousand_rooms_of_all_kinds_are_told_apart() {
    rooms_of_all_kinds(10_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_that_replace_each_other_in_a_circle_stay_rooms() {
    let mock = Mock::start(World { rooms: 3, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    let state = |n: usize, kind: &str, content: Value| {
        let mut event = by(&mock::other_in(n), &format!("${n}{}", kind.replace('.', "-")), kind, content);
        event["state_key"] = json!("");
        event
    };
    for (from, to) in [(0, 1), (1, 2), (2, 0)] {
        let before = json!({"room_version": "10", "creator": mock::other_in(from), "predecessor": {"room_id": room_id(to), "event_id": "$x"}});
        let after = json!({"body": "x", "replacement_room": room_id(to)});
        mock.send(from, [state(from, "m.room.create", before), state(from, "m.room.tombstone", after)]);
    }
    let itself = json!({"room_version": "10", "creator": mock::other_in(0), "predecessor": {"room_id": room_id(0)}});
    mock.send(0, [state(0, "m.room.create", itself)]);
    for n in 0..3 {
        mock.send(
            n,
            [by(
                &mock::other_in(n),
                &format!("$end{n}"),
                "m.room.message",
                json!({"msgtype": "m.text", "body": "toujours là"}),
            )],
        );
        camille.open(&RoomId(room_id(n))).await.text("toujours là").await;
    }
    let mut list = List::of(&camille.session, RoomFilter::All);
    list.wait("the rooms", |rows| (!rows.is_empty()).then_some(())).await;
    assert_eq!(camille.session.state(), SessionState::Live);
}

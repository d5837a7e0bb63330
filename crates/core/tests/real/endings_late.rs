//! What comes late, or stands elsewhere than in its place: other texts of what was deleted, quotes of what a room keeps no longer, and that something was
//! opened elsewhere before it is here.

use std::{
    collections::HashSet,
    time::{Duration, SystemTime},
};

use bulla_model::{EventItem, Failure, ItemContent, MessageBody, Missing, RoomId};
use bulla_testkit::mock::{self, Mock, USER, World, room_id};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, Conversation, text, texts},
    endings::later,
    endings_erased::{LATER, OLD, on_no_page, pages, stretches},
    masses::{by, camille},
};

fn of_other(id: &str, content: Value) -> Value {
    by(&mock::other_in(0), id, "m.room.message", content)
}

fn says(id: &str, words: &str) -> Value {
    of_other(id, json!({"msgtype": "m.text", "body": words}))
}

/// Another text for an event, long enough to fill many pages.
fn edit(id: &str, of: &str, word: &str) -> Value {
    let words: String = (0..1_200).map(|at| format!("{word}{at} ")).collect();
    let new = json!({"msgtype": "m.text", "body": words});
    let relation = json!({"rel_type": "m.replace", "event_id": of});
    of_other(id, json!({"msgtype": "m.text", "body": words, "m.new_content": new, "m.relates_to": relation}))
}

fn redaction(id: &str, of: &str) -> Value {
    let mut event = by(&mock::other_in(0), id, "m.room.redaction", json!({ "redacts": of }));
    event["redacts"] = json!(of);
    event
}

/// What the server tells of an event that was deleted before.
fn redacted(id: &str) -> Value {
    let mut event = of_other(id, json!({}));
    event["unsigned"] = json!({ "redacted_because": redaction("$later", id) });
    event
}

async fn world() -> (Mock, Agent, Conversation) {
    let mock = Mock::start(World { rooms: 1, retention: true, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    let conversation = camille.open(&RoomId(room_id(0))).await;
    (mock, camille, conversation)
}

fn is_redacted(event: &EventItem) -> bool {
    event.body == MessageBody::Redacted
}

fn events(conversation: &Conversation) -> impl Iterator<Item = &EventItem> {
    conversation.rows.iter().filter_map(|row| match &row.content {
        ItemContent::Event { event } => Some(event),
        _ => None,
    })
}

/// Rows that say that something was deleted.
fn deleted(conversation: &Conversation) -> usize {
    events(conversation).filter(|event| is_redacted(event)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_text_of_what_was_deleted_is_not_kept() {
    let (mock, camille, mut shown) = world().await;
    mock.send(0, [says("$target", "avant")]);
    shown.text("avant").await;
    mock.send(0, [redaction("$redaction", "$target")]);
    shown.event("its deletion", is_redacted).await;
    let before = stretches(&camille);
    // After its deletion; and before it, as the past is told.
    mock.send(0, [edit("$edit", "$target", "tardif"), says("$then", "ensuite")]);
    shown.text("ensuite").await;
    mock.send(0, [edit("$early", "$gone", "precoce"), redacted("$gone"), says("$last", "enfin")]);
    shown.text("enfin").await;
    erased_but(&camille, &before, 80).await;
    for word in ["tardif", "precoce"] {
        on_no_page(&camille, word).await;
        assert!(!texts(&shown.rows).iter().any(|text| text.contains(word)), "{word} is shown");
    }
    assert_eq!(deleted(&shown), 2, "another text has no row of its own");
}

/// Waits until no more than so many stretches came since.
async fn erased_but(agent: &Agent, before: &HashSet<Vec<u8>>, most: usize) {
    let few = async {
        while stretches(agent).difference(before).count() > most {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    let all = tokio::time::timeout(crate::agent::DEADLINE, few).await;
    assert!(all.is_ok(), "{} stretches more", stretches(agent).difference(before).count());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_goes_with_what_its_room_keeps_no_longer() {
    let (mock, mut camille, mut shown) = world().await;
    let mut old = says("$old", "parole ancienne");
    old["origin_server_ts"] = json!(OLD);
    let reply =
        json!({"msgtype": "m.text", "body": "réponse", "m.relates_to": {"m.in_reply_to": {"event_id": "$old"}}});
    mock.send(0, [old, of_other("$reply", reply)]);
    let quotes = |event: &EventItem, said: Option<&str>| {
        let quote = event.reply_to.as_ref();
        text(&event.body) == Some("réponse") && quote.is_some_and(|quote| quote.body.as_ref().and_then(text) == said)
    };
    shown.event("the quote", |event| quotes(event, Some("parole ancienne"))).await;
    let kept = async {
        while pages(&camille, "parole ancienne") == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(crate::agent::DEADLINE, kept).await.expect("it is on a page while it is there");
    later(&camille, LATER);
    shown.event("the quote without it", |event| quotes(event, None)).await;
    on_no_page(&camille, "parole ancienne").await;
    drop(shown);
    camille.restart().await;
    let mut again = camille.open(&RoomId(room_id(0))).await;
    again.event("the reply", |event| text(&event.body) == Some("réponse")).await;
    assert!(events(&again).all(|event| text(&event.body) != Some("réponse") || quotes(event, None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_device_opened_before_it_is_here_is_not_opened_again() {
    let (mock, mut camille, mut shown) = world().await;
    mock.send(
        0,
        [by(USER, "$opened", "org.bulla.ending.opened", json!({"event_id": "$once"})), says("$then", "ensuite")],
    );
    shown.text("ensuite").await;
    drop(shown);
    camille.restart().await;
    let mut shown = camille.open(&RoomId(room_id(0))).await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
    let once = |id: &str| {
        let content = json!({"msgtype": "m.text", "body": "à lire une fois", "org.bulla.ending": {"once": true}});
        let mut event = of_other(id, content);
        event["origin_server_ts"] = json!(now);
        event
    };
    mock.send(0, [once("$once"), once("$other")]);
    let (row, _) = shown.event("that it was opened", |event| event.body == MessageBody::Opened).await;
    assert_eq!(shown.timeline.open_once(&row.id).await.err(), Some(Failure::NotFound { what: Missing::Event }));
    let (row, _) = shown.event("the cover", |event| matches!(event.body, MessageBody::Covered { .. })).await;
    assert_eq!(text(&shown.timeline.open_once(&row.id).await.unwrap().body()), Some("à lire une fois"));
}

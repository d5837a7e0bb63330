//! Every kind of message, encrypted, both ways, with clients on other libraries: matrix-nio and matrix-js-sdk.
//!
//! Both are signed by their owner: matrix-js-sdk does that itself, for matrix-nio its program makes the keys (`testkit/python/nio_peer.py`).

use bulla_model::{EventItem, ItemId, MessageBody, MessageDraft, PollDraft, RoomId, SendState, TextStyle};
use bulla_testkit::{Error, Peer};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, Conversation, deployment, text},
    hostile::case::kind,
};

/// A peer in a conversation with one of ours.
struct Talk {
    _folder: tempfile::TempDir,
    alice: Agent,
    hers: Conversation,
    peer: Peer,
    id: String,
    room: RoomId,
}

impl Talk {
    /// None where the peer cannot be had here.
    async fn begin(test: &str, peer: fn(&std::path::Path) -> Result<Peer, Error>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let of = folder.path().to_owned();
        let peer = match tokio::task::spawn_blocking(move || peer(&of)).await.unwrap() {
            Ok(peer) => peer,
            Err(error @ (Error::MissingTool { .. } | Error::Command { .. })) => {
                println!("SKIPPED {test}: {error}");
                return None;
            }
            Err(error) => panic!("{error}"),
        };
        let user = deployment().await.new_user(1).await.unwrap();
        let start = json!({"homeserver": user.homeserver, "user": user.user_id, "password": user.password, "folder": folder.path()});
        peer.ask("start", start).await.unwrap();
        let alice = Agent::on(0).await;
        alice.live().await;
        let room = alice.session.create_direct(&bulla_model::UserId(user.user_id.clone())).await.unwrap();
        peer.ask("join", json!({"room": room.0})).await.unwrap();
        alice.room(|row| row.id == room && row.members == 2).await;
        let hers = alice.open(&room).await;
        Some(Self { _folder: folder, alice, hers, peer, id: user.user_id, room })
    }

    async fn ask(&self, what: &str, mut order: Value) -> Value {
        order["room"] = json!(self.room.0);
        self.peer.ask(what, order).await.unwrap()
    }

    /// The peer sends something; the id of its event.
    async fn sends(&self, kind: &str, content: Value) -> String {
        let answer = self.ask("send", json!({"type": kind, "content": content})).await;
        answer["event"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn says(&self, content: Value) -> String {
        self.sends("m.room.message", content).await
    }

    /// Waits until the peer has read what is wanted, and it was encrypted; its id and all of it.
    async fn reads(&self, kind: &str, content: Value) -> (String, Value) {
        let answer = self.ask("wait", json!({"wanted": {"type": kind, "content": content}})).await;
        // Reactions go in clear, as with every client today.
        assert_eq!(answer["encrypted"], kind != "m.reaction", "{answer}");
        (answer["event"].as_str().unwrap().to_owned(), answer["source"]["content"].clone())
    }

    /// Waits until one of ours is shown what the peer sent, with no doubt about it.
    async fn shows(&mut self, what: &str, wanted: impl Fn(&EventItem) -> bool) -> (ItemId, EventItem) {
        let id = self.id.clone();
        let (row, event) = self.hers.event(what, |event| event.sender.0 == id && wanted(event)).await;
        assert_eq!(event.shield, None, "{what}");
        (row.id, event)
    }

    async fn shows_text(&mut self, wanted: &str) -> (ItemId, EventItem) {
        self.shows(wanted, |event| text(&event.body) == Some(wanted)).await
    }

    async fn sent(&mut self, wanted: &str) -> ItemId {
        let there = |event: &EventItem| text(&event.body) == Some(wanted) && event.send_state == SendState::Delivered;
        self.hers.event(wanted, there).await.0.id
    }
}

fn replaces(of: &str, words: &str) -> Value {
    json!({"msgtype": "m.text", "body": format!("* {words}"), "m.new_content": {"msgtype": "m.text", "body": words},
        "m.relates_to": {"rel_type": "m.replace", "event_id": of}})
}

fn answers(of: &str, words: &str) -> Value {
    json!({"msgtype": "m.text", "body": words, "m.relates_to": {"m.in_reply_to": {"event_id": of}}})
}

/// What one of ours sends, and the peer reads; the id of the first.
async fn ours_is_read(talk: &mut Talk) -> String {
    let timeline = talk.hers.timeline.clone();
    timeline.send_text("Bonjour à tous").await.unwrap();
    let (first, _) = talk.reads("m.room.message", json!({"msgtype": "m.text", "body": "Bonjour à tous"})).await;
    timeline.send_text("c'est **important**").await.unwrap();
    let (_, content) = talk.reads("m.room.message", json!({"body": "c'est **important**"})).await;
    assert!(
        content["formatted_body"].as_str().is_some_and(|html| html.contains("<strong>important</strong>")),
        "{content}"
    );
    timeline.send_text("/me boit un café").await.unwrap();
    talk.reads("m.room.message", json!({"msgtype": "m.emote", "body": "boit un café"})).await;
    let row = talk.sent("Bonjour à tous").await;
    timeline.reply(&row, "Une réponse").await.unwrap();
    talk.reads("m.room.message", answers(&first, "Une réponse")).await;
    timeline.edit(&row, "Bonjour à toutes").await.unwrap();
    let edit = json!({"m.new_content": {"body": "Bonjour à toutes"}, "m.relates_to": {"rel_type": "m.replace", "event_id": first}});
    talk.reads("m.room.message", edit).await;
    let row = talk.sent("Bonjour à toutes").await;
    timeline.react(&row, "👍").await.unwrap();
    talk.reads("m.reaction", json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": first, "key": "👍"}}))
        .await;
    let thread = talk.hers.room.thread(&bulla_model::EventId(first.clone())).await.unwrap();
    thread.send_text("Dans le fil").await.unwrap();
    talk.reads(
        "m.room.message",
        json!({"body": "Dans le fil", "m.relates_to": {"rel_type": "m.thread", "event_id": first}}),
    )
    .await;

    let announced = MessageDraft {
        markdown: "À lire".into(),
        mentions: Vec::new(),
        reply_to: None,
        announcement: true,
        lifetime: None,
    };
    timeline.send(&announced).await.unwrap();
    talk.reads("m.room.message", json!({"body": "À lire"})).await;

    timeline.send_poll(poll_draft()).await.unwrap();
    let question = json!({"org.matrix.msc3381.poll.start": {"question": {"org.matrix.msc1767.text": "Quel jour ?"}}});
    let (poll, content) = talk.reads("org.matrix.msc3381.poll.start", question).await;
    assert_eq!(content["org.matrix.msc3381.poll.start"]["answers"].as_array().map(Vec::len), Some(2));
    let vote = json!({"m.relates_to": {"rel_type": "m.reference", "event_id": poll}, "org.matrix.msc3381.poll.response": {"answers": ["2"]}});
    talk.sends("org.matrix.msc3381.poll.response", vote).await;
    let (row, _) = talk.hers.event("the peer's vote", |event| voters(event) == Some((1, false))).await;
    timeline.close_poll(&row.id).await.unwrap();
    talk.reads("org.matrix.msc3381.poll.end", json!({"m.relates_to": {"rel_type": "m.reference", "event_id": poll}}))
        .await;

    timeline.send_text("une erreur").await.unwrap();
    let (slip, _) = talk.reads("m.room.message", json!({"body": "une erreur"})).await;
    let row = talk.sent("une erreur").await;
    timeline.redact(&row, None).await.unwrap();
    talk.ask("wait", json!({"wanted": {"type": "m.room.redaction", "redacts": slip}})).await;
    first
}

fn poll_draft() -> PollDraft {
    PollDraft {
        question: "Quel jour ?".into(),
        answers: vec!["lundi".into(), "mardi".into()],
        max_choices: 1,
        disclosed: true,
    }
}

fn voters(event: &EventItem) -> Option<(u32, bool)> {
    match &event.body {
        MessageBody::Poll { voters, ended, .. } => Some((*voters, *ended)),
        _ => None,
    }
}

/// What the peer sends, and one of ours is shown.
async fn theirs_is_shown(talk: &mut Talk) {
    let first = talk.says(json!({"msgtype": "m.text", "body": "Salut"})).await;
    let (row, _) = talk.shows_text("Salut").await;
    let formatted = "<p>un <em>mot</em></p>";
    talk.says(
        json!({"msgtype": "m.text", "body": "un mot", "format": "org.matrix.custom.html", "formatted_body": formatted}),
    )
    .await;
    let (_, event) = talk.shows_text("un mot").await;
    assert!(matches!(&event.body, MessageBody::Text { html: Some(html), .. } if html == formatted));
    for (msgtype, style) in [("m.emote", TextStyle::Emote), ("m.notice", TextStyle::Notice)] {
        talk.says(json!({"msgtype": msgtype, "body": msgtype})).await;
        talk.shows(msgtype, |event| matches!(&event.body, MessageBody::Text { style: is, .. } if *is == style)).await;
    }
    talk.says(json!({"msgtype": "m.location", "body": "Bercy", "geo_uri": "geo:48.84,2.38"})).await;
    talk.shows("a place", |event| matches!(&event.body, MessageBody::Location { geo, .. } if geo == "geo:48.84,2.38"))
        .await;
    talk.says(answers(&first, "Une réponse d'ailleurs")).await;
    let (_, event) = talk.shows_text("Une réponse d'ailleurs").await;
    assert_eq!(event.reply_to.map(|quote| quote.event_id.0), Some(first.clone()));
    talk.says(replaces(&first, "Salut à toi")).await;
    let (_, event) = talk.shows_text("Salut à toi").await;
    assert!(event.edited && event.event_id.as_ref().is_some_and(|id| id.0 == first));
    let reaction = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": first, "key": "🎉"}});
    talk.sends("m.reaction", reaction).await;
    talk.shows("a reaction", |event| event.reactions.iter().any(|reaction| reaction.key == "🎉")).await;
    talk.says(
        json!({"msgtype": "m.text", "body": "à part", "m.relates_to": {"rel_type": "m.thread", "event_id": first}}),
    )
    .await;
    talk.shows("a thread", |event| event.thread_summary.as_ref().is_some_and(|thread| thread.replies == 1)).await;
    talk.sends("org.example.vote", json!({"choice": 1})).await;
    talk.shows("what nobody knows", |event| kind(&event.body) == "unknown").await;

    let start = json!({"org.matrix.msc1767.text": "On y va ?", "org.matrix.msc3381.poll.start": {
        "kind": "org.matrix.msc3381.poll.disclosed", "max_selections": 1, "question": {"org.matrix.msc1767.text": "On y va ?"},
        "answers": [{"id": "a", "org.matrix.msc1767.text": "oui"}, {"id": "b", "org.matrix.msc1767.text": "non"}]}});
    let poll = talk.sends("org.matrix.msc3381.poll.start", start).await;
    let (asked, _) = talk.shows("a poll", |event| voters(event) == Some((0, false))).await;
    talk.hers.timeline.vote(&asked, vec!["a".into()]).await.unwrap();
    let vote = json!({"m.relates_to": {"event_id": poll}, "org.matrix.msc3381.poll.response": {"answers": ["a"]}});
    talk.reads("org.matrix.msc3381.poll.response", vote).await;
    let end = json!({"m.relates_to": {"rel_type": "m.reference", "event_id": poll}, "org.matrix.msc1767.text": "fin", "org.matrix.msc3381.poll.end": {}});
    talk.sends("org.matrix.msc3381.poll.end", end).await;
    talk.shows("its end", |event| voters(event) == Some((1, true))).await;

    let slip = talk.says(json!({"msgtype": "m.text", "body": "pardon"})).await;
    talk.shows_text("pardon").await;
    talk.ask("redact", json!({"event": slip})).await;
    talk.shows("what is gone", |event| event.body == MessageBody::Redacted).await;
    assert_eq!(talk.hers.text("Salut à toi").await.0.id, row, "an edit keeps its row");
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_nio_and_bulla_exchange_every_kind_of_message() {
    let Some(mut talk) = Talk::begin("matrix_nio_and_bulla_exchange_every_kind_of_message", Peer::nio).await else {
        return;
    };
    ours_is_read(&mut talk).await;
    theirs_is_shown(&mut talk).await;
    assert_eq!(talk.alice.session.state(), bulla_model::SessionState::Live);
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_js_sdk_and_bulla_exchange_every_kind_of_message() {
    let Some(mut talk) = Talk::begin("matrix_js_sdk_and_bulla_exchange_every_kind_of_message", Peer::js).await else {
        return;
    };
    let first = ours_is_read(&mut talk).await;
    theirs_is_shown(&mut talk).await;
    // What that library makes of ours: one message, with all that was said of it.
    let wanted = json!({"body": "Bonjour à toutes", "edited": true, "redacted": false, "replies": 1});
    talk.ask("shown", json!({"event": first, "wanted": wanted})).await;
}

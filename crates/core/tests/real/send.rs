//! Messages on their way out.

use std::time::Duration;

use bulla_model::{EventItem, IdentityStatus, MessageBody, NetworkChange, SendState, SendTrouble, SessionState};
use bulla_testkit::Fault;
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::{
    agent::{Agent, deployment, meet, text, texts, two},
    plain::Plain,
    start::behind_proxy,
    sync::undecryptable,
};

const SEND: &str = "/send/m.room.encrypted";

fn is(wanted: &str, state: SendState) -> impl Fn(&EventItem) -> bool {
    move |event| text(&event.body) == Some(wanted) && event.send_state == state
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_offline_leaves_once() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    proxy.set(Fault::Refuse).await.unwrap();
    for text in ["un", "deux", "trois"] {
        hers.timeline.send_text(text).await.unwrap();
    }
    hers.event("a failure that passes", |event| {
        matches!(event.send_state, SendState::Failed { why: SendTrouble::Offline, retrying: true })
    })
    .await;
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    his.wait("all three", |rows| (texts(rows) == ["un", "deux", "trois"]).then_some(())).await;
    hers.event("the last", is("trois", SendState::Delivered)).await;
    assert_eq!(texts(&hers.rows), ["un", "deux", "trois"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_in_sending_ends_in_one_message() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let path = Some(SEND);
    let mut said = Vec::new();
    for (number, fault) in [
        Fault::LoseAnswer { path: Some(SEND.into()), times: Some(1) },
        Fault::LoseAnswer { path: Some(SEND.into()), times: Some(4) },
        Fault::respond(500, path, &json!({"errcode": "M_UNKNOWN", "error": "x"})).for_next(4),
        Fault::respond(502, path, &json!({})).for_next(1),
        Fault::respond(200, path, &json!("not an answer")).for_next(1),
        Fault::respond(401, path, &json!({"errcode": "M_UNKNOWN_TOKEN", "error": "", "soft_logout": true})).for_next(2),
        Fault::too_many_requests(path, None).for_next(2),
        Fault::too_many_requests(path, Some(1_500)).for_next(1),
    ]
    .into_iter()
    .enumerate()
    {
        proxy.set(fault.clone()).await.unwrap();
        for part in ["a", "b"] {
            let text = format!("{number}{part}");
            hers.timeline.send_text(&text).await.unwrap();
            said.push(text);
        }
        let what = format!("{fault:?}");
        his.wait(&what, |rows| (texts(rows) == said).then_some(())).await;
        let last = said.last().unwrap().clone();
        hers.event(&what, is(&last, SendState::Delivered)).await;
        assert_eq!(texts(&hers.rows), said, "{what}");
    }
    alice.live().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_in_sending_is_obeyed() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("chaud").await.unwrap();
    his.text("chaud").await;
    proxy.set(Fault::too_many_requests(Some(SEND), Some(5_000)).for_next(1)).await.unwrap();
    let begun = Instant::now();
    hers.timeline.send_text("patience").await.unwrap();
    his.text("patience").await;
    assert!(begun.elapsed() >= Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_waits_for_the_person() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let refusal = Fault::respond(403, Some(SEND), &json!({"errcode": "M_FORBIDDEN", "error": "no"}));
    let refused = SendState::Failed { why: SendTrouble::Rejected { code: "M_FORBIDDEN".into() }, retrying: false };

    proxy.set(refusal.clone()).await.unwrap();
    hers.timeline.send_text("refusé").await.unwrap();
    hers.timeline.send_text("derrière").await.unwrap();
    let (item, _) = hers.event("refused", is("refusé", refused.clone())).await;
    proxy.heal().await.unwrap();
    hers.timeline.retry(&item.id).await.unwrap();
    his.wait("both in order", |rows| (texts(rows) == ["refusé", "derrière"]).then_some(())).await;
    hers.event("delivered", is("derrière", SendState::Delivered)).await;

    proxy.set(refusal).await.unwrap();
    hers.timeline.send_text("refusé encore").await.unwrap();
    hers.timeline.send_text("et après").await.unwrap();
    let (item, _) = hers.event("refused again", is("refusé encore", refused)).await;
    proxy.heal().await.unwrap();
    assert!(hers.timeline.cancel_send(&item.id).await.unwrap());
    his.wait("the one behind", |rows| (texts(rows) == ["refusé", "derrière", "et après"]).then_some(())).await;
    hers.event("delivered", is("et après", SendState::Delivered)).await;
    assert_eq!(texts(&hers.rows), ["refusé", "derrière", "et après"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_messages_through_a_flapping_network_keep_their_order() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let said: Vec<String> = (0..50).map(|number| format!("message {number}")).collect();
    let sending = async {
        for text in &said {
            hers.timeline.send_text(text).await.unwrap();
        }
    };
    let flapping = async {
        for round in 0..8 {
            proxy.set([Fault::Reset, Fault::Refuse, Fault::Cut, Fault::Garbage][round % 4].clone()).await.unwrap();
            alice.state(|state| matches!(state, SessionState::Offline { .. })).await;
            proxy.heal().await.unwrap();
            alice.session.network_changed(NetworkChange::Available);
            alice.live().await;
        }
    };
    tokio::join!(sending, flapping);
    his.wait("all fifty", |rows| (texts(rows).len() >= said.len()).then_some(())).await;
    assert_eq!(texts(&his.rows), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn written_to_while_away_and_readable_on_return() {
    let (alice, mut bob, room) = two().await;
    let hers = alice.open(&room).await;
    bob.session.shutdown().await.unwrap();
    let said: Vec<String> = (0..30).map(|number| format!("pendant ton absence {number}")).collect();
    for text in &said {
        hers.timeline.send_text(text).await.unwrap();
    }
    let mut hers = hers;
    hers.event("sent", is(said.last().unwrap(), SendState::Delivered)).await;
    let id = bob.session.account().id;
    bob.session = bob.accounts.open(&id).await.unwrap();
    let mut his = bob.open(&room).await;
    his.wait("the newest", |rows| texts(rows).contains(said.last().unwrap()).then_some(())).await;
    while texts(&his.rows).len() < said.len() {
        let end = his.timeline.paginate_back(20).await.unwrap();
        his.drain().await;
        assert!(!end || texts(&his.rows).len() >= said.len(), "{:?}", texts(&his.rows));
    }
    his.wait("in order", |rows| (texts(rows) == said).then_some(())).await;
    assert_eq!(undecryptable(&his), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_without_identity_stops_nobody() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    // A second device of Bob's that never uploads a key, and a third person who has none at all.
    let bobs_other = Plain::of(&bob.user).await;
    let carol = Plain::on(1).await;
    let room = meet(&alice, &bob).await;
    let conversation = alice.open(&room).await;
    conversation.room.invite(&bulla_model::UserId(carol.id.clone())).await.unwrap();
    let joined = async {
        while carol.call("POST", &format!("/join/{}", crate::plain::escape(&room.0)), Some(json!({}))).await.0 != 200 {}
    };
    timeout(crate::agent::DEADLINE, joined).await.unwrap();
    alice.room(|row| row.id == room && row.members == 3).await;
    conversation.timeline.send_text("pour ceux qui peuvent").await.unwrap();
    bob.open(&room).await.text("pour ceux qui peuvent").await;
    for agent in [&alice, &bob] {
        assert_eq!(
            agent.session.identity().await.unwrap(),
            IdentityStatus { cross_signing: true, device_signed: true }
        );
    }
    drop(bobs_other);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_was_lost_on_its_way_is_published_later() {
    let deployment = deployment().await;
    let proxy = deployment.proxy(0).await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let fault = Fault::respond(503, Some("/keys/device_signing/upload"), &json!({}));
    proxy.set(fault).await.unwrap();
    let agent = Agent::at(user, &proxy.url()).await;
    agent.live().await;
    proxy.heal().await.unwrap();
    agent.session.pause().await.unwrap();
    agent.session.resume().await.unwrap();
    agent.live().await;
    let signed = async {
        while !agent.session.identity().await.unwrap().device_signed {
            tokio::task::yield_now().await;
        }
    };
    timeout(crate::agent::DEADLINE, signed).await.expect("signed in the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sent_yet_can_be_edited_reacted_to_and_taken_back() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    proxy.set(Fault::Refuse).await.unwrap();
    for text in ["brouillon", "repris", "aimé"] {
        hers.timeline.send_text(text).await.unwrap();
    }
    let (draft, _) = hers.text("brouillon").await;
    hers.timeline.edit(&draft.id, "au propre").await.unwrap();
    hers.text("au propre").await;
    let (back, _) = hers.text("repris").await;
    assert!(hers.timeline.cancel_send(&back.id).await.unwrap());
    let (liked, _) = hers.text("aimé").await;
    assert!(hers.timeline.react(&liked.id, "👍").await.unwrap());
    let early = hers.timeline.reply(&liked.id, "trop tôt").await;
    assert!(matches!(early, Err(bulla_model::Failure::Invalid { .. })), "{early:?}");
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    his.event("the reaction", |event| text(&event.body) == Some("aimé") && event.reactions.len() == 1).await;
    assert_eq!(texts(&his.rows), ["au propre", "aimé"]);
    let (sent, _) = hers.event("sent", is("aimé", SendState::Delivered)).await;
    assert!(!hers.timeline.cancel_send(&sent.id).await.unwrap(), "too late");
    hers.event("no redaction", |event| event.body != MessageBody::Redacted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_keeps_the_name_it_was_first_shown_under() {
    let (proxy, mut alice, _bob, room) = behind_proxy().await;
    let mut hers = alice.open(&room).await;
    // Held up, so that it is seen on its way.
    proxy.set(Fault::Stall).await.unwrap();
    hers.timeline.send_text("un nom").await.unwrap();
    let (first, _) = hers.event("on its way", is("un nom", SendState::Sending)).await;
    proxy.heal().await.unwrap();
    let delivered = is("un nom", SendState::Delivered);
    let (row, event) = hers.event("delivered", &delivered).await;
    assert_eq!(row.id, first.id);
    assert!(hers.timeline.react(&first.id, "👍").await.unwrap());
    hers.event("the reaction", |event| text(&event.body) == Some("un nom") && event.reactions.len() == 1).await;
    drop(hers);
    alice.restart().await;
    let (row, _) = alice.open(&room).await.event("at the next start", delivered).await;
    assert_eq!(Some(row.id.0), event.event_id.map(|id| id.0));
}

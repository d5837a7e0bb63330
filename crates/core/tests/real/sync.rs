//! What a sync may meet.

use std::time::Duration;

use bulla_model::{NetworkChange, Password, SessionState};
use bulla_testkit::Fault;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    agent::{Conversation, DEADLINE, deployment, texts, wait_state},
    start::behind_proxy,
};

const SYNC: &str = "/org.matrix.simplified_msc3575/sync";

#[tokio::test(flavor = "multi_thread")]
async fn lost_in_every_way_and_found_again() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let mut hers = alice.open(&room).await;
    let his = bob.open(&room).await;
    let states = alice.session.states();
    let mut said = Vec::new();
    for (number, fault) in [
        Fault::Refuse,
        Fault::Cut,
        Fault::Reset,
        Fault::Garbage,
        Fault::Truncate { bytes: 100 },
        Fault::captive_portal(),
        Fault::respond(500, None, &json!({"errcode": "M_UNKNOWN", "error": "x"})),
        Fault::respond(502, None, &json!({})),
        Fault::respond(503, Some(SYNC), &json!("x")),
        Fault::respond(404, Some(SYNC), &json!({"errcode": "M_NOT_FOUND", "error": "x"})),
        Fault::too_many_requests(Some(SYNC), None),
        Fault::LoseAnswer { path: Some(SYNC.into()), times: None },
    ]
    .into_iter()
    .enumerate()
    {
        proxy.set(fault.clone()).await.unwrap();
        for part in 0..2 {
            let text = format!("{number}.{part}");
            his.timeline.send_text(&text).await.unwrap();
            said.push(text);
        }
        wait_state(&states, |state| matches!(state, SessionState::Offline { .. })).await;
        let begun = Instant::now();
        proxy.heal().await.unwrap();
        wait_state(&states, |state| *state == SessionState::Live).await;
        hers.wait("all that was said", |rows| (texts(rows) == said).then_some(())).await;
        assert!(begun.elapsed() < Duration::from_secs(15), "{fault:?}: {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_is_obeyed() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, his) = (alice.open(&room).await, bob.open(&room).await);
    // Not for the next request only: the SDK gives one up and asks anew when what it asks for changes, and never reads that answer.
    proxy.set(Fault::too_many_requests(Some(SYNC), Some(6_000))).await.unwrap();
    his.timeline.send_text("réveil").await.unwrap();
    alice.state(|state| matches!(state, SessionState::Offline { .. })).await;
    let (begun, before) = (Instant::now(), proxy.stats().await.unwrap());
    proxy.heal().await.unwrap();
    his.timeline.send_text("après").await.unwrap();
    hers.text("après").await;
    assert!(begun.elapsed() > Duration::from_secs(5), "came back after {:?}", begun.elapsed());
    let seen = proxy.stats().await.unwrap().since(&before);
    let syncs: u64 = seen.requests.iter().filter(|(path, _)| path.ends_with("/sync")).map(|(_, count)| count).sum();
    assert!(syncs < 10, "{syncs} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_logout_keeps_everything() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let (mut hers, his) = (alice.open(&room).await, bob.open(&room).await);
    his.timeline.send_text("avant").await.unwrap();
    hers.text("avant").await;
    proxy.set(Fault::soft_logout()).await.unwrap();
    alice.state(|state| *state == SessionState::SignedOut { soft: true }).await;
    hers.timeline.send_text("sans session").await.unwrap();
    hers.text("sans session").await;
    his.timeline.send_text("pendant").await.unwrap();
    let account = alice.session.account();
    proxy.heal().await.unwrap();
    let wrong = alice.session.sign_in_again(Password::new("wrong".into())).await;
    assert!(matches!(wrong, Err(bulla_model::Failure::Invalid { .. })), "{wrong:?}");
    assert_eq!(alice.session.state(), SessionState::SignedOut { soft: true });
    alice.session.sign_in_again(Password::new(alice.user.password.clone())).await.unwrap();
    alice.live().await;
    assert_eq!(alice.session.account(), account);
    his.timeline.send_text("après").await.unwrap();
    let all = |rows: &[bulla_model::TimelineItem]| {
        let texts = texts(rows);
        ["avant", "sans session", "pendant", "après"]
            .iter()
            .all(|text| texts.iter().any(|shown| shown == text))
            .then_some(())
    };
    hers.wait("everything", all).await;
    assert_eq!(undecryptable(&hers), 0);
    bob.open(&room).await.text("sans session").await;
    // And at the next start.
    drop(hers);
    alice.restart().await;
    let mut hers = alice.open(&room).await;
    hers.wait("everything", all).await;
    alice.live().await;
    assert_eq!(undecryptable(&hers), 0);
}

pub fn undecryptable(conversation: &Conversation) -> usize {
    let events = conversation.rows.iter().filter(|row| match &row.content {
        bulla_model::ItemContent::Event { event } => {
            matches!(event.body, bulla_model::MessageBody::Undecryptable { .. })
        }
        _ => false,
    });
    events.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_logout_is_told_from_a_soft_one() {
    let (proxy, mut alice, _bob, room) = behind_proxy().await;
    let hers = alice.open(&room).await;
    deployment().await.logout_everywhere(&alice.user.user_id).await.unwrap();
    alice.state(|state| *state == SessionState::SignedOut { soft: false }).await;
    // Until the server has said so twice, what is stored stays readable.
    proxy.set(Fault::Refuse).await.unwrap();
    assert!(alice.session.room(&room).await.is_ok());
    drop(hers);
    alice.restart().await;
    alice.room(|row| row.id == room).await;
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    alice.state(|state| *state == SessionState::Erased).await;
    assert_eq!(alice.keys.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_the_server_does_not_stand_by_is_no_sign_out() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let states = alice.session.states();
    let body = json!({"errcode": "M_UNKNOWN_TOKEN", "error": "x", "soft_logout": false});
    proxy.set(Fault::respond(401, Some(SYNC), &body).for_next(3)).await.unwrap();
    bob.open(&room).await.timeline.send_text("réveil").await.unwrap();
    let mut hers = alice.open(&room).await;
    hers.text("réveil").await;
    proxy.heal().await.unwrap();
    bob.open(&room).await.timeline.send_text("encore").await.unwrap();
    hers.text("encore").await;
    let gone = |state: &SessionState| matches!(state, SessionState::SignedOut { .. });
    let seen = tokio::time::timeout(Duration::from_millis(500), wait_state(&states, gone)).await;
    assert!(seen.is_err(), "{seen:?}");
    assert_eq!(alice.session.state(), SessionState::Live);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_sync_does_not_hold_up_an_order() {
    let (proxy, alice, _bob, _room) = behind_proxy().await;
    proxy.set(Fault::Stall).await.unwrap();
    // The token is doubted, and whoami hangs.
    alice.session.network_changed(NetworkChange::Available);
    for what in ["pause", "resume", "pause again"] {
        let begun = Instant::now();
        let done = match what {
            "resume" => alice.session.resume().await,
            _ => alice.session.pause().await,
        };
        done.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "{what}: {:?}", begun.elapsed());
    }
    let ended = tokio::time::timeout(DEADLINE / 6, alice.session.shutdown()).await;
    ended.expect("shutdown in time").unwrap();
}

//! Starting without waiting, pausing, going on.

use std::time::Duration;

use bulla_model::{Failure, NetworkChange, RoomFilter, SessionState, StorageTrouble};
use bulla_testkit::{Fault, ProxyHandle};
use tokio::time::{Instant, timeout};

use crate::{
    agent::{Agent, DEADLINE, List, accounts, deployment, meet, texts, wait_state},
    disk::open_files,
};

/// Alice behind a proxy, Bob at his own server, in a conversation.
pub async fn behind_proxy() -> (ProxyHandle, Agent, Agent, bulla_model::RoomId) {
    let deployment = deployment().await;
    let proxy = deployment.proxy(0).await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let url = proxy.url();
    let (alice, bob) = tokio::join!(Agent::at(user, &url), Agent::on(1));
    let room = meet(&alice, &bob).await;
    (proxy, alice, bob, room)
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_the_store_answers_and_the_rest_follows() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let (mut hers, his) = (alice.open(&room).await, bob.open(&room).await);
    for text in ["un", "deux", "trois"] {
        his.timeline.send_text(text).await.unwrap();
        hers.text(text).await;
    }
    drop(hers);
    for fault in [Fault::Refuse, Fault::Stall] {
        proxy.set(fault.clone()).await.unwrap();
        let begun = Instant::now();
        alice.restart().await;
        let mut list = List::of(&alice.session, RoomFilter::All);
        let row = list.wait("the row", |rows| rows.iter().find(|row| row.id == room).cloned()).await;
        assert!(row.encrypted && row.last.is_some());
        let mut hers = alice.open(&room).await;
        hers.wait("the tail", |rows| (texts(rows) == ["un", "deux", "trois"]).then_some(())).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{fault:?}: {:?}", begun.elapsed());
        if fault == Fault::Refuse {
            let states = alice.session.states();
            crate::agent::wait_state(&states, |state| matches!(state, SessionState::Offline { .. })).await;
        }
        // Written while there is no network: shown at once, and kept.
        let text = format!("sans réseau, {fault:?}");
        hers.timeline.send_text(&text).await.unwrap();
        hers.text(&text).await;
        // Nothing here waits for the network.
        timeout(Duration::from_secs(10), alice.session.pause()).await.expect("pause").unwrap();
        timeout(Duration::from_secs(10), alice.session.resume()).await.expect("resume").unwrap();
        proxy.heal().await.unwrap();
        alice.session.network_changed(NetworkChange::Available);
        alice.live().await;
        bob.open(&room).await.text(&text).await;
        // The next round finds the three as the whole tail again.
        let (item, _) = hers
            .event("delivered", |event| {
                crate::agent::text(&event.body) == Some(&text) && event.send_state == bulla_model::SendState::Delivered
            })
            .await;
        hers.timeline.redact(&item.id, None).await.unwrap();
        hers.wait("redacted", |rows| (texts(rows) == ["un", "deux", "trois"]).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn healing_is_noticed_without_being_told() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let states = alice.session.states();
    assert_eq!(states.next().await, Ok(Some(SessionState::Live)));
    proxy.set(Fault::Refuse).await.unwrap();
    let offline = wait_state(&states, |state| matches!(state, SessionState::Offline { .. })).await;
    let SessionState::Offline { since, .. } = offline else { unreachable!("waited for") };
    assert!(since.elapsed().unwrap() < DEADLINE);
    bob.open(&room).await.timeline.send_text("pendant ce temps").await.unwrap();
    proxy.heal().await.unwrap();
    assert_eq!(states.next().await, Ok(Some(SessionState::Live)), "from offline to live, nothing in between");
    alice.open(&room).await.text("pendant ce temps").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_is_believed_about_the_network() {
    let (proxy, alice, _bob, _room) = behind_proxy().await;
    alice.session.network_changed(NetworkChange::Lost);
    alice.state(|state| matches!(state, SessionState::Offline { .. })).await;
    let before = proxy.stats().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    alice.live().await;
    assert!(proxy.stats().await.unwrap().since(&before).connections > 0);
    // A server that hangs: another network is tried at once, the hanging request is not waited for.
    proxy.set(Fault::Stall).await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    alice.state(|state| *state != SessionState::Live).await;
    proxy.heal().await.unwrap();
    let begun = Instant::now();
    alice.session.network_changed(NetworkChange::Available);
    alice.live().await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_leaves_nothing_open() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let mut hers = alice.open(&room).await;
    let his = bob.open(&room).await;
    his.timeline.send_text("avant").await.unwrap();
    hers.text("avant").await;
    let id = alice.session.account().id;
    for round in 0..3 {
        alice.session.pause().await.unwrap();
        assert_eq!(alice.session.state(), SessionState::Paused);
        assert_eq!(open_files(alice.folder.path()), Vec::<std::path::PathBuf>::new());
        let idle = async {
            while proxy.stats().await.unwrap().open > 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(5), idle).await.expect("no request is open");
        // Another process, such as a notification extension, may have the account meanwhile.
        let other = accounts(alice.folder.path().to_owned(), alice.keys.clone());
        let session = other.open(&id).await.unwrap();
        session.shutdown().await.unwrap();
        let text = format!("pendant la pause {round}");
        his.timeline.send_text(&text).await.unwrap();
        alice.session.resume().await.unwrap();
        alice.live().await;
        hers.text(&text).await;
        let locked = Failure::Storage { trouble: StorageTrouble::Locked };
        assert_eq!(other.open(&id).await.err(), Some(locked));
    }
    hers.timeline.send_text("après").await.unwrap();
    bob.open(&room).await.text("après").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_ends_what_is_in_flight() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let mut hers = alice.open(&room).await;
    let his = bob.open(&room).await;
    proxy.set(Fault::Stall).await.unwrap();
    hers.timeline.send_text("en chemin").await.unwrap();
    hers.text("en chemin").await;
    let asks = hers.timeline.clone();
    let question = tokio::spawn(async move { asks.mark_read().await });
    timeout(Duration::from_secs(10), alice.session.pause()).await.expect("pause").unwrap();
    let idle = async {
        while proxy.stats().await.unwrap().open > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(5), idle).await.expect("no request is open");
    timeout(Duration::from_secs(5), question).await.expect("an answer").unwrap().ok();
    proxy.heal().await.unwrap();
    alice.session.resume().await.unwrap();
    alice.live().await;
    let mut his = his;
    his.text("en chemin").await;
    hers.timeline.send_text("arrivé").await.unwrap();
    his.text("arrivé").await;
    his.wait("each once", |rows| (texts(rows) == ["en chemin", "arrivé"]).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pauses_and_resumes_in_a_hurry() {
    let (_proxy, alice, bob, room) = behind_proxy().await;
    for _ in 0..20 {
        timeout(Duration::from_secs(10), alice.session.pause()).await.expect("pause in time").unwrap();
        timeout(Duration::from_secs(10), alice.session.resume()).await.expect("resume in time").unwrap();
    }
    alice.live().await;
    bob.open(&room).await.timeline.send_text("toujours là").await.unwrap();
    alice.open(&room).await.text("toujours là").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_just_shown_is_in_the_next_start() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let his = bob.open(&room).await;
    for round in 0..3 {
        let text = format!("à l'instant {round}");
        let mut hers = alice.open(&room).await;
        his.timeline.send_text(&text).await.unwrap();
        hers.text(&text).await;
        proxy.set(Fault::Refuse).await.unwrap();
        alice.restart().await;
        let mut hers = alice.open(&room).await;
        let shown = hers.wait("the tail", |rows| (!rows.is_empty()).then(|| texts(rows))).await;
        assert!(shown.contains(&text), "{shown:?}");
        proxy.heal().await.unwrap();
        alice.session.network_changed(NetworkChange::Available);
        alice.live().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_dropped_leaves_no_task() {
    let deployment = deployment().await;
    let user = deployment.new_user(0).await.unwrap();
    // A runtime of its own, so that nothing else is counted.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let alive = runtime.handle().metrics();
    let left = runtime.spawn(async move {
        let homeserver = user.homeserver.clone();
        let agent = Agent::at(user, &homeserver).await;
        agent.live().await;
        let group = bulla_model::GroupDraft {
            name: "Une".into(),
            topic: None,
            invite: vec![],
            kind: None,
            own_server_only: false,
        };
        let room = agent.session.create_group(group).await.unwrap();
        let mut conversation = agent.open(&room).await;
        conversation.timeline.send_text("un").await.unwrap();
        conversation.text("un").await;
        let id = agent.session.account().id;
        let Agent { folder, keys, accounts, session, .. } = agent;
        drop((conversation, session));
        // Waits until the files are closed.
        drop(accounts.open(&id).await.unwrap());
        drop(accounts);
        (folder, keys)
    });
    let kept = left.await.unwrap();
    let ended = timeout(DEADLINE, async {
        while alive.num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    });
    let ended = ended.await;
    assert!(ended.is_ok(), "{} tasks are left", alive.num_alive_tasks());
    drop(kept);
    runtime.shutdown_background();
}

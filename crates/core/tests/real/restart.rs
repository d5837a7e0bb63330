//! A restart: what was shown stays, and nothing comes twice.

use bulla_model::NetworkChange;
use bulla_testkit::Fault;

use crate::{agent::texts, start::behind_proxy};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_vanishes_and_nothing_comes_twice() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let before: Vec<String> = (0..30).map(|n| format!("before {n}")).collect();
    for text in &before {
        hers.timeline.send_text(text).await.unwrap();
        his.text(text).await;
    }
    hers.text("before 29").await;
    his.timeline.send_text("his").await.unwrap();
    hers.text("his").await;
    drop(hers);

    proxy.set(Fault::Refuse).await.unwrap();
    alice.restart().await;
    let mut hers = alice.open(&room).await;
    hers.text("before 0").await;
    // Both write while she is away.
    his.timeline.send_text("meanwhile").await.unwrap();
    his.text("meanwhile").await;
    hers.timeline.send_text("offline").await.unwrap();
    hers.text("offline").await;
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    his.text("offline").await;

    // From here on no state of the list lacks what was there before.
    let expected: Vec<String> =
        before.iter().cloned().chain(["his".into(), "meanwhile".into(), "offline".into()]).collect();
    let sorted = |rows: &[bulla_model::TimelineItem]| {
        let mut texts = texts(rows);
        texts.sort();
        texts
    };
    let mut wanted = expected.clone();
    wanted.sort();
    hers.wait("all of it, once", |rows| {
        let shown = texts(rows);
        assert!(before.iter().all(|text| shown.contains(text)), "vanished: {shown:?}");
        (sorted(rows) == wanted).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_with_everything_survives_a_restart() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("hello").await.unwrap();
    let (hello, _) = his.text("hello").await;
    his.timeline.send_text("answer").await.unwrap();
    hers.text("answer").await;
    let (mine, _) = hers.text("hello").await;
    hers.timeline.edit(&mine.id, "hello, edited").await.unwrap();
    his.text("hello, edited").await;
    his.timeline.reply(&hello.id, "reply").await.unwrap();
    let (reply, _) = hers.text("reply").await;
    hers.timeline.react(&reply.id, "👍").await.unwrap();
    his.event("the reaction", |event| !event.reactions.is_empty()).await;
    hers.timeline.send_text("slip").await.unwrap();
    his.text("slip").await;
    let (slip, _) = hers.text("slip").await;
    hers.timeline.redact(&slip.id, None).await.unwrap();
    his.event("the redaction", |event| event.body == bulla_model::MessageBody::Redacted).await;
    his.timeline.mark_read().await.unwrap();
    hers.timeline.send_text("away").await.unwrap();
    his.text("away").await;
    drop(hers);

    proxy.set(Fault::Refuse).await.unwrap();
    alice.restart().await;
    let mut hers = alice.open(&room).await;
    hers.text("away").await;
    hers.timeline.send_text("after").await.unwrap();
    hers.text("after").await;
    proxy.heal().await.unwrap();
    alice.session.resume().await.unwrap();
    alice.live().await;
    his.text("after").await;

    let all = ["hello, edited", "answer", "reply", "away", "after"];
    hers.wait("all of it, once", |rows| {
        let shown = texts(rows);
        eprintln!("shown: {shown:?}");
        (shown == all).then_some(())
    })
    .await;
}

//! Messages that leave later, and threads that one follows.

use std::time::{Duration, SystemTime};

use bulla_model::{Failure, Field, FieldTrouble, GroupDraft, Missing, NoScheduling, RoomKind, SendState};
use tokio::time::timeout;

use super::{
    agent::{Agent, Conversation, DEADLINE, text, two},
    endings::{MINUTE, SENT, due, gone, later},
};

/// Someone in a new forum, where nothing is encrypted.
async fn in_a_forum(name: &str) -> (Agent, Conversation) {
    let alice = Agent::on(0).await;
    alice.live().await;
    let draft = GroupDraft {
        name: name.into(),
        topic: None,
        invite: Vec::new(),
        kind: Some(RoomKind::Forum),
        own_server_only: false,
    };
    let room = alice.session.create_group(draft).await.unwrap();
    let hers = alice.open(&room).await;
    (alice, hers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_leaves_when_it_is_time_or_at_once_or_never() {
    let (_alice, mut hers) = in_a_forum("Avis").await;
    assert_eq!(hers.room.no_scheduling().await, Ok(None));
    let later = SystemTime::now() + Duration::from_secs(3_600);
    let never = hers.room.schedule("jamais", later + Duration::from_secs(60)).await.unwrap();
    let at_once = hers.room.schedule("tout de **suite**", later).await.unwrap();
    let waiting = hers.room.scheduled().await.unwrap();
    let told: Vec<_> = waiting.iter().map(|message| (message.id.as_str(), message.plain.as_str())).collect();
    assert_eq!(told, [(at_once.as_str(), "tout de **suite**"), (never.as_str(), "jamais")]);
    let off = waiting[0].at.max(later).duration_since(waiting[0].at.min(later)).unwrap();
    assert!(off < Duration::from_secs(30), "{off:?} off");

    hers.room.cancel_scheduled(&never).await.unwrap();
    hers.room.send_scheduled(&at_once).await.unwrap();
    hers.text("tout de **suite**").await;
    hers.room.schedule("à l’heure", SystemTime::now() + Duration::from_secs(2)).await.unwrap();
    hers.text("à l’heure").await;
    let empty = async { while !hers.room.scheduled().await.unwrap().is_empty() {} };
    timeout(DEADLINE, empty).await.expect("nothing waits any more");
    for id in [&never, &at_once, "../x"] {
        assert_eq!(hers.room.cancel_scheduled(id).await, Err(Failure::NotFound { what: Missing::Event }));
    }
    let date = Failure::Invalid { field: Field::Date, why: FieldTrouble::NotAllowed };
    let year = Duration::from_secs(365 * 86_400);
    for at in [SystemTime::now() - Duration::from_secs(1), SystemTime::now() + year] {
        assert_eq!(hers.room.schedule("x", at).await, Err(date.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_later_ends_as_the_room_has_agreed() {
    let (alice, mut hers) = in_a_forum("Avis qui passent").await;
    hers.room.set_ending(Some(SENT)).await.unwrap();
    let id = hers.room.schedule("plus **tard**", SystemTime::now() + Duration::from_secs(3_600)).await.unwrap();
    assert_eq!(hers.room.scheduled().await.unwrap()[0].plain, "plus **tard**");
    hers.room.send_scheduled(&id).await.unwrap();
    let (_, event) = hers.event("it ends", due).await;
    assert_eq!(text(&event.body), Some("plus **tard**"));
    assert_eq!(event.ending.unwrap().lifetime, SENT);
    // Its time counts from when it left, not from when it was written.
    later(&alice, MINUTE + Duration::from_secs(5));
    gone(&mut hers, "plus **tard**").await;
    hers.room.set_ending(None).await.unwrap();
    let id = hers.room.schedule("qui reste", SystemTime::now() + Duration::from_secs(3_600)).await.unwrap();
    hers.room.send_scheduled(&id).await.unwrap();
    assert_eq!(hers.text("qui reste").await.1.ending, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_encrypted_beforehand_is_not_scheduled() {
    let (alice, _bob, room) = two().await;
    let hers = alice.open(&room).await;
    assert_eq!(hers.room.no_scheduling().await, Ok(Some(NoScheduling::Encrypted)));
    let refused = hers.room.schedule("en clair", SystemTime::now() + Duration::from_secs(60)).await;
    assert_eq!(refused, Err(Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed }));
    assert!(hers.room.scheduled().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_followed_and_no_longer() {
    let (alice, _bob, room) = two().await;
    let mut hers = alice.open(&room).await;
    hers.timeline.send_text("Quel ordre du jour ?").await.unwrap();
    let there =
        |event: &bulla_model::EventItem| text(&event.body).is_some() && event.send_state == SendState::Delivered;
    let (_, root) = hers.event("the question", there).await;
    let root = root.event_id.unwrap();
    let thread = hers.room.thread(&root).await.unwrap();
    thread.send_text("Le budget").await.unwrap();
    hers.event("the answer", |event| event.thread_summary.is_some()).await;
    assert!(!hers.room.follows_thread(&root).await.unwrap());
    hers.room.set_follows_thread(&root, true).await.unwrap();
    assert!(hers.room.follows_thread(&root).await.unwrap());
    hers.room.set_follows_thread(&root, false).await.unwrap();
    assert!(!hers.room.follows_thread(&root).await.unwrap());
}

//! Messages that end where something is in the way: more people than two, no network, a server that refuses, what has not left yet, and a
//! backup that was put back.

use std::{fs, path::Path, time::Duration};

use bulla_model::{
    Barrier, EndingState, EventItem, Failure, GroupDraft, ItemContent, ItemId, Lifetime, MessageBody, Missing,
    NetworkChange, RoomFilter, RoomId, RoomKind, SendState, SessionState, TimelineItem, apply_room_changes,
    apply_timeline_changes,
};
use bulla_testkit::{Fault, ProxyHandle};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    agent::{Agent, Conversation, DEADLINE, text, texts},
    endings::{READ, SENT, covered, deleted_on_the_server, draft, due, event_id, gone, later, opened},
    plain::{Plain, escape},
    start::behind_proxy,
};

/// As much later as ends what lives for a minute.
const OVER: Duration = Duration::from_secs(65);

/// Alice and Carol at one server, Bob at another, in a room that Alice made.
async fn three() -> (Agent, Agent, Agent, RoomId) {
    let (alice, bob, carol) = tokio::join!(Agent::on(0), Agent::on(1), Agent::on(0));
    tokio::join!(alice.live(), bob.live(), carol.live());
    let group = GroupDraft {
        name: "À trois".into(),
        topic: None,
        invite: vec![bob.id(), carol.id()],
        kind: Some(RoomKind::Private),
        own_server_only: false,
    };
    let room = alice.session.create_group(group).await.unwrap();
    tokio::join!(bob.accept(&room), carol.accept(&room));
    alice.room(|row| row.id == room && row.members == 3).await;
    (alice, bob, carol, room)
}

fn names(event: &EventItem, agents: &[&Agent]) -> bool {
    event.ending.as_ref().is_some_and(|ending| {
        ending.opened_by.len() == agents.len() && agents.iter().all(|agent| ending.opened_by.contains(&agent.id()))
    })
}

fn state(event: &EventItem) -> EndingState {
    event.ending.as_ref().unwrap().state
}

async fn is_deleted(agent: &Agent, room: &RoomId, event: &str) -> bool {
    let plain = Plain::of(&agent.user).await;
    let path = format!("/rooms/{}/event/{}", escape(room.as_str()), escape(event));
    plain.get(&path).await["unsigned"]["redacted_because"].is_object()
}

/// A word there and a word back: what either did before has come to both.
async fn word(one: &mut Conversation, other: &mut Conversation, word: &str) {
    let back = format!("{word}, reçu");
    other.timeline.send_text(word).await.unwrap();
    one.text(word).await;
    one.timeline.send_text(&back).await.unwrap();
    other.text(&back).await;
}

async fn opens(conversation: &Conversation, row: &ItemId, wanted: &str) {
    let once = conversation.timeline.open_once(row).await.unwrap();
    assert_eq!(text(&once.body()), Some(wanted));
}

const AGAIN: Option<Failure> = Some(Failure::NotFound { what: Missing::Event });

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_once_waits_for_everybody_who_is_in_the_room() {
    let (alice, bob, carol, room) = three().await;
    let (mut hers, mut his, mut third) = (alice.open(&room).await, bob.open(&room).await, carol.open(&room).await);
    hers.timeline.send(&draft("pour vous deux", Lifetime::Once)).await.unwrap();
    let (his_row, event) = his.event("his cover", covered).await;
    let (third_row, _) = third.event("the third's cover", covered).await;
    let first = event_id(&event);

    opens(&his, &his_row.id, "pour vous deux").await;
    his.event("his is gone", opened).await;
    hers.event("one of two", |event| names(event, &[&bob])).await;
    word(&mut hers, &mut his, "un sur deux").await;
    let (_, mine) = hers.event("one of two", |event| names(event, &[&bob])).await;
    assert_eq!(state(&mine), EndingState::Covered, "the other has not opened it");
    assert!(!is_deleted(&alice, &room, &first).await);
    assert_eq!(his.timeline.open_once(&his_row.id).await.err(), AGAIN);

    opens(&third, &third_row.id, "pour vous deux").await;
    let (_, mine) = hers.event("two of two", opened).await;
    assert!(names(&mine, &[&bob, &carol]), "{mine:?}");
    deleted_on_the_server(&alice, &room, &first).await;
    for (conversation, row) in [(&his, &his_row), (&third, &third_row)] {
        assert_eq!(conversation.timeline.open_once(&row.id).await.err(), AGAIN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_reading_waits_for_everybody_and_for_nobody_who_left() {
    let (alice, bob, carol, room) = three().await;
    let (mut hers, mut his, mut third) = (alice.open(&room).await, bob.open(&room).await, carol.open(&room).await);
    hers.timeline.send(&draft("à lire", READ)).await.unwrap();
    his.text("à lire").await;
    third.text("à lire").await;
    his.timeline.mark_read().await.unwrap();
    hers.event("read by one", |event| names(event, &[&bob])).await;
    word(&mut hers, &mut his, "lu par un").await;
    let (_, mine) = hers.text("à lire").await;
    assert_eq!(state(&mine), EndingState::NotBegun);
    third.timeline.mark_read().await.unwrap();
    hers.event("read by two", |event| due(event) && names(event, &[&bob, &carol])).await;

    // Who leaves has nothing to open any more.
    hers.timeline.send(&draft("pour qui reste", Lifetime::Once)).await.unwrap();
    let (row, event) = his.event("his cover", covered).await;
    third.event("the third's cover", covered).await;
    opens(&his, &row.id, "pour qui reste").await;
    hers.event("one of two", |event| covered(event) && names(event, &[&bob])).await;
    word(&mut hers, &mut his, "une porte").await;
    assert!(!is_deleted(&alice, &room, &event_id(&event)).await);
    carol.session.leave(&room).await.unwrap();
    hers.event("all who are in it", opened).await;
    deleted_on_the_server(&alice, &room, &event_id(&event)).await;
}

/// Sends one that lives for a minute, and waits until both have it; its event.
async fn passing(hers: &mut Conversation, his: &mut Conversation, said: &str) -> String {
    hers.timeline.send(&draft(said, SENT)).await.unwrap();
    his.event(said, |event| text(&event.body) == Some(said) && due(event)).await;
    let there =
        |event: &EventItem| text(&event.body) == Some(said) && due(event) && event.send_state == SendState::Delivered;
    event_id(&hers.event(said, there).await.1)
}

/// How often the server was asked to delete an event.
async fn asked(proxy: &ProxyHandle, event: &str) -> u64 {
    let all = proxy.stats().await.unwrap().requests;
    all.iter().filter(|(path, _)| path.contains("/redact/") && path.contains(&event[1..])).map(|(_, count)| count).sum()
}

async fn asked_at_least(proxy: &ProxyHandle, event: &str, times: u64) {
    let often = async {
        while asked(proxy, event).await < times {
            sleep(Duration::from_millis(100)).await;
        }
    };
    let enough = timeout(DEADLINE, often).await;
    assert!(enough.is_ok(), "asked {} times", asked(proxy, event).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_offline_goes_at_once_here_and_on_the_server_later() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let event = passing(&mut hers, &mut his, "qui passe").await;
    proxy.set(Fault::Refuse).await.unwrap();
    alice.state(|state| matches!(state, SessionState::Offline { .. })).await;
    later(&alice, OVER);
    gone(&mut hers, "qui passe").await;
    assert!(!is_deleted(&alice, &room, &event).await, "nobody could be asked");
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    deleted_on_the_server(&alice, &room, &event).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_refused_is_asked_for_once_and_stops_no_other() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let refused = passing(&mut hers, &mut his, "refusé").await;
    let other = passing(&mut hers, &mut his, "permis").await;
    let forbidden = json!({"errcode": "M_FORBIDDEN", "error": "You may not"});
    proxy.set(Fault::respond(403, Some(&refused[1..]), &forbidden)).await.unwrap();
    later(&alice, OVER);
    gone(&mut hers, "refusé").await;
    gone(&mut hers, "permis").await;
    deleted_on_the_server(&alice, &room, &other).await;
    asked_at_least(&proxy, &refused, 1).await;
    proxy.heal().await.unwrap();
    // Whatever is done next, it is not asked for again.
    later(&alice, Duration::ZERO);
    let next = passing(&mut hers, &mut his, "le suivant").await;
    later(&alice, OVER);
    deleted_on_the_server(&alice, &room, &next).await;
    assert_eq!(asked(&proxy, &refused).await, 1);
    assert!(!is_deleted(&alice, &room, &refused).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_the_server_cannot_do_now_is_asked_for_until_it_is_done() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let limited = passing(&mut hers, &mut his, "trop").await;
    proxy.set(Fault::too_many_requests(Some("/redact/"), Some(300))).await.unwrap();
    later(&alice, OVER);
    gone(&mut hers, "trop").await;
    asked_at_least(&proxy, &limited, 4).await;
    proxy.heal().await.unwrap();
    deleted_on_the_server(&alice, &room, &limited).await;

    later(&alice, Duration::ZERO);
    let broken = passing(&mut hers, &mut his, "en panne").await;
    let other = passing(&mut hers, &mut his, "à côté").await;
    let trouble = json!({"errcode": "M_UNKNOWN", "error": "Internal server error"});
    proxy.set(Fault::respond(500, Some(&broken[1..]), &trouble)).await.unwrap();
    later(&alice, OVER);
    gone(&mut hers, "en panne").await;
    deleted_on_the_server(&alice, &room, &other).await;
    asked_at_least(&proxy, &broken, 4).await;
    assert!(!is_deleted(&alice, &room, &broken).await);
    proxy.heal().await.unwrap();
    deleted_on_the_server(&alice, &room, &broken).await;
}

/// Fails if a batch of these shows a text of this account's that holds `never`; runs until it is aborted.
fn watched(agent: &Agent, conversation: &Conversation, never: &'static str) -> tokio::task::JoinHandle<()> {
    let (items, list) = (conversation.timeline.items(), agent.session.rooms(RoomFilter::All, 100).unwrap());
    tokio::spawn(async move {
        let (mut rows, mut rooms) = (Vec::new(), Vec::new());
        loop {
            tokio::select! {
                batch = items.next() => match batch.unwrap() {
                    Some(batch) => apply_timeline_changes(&mut rows, batch),
                    None => return,
                },
                batch = list.next() => match batch.unwrap() {
                    Some(batch) => apply_room_changes(&mut rooms, batch),
                    None => return,
                },
            }
            assert!(texts(&rows).iter().all(|text| !text.contains(never)), "in a row");
            let last = rooms.iter().filter_map(|room| room.last.as_ref()).filter_map(|last| text(&last.body));
            assert!(last.into_iter().all(|text| !text.contains(never)), "in a preview");
        }
    })
}

fn unsent_cover(event: &EventItem) -> bool {
    matches!(event.body, MessageBody::Covered { .. }) && event.event_id.is_none() && event.mine
}

async fn covers(conversation: &mut Conversation, count: usize) {
    let all = |rows: &[TimelineItem]| {
        let covers = rows.iter().filter(|row| matches!(&row.content, ItemContent::Event { event } if covered(event)));
        (covers.count() == count).then_some(())
    };
    conversation.wait(&format!("{count} covers"), all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_once_is_covered_before_it_leaves() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let watch = watched(&alice, &hers, "secret");
    for at in 0..10 {
        hers.timeline.send(&draft(&format!("secret {at}"), Lifetime::Once)).await.unwrap();
    }
    covers(&mut hers, 10).await;
    covers(&mut his, 10).await;

    let refusal = json!({"errcode": "M_FORBIDDEN", "error": "Not now"});
    proxy.set(Fault::respond(403, Some("/send/"), &refusal)).await.unwrap();
    hers.timeline.send(&draft("secret refusé", Lifetime::Once)).await.unwrap();
    let failed = |event: &EventItem| unsent_cover(event) && matches!(event.send_state, SendState::Failed { .. });
    let (row, _) = hers.event("a cover that failed", failed).await;
    proxy.heal().await.unwrap();
    hers.timeline.retry(&row.id).await.unwrap();
    covers(&mut hers, 11).await;
    covers(&mut his, 11).await;

    proxy.set(Fault::Refuse).await.unwrap();
    alice.state(|state| matches!(state, SessionState::Offline { .. })).await;
    hers.timeline.send_text("devant").await.unwrap();
    hers.timeline.send(&draft("secret retenu", Lifetime::Once)).await.unwrap();
    let (row, event) = hers.event("a cover that waits", unsent_cover).await;
    assert!(!event.can_edit && !event.can_reply);
    assert_eq!(event.ending.as_ref().unwrap().lifetime, Lifetime::Once);
    let forbidden = Some(Failure::Forbidden { why: Barrier::Ending });
    assert_eq!(hers.timeline.edit(&row.id, "autre").await.err(), forbidden);
    assert_eq!(hers.timeline.forward(&row.id, vec![room.clone()]).await.err(), forbidden);
    assert!(!watch.is_finished(), "no batch showed it");
    watch.abort();

    // A new start finds it in its store and in the SDK's.
    drop(hers);
    alice.restart().await;
    let mut hers = alice.open(&room).await;
    let watch = watched(&alice, &hers, "secret");
    hers.text("devant").await;
    let (row, _) = hers.event("still a cover", unsent_cover).await;
    assert_eq!(hers.timeline.cancel_send(&row.id).await, Ok(true));
    hers.wait("taken back", |rows| rows.iter().all(|other| other.id != row.id).then_some(())).await;
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    his.text("devant").await;
    word(&mut hers, &mut his, "est-ce tout").await;
    covers(&mut his, 11).await;
    assert!(!watch.is_finished(), "no batch showed it");
    watch.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_text_before_it_leaves_changes_nothing_of_its_end() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    proxy.set(Fault::Refuse).await.unwrap();
    alice.state(|state| matches!(state, SessionState::Offline { .. })).await;
    hers.timeline.send_text("devant").await.unwrap();
    hers.timeline.send(&draft("une faute", SENT)).await.unwrap();
    let (row, _) = hers.text("une faute").await;
    hers.timeline.edit(&row.id, "sans faute").await.unwrap();
    hers.text("sans faute").await;
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    // That it ends may be told a moment before it is read.
    let (_, event) = his.event("the other text", |event| due(event) && text(&event.body).is_some()).await;
    assert_eq!((text(&event.body), event.ending.unwrap().lifetime), (Some("sans faute"), SENT));
    assert!(!event.edited, "the first text never left");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => _ = fs::copy(entry.path(), to).unwrap(),
        }
    }
}

/// A copy of the folder from before, with the same keys. What ended by its time stays ended. What was opened is known as such again when the
/// server has told so.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_put_back_brings_nothing_back() {
    let (proxy, mut alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    his.timeline.send_text("qui reste").await.unwrap();
    passing(&mut his, &mut hers, "qui passe").await;
    his.timeline.send(&draft("une fois", Lifetime::Once)).await.unwrap();
    let (_, event) = hers.event("the cover", covered).await;
    let once = event_id(&event);
    drop(hers);
    let account = alice.session.account().id;
    alice.session.shutdown().await.unwrap();
    let backup = tempfile::tempdir().unwrap();
    copy(alice.folder.path(), backup.path());

    alice.session = alice.accounts.open(&account).await.unwrap();
    let mut hers = alice.open(&room).await;
    let (row, _) = hers.event("the cover", covered).await;
    opens(&hers, &row.id, "une fois").await;
    his.event("he was told", opened).await;
    deleted_on_the_server(&bob, &room, &once).await;
    later(&alice, OVER);
    gone(&mut hers, "qui passe").await;
    drop(hers);
    alice.session.shutdown().await.unwrap();

    fs::remove_dir_all(alice.folder.path()).unwrap();
    copy(backup.path(), alice.folder.path());
    proxy.set(Fault::Refuse).await.unwrap();
    alice.session = alice.accounts.open(&account).await.unwrap();
    let timeline = alice.session.room(&room).await.unwrap().timeline().await.unwrap();
    let (stream, mut rows) = (timeline.items(), Vec::new());
    apply_timeline_changes(&mut rows, stream.next().await.unwrap().unwrap());
    assert_eq!(texts(&rows), ["qui reste"], "not in the first batch");
    let mut hers = alice.open(&room).await;
    let watch = watched(&alice, &hers, "qui passe");
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    alice.live().await;
    hers.wait("not a cover", |rows| {
        rows.iter().all(|row| !matches!(&row.content, ItemContent::Event { event } if covered(event))).then_some(())
    })
    .await;
    assert_eq!(hers.timeline.open_once(&row.id).await.err(), AGAIN);
    assert_eq!(texts(&hers.rows), ["qui reste"]);
    assert!(!watch.is_finished(), "no batch showed it");
    watch.abort();
}

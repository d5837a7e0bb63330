//! Messages that end, between two servers: by their time, by reading, and read once. The clock is set, so that nobody waits.

use std::time::Duration;

use bulla_model::{
    Barrier, EndingState, EventItem, ExportFormat, ExportWords, Failure, Field, FieldTrouble, ItemContent, Lifetime,
    MediaKind, MessageBody, MessageDraft, Missing, RoomId, SendState, TimelineItem,
};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    agent::{Agent, Conversation, DEADLINE, text, texts, two},
    media::{draft as file_draft, file, nothing_leaves},
    plain::{Plain, escape},
};

pub const MINUTE: Duration = Duration::from_secs(60);
pub const SENT: Lifetime = Lifetime::FromSending { after: MINUTE };
pub const READ: Lifetime = Lifetime::FromReading { after: MINUTE };
pub const YEAR: i64 = 365 * 24 * 3600 * 1000;

pub fn draft(text: &str, lifetime: Lifetime) -> MessageDraft {
    MessageDraft {
        markdown: text.into(),
        mentions: Vec::new(),
        reply_to: None,
        announcement: false,
        lifetime: Some(lifetime),
    }
}

/// Later, by this agent's clock.
pub fn later(agent: &Agent, by: Duration) {
    agent.accounts.clock().set(i64::try_from(by.as_millis()).unwrap());
}

/// Waits until no row says `said`, and none was shown that should not.
pub async fn gone(conversation: &mut Conversation, said: &str) {
    conversation
        .wait(&format!("{said:?} is gone"), |rows| (!texts(rows).iter().any(|text| text == said)).then_some(()))
        .await;
}

/// Waits until the server has deleted an event.
pub async fn deleted_on_the_server(agent: &Agent, room: &RoomId, event: &str) {
    let plain = Plain::of(&agent.user).await;
    let path = format!("/rooms/{}/event/{}", escape(room.as_str()), escape(event));
    let deleted = async {
        while !plain.get(&path).await["unsigned"]["redacted_because"].is_object() {
            sleep(Duration::from_millis(250)).await;
        }
    };
    timeout(DEADLINE, deleted).await.expect("deleted on the server");
}

pub fn due(event: &EventItem) -> bool {
    matches!(event.ending.as_ref().map(|ending| ending.state), Some(EndingState::Due { .. }))
}

pub fn covered(event: &EventItem) -> bool {
    matches!(event.body, MessageBody::Covered { .. }) && event.send_state == SendState::Delivered
}

pub fn opened(event: &EventItem) -> bool {
    event.body == MessageBody::Opened
}

pub fn event_id(event: &EventItem) -> String {
    event.event_id.as_ref().unwrap().0.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_ends_for_both_when_its_time_is_over() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("qui reste").await.unwrap();
    hers.timeline.send(&draft("qui passe", SENT)).await.unwrap();
    let (row, event) =
        his.event("it, with its time", |event| text(&event.body) == Some("qui passe") && due(event)).await;
    assert_eq!(event.ending.as_ref().unwrap().lifetime, SENT);
    hers.event("hers, with its time", due).await;
    assert_eq!(
        his.timeline.forward(&row.id, vec![room.clone()]).await.err(),
        Some(Failure::Forbidden { why: Barrier::Ending })
    );
    his.timeline.reply(&row.id, "une réponse").await.unwrap();
    hers.text("une réponse").await;
    let preview = bob.room(|row| row.id == room && row.last.is_some()).await;
    assert!(preview.last.is_some());

    later(&bob, MINUTE + Duration::from_secs(5));
    gone(&mut his, "qui passe").await;
    // She has not heard of it: his device needs nobody.
    hers.text("qui passe").await;
    let (_, reply) = his.text("une réponse").await;
    assert_eq!(reply.reply_to.unwrap().body, None, "nor is it quoted");
    later(&alice, MINUTE + Duration::from_secs(5));
    gone(&mut hers, "qui passe").await;
    deleted_on_the_server(&alice, &room, &event_id(&event)).await;
    hers.text("qui reste").await;
    his.text("qui reste").await;
    assert!(
        his.rows
            .iter()
            .all(|row| !matches!(&row.content, ItemContent::Event { event } if event.body == MessageBody::Redacted)),
        "no trace of it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_reading_begins_with_it() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send(&draft("à lire", READ)).await.unwrap();
    let not_begun = |event: &EventItem| {
        event.ending.as_ref().is_some_and(|ending| ending.state == EndingState::NotBegun && ending.lifetime == READ)
    };
    let (_, event) = his.event("it", not_begun).await;
    hers.event("hers", not_begun).await;
    // Unread, it stays.
    later(&bob, 10 * MINUTE);
    his.drain().await;
    his.text("à lire").await;
    his.timeline.mark_read().await.unwrap();
    his.event("its time has begun", due).await;
    let (_, mine) = hers.event("hers has begun", due).await;
    assert_eq!(mine.ending.unwrap().opened_by, [bob.id()]);
    later(&bob, 12 * MINUTE);
    gone(&mut his, "à lire").await;
    later(&alice, 2 * MINUTE);
    gone(&mut hers, "à lire").await;
    deleted_on_the_server(&alice, &room, &event_id(&event)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_once_is_read_once() {
    let (alice, mut bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send(&draft("une seule fois", Lifetime::Once)).await.unwrap();
    let (row, event) = his.event("the cover", covered).await;
    assert_eq!(event.body, MessageBody::Covered { media: None });
    assert!(!event.can_reply && !event.can_edit);
    let (mine, _) = hers.event("her cover", covered).await;
    let forbidden = Some(Failure::Forbidden { why: Barrier::Ending });
    assert_eq!(hers.timeline.open_once(&mine.id).await.err(), forbidden, "one's own");
    assert_eq!(his.timeline.source(&row.id).await.err(), forbidden);
    assert_eq!(his.timeline.history(&row.id).await.err(), forbidden);
    let preview = bob
        .room(|row| {
            row.id == room && row.last.as_ref().is_some_and(|last| matches!(last.body, MessageBody::Covered { .. }))
        })
        .await;
    assert!(preview.last.is_some());

    let once = his.timeline.open_once(&row.id).await.unwrap();
    assert_eq!(text(&once.body()), Some("une seule fois"));
    assert!(once.media().is_none());
    drop(once);
    his.event("that it is gone", opened).await;
    assert_eq!(his.timeline.open_once(&row.id).await.err(), Some(Failure::NotFound { what: Missing::Event }));
    hers.event("that he has opened it", opened).await;
    deleted_on_the_server(&alice, &room, &event_id(&event)).await;

    drop(his);
    bob.restart().await;
    let mut his = bob.open(&room).await;
    his.event("still a line", opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_once_too() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let path = file(alice.folder.path(), "note.txt", 3_000);
    let sent = bulla_model::MediaDraft { lifetime: Some(Lifetime::Once), ..file_draft(&path, MediaKind::File) };
    hers.timeline.send_media(sent).await.unwrap();
    let (row, event) = his.event("the cover", covered).await;
    assert_eq!(event.body, MessageBody::Covered { media: Some(MediaKind::File) });
    assert_eq!(his.timeline.media(&row.id).await.err(), Some(Failure::NotFound { what: Missing::Media }));
    nothing_leaves(&alice.session).await;

    let once = his.timeline.open_once(&row.id).await.unwrap();
    assert!(matches!(once.body(), MessageBody::Media { .. }));
    let opened_file = once.media().unwrap().open().await.unwrap();
    assert_eq!(opened_file.size(), 3_000);
    drop((opened_file, once));
    his.event("that it is gone", opened).await;
    let erased = async {
        while bob.session.media_storage().await.unwrap().files > 0 {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(DEADLINE, erased).await.expect("the file is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_agrees_on_a_lifetime() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let invalid = |why| Some(Failure::Invalid { field: Field::Lifetime, why });
    let second = Lifetime::FromSending { after: Duration::from_secs(1) };
    assert_eq!(hers.room.set_ending(Some(second)).await.err(), invalid(FieldTrouble::TooShort));
    assert_eq!(hers.room.set_ending(Some(Lifetime::Once)).await.err(), invalid(FieldTrouble::NotAllowed));
    assert_eq!(hers.timeline.send(&draft("trop court", second)).await.err(), invalid(FieldTrouble::TooShort));
    assert_eq!(hers.room.ending().await.unwrap(), None);
    hers.room.set_ending(Some(SENT)).await.unwrap();
    assert_eq!(hers.room.ending().await.unwrap(), Some(SENT));
    alice.room(|row| row.id == room && row.ending == Some(SENT)).await;
    bob.room(|row| row.id == room && row.ending == Some(SENT)).await;
    assert_eq!(his.room.ending().await.unwrap(), Some(SENT));
    his.timeline.send_text("comme convenu").await.unwrap();
    let (_, event) = his.event("it ends", due).await;
    assert_eq!(event.ending.unwrap().lifetime, SENT);
    // Nobody takes out what is to end.
    let file = bob.folder.path().join("export.html");
    let words = ExportWords {
        title: "t".into(),
        deleted: "d".into(),
        unreadable: "u".into(),
        edited: "e".into(),
        file: "f".into(),
        utc_offset: 0,
    };
    for format in [ExportFormat::Html, ExportFormat::Json] {
        let export = his.room.export(file.to_str().unwrap(), format, words.clone(), false).unwrap();
        while export.next().await.unwrap().is_some() {}
        assert!(!std::fs::read_to_string(&file).unwrap().contains("comme convenu"));
    }
    hers.room.set_ending(None).await.unwrap();
    bob.room(|row| row.id == room && row.ending.is_none()).await;
}

/// What ended while the app was off is not in the first batch, of the list or of the conversation, and not on the disk soon after.
#[tokio::test(flavor = "multi_thread")]
async fn what_ended_while_the_app_was_off_is_never_shown() {
    let (alice, mut bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("avant").await.unwrap();
    hers.timeline.send(&draft("pendant l'absence", SENT)).await.unwrap();
    his.event("it", due).await;
    bob.room(|row| {
        row.id == room && row.last.as_ref().is_some_and(|last| text(&last.body) == Some("pendant l'absence"))
    })
    .await;
    drop(his);
    let account = bob.session.account().id;
    bob.session.shutdown().await.unwrap();
    // Neither a clock that was set back a year, nor one that goes on, shows it again.
    for ahead in [2 * 60_000, 2 * 60_000 - YEAR, 3 * 60_000] {
        bob.accounts.clock().set(ahead);
        bob.session = bob.accounts.open(&account).await.unwrap();
        let list = bob.session.rooms(bulla_model::RoomFilter::All, 10).unwrap();
        let mut rows = Vec::new();
        bulla_model::apply_room_changes(&mut rows, list.next().await.unwrap().unwrap());
        let last = rows.iter().find(|row| row.id == room).unwrap().last.clone();
        assert!(last.is_none_or(|last| text(&last.body) != Some("pendant l'absence")));
        let timeline = bob.session.room(&room).await.unwrap().timeline().await.unwrap();
        let mut rows: Vec<TimelineItem> = Vec::new();
        let stream = timeline.items();
        bulla_model::apply_timeline_changes(&mut rows, stream.next().await.unwrap().unwrap());
        assert!(texts(&rows).contains(&"avant".to_owned()), "the tail is there");
        assert!(!texts(&rows).contains(&"pendant l'absence".to_owned()), "at {ahead}");
        bob.live().await;
        drop((stream, timeline, list));
        bob.session.shutdown().await.unwrap();
    }
}

/// A clock that is set a year back or forth, with messages about to end.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_saves_nothing_and_ends_nothing_that_is_new() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send(&draft("le premier", SENT)).await.unwrap();
    his.event("it", due).await;
    let clock = bob.accounts.clock();
    clock.set(-YEAR);
    his.drain().await;
    his.text("le premier").await;
    // From there on it goes on as always.
    clock.set(-YEAR + 61_000);
    gone(&mut his, "le premier").await;
    hers.timeline.send(&draft("le deuxième", SENT)).await.unwrap();
    his.text("le deuxième").await;
    clock.set(YEAR);
    gone(&mut his, "le deuxième").await;
    // Back to the truth: what comes now lives as long as it should.
    clock.set(0);
    hers.timeline.send(&draft("le troisième", SENT)).await.unwrap();
    let (_, event) = his.event("the third", |event| text(&event.body) == Some("le troisième") && due(event)).await;
    let Some(EndingState::Due { at }) = event.ending.map(|ending| ending.state) else { panic!("due") };
    let left = at.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(left > Duration::from_secs(40) && left <= MINUTE, "{left:?}");
    hers.text("le troisième").await;
}

/// What others write of endings is bounded; what cannot be understood is a message like any other.
#[tokio::test(flavor = "multi_thread")]
async fn malformed_endings_are_messages_like_any_other() {
    let bob = Agent::on(1).await;
    let carol = Plain::on(1).await;
    let room = RoomId(carol.room(&[&bob.user.user_id]).await);
    bob.live().await;
    bob.accept(&room).await;
    let mut his = bob.open(&room).await;
    let clamped = |after| Some(Lifetime::FromSending { after: Duration::from_secs(after) });
    for (at, (said, wanted)) in [
        (json!({"lifetime": -5, "from": "sent"}), None),
        (json!({"lifetime": "NaN", "from": "read"}), None),
        (json!({"from": "sent"}), None),
        (json!("once"), None),
        (json!({"lifetime": 60_000, "from": "birth"}), None),
        (json!({"lifetime": 9_007_199_254_740_991_u64, "from": "sent"}), clamped(365 * 24 * 3600)),
        (json!({"lifetime": 45_000, "from": "sent"}), clamped(45)),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!("n° {at}");
        let content = json!({"msgtype": "m.text", "body": body, "org.bulla.ending": said});
        let path = format!("/rooms/{}/send/m.room.message/{at}", escape(room.as_str()));
        carol.ok("PUT", &path, content).await;
        let (_, event) = his.text(&body).await;
        assert_eq!(event.ending.map(|ending| ending.lifetime), wanted, "{body}");
    }
}

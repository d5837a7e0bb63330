//! What a message may have, and what may be done with one, between two servers.

use std::time::{Duration, SystemTime};

use bulla_core::{ThreadList, Timeline};
use bulla_model::{
    DraftPurpose, EventItem, Failure, Field, FieldTrouble, ItemId, Mention, MessageBody, MessageDraft, Missing,
    SavedDraft, SendState, TextStyle, ThreadRow,
};
use tokio::time::timeout;

use super::agent::{Agent, Conversation, DEADLINE, meet, text, texts, two};

fn draft(markdown: &str) -> MessageDraft {
    MessageDraft {
        markdown: markdown.into(),
        mentions: Vec::new(),
        reply_to: None,
        announcement: false,
        lifetime: None,
    }
}

/// A conversation over a timeline that was opened at something.
fn at(room: &bulla_core::Room, timeline: Timeline) -> Conversation {
    Conversation::over(room.clone(), timeline)
}

/// The row of a message that the server has.
async fn sent(conversation: &mut Conversation, wanted: &str) -> (ItemId, EventItem) {
    let there = |event: &EventItem| {
        text(&event.body) == Some(wanted) && event.event_id.is_some() && event.send_state == SendState::Delivered
    };
    let (row, event) = conversation.event(wanted, there).await;
    (row.id, event)
}

async fn threads(list: &ThreadList, wanted: impl Fn(&[ThreadRow]) -> bool) -> Vec<ThreadRow> {
    let found = async {
        loop {
            let rows = list.next().await.unwrap().expect("the list goes on");
            if wanted(&rows) {
                return rows;
            }
        }
    };
    timeout(DEADLINE, found).await.expect("threads in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_apart_and_its_first_message_tells_of_it() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("Quel ordre du jour ?").await.unwrap();
    let (_, root) = sent(&mut his, "Quel ordre du jour ?").await;
    let root = root.event_id.unwrap();

    let in_thread = his.room.thread(&root).await.unwrap();
    let mut in_thread = at(&his.room, in_thread);
    in_thread.text("Quel ordre du jour ?").await;
    in_thread.timeline.send_text("Le budget").await.unwrap();
    in_thread.text("Le budget").await;
    let (_, seen) = hers
        .event("the summary", |event| event.thread_summary.as_ref().is_some_and(|thread| thread.replies == 1))
        .await;
    assert_eq!(seen.event_id, Some(root.clone()));

    let of_hers = hers.room.thread(&root).await.unwrap();
    let mut of_hers = at(&hers.room, of_hers);
    let (answer, event) = sent(&mut of_hers, "Le budget").await;
    assert_eq!(event.thread, Some(root.clone()));
    of_hers.timeline.reply(&answer, "Et les effectifs").await.unwrap();
    let (_, event) = sent(&mut in_thread, "Et les effectifs").await;
    assert_eq!(event.thread, Some(root.clone()));
    assert_eq!(event.reply_to.map(|quote| quote.event_id), in_thread.text("Le budget").await.1.event_id);

    // What is said in the thread is not in the conversation, whose reading reads it too.
    hers.timeline.send_text("Au sujet suivant").await.unwrap();
    his.text("Au sujet suivant").await;
    assert!(texts(&his.rows).iter().all(|text| text != "Le budget"), "{:?}", texts(&his.rows));
    hers.timeline.mark_read().await.unwrap();
    his.timeline.mark_read().await.unwrap();
    alice.room(|row| row.id == room && row.unread == 0).await;
    bob.room(|row| row.id == room && row.unread == 0).await;

    // Nor does an answer that came last leave the room unread for ever.
    in_thread.timeline.send_text("Encore un mot").await.unwrap();
    alice.room(|row| row.id == room && row.unread == 1).await;
    hers.event("two more answers", |event| event.thread_summary.as_ref().is_some_and(|thread| thread.replies == 3))
        .await;
    hers.timeline.mark_read().await.unwrap();
    alice.room(|row| row.id == room && row.unread == 0).await;

    let list = hers.room.threads().unwrap();
    let rows = threads(&list, |rows| rows.len() == 1).await;
    assert_eq!((rows[0].root.clone(), rows[0].replies), (root.clone(), 3));
    assert_eq!(rows[0].body.as_ref().and_then(text), Some("Quel ordre du jour ?"));
    assert_eq!(rows[0].last_body.as_ref().and_then(text), Some("Encore un mot"));
    assert!(!list.more().await.unwrap());
    in_thread.timeline.send_text("Noté").await.unwrap();
    threads(&list, |rows| rows[0].last_body.as_ref().and_then(text) == Some("Noté")).await;
    list.cancel();
    assert!(list.next().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_pinned_and_found() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    for said in ["un", "deux", "trois"] {
        hers.timeline.send_text(said).await.unwrap();
    }
    let (second, _) = sent(&mut hers, "deux").await;
    hers.timeline.set_pinned(&second, true).await.unwrap();
    for conversation in [&mut hers, &mut his] {
        conversation.event("the pin", |event| event.pinned && text(&event.body) == Some("deux")).await;
    }
    let pinned = his.room.pinned().await.unwrap();
    let mut pinned = at(&his.room, pinned);
    pinned.wait("what is pinned", |rows| (texts(rows) == ["deux"]).then_some(())).await;
    hers.timeline.set_pinned(&second, false).await.unwrap();
    pinned.wait("nothing pinned", |rows| texts(rows).is_empty().then_some(())).await;
    his.event("no pin", |event| !event.pinned && text(&event.body) == Some("deux")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_thread_began_with_is_found_among_the_pins() {
    let (alice, bob, room) = two().await;
    let (mut hers, his) = (alice.open(&room).await, bob.open(&room).await);
    his.timeline.send(&MessageDraft { announcement: true, ..draft("Exercice à 15 h") }).await.unwrap();
    let (item, root) = sent(&mut hers, "Exercice à 15 h").await;
    hers.timeline.set_pinned(&item, true).await.unwrap();
    let thread = hers.room.thread(&root.event_id.unwrap()).await.unwrap();
    let mut thread = at(&hers.room, thread);
    thread.text("Exercice à 15 h").await;
    thread.timeline.send_text("Noté").await.unwrap();
    sent(&mut thread, "Noté").await;
    // With nothing else of the room on a screen.
    let room = hers.room.clone();
    drop((hers, thread));
    let pinned = room.pinned().await.unwrap();
    let mut pinned = at(&room, pinned);
    pinned.wait("what is pinned", |rows| (texts(rows) == ["Exercice à 15 h"]).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_hears_of_it() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let mentions = vec![Mention { text: "@Bilal B.".into(), user: bob.id() }];
    let named = MessageDraft { mentions, ..draft("Merci @Bilal B., **vu**") };
    hers.timeline.send(&named).await.unwrap();
    let (_, event) = his.event("a highlight", |event| event.highlighted).await;
    let MessageBody::Text { plain, html, .. } = &event.body else { panic!("no text") };
    assert_eq!(plain, "Merci @Bilal B., **vu**");
    let link = format!("<a href=\"https://matrix.to/#/{}\">@Bilal B.</a>", bob.user.user_id);
    assert!(html.as_ref().unwrap().contains(&link) && html.as_ref().unwrap().contains("<strong>vu</strong>"));
    bob.room(|row| row.id == room && row.mentions == 1).await;
    // In a conversation of two both have every right.
    hers.timeline.send(&draft("@room pause")).await.unwrap();
    let everybody = |event: &EventItem| event.highlighted && text(&event.body) == Some("@room pause");
    his.event("a highlight for all", everybody).await;
    hers.timeline.send(&draft("/me range la salle")).await.unwrap();
    let emote = |event: &EventItem| matches!(&event.body, MessageBody::Text { style: TextStyle::Emote, plain, .. } if plain == "range la salle");
    his.event("an emote", emote).await;
    // An edit keeps whom it meant where their name is still there, and may name somebody else.
    let (first, _) = hers
        .event("hers", |event| {
            text(&event.body) == Some("Merci @Bilal B., **vu**") && event.send_state == SendState::Delivered
        })
        .await;
    hers.timeline.edit(&first.id, "Bien vu, @Bilal B.").await.unwrap();
    let kept = |event: &EventItem| matches!(&event.body, MessageBody::Text { html: Some(html), .. } if event.edited && html.contains(&link));
    his.event("an edit that still means him", kept).await;
    let people = hers.room.suggest_people("bil", 5).await.unwrap();
    assert!(people.is_empty() || people.iter().all(|member| member.user == bob.id()));
    let own = bob.id().0[1..4].to_owned();
    let people = hers.room.suggest_people(&own, 5).await.unwrap();
    assert_eq!(people.iter().map(|member| member.user.clone()).collect::<Vec<_>>(), [bob.id()]);
    hers.timeline.send(&draft("sans nom")).await.unwrap();
    let (_, plain) = sent(&mut his, "sans nom").await;
    assert!(!plain.highlighted);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_tells_who_has_read_it() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send(&MessageDraft { announcement: true, ..draft("Exercice d’évacuation à 15 h") }).await.unwrap();
    let (asked, event) = his.event("the announcement", |event| event.announcement.is_some()).await;
    assert!(event.announcement.unwrap().confirmed.is_empty());
    assert!(his.timeline.confirm(&asked.id).await.unwrap());
    let confirmed = |event: &EventItem| event.announcement.as_ref().is_some_and(|told| !told.confirmed.is_empty());
    let (_, event) = hers.event("his confirmation", confirmed).await;
    assert_eq!(event.announcement.as_ref().unwrap().confirmed, [bob.id()]);
    assert!(!event.announcement.unwrap().mine && event.reactions.is_empty());
    his.event("his own", |event| event.announcement.as_ref().is_some_and(|told| told.mine)).await;
    assert!(!his.timeline.confirm(&asked.id).await.unwrap());
    let nobody = |event: &EventItem| event.announcement.as_ref().is_some_and(|told| told.confirmed.is_empty());
    hers.event("taken back", nobody).await;
    // It says more than its text does, and that is no secret of its sender's alone.
    assert_eq!(text(&event.body), Some("Exercice d’évacuation à 15 h"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_of_a_message_is_told() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("à 14 h").await.unwrap();
    let (item, _) = sent(&mut hers, "à 14 h").await;
    sent(&mut his, "à 14 h").await;
    for said in ["à 15 h", "à 16 h"] {
        hers.timeline.edit(&item, said).await.unwrap();
        his.event(said, |event| event.edited && text(&event.body) == Some(said)).await;
    }
    let (item, _) = his.text("à 16 h").await;
    let versions = his.timeline.history(&item.id).await.unwrap();
    let said: Vec<_> = versions.iter().map(|version| text(&version.body).unwrap().to_owned()).collect();
    assert_eq!(said.first().map(String::as_str), Some("à 14 h"));
    assert_eq!(versions.len(), 3, "{said:?}");
    assert!(versions.is_sorted_by_key(|version| version.at));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_to_other_rooms_each_with_its_own_result() {
    let (alice, bob, room) = two().await;
    let carol = Agent::on(1).await;
    let other = meet(&bob, &carol).await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("à **faire suivre**").await.unwrap();
    let (item, _) = sent(&mut his, "à **faire suivre**").await;
    let nowhere = bulla_model::RoomId("!nowhere:example.org".into());
    let sent = his.timeline.forward(&item, vec![nowhere.clone(), other.clone()]).await.unwrap();
    assert_eq!(sent[0].room, nowhere);
    assert_eq!(sent[0].failure, Some(Failure::NotFound { what: Missing::Room }));
    assert_eq!((&sent[1].room, &sent[1].failure), (&other, &None));
    let (_, event) = carol.open(&other).await.text("à **faire suivre**").await;
    assert!(matches!(event.body, MessageBody::Text { html: Some(html), .. } if html.contains("<strong>")));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_back_to_a_message_and_to_a_day() {
    let (alice, bob, room) = two().await;
    let mut hers = alice.open(&room).await;
    for number in 0..60 {
        hers.timeline.send_text(&format!("message {number}")).await.unwrap();
    }
    let (tenth, event) = sent(&mut hers, "message 10").await;
    sent(&mut hers, "message 59").await;
    let link = hers.timeline.link(&tenth).await.unwrap();
    let bulla_model::Link::Room { room: linked, event: Some(linked_event), .. } =
        bulla_core::parse_link(&link).unwrap()
    else {
        panic!("no link to a message")
    };
    assert_eq!((&linked, Some(&linked_event)), (&room, event.event_id.as_ref()));

    let his = bob.session.room(&linked).await.unwrap();
    let timeline = his.around(&linked_event).await.unwrap();
    let mut there = at(&his, timeline);
    there.text("message 10").await;
    let all = async { while !there.timeline.paginate_forward(50).await.unwrap() {} };
    timeout(DEADLINE, all).await.expect("the newest in time");
    there.wait("all that followed", |rows| texts(rows).iter().any(|text| text == "message 59").then_some(())).await;

    let first = his.event_at(SystemTime::now() - Duration::from_secs(3_600)).await.unwrap();
    assert!(his.around(&first).await.is_ok());
    // Two may have been sent in the same millisecond.
    let near = his.event_at(event.at).await.unwrap();
    let (_, near) = there.event("what was said then", |shown| shown.event_id.as_ref() == Some(&near)).await;
    assert!(near.at >= event.at && near.at <= event.at + Duration::from_secs(10));
    let last = his.event_at(SystemTime::now() + Duration::from_secs(3_600)).await.unwrap();
    assert_ne!(last, first);
    let gone = his.around(&bulla_model::EventId("$gone".into())).await.err();
    assert_eq!(gone, Some(Failure::NotFound { what: Missing::Event }));
    let none = his.around(&bulla_model::EventId("gone".into())).await.err();
    assert_eq!(none, Some(Failure::Invalid { field: Field::Event, why: FieldTrouble::Malformed }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_restart_and_goes_with_its_room() {
    let (mut alice, _bob, room) = two().await;
    let typed = SavedDraft {
        text: "à finir, @Bilal".into(),
        mentions: vec![Mention { text: "@Bilal".into(), user: "@b:x".into() }],
        purpose: DraftPurpose::Write,
    };
    let here = alice.session.room(&room).await.unwrap();
    assert!(here.draft().await.unwrap().is_none());
    here.set_draft(Some(&typed)).await.unwrap();
    drop(here);
    alice.restart().await;
    let here = alice.session.room(&room).await.unwrap();
    assert!(here.draft().await.unwrap() == Some(typed.clone()));
    here.set_draft(Some(&SavedDraft { text: " \n".into(), ..typed.clone() })).await.unwrap();
    assert!(here.draft().await.unwrap().is_none());
    let long = SavedDraft { text: "x".repeat(40_000), ..typed.clone() };
    assert!(matches!(here.set_draft(Some(&long)).await, Err(Failure::Invalid { field: Field::Text, .. })));
    here.set_draft(Some(&typed)).await.unwrap();
    alice.live().await;
    alice.session.leave(&room).await.unwrap();
    alice.session.forget(&room).await.unwrap();
    assert!(here.draft().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_hears_no_more_of_whom_one_ignores_and_can_tell_of_them() {
    let (alice, bob, room) = two().await;
    let (mut hers, his) = (alice.open(&room).await, bob.open(&room).await);
    his.timeline.send_text("avant").await.unwrap();
    let (item, _) = sent(&mut hers, "avant").await;
    let reason = "Propos déplacés";
    hers.timeline.report(&item, reason).await.unwrap();
    hers.room.report(reason).await.unwrap();
    alice.session.report_user(&bob.id(), reason).await.unwrap();
    let blank = alice.session.report_user(&bob.id(), " ").await;
    assert_eq!(blank, Err(Failure::Invalid { field: Field::Reason, why: FieldTrouble::Empty }));

    alice.session.set_ignored(&bob.id(), true).await.unwrap();
    let listed = async { while alice.session.ignored().await.unwrap() != [bob.id()] {} };
    timeout(DEADLINE, listed).await.expect("listed in time");
    hers.wait("nothing of his", |rows| texts(rows).is_empty().then_some(())).await;
    his.timeline.send_text("pendant").await.unwrap();
    hers.timeline.send_text("de moi").await.unwrap();
    hers.text("de moi").await;
    assert_eq!(texts(&hers.rows), ["de moi"]);
    alice.session.set_ignored(&bob.id(), false).await.unwrap();
    his.timeline.send_text("après").await.unwrap();
    hers.text("après").await;

    hers.room.set_marked_unread(true).await.unwrap();
    alice.room(|row| row.id == room && row.marked_unread).await;
    hers.room.set_marked_unread(false).await.unwrap();
    alice.room(|row| row.id == room && !row.marked_unread).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pinned_before_its_key_came_is_read() {
    for _ in 0..6 {
        let (alice, bob, room) = two().await;
        let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
        hers.timeline.send_text("à 14 h").await.unwrap();
        let (item, _) = sent(&mut hers, "à 14 h").await;
        hers.timeline.set_pinned(&item, true).await.unwrap();
        his.event("the pin", |event| event.pinned).await;
        let pinned = his.room.pinned().await.unwrap();
        at(&his.room, pinned).text("à 14 h").await;
    }
}

//! What was read, by whom, and what counts as unread, against what the server itself says.

use bulla_model::{EventItem, MarkedRead, SendState};
use tokio::time::timeout;

use super::{
    agent::{Agent, DEADLINE, meet, text, two},
    plain::Plain,
};

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_who_has_read_a_message_unless_they_keep_it_to_themselves() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let there = |wanted: &'static str| {
        move |event: &EventItem| text(&event.body) == Some(wanted) && event.send_state == SendState::Delivered
    };
    hers.timeline.send_text("vu ?").await.unwrap();
    let (asked, _) = hers.event("the first", there("vu ?")).await;
    hers.timeline.send_text("et ça ?").await.unwrap();
    let (second, _) = hers.event("the second", there("et ça ?")).await;
    his.text("et ça ?").await;
    his.timeline.mark_read().await.unwrap();
    let read = |event: &EventItem| {
        text(&event.body) == Some("et ça ?") && event.read_by.iter().any(|receipt| receipt.user == bob.id())
    };
    hers.event("his receipt", read).await;
    for item in [&asked.id, &second.id] {
        let readers = hers.timeline.readers(item).await.unwrap();
        assert_eq!(readers.iter().map(|reader| reader.user.clone()).collect::<Vec<_>>(), [bob.id()]);
        assert!(readers[0].at.is_some() && readers[0].name.is_some());
    }

    bob.session.set_private_receipts(true).await.unwrap();
    let known = async { while !bob.session.private_receipts().await.unwrap() {} };
    timeout(DEADLINE, known).await.expect("the setting in time");
    hers.timeline.send_text("en silence").await.unwrap();
    let (third, _) = hers.event("the third", there("en silence")).await;
    his.text("en silence").await;
    his.timeline.mark_read().await.unwrap();
    bob.room(|row| row.id == room && row.unread == 0).await;
    // What he says next moves no receipt of his either, and comes after it.
    let plain = Plain::of(&bob.user).await;
    let seen = plain.receipts(&room).await;
    assert!(seen.contains("m.read.private"), "the server knows of a private receipt");
    assert_eq!(hers.timeline.readers(&third.id).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unread_is_what_the_server_counts() {
    let (alice, bob, room) = two().await;
    let carol = Agent::on(1).await;
    let other = meet(&carol, &alice).await;
    let (his, hers) = (bob.open(&room).await, carol.open(&other).await);
    // The server counts the invitation with the rest until something is read.
    for (theirs, room) in [(&his, &room), (&hers, &other)] {
        theirs.timeline.send_text("zéro").await.unwrap();
        let mut read = alice.open(room).await;
        read.text("zéro").await;
        read.timeline.mark_read().await.unwrap();
        alice.room(|row| row.id == *room && row.unread == 0).await;
    }
    for said in ["un", "deux", "trois"] {
        his.timeline.send_text(said).await.unwrap();
    }
    hers.timeline.send_text("quatre").await.unwrap();
    alice.room(|row| row.id == room && row.unread == 3).await;
    alice.room(|row| row.id == other && row.unread == 1).await;
    let plain = Plain::of(&alice.user).await;
    assert_eq!((plain.unread(&room).await, plain.unread(&other).await), (3, 1));

    let marking = alice.session.mark_all_read().unwrap();
    let mut told = Vec::new();
    while let Some(progress) = timeout(DEADLINE, marking.next()).await.expect("in time").unwrap() {
        told.push(progress);
    }
    let told: Vec<_> = told.iter().map(|MarkedRead { done, total, failed }| (*done, *total, *failed)).collect();
    assert_eq!(told, [(0, 2, 0), (1, 2, 0), (2, 2, 0)]);
    for room in [&room, &other] {
        alice.room(|row| row.id == *room && row.unread == 0 && row.mentions == 0).await;
        assert_eq!(plain.unread(room).await, 0);
    }
    let nothing = alice.session.mark_all_read().unwrap();
    assert_eq!(nothing.next().await.unwrap().map(|told| told.total), Some(0));
    assert!(nothing.next().await.unwrap().is_none());
    let ended = alice.session.mark_all_read().unwrap();
    ended.cancel();
    assert!(ended.next().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_while_one_was_away_is_counted() {
    const MISSED: u32 = 24;
    let (alice, bob, room) = two().await;
    let mut his = bob.open(&room).await;
    his.timeline.send_text("avant").await.unwrap();
    alice.room(|row| row.id == room && row.unread == 1).await;
    alice.open(&room).await.timeline.mark_read().await.unwrap();
    alice.room(|row| row.id == room && row.unread == 0).await;
    alice.session.pause().await.unwrap();
    for number in 1..MISSED {
        his.timeline.send_text(&format!("pendant {number}")).await.unwrap();
        if number == 2 {
            his.timeline.send_text(&format!("{} ?", alice.id().0)).await.unwrap();
        }
    }
    let last = format!("pendant {}", MISSED - 1);
    his.event("the last", |event| text(&event.body) == Some(&*last) && event.send_state == SendState::Delivered).await;
    alice.session.resume().await.unwrap();
    alice.room(|row| row.id == room && row.unread == MISSED && row.mentions == 1).await;
    assert_eq!(Plain::of(&alice.user).await.unread(&room).await, u64::from(MISSED));
}

//! Lines that begin with a slash, done; and what is unread in a thread.

use bulla_core::{ThreadList, command_hints, read_line};
use bulla_model::{
    Command, CommandOutcome, Failure, GroupDraft, Membership, RoomAction, RoomKind, ThreadReading, ThreadRow, TypedLine,
};
use tokio::time::timeout;

use super::agent::{Agent, DEADLINE, text, two};

fn command(line: &str) -> Command {
    let TypedLine::Command { command, .. } = read_line(line) else { panic!("{line} is no command") };
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_begin_with_a_slash_are_done() {
    let (alice, bob) = (Agent::on(0).await, Agent::on(1).await);
    for agent in [&alice, &bob] {
        agent.live().await;
    }
    let draft = |name: &str, kind| GroupDraft {
        name: name.into(),
        topic: None,
        invite: Vec::new(),
        kind: Some(kind),
        own_server_only: false,
    };
    let room = alice.session.create_group(draft("Projet", RoomKind::Private)).await.unwrap();
    let forum = bob.session.create_group(draft("Cantine", RoomKind::Forum)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    let (her_id, his) = (alice.session.account().user.0, bob.session.account().user.0);
    for line in ["/topic Le budget".to_owned(), format!("/invite {his}")] {
        assert!(hers.run(command(&line)).await == Ok(CommandOutcome::Done), "{line}");
    }
    alice.room(|row| row.id == room && row.topic.as_deref() == Some("Le budget")).await;
    bob.room(|row| row.id == room && row.membership == Membership::Invited).await;
    bob.session.join(&room).await.unwrap();
    alice.room(|row| row.id == room && row.members == 2).await;

    // What he may not is known before, and refused by the server otherwise.
    let TypedLine::Command { command: kick, needs } = read_line(&format!("/kick {her_id}")) else {
        panic!("no command");
    };
    assert_eq!(needs, Some(RoomAction::Remove));
    let of_his = bob.session.room(&room).await.unwrap();
    assert!(matches!(of_his.run(kick).await, Err(Failure::Rejected { .. })));

    assert!(hers.run(command(&format!("/ban {his} hors sujet"))).await == Ok(CommandOutcome::Done));
    alice.room(|row| row.id == room && row.members == 1).await;
    assert!(matches!(hers.run(command(&format!("/invite {his}"))).await, Err(Failure::Rejected { .. })));
    for line in [format!("/unban {his}"), format!("/invite {his}"), format!("/kick {his}"), "/nick Alice B.".to_owned()]
    {
        assert!(hers.run(command(&line)).await == Ok(CommandOutcome::Done), "{line}");
    }
    assert_eq!(alice.session.profile().await.unwrap().name.as_deref(), Some("Alice B."));

    let server = his.split_once(':').unwrap().1;
    let link = format!("/join https://matrix.to/#/{}?via={server}", forum.as_str());
    assert!(hers.run(command(&link)).await == Ok(CommandOutcome::Joined { room: forum.clone() }));
    alice.room(|row| row.id == forum && row.membership == Membership::Joined).await;
    assert!(hers.run(command(&link)).await == Ok(CommandOutcome::Joined { room: forum }), "once more");
    assert!(hers.run(command("/help")).await == Ok(CommandOutcome::Help));
    assert!(hers.run(command("/leave")).await == Ok(CommandOutcome::Left));
    assert_eq!(command_hints("/").len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unread_in_a_thread_is_counted_until_it_is_read() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("Quel ordre du jour ?").await.unwrap();
    let root = his.text("Quel ordre du jour ?").await.1.event_id.unwrap();
    let in_thread = his.room.thread(&root).await.unwrap();
    let user = alice.session.account().user.0;
    for said in ["Le budget".to_owned(), format!("Qu’en dit {user} ?"), "Et les effectifs".to_owned()] {
        in_thread.send_text(&said).await.unwrap();
    }
    hers.event("three answers", |event| event.thread_summary.as_ref().is_some_and(|thread| thread.replies == 3)).await;
    let list = hers.room.threads().unwrap();
    let unread = ThreadReading { unread: 3, mentions: 1 };
    rows(&list, |row| row.reading == Some(unread)).await;
    // The conversation is read, and the thread is not.
    hers.timeline.mark_read().await.unwrap();
    alice.room(|row| row.id == room && row.unread == 0).await;
    assert_eq!(hers.room.thread_reading(&root).await, Ok(unread));

    hers.room.mark_thread_read(&root).await.unwrap();
    let read = ThreadReading { unread: 0, mentions: 0 };
    rows(&list, |row| row.reading == Some(read)).await;
    in_thread.send_text("Encore un mot").await.unwrap();
    rows(&list, |row| row.reading == Some(ThreadReading { unread: 1, mentions: 0 })).await;
    // Whoever answers has read, and whoever reads what is open, too.
    let of_hers = hers.room.thread(&root).await.unwrap();
    of_hers.send_text("Noté").await.unwrap();
    rows(&list, |row| row.reading == Some(read) && row.last_body.as_ref().and_then(text) == Some("Noté")).await;
    in_thread.send_text("Merci").await.unwrap();
    rows(&list, |row| row.reading == Some(ThreadReading { unread: 1, mentions: 0 })).await;
    of_hers.mark_read().await.unwrap();
    rows(&list, |row| row.reading == Some(read)).await;
    // His own are none that he has not read, but hers is.
    let told = async { while his.room.thread_reading(&root).await.unwrap() != read {} };
    timeout(DEADLINE, told).await.expect("he has said the last word");
}

async fn rows(list: &ThreadList, wanted: impl Fn(&ThreadRow) -> bool) {
    let told = async {
        loop {
            let rows = list.next().await.unwrap().unwrap();
            if rows.first().is_some_and(&wanted) {
                return;
            }
        }
    };
    timeout(DEADLINE, told).await.expect("what is unread of the thread");
}

//! The server is lost in the middle of every action: the one who asked is told, what can wait is sent later and once, and the rest goes on.

use std::{future::Future, pin::Pin};

use bulla_core::Room;
use bulla_model::{
    DraftPurpose, EventItem, Failure, GroupDraft, ItemId, MemberRole, MessageBody, MessageDraft, PollDraft, RoomKind,
    SavedDraft, SendState, SessionState, UserId,
};
use bulla_testkit::Fault;

use crate::{
    agent::{Agent, Conversation, deployment, text, texts},
    plain::Plain,
};

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;
type Action<'a> = Box<dyn Fn() -> Asked<'a> + Send + Sync + 'a>;

fn action<'a, F: Future<Output = Result<(), Failure>> + Send + 'a>(
    action: impl Fn() -> F + Send + Sync + 'a,
) -> Action<'a> {
    Box::new(move || Box::pin(action()))
}

fn group(name: &str) -> GroupDraft {
    GroupDraft {
        name: name.into(),
        topic: None,
        invite: Vec::new(),
        kind: Some(RoomKind::Private),
        own_server_only: false,
    }
}

/// The row of a message that the server has.
async fn sent(conversation: &mut Conversation, wanted: &str) -> ItemId {
    let there = |event: &EventItem| {
        text(&event.body) == Some(wanted) && event.event_id.is_some() && event.send_state == SendState::Delivered
    };
    conversation.event(wanted, there).await.0.id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_the_server_says_that_it_was_lost_and_is_asked_again() {
    let handle = deployment().await;
    let proxy = handle.proxy(0).await.unwrap();
    let (user, bob, dave) = tokio::join!(handle.new_user(0), Agent::on(1), Plain::on(1));
    let (carol, erin) = tokio::join!(Agent::on(1), Agent::on(1));
    let alice = Agent::at(user.unwrap(), &proxy.url()).await;
    let room = alice.session.create_group(group("Cellule")).await.unwrap();
    let hers: Room = alice.session.room(&room).await.unwrap();
    hers.invite_all(vec![bob.id(), carol.id(), erin.id()]).await.unwrap();
    bob.accept(&room).await;
    carol.accept(&room).await;
    erin.accept(&room).await;
    alice.room(|row| row.id == room && row.members == 4).await;
    let (mut conversation, mut his) = (alice.open(&room).await, bob.open(&room).await);
    conversation.timeline.send_text("à épingler").await.unwrap();
    let item = sent(&mut conversation, "à épingler").await;
    his.text("à épingler").await;
    let timeline = conversation.timeline.clone();
    let (bob_id, dave) = (bob.id(), UserId(dave.id.clone()));

    let cut = ("cut", Fault::Cut, carol.id());
    let unanswered = ("answers lost", Fault::LoseAnswer { path: None, times: None }, erin.id());
    for (fault, kind, third) in [cut, unanswered] {
        // Whether it is fine to ask it again where the server had done it and its answer was lost.
        let actions: Vec<(&str, bool, Action)> = vec![
            ("invite", true, action(|| hers.invite(&dave))),
            ("name", true, action(|| hers.set_name("Cellule de crise"))),
            ("topic", true, action(|| hers.set_topic("Consignes"))),
            ("role", true, action(|| hers.set_role(&bob_id, MemberRole::Moderator))),
            ("pin", true, action(|| timeline.set_pinned(&item, true))),
            ("unpin", true, action(|| timeline.set_pinned(&item, false))),
            ("mark read", true, action(|| timeline.mark_read())),
            ("favourite", true, action(|| hers.set_favourite(true))),
            ("mute", true, action(|| hers.set_muted(true))),
            ("mark unread", true, action(|| hers.set_marked_unread(true))),
            ("report", true, action(|| timeline.report(&item, "essai"))),
            ("link access", true, action(async || hers.set_link_access(true).await.map(drop))),
            ("no link access", true, action(async || hers.set_link_access(false).await.map(drop))),
            ("knocking", true, action(|| hers.set_knocking(true))),
            ("remove", false, action(|| hers.remove(&third, Some("essai")))),
            ("ban", true, action(|| hers.ban(&third, None))),
            ("unban", false, action(|| hers.unban(&third))),
        ];
        for (name, again_is_fine, act) in &actions {
            proxy.set(kind.clone()).await.unwrap();
            let lost = tokio::time::timeout(crate::agent::DEADLINE, act()).await;
            let lost = lost.unwrap_or_else(|_| panic!("{name}, {fault}: no answer in time"));
            // It may also say that it is kept and sent later.
            assert!(matches!(lost, Err(Failure::Offline) | Ok(())), "{name}, {fault}: {lost:?}");
            proxy.heal().await.unwrap();
            alice.live().await;
            let again = act().await;
            let fine = again.is_ok()
                || (!again_is_fine && matches!(again, Err(Failure::Rejected { .. } | Failure::NotFound { .. })));
            assert!(fine, "{name}, again after {fault}: {again:?}");
        }
        // What it leaves is whole.
        let after = format!("après: {fault}");
        timeline.send_text(&after).await.unwrap();
        his.text(&after).await;
        assert_eq!(alice.session.state(), SessionState::Live);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_the_server_is_lost_is_shown_and_arrives_once() {
    let handle = deployment().await;
    let proxy = handle.proxy(0).await.unwrap();
    let (user, bob) = tokio::join!(handle.new_user(0), Agent::on(1));
    let alice = Agent::at(user.unwrap(), &proxy.url()).await;
    let room = alice.session.create_group(group("Cellule")).await.unwrap();
    let other = alice.session.create_group(group("Copies")).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    for room in [&room, &other] {
        alice.session.room(room).await.unwrap().invite(&bob.id()).await.unwrap();
        bob.accept(room).await;
        alice.room(|row| row.id == *room && row.members == 2).await;
    }
    let (mut conversation, mut his, mut copies) =
        (alice.open(&room).await, bob.open(&room).await, bob.open(&other).await);
    for (fault, kind) in [("coupure", Fault::Cut), ("perte", Fault::LoseAnswer { path: None, times: None })] {
        let words = |what: &str| format!("{fault} : {what}");
        for what in ["à corriger", "à effacer", "à aimer"] {
            his.timeline.send_text(&words(what)).await.unwrap();
            conversation.timeline.send_text(&format!("{}, à elle", words(what))).await.unwrap();
        }
        let announced = MessageDraft {
            markdown: words("à lire"),
            mentions: Vec::new(),
            reply_to: None,
            announcement: true,
            lifetime: None,
        };
        his.timeline.send(&announced).await.unwrap();
        let answers = vec!["lundi".into(), "mardi".into()];
        let poll = PollDraft { question: words("quel jour ?"), answers, max_choices: 1, disclosed: true };
        conversation.timeline.send_poll(poll).await.unwrap();
        let mut rows = Vec::new();
        for what in ["à corriger, à elle", "à effacer, à elle", "à aimer", "à lire"] {
            rows.push(sent(&mut conversation, &words(what)).await);
        }
        let question = words("quel jour ?");
        let (asked, _) = conversation
            .event("the poll", |event| event.event_id.is_some() && voters(event, &question) == Some((0, false)))
            .await;
        his.event("the poll", |event| voters(event, &question) == Some((0, false))).await;

        proxy.set(kind).await.unwrap();
        let timeline = conversation.timeline.clone();
        let kept = SavedDraft { text: words("brouillon"), mentions: Vec::new(), purpose: DraftPurpose::Write };
        hers.set_draft(Some(&kept)).await.unwrap();
        timeline.send_text(&words("un")).await.unwrap();
        timeline.reply(&rows[2], &words("deux")).await.unwrap();
        timeline.edit(&rows[0], &words("corrigé")).await.unwrap();
        timeline.redact(&rows[1], None).await.unwrap();
        assert!(timeline.react(&rows[2], "👍").await.unwrap());
        assert!(timeline.confirm(&rows[3]).await.unwrap());
        timeline.vote(&asked.id, vec!["2".into()]).await.unwrap();
        let forwarded = timeline.forward(&rows[2], vec![other.clone()]).await.unwrap();
        assert!(forwarded[0].failure.is_none(), "{fault}");
        timeline.send_text(&words("trois")).await.unwrap();
        let (_, echo) = conversation.text(&words("trois")).await;
        assert_eq!(echo.event_id, None, "{fault}: it is shown before it has left");
        assert!(hers.draft().await.unwrap() == Some(kept), "{fault}");
        proxy.heal().await.unwrap();

        for what in ["un", "deux", "trois", "corrigé"] {
            his.text(&words(what)).await;
        }
        copies.text(&words("à aimer")).await;
        his.event("her reaction", |event| {
            text(&event.body) == Some(&words("à aimer")) && event.reactions.iter().any(|it| it.count == 1)
        })
        .await;
        his.event("her confirmation", |event| {
            event.announcement.as_ref().is_some_and(|it| it.confirmed.len() == 1)
                && text(&event.body) == Some(&words("à lire"))
        })
        .await;
        his.event("her vote", |event| voters(event, &question) == Some((1, false))).await;
        his.event("what is gone", |event| event.body == MessageBody::Redacted).await;
        let shown = texts(&his.rows);
        for what in ["un", "deux", "trois", "corrigé"] {
            assert_eq!(shown.iter().filter(|text| **text == words(what)).count(), 1, "{what} in {shown:?}");
        }
        let order: Vec<&String> =
            shown.iter().filter(|text| ["un", "deux", "trois"].iter().any(|what| **text == words(what))).collect();
        assert_eq!(order, [&words("un"), &words("deux"), &words("trois")]);
        assert!(
            !shown.contains(&words("à effacer, à elle")) && !shown.contains(&words("à corriger, à elle")),
            "{shown:?}"
        );
        alice.live().await;
    }
}

fn voters(event: &EventItem, of: &str) -> Option<(u32, bool)> {
    match &event.body {
        MessageBody::Poll { question, voters, ended, .. } if question == of => Some((*voters, *ended)),
        _ => None,
    }
}

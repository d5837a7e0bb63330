//! Polls between two servers.

use bulla_model::{EventItem, Failure, Field, ItemId, MessageBody, PollAnswer, PollDraft};

use super::agent::{Conversation, two};

fn draft(disclosed: bool) -> PollDraft {
    let answers = vec!["lundi".into(), " mardi ".into(), "jeudi".into()];
    PollDraft { question: "Quel jour ?".into(), answers, max_choices: 1, disclosed }
}

/// Waits for a poll whose answers, number of voters and end are as wanted.
async fn poll(
    conversation: &mut Conversation,
    what: &str,
    wanted: impl Fn(&[PollAnswer], u32, bool) -> bool,
) -> (ItemId, EventItem) {
    let (row, event) = conversation
        .event(what, |event| {
            matches!(&event.body, MessageBody::Poll { answers, voters, ended, .. }
                if event.event_id.is_some() && wanted(answers, *voters, *ended))
        })
        .await;
    (row.id, event)
}

fn votes(answers: &[PollAnswer]) -> Vec<Option<u32>> {
    answers.iter().map(|answer| answer.votes).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_is_asked_voted_on_and_closed() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_poll(draft(true)).await.unwrap();
    let (asked, _) = poll(&mut his, "the poll", |answers, voters, ended| {
        let texts: Vec<&str> = answers.iter().map(|answer| answer.text.as_str()).collect();
        texts == ["lundi", "mardi", "jeudi"] && voters == 0 && !ended
    })
    .await;
    his.timeline.vote(&asked, vec!["2".into()]).await.unwrap();
    let (own, _) = poll(&mut hers, "his vote", |answers, voters, _| {
        votes(answers) == [Some(0), Some(1), Some(0)] && voters == 1 && !answers[1].mine
    })
    .await;
    hers.timeline.vote(&own, vec!["2".into()]).await.unwrap();
    // Who votes again has one vote.
    his.timeline.vote(&asked, vec!["3".into()]).await.unwrap();
    poll(&mut his, "both votes", |answers, voters, _| {
        votes(answers) == [Some(0), Some(1), Some(1)] && voters == 2 && answers[2].mine && !answers[1].mine
    })
    .await;
    his.timeline.vote(&asked, Vec::new()).await.unwrap();
    poll(&mut hers, "a vote taken back", |_, voters, _| voters == 1).await;

    for wrong in [vec!["9".to_owned()], vec!["1".into(), "2".into()]] {
        let refused = his.timeline.vote(&asked, wrong).await;
        assert!(matches!(refused, Err(Failure::Invalid { field: Field::Answer, .. })), "{refused:?}");
    }
    hers.timeline.close_poll(&own).await.unwrap();
    let (asked, event) = poll(&mut his, "its end", |_, _, ended| ended).await;
    assert!(matches!(&event.body, MessageBody::Poll { answers, .. } if votes(answers) == [Some(0), Some(1), Some(0)]));
    assert!(matches!(his.timeline.vote(&asked, vec!["1".into()]).await, Err(Failure::Invalid { .. })), "it is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_secret_is_told_at_the_end() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_poll(draft(false)).await.unwrap();
    let (asked, _) = poll(&mut his, "the poll", |answers, _, _| votes(answers) == [None, None, None]).await;
    his.timeline.vote(&asked, vec!["1".into()]).await.unwrap();
    let (own, _) = poll(&mut hers, "that somebody voted", |answers, voters, _| {
        votes(answers) == [None, None, None] && voters == 1
    })
    .await;
    poll(&mut his, "his own vote", |answers, _, _| answers[0].mine).await;
    hers.timeline.close_poll(&own).await.unwrap();
    poll(&mut his, "the result", |answers, _, ended| ended && votes(answers) == [Some(1), Some(0), Some(0)]).await;
}

//! Polls (MSC3381, in the form that clients and servers speak today).

use std::collections::HashSet;

use bulla_model::{Failure, ItemContent, ItemId, MessageBody, PollAnswer, PollDraft};
use bulla_policy as policy;
use matrix_sdk_ui::timeline::PollState;
use ruma::{
    OwnedEventId, UInt, UserId,
    events::{
        AnyMessageLikeEventContent,
        poll::{
            start::PollKind,
            unstable_end::UnstablePollEndEventContent,
            unstable_response::UnstablePollResponseEventContent,
            unstable_start::{
                NewUnstablePollStartEventContent, UnstablePollAnswer, UnstablePollAnswers,
                UnstablePollStartContentBlock, UnstablePollStartEventContent,
            },
        },
    },
};

use crate::{body::cut, failure::CoreError, message::not_there, timeline::Timeline};

impl Timeline {
    /// Begins a poll.
    pub async fn send_poll(&self, draft: PollDraft) -> Result<(), Failure> {
        policy::check_poll(&draft)?;
        let question = draft.question.trim();
        let answers = draft.answers.iter().enumerate();
        let answers: Vec<_> =
            answers.map(|(at, text)| UnstablePollAnswer::new((at + 1).to_string(), text.trim())).collect();
        // For clients that know no polls.
        let lines = answers.iter().enumerate().map(|(at, answer)| format!("{}. {}", at + 1, answer.text));
        let plain = std::iter::once(question.to_owned()).chain(lines).collect::<Vec<_>>().join("\n");
        let answers = UnstablePollAnswers::try_from(answers).map_err(|_| CoreError::Defect("answers of a poll"))?;
        let mut poll = UnstablePollStartContentBlock::new(question, answers);
        poll.max_selections = UInt::from(draft.max_choices);
        poll.kind = if draft.disclosed { PollKind::Disclosed } else { PollKind::Undisclosed };
        let content = NewUnstablePollStartEventContent::plain_text(plain, poll);
        self.send_content(AnyMessageLikeEventContent::UnstablePollStart(UnstablePollStartEventContent::New(content)))
            .await
    }

    /// Votes, in place of the vote that was given before; for no answer, takes it back.
    pub async fn vote(&self, item: &ItemId, answers: Vec<String>) -> Result<(), Failure> {
        let (event, poll) = self.poll(item).await?;
        let MessageBody::Poll { answers: known, max_choices, ended, .. } = poll else { return Err(not_there()) };
        policy::check_vote(&answers, &known, max_choices, ended)?;
        let content = UnstablePollResponseEventContent::new(answers, event);
        self.send_content(AnyMessageLikeEventContent::UnstablePollResponse(content)).await
    }

    /// Closes a poll of one's own: no vote counts any more.
    pub async fn close_poll(&self, item: &ItemId) -> Result<(), Failure> {
        let (event, poll) = self.poll(item).await?;
        let MessageBody::Poll { question, ended, .. } = poll else { return Err(not_there()) };
        if ended {
            return Ok(());
        }
        let content = UnstablePollEndEventContent::new(question, event);
        self.send_content(AnyMessageLikeEventContent::UnstablePollEnd(content)).await
    }

    async fn send_content(&self, content: AnyMessageLikeEventContent) -> Result<(), Failure> {
        let live = self.live().await?;
        let extra = match content {
            AnyMessageLikeEventContent::UnstablePollStart(_) => self.ending(&live, None).await?,
            _ => serde_json::Map::new(),
        };
        let extra = (!extra.is_empty()).then_some(extra);
        live.timeline.send_with_extra_content(content, extra).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// The poll that a row shows. One that is not sent yet cannot be voted on.
    async fn poll(&self, item: &ItemId) -> Result<(OwnedEventId, MessageBody), Failure> {
        let (live, event) = self.sent(item).await?;
        let shown = live.current().await.into_iter().find(|row| row.id == *item);
        match shown.map(|row| row.content.clone()) {
            Some(ItemContent::Event { event: shown }) => Ok((event, shown.body)),
            _ => Err(not_there()),
        }
    }
}

/// A poll as a row shows it. Whoever votes for an answer more than once counts once, and what is kept secret until the end is not told
/// before.
pub(crate) fn poll(state: &PollState, me: Option<&UserId>) -> MessageBody {
    let results = state.results();
    let disclosed = results.kind == PollKind::Disclosed;
    let ended = results.end_time.is_some();
    let cut = |text: &str| cut(text, policy::POLL_CHARS);
    let voters: HashSet<&str> = results.votes.values().flatten().map(String::as_str).collect();
    let answers = results.answers.iter().take(policy::POLL_ANSWERS).map(|answer| {
        let votes = results.votes.get(&answer.id).map(Vec::as_slice).unwrap_or_default();
        let people: HashSet<&str> = votes.iter().map(String::as_str).collect();
        PollAnswer {
            id: answer.id.clone(),
            text: cut(&answer.text),
            votes: (disclosed || ended).then(|| count(people.len())),
            mine: me.is_some_and(|me| people.contains(me.as_str())),
        }
    });
    MessageBody::Poll {
        answers: answers.collect(),
        question: cut(&results.question),
        max_choices: u32::try_from(results.max_selections).unwrap_or(u32::MAX).max(1),
        disclosed,
        voters: count(voters.len()),
        ended,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

//! What a poll may be.

use std::collections::HashSet;

use bulla_model::{Failure, Field, FieldTrouble, PollAnswer, PollDraft};

use crate::{draft::check, invalid};

/// The longest question, and the longest answer (MSC3381 leaves it to clients).
pub const POLL_CHARS: usize = 340;
/// How many answers a poll has at most (MSC3381).
pub const POLL_ANSWERS: usize = 20;

/// A poll to begin: a question, 2 to 20 answers that differ, and as many choices as there are answers at most.
pub fn check_poll(draft: &PollDraft) -> Result<(), Failure> {
    check_line(Field::Question, &draft.question)?;
    for answer in &draft.answers {
        check_line(Field::Answer, answer)?;
    }
    let distinct: HashSet<&str> = draft.answers.iter().map(|answer| answer.trim()).collect();
    let choices = usize::try_from(draft.max_choices).unwrap_or(usize::MAX);
    match draft.answers.len() {
        0 | 1 => Err(invalid(Field::Answer, FieldTrouble::Empty)),
        count if count > POLL_ANSWERS => Err(invalid(Field::Answer, FieldTrouble::TooLong)),
        count if distinct.len() < count => Err(invalid(Field::Answer, FieldTrouble::NotAllowed)),
        count if choices == 0 || choices > count => Err(invalid(Field::Count, FieldTrouble::NotAllowed)),
        _ => Ok(()),
    }
}

/// A vote: answers that the poll has, each once, and no more than may be chosen. None takes the vote back.
pub fn check_vote(chosen: &[String], answers: &[PollAnswer], max_choices: u32, ended: bool) -> Result<(), Failure> {
    let not_allowed = || invalid(Field::Answer, FieldTrouble::NotAllowed);
    let distinct: HashSet<&String> = chosen.iter().collect();
    let known = chosen.iter().all(|id| answers.iter().any(|answer| answer.id == *id));
    let few = chosen.len() <= usize::try_from(max_choices).unwrap_or(usize::MAX);
    match !ended && known && few && distinct.len() == chosen.len() {
        true => Ok(()),
        false => Err(not_allowed()),
    }
}

fn check_line(field: Field, text: &str) -> Result<(), Failure> {
    check(field, text, text.trim().chars().count(), POLL_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(question: &str, answers: &[&str], max_choices: u32) -> PollDraft {
        let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
        PollDraft { question: question.into(), answers, max_choices, disclosed: true }
    }

    #[test]
    fn polls_are_checked_field_by_field() {
        let of = |draft: PollDraft| match check_poll(&draft) {
            Err(Failure::Invalid { field, why }) => Some((field, why)),
            _ => None,
        };
        assert_eq!(of(draft("Quand ?", &["lundi", "mardi"], 1)), None);
        assert_eq!(of(draft("Quand ?", &["lundi", "mardi"], 2)), None);
        assert_eq!(of(draft(" ", &["a", "b"], 1)), Some((Field::Question, FieldTrouble::Empty)));
        assert_eq!(of(draft(&"é".repeat(341), &["a", "b"], 1)), Some((Field::Question, FieldTrouble::TooLong)));
        assert_eq!(of(draft("Q", &["a"], 1)), Some((Field::Answer, FieldTrouble::Empty)));
        assert_eq!(of(draft("Q", &["a", ""], 1)), Some((Field::Answer, FieldTrouble::Empty)));
        assert_eq!(of(draft("Q", &["a", " a "], 1)), Some((Field::Answer, FieldTrouble::NotAllowed)));
        assert_eq!(of(draft("Q", &["a", "b"], 0)), Some((Field::Count, FieldTrouble::NotAllowed)));
        assert_eq!(of(draft("Q", &["a", "b"], 3)), Some((Field::Count, FieldTrouble::NotAllowed)));
        let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(of(draft("Q", &many, 1)), Some((Field::Answer, FieldTrouble::TooLong)));
        assert_eq!(of(draft("Q", &many[..20], 1)), None);
    }

    #[test]
    fn votes_name_answers_that_are_there() {
        let answer = |id: &str| PollAnswer { id: id.into(), text: id.into(), votes: None, mine: false };
        let answers = [answer("a"), answer("b")];
        let vote = |ids: &[&str], max, ended| {
            let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
            check_vote(&ids, &answers, max, ended).is_ok()
        };
        assert!(vote(&["a"], 1, false) && vote(&[], 1, false) && vote(&["b", "a"], 2, false));
        assert!(!vote(&["c"], 1, false) && !vote(&["a", "b"], 1, false) && !vote(&["a", "a"], 2, false));
        assert!(!vote(&["a"], 1, true), "it is closed");
    }
}

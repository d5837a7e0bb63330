//! What a person may write into a field.

use bulla_model::{Failure, Field, FieldTrouble, GroupDraft};

use crate::{identifier::user_id, invalid};

/// The largest text of one message: an event has 65,536 bytes in all, encryption adds a third.
const TEXT_BYTES: usize = 32 * 1024;
const NAME_CHARS: usize = 255;
const TOPIC_CHARS: usize = 1_000;
const REACTION_BYTES: usize = 1_024;
const PAGE: u32 = 1_000;
const INVITED: usize = 500;

/// A message's text: not blank, at most 32 KiB.
pub fn check_text(text: &str) -> Result<(), Failure> {
    check(Field::Text, text, text.len(), TEXT_BYTES)
}

/// A room's name: not blank, at most 255 characters.
pub fn check_name(name: &str) -> Result<(), Failure> {
    check(Field::Name, name, name.chars().count(), NAME_CHARS)
}

/// A room's topic: may be empty, at most 1,000 characters.
pub fn check_topic(topic: &str) -> Result<(), Failure> {
    match topic.chars().count() > TOPIC_CHARS {
        true => Err(invalid(Field::Topic, FieldTrouble::TooLong)),
        false => Ok(()),
    }
}

/// A reaction's key: not blank, at most 1 KiB.
pub fn check_reaction(key: &str) -> Result<(), Failure> {
    check(Field::Reaction, key, key.len(), REACTION_BYTES)
}

/// The reason of a report: not blank, at most 1,000 characters.
pub fn check_reason(reason: &str) -> Result<(), Failure> {
    check(Field::Reason, reason, reason.chars().count(), TOPIC_CHARS)
}

/// The size of a page, or a count of items: 1 to 1,000.
pub fn check_page(page: u32) -> Result<(), Failure> {
    match page {
        0 => Err(invalid(Field::Count, FieldTrouble::Empty)),
        1..=PAGE => Ok(()),
        _ => Err(invalid(Field::Count, FieldTrouble::TooLong)),
    }
}

/// A group to create: its name, its topic, and everyone invited.
pub fn check_group(draft: &GroupDraft) -> Result<(), Failure> {
    check_name(&draft.name)?;
    check_topic(draft.topic.as_deref().unwrap_or_default())?;
    if draft.invite.len() > INVITED {
        return Err(invalid(Field::User, FieldTrouble::TooLong));
    }
    draft.invite.iter().try_for_each(|user| user_id(user.as_str()).map(drop))
}

/// A text that has to be there and may not be longer than `most`, `length` being how long it counts as.
pub(crate) fn check(field: Field, text: &str, length: usize, most: usize) -> Result<(), Failure> {
    if text.trim().is_empty() {
        Err(invalid(field, FieldTrouble::Empty))
    } else if length > most {
        Err(invalid(field, FieldTrouble::TooLong))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_and_too_long_are_told_apart() {
        assert_eq!(check_text(" \n"), Err(invalid(Field::Text, FieldTrouble::Empty)));
        assert_eq!(check_text(&"é".repeat(16 * 1024)), Ok(()));
        assert_eq!(check_text(&"é".repeat(16 * 1024 + 1)), Err(invalid(Field::Text, FieldTrouble::TooLong)));
        assert_eq!(check_name(&"é".repeat(255)), Ok(()));
        assert_eq!(check_name(&"é".repeat(256)), Err(invalid(Field::Name, FieldTrouble::TooLong)));
        assert_eq!(check_topic(""), Ok(()));
        assert_eq!(check_reaction(""), Err(invalid(Field::Reaction, FieldTrouble::Empty)));
    }

    #[test]
    fn pages_have_bounds() {
        assert!(
            check_page(0).is_err() && check_page(1).is_ok() && check_page(1_000).is_ok() && check_page(1_001).is_err()
        );
    }

    #[test]
    fn one_wrong_invitee_refuses_the_group() {
        let draft = |user: &str| GroupDraft {
            name: "Crise".into(),
            topic: None,
            invite: vec![user.into()],
            kind: None,
            own_server_only: false,
        };
        assert_eq!(check_group(&draft("@jean:localhost:8448")), Ok(()));
        assert_eq!(check_group(&draft("jean")), Err(invalid(Field::User, FieldTrouble::Malformed)));
    }
}

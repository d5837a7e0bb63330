//! The form of Matrix identifiers (Matrix specification, appendix "Common identifier format"). The SDK parses them again;
//! here a wrong one becomes a failure that names the field.

use bulla_model::{Failure, Field, FieldTrouble};

use crate::invalid;

const LONGEST: usize = 255;

/// A full user id, `@local:server`.
pub fn user_id(text: &str) -> Result<&str, Failure> {
    sigil(text, Field::User, '@')?;
    match text[1..].split_once(':') {
        Some((local, server)) if !local.is_empty() && !server.is_empty() => Ok(text),
        _ => Err(invalid(Field::User, FieldTrouble::Malformed)),
    }
}

/// What a person signs in with: a full user id, its local part, or the account's e-mail address.
pub fn sign_in_user(typed: &str) -> Result<&str, Failure> {
    let typed = typed.trim();
    if typed.starts_with('@') {
        return user_id(typed);
    }
    plain(typed, Field::User)?;
    match typed.contains(':') {
        true => Err(invalid(Field::User, FieldTrouble::Malformed)),
        false => Ok(typed),
    }
}

/// Whether what a person signs in with is an e-mail address: local parts hold no `@`, and user ids begin with it.
pub fn is_address(user: &str) -> bool {
    user.rfind('@').is_some_and(|at| at > 0)
}

/// A room id, `!opaque:server` or `!opaque`.
pub fn room_id(text: &str) -> Result<&str, Failure> {
    sigil(text, Field::Room, '!')
}

/// An event id, `$opaque`.
pub fn event_id(text: &str) -> Result<&str, Failure> {
    sigil(text, Field::Event, '$')
}

/// What stands between `#` and `:` in a room's address.
pub fn alias_name(text: &str) -> Result<&str, Failure> {
    let text = text.trim();
    plain(text, Field::Link)?;
    match text.contains([':', '#']) {
        true => Err(invalid(Field::Link, FieldTrouble::Malformed)),
        false => Ok(text),
    }
}

fn sigil(text: &str, field: Field, sigil: char) -> Result<&str, Failure> {
    plain(text, field)?;
    match text.starts_with(sigil) && text.len() > 1 {
        true => Ok(text),
        false => Err(invalid(field, FieldTrouble::Malformed)),
    }
}

fn plain(text: &str, field: Field) -> Result<(), Failure> {
    if text.is_empty() {
        Err(invalid(field, FieldTrouble::Empty))
    } else if text.len() > LONGEST {
        Err(invalid(field, FieldTrouble::TooLong))
    } else if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Err(invalid(field, FieldTrouble::Malformed))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_without_blanks() {
        assert_eq!(alias_name(" cantine-du-nord "), Ok("cantine-du-nord"));
        assert_eq!(alias_name(" "), Err(invalid(Field::Link, FieldTrouble::Empty)));
        for name in ["mal formée", "a:b", "#a", "a\u{7}"] {
            assert_eq!(alias_name(name), Err(invalid(Field::Link, FieldTrouble::Malformed)), "{name}");
        }
    }

    #[test]
    fn users() {
        for good in ["@jean:localhost:8448", "@jean.martin-modernisation.gouv.fr:agent.dinum.example"] {
            assert_eq!(user_id(good), Ok(good));
        }
        for bad in [
            "",
            "@",
            "@jean",
            "@:server",
            "@jean:",
            "jean:server",
            "@je an:server",
            "@jean\0:server",
            &format!("@{}:s", "a".repeat(300)),
        ] {
            assert!(user_id(bad).is_err(), "{bad}");
        }
        assert_eq!(sign_in_user(" jean "), Ok("jean"));
        assert!(sign_in_user("jean:server").is_err());
        assert_eq!(sign_in_user("jean@agent.example"), Ok("jean@agent.example"));
        assert!(is_address("jean@agent.example") && !is_address("@jean:agent.example") && !is_address("jean"));
    }

    #[test]
    fn rooms_and_events() {
        assert!(room_id("!abc:server").is_ok() && room_id("!abc").is_ok());
        assert!(room_id("!").is_err() && room_id("#abc:server").is_err() && room_id("").is_err());
        assert!(event_id("$abc").is_ok() && event_id("abc").is_err());
    }
}

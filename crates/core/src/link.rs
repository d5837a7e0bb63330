//! Links, as the specification writes them. Untrusted input: a link from a hostile page or app.

use bulla_model::{EventId, Failure, Field, FieldTrouble, Link, RoomId, UserId};
use ruma::{MatrixToUri, MatrixUri, OwnedServerName, matrix_uri::MatrixId};

/// Longer than any link that means something: two ids of 255 bytes, percent-encoded, and some servers.
const LONGEST: usize = 4_096;

/// Reads `https://matrix.to/#/...`, `matrix:...`, and the same under `bulla:`.
pub fn parse_link(text: &str) -> Result<Link, Failure> {
    let invalid = |why| Failure::Invalid { field: Field::Link, why };
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid(FieldTrouble::Empty));
    }
    if text.len() > LONGEST {
        return Err(invalid(FieldTrouble::TooLong));
    }
    let malformed = || invalid(FieldTrouble::Malformed);
    let (id, via) = match scheme(text) {
        Some("https") => {
            let uri = MatrixToUri::parse(text).map_err(|_| malformed())?;
            (uri.id().clone(), uri.via().to_vec())
        }
        Some("matrix") => of_uri(text).ok_or_else(malformed)?,
        Some("bulla") => of_uri(&format!("matrix:{}", &text["bulla:".len()..])).ok_or_else(malformed)?,
        _ => return Err(malformed()),
    };
    link(id, &via).filter(is_plain).ok_or_else(malformed)
}

fn scheme(text: &str) -> Option<&'static str> {
    let (scheme, _) = text.split_once(':')?;
    ["https", "matrix", "bulla"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
}

fn of_uri(text: &str) -> Option<(MatrixId, Vec<OwnedServerName>)> {
    let uri = MatrixUri::parse(text).ok()?;
    Some((uri.id().clone(), uri.via().to_vec()))
}

fn link(id: MatrixId, via: &[OwnedServerName]) -> Option<Link> {
    let via: Vec<String> = via.iter().map(ToString::to_string).collect();
    Some(match id {
        MatrixId::Room(room) => Link::Room { room: RoomId(room.to_string()), event: None, via },
        MatrixId::RoomAlias(alias) => Link::Alias { alias: alias.to_string(), event: None },
        MatrixId::User(user) => Link::Person { user: UserId(user.to_string()) },
        MatrixId::Event(room, event) => {
            let event = Some(EventId(event.to_string()));
            match room.as_str().starts_with('#') {
                true => Link::Alias { alias: room.to_string(), event },
                false => Link::Room { room: RoomId(room.to_string()), event, via },
            }
        }
        _ => return None,
    })
}

/// Whether nothing in it could pass for something else on a screen: identifiers hold no control or formatting characters.
fn is_plain(link: &Link) -> bool {
    let plain = |text: &str| {
        text.len() <= 255 && !text.chars().any(|c| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        })
    };
    match link {
        Link::Room { room, event, via } => {
            plain(room.as_str())
                && event.as_ref().is_none_or(|event| plain(event.as_str()))
                && via.iter().all(|server| plain(server))
        }
        Link::Alias { alias, event } => plain(alias) && event.as_ref().is_none_or(|event| plain(event.as_str())),
        Link::Person { user } => plain(user.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn room(event: Option<&str>, via: &[&str]) -> Link {
        let event = event.map(|event| EventId(event.into()));
        Link::Room { room: "!abc:a.example".into(), event, via: via.iter().map(|it| (*it).to_owned()).collect() }
    }

    #[test]
    fn all_forms_lead_to_the_same() {
        let person = Link::Person { user: "@jean:a.example".into() };
        for (text, expected) in [
            ("https://matrix.to/#/@jean:a.example", person.clone()),
            ("https://matrix.to/#/%40jean%3Aa.example", person.clone()),
            ("matrix:u/jean:a.example", person.clone()),
            ("bulla:u/jean:a.example?action=chat", person),
            ("https://matrix.to/#/!abc:a.example?via=b.example", room(None, &["b.example"])),
            ("matrix:roomid/abc:a.example/e/ev1?via=b.example", room(Some("$ev1"), &["b.example"])),
            (" BULLA:roomid/abc:a.example ", room(None, &[])),
            ("matrix:r/crise:a.example", Link::Alias { alias: "#crise:a.example".into(), event: None }),
        ] {
            assert!(parse_link(text) == Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_link_is_refused() {
        for text in [
            "",
            "https://matrix.to/",
            "https://matrix.to.evil.example/#/@jean:a.example",
            "https://evil.example/#/@jean:a.example",
            "http://matrix.to/#/@jean:a.example",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "matrix:",
            "matrix:u/",
            "bulla:u/je%00an:a.example",
            "bulla:u/je%E2%80%AEan:a.example",
            "bulla:roomid/../../etc",
            &format!("matrix:u/{}:a.example", "a".repeat(5_000)),
        ] {
            assert!(matches!(parse_link(text), Err(Failure::Invalid { field: Field::Link, .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(start in "(https://matrix.to/#/|matrix:|bulla:|)", rest in ".{0,200}") {
            let _ = parse_link(&format!("{start}{rest}"));
        }
    }
}

//! What a person typed, understood: a style, who is meant, and the links that say so.

use bulla_model::{Mention, TextStyle, UserId};

use crate::{
    disguise::{decoded, text_of},
    identifier::user_id,
};

const SHRUG: &str = r"¯\_(ツ)_/¯";
/// As many as a message may mean; a notification for more is what `@room` is for.
const MENTIONED: usize = 50;

/// A text, understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// How it is said.
    pub style: TextStyle,
    /// What every client can show.
    pub plain: String,
    /// The same as Markdown, with links to who is meant; none where it is to stay as it is.
    pub markdown: Option<String>,
    /// Who is meant.
    pub users: Vec<UserId>,
    /// Whether everybody is.
    pub room: bool,
}

/// Understands `text`; `mentions` says whom its words mean.
pub fn written(text: &str, mentions: &[Mention]) -> Written {
    let (style, text, formatted) = match text.split_once(|letter: char| letter.is_whitespace()) {
        Some(("/me", rest)) => (TextStyle::Emote, rest.to_owned(), true),
        Some(("/plain", rest)) => (TextStyle::Said, rest.to_owned(), false),
        Some(("/shrug", rest)) => (TextStyle::Said, format!("{rest} {SHRUG}"), false),
        None if text == "/shrug" => (TextStyle::Said, SHRUG.to_owned(), false),
        _ if text.starts_with("//") => (TextStyle::Said, text[1..].to_owned(), true),
        _ => (TextStyle::Said, text.to_owned(), true),
    };
    let (linked, users) = link(&text, mentions);
    let room = has_word(&text, "@room");
    Written { style, markdown: formatted.then_some(linked), plain: text, users, room }
}

/// Whom the words of a formatted message mean: what its links to people show, and to whom they lead.
pub fn mentions_in(html: &str) -> Vec<Mention> {
    const TO: &str = "<a href=\"https://matrix.to/#/";
    let mut found = Vec::new();
    for link in html.split(TO).skip(1).take(MENTIONED) {
        let Some((to, rest)) = link.split_once("\">") else { continue };
        let Some((shown, _)) = rest.split_once("</a>") else { continue };
        let user = unescaped(&decoded(to));
        let text = text_of(shown);
        let mention = Mention { text, user: UserId(user) };
        if is_mention(&mention) {
            found.push(mention);
        }
    }
    found
}

/// Replaces the words that mean somebody by links to them.
fn link(text: &str, mentions: &[Mention]) -> (String, Vec<UserId>) {
    // The longest first, so that `@Jean` does not take the beginning of `@Jeanne Moulin`.
    let mut known: Vec<&Mention> = mentions.iter().filter(|mention| is_mention(mention)).collect();
    known.sort_by_key(|mention| std::cmp::Reverse(mention.text.len()));
    let (mut linked, mut users) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    let mut before = None;
    while let Some(letter) = rest.chars().next() {
        let found = (users.len() < MENTIONED && starts_word(before)).then(|| meant(rest, &known)).flatten();
        if let Some((words, user)) = found {
            linked.push_str(&format!("[{}](https://matrix.to/#/{})", escaped(words), encoded(user)));
            if !users.iter().any(|known: &UserId| known.as_str() == user) {
                users.push(UserId(user.to_owned()));
            }
            before = words.chars().last();
            rest = &rest[words.len()..];
        } else {
            linked.push(letter);
            before = Some(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    (linked, users)
}

/// The words at the beginning of `text` that mean somebody, and whom.
fn meant<'a>(text: &'a str, known: &[&'a Mention]) -> Option<(&'a str, &'a str)> {
    if !text.starts_with('@') {
        return None;
    }
    let named = known.iter().find(|mention| {
        text.strip_prefix(mention.text.as_str())
            .is_some_and(|rest| !rest.chars().next().is_some_and(char::is_alphanumeric))
    });
    if let Some(mention) = named {
        return Some((&text[..mention.text.len()], mention.user.as_str()));
    }
    let word = text.split(|letter: char| letter.is_whitespace() || ",;!?()<>[]\"'".contains(letter)).next()?;
    let word = word.trim_end_matches(['.', ':']);
    user_id(word).is_ok().then_some((word, word))
}

fn is_mention(mention: &Mention) -> bool {
    mention.text.len() > 1 && mention.text.starts_with('@') && user_id(mention.user.as_str()).is_ok()
}

fn starts_word(before: Option<char>) -> bool {
    before.is_none_or(|letter| letter.is_whitespace() || "([{«\"'’*_~".contains(letter))
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let after = text[at + word.len()..].chars().next();
        starts_word(text[..at].chars().last())
            && after.is_none_or(|letter| !(letter.is_alphanumeric() || "_-:".contains(letter)))
    })
}

fn escaped(words: &str) -> String {
    let special = |letter: char| "\\[]*_~`<>&".contains(letter);
    words.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

fn encoded(user: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@:.-_=~".contains(&byte);
    user.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Without the percent signs of [`encoded`]; nothing where they are not well formed.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else { return String::new() };
        bytes.push(byte);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mention(text: &str, user: &str) -> Mention {
        Mention { text: text.into(), user: user.into() }
    }

    fn markdown(text: &str, mentions: &[Mention]) -> String {
        written(text, mentions).markdown.unwrap()
    }

    #[test]
    fn commands_at_the_beginning_alone() {
        let of = |text| {
            let written = written(text, &[]);
            (written.style, written.plain, written.markdown.is_some())
        };
        assert_eq!(of("/me boit un café"), (TextStyle::Emote, "boit un café".into(), true));
        assert_eq!(of("/plain *ceci*"), (TextStyle::Said, "*ceci*".into(), false));
        assert_eq!(of("/shrug"), (TextStyle::Said, SHRUG.into(), false));
        assert_eq!(of("//etc/hosts"), (TextStyle::Said, "/etc/hosts".into(), true));
        for text in ["/etc/passwd", "il dit /me", "/mes amis", "/me", ""] {
            assert_eq!(of(text), (TextStyle::Said, text.into(), true));
        }
    }

    #[test]
    fn whoever_is_named_is_meant() {
        let known = [mention("@Jean", "@jean:a.example"), mention("@Jeanne [DGFiP]", "@jeanne:b.example")];
        let text = "@Jeanne [DGFiP], dis à @Jean et (@paul:c.example).";
        let written = written(text, &known);
        assert_eq!(written.plain, text);
        assert_eq!(
            written.markdown.unwrap(),
            "[@Jeanne \\[DGFiP\\]](https://matrix.to/#/@jeanne:b.example), dis à [@Jean](https://matrix.to/#/@jean:a.example) et \
             ([@paul:c.example](https://matrix.to/#/@paul:c.example))."
        );
        let users: Vec<_> = written.users.iter().map(UserId::as_str).collect();
        assert_eq!(users, ["@jeanne:b.example", "@jean:a.example", "@paul:c.example"]);
    }

    #[test]
    fn whom_a_message_meant_is_found_again() {
        let html = "<p><a href=\"https://matrix.to/#/@jeanne:b.example\">@Jeanne [DGFiP] &amp; Cie</a> et \
            <a href=\"https://matrix.to/#/@p%2Bq:c.example\">@paul</a>, <a href=\"https://matrix.to/#/!r:c.example\">@salle</a> \
            <a href=\"https://matrix.to/#/@x:c.example\">sans arobase</a><a href=\"https://matrix.to/#/%zz\">@x</a></p>";
        let found = mentions_in(html);
        let expected = [mention("@Jeanne [DGFiP] & Cie", "@jeanne:b.example"), mention("@paul", "@p+q:c.example")];
        assert!(found == expected);
        for broken in ["", "<a href=\"https://matrix.to/#/", "<a href=\"https://matrix.to/#/@a:b.c\">@a"] {
            assert!(mentions_in(broken).is_empty(), "{broken}");
        }
    }

    #[test]
    fn what_only_looks_like_a_name_means_nobody() {
        let known = [mention("@Jean", "@jean:a.example"), mention("@", "@x:a.example"), mention("@Eve", "not an id")];
        for text in ["jean@Jean.fr", "@Jeannot", "@Eve", "@ seul", "a@paul:c.example"] {
            assert!(written(text, &known).users.is_empty(), "{text}");
            assert_eq!(markdown(text, &known), text);
        }
    }

    #[test]
    fn everybody_is_meant_by_a_word() {
        for (text, room) in
            [("@room", true), ("Bonjour @room !", true), ("@roommate", false), ("x@room", false), ("@room:a.b", false)]
        {
            assert_eq!(written(text, &[]).room, room, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_kept_whole(text in "\\PC{0,60}", name in "@\\PC{0,9}") {
            let written = written(&format!("x {text}"), &[mention(&name, "@a:b.example")]);
            prop_assert_eq!(written.plain, format!("x {text}"));
            prop_assert!(written.users.len() <= MENTIONED);
        }
    }
}

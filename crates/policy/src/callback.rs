//! The address that a browser sends the person back to after signing in. Any app on the device can make one up.

use bulla_model::{Failure, Field, FieldTrouble};
use url::Url;

use crate::invalid;

/// What no honest callback is longer than, in bytes.
const LIMIT: usize = 8 * 1024;
/// Not the state of this sign-in: another one's, one that was used, or somebody else's.
const STATE: &str = "OAUTH_STATE";
/// Another server answers than the one that was asked.
const ISSUER: &str = "OAUTH_ISSUER";
/// What an authorization server may say no with (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6).
const ERRORS: [&str; 11] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_request",
    "invalid_scope",
    "login_required",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

/// What was asked of the browser, for its answer to be held against.
#[derive(Clone)]
pub struct Asked {
    /// Where it was to come back to.
    pub redirect: Url,
    /// The state that the request carried.
    pub state: String,
    /// Who was asked.
    pub of: Source,
}

/// Who signs people in.
#[derive(Clone)]
pub enum Source {
    /// An authorization server.
    Oauth {
        /// What it is called.
        issuer: String,
        /// Whether it says that it always names itself (RFC 9207, section 3).
        names_issuer: bool,
    },
    /// The homeserver, through a single sign-on of its own (Matrix specification, "SSO client login").
    SingleSignOn,
}

/// What a callback says of the sign-in that was asked for. A code is secret, so that this shows itself to tests alone.
#[cfg_attr(test, derive(Debug))]
#[derive(PartialEq, Eq)]
pub enum Answer {
    /// Done: the code to fetch tokens with, or the token to sign in with.
    Code(String),
    /// Refused, for this reason.
    Refused(Failure),
}

/// Reads a callback. Fails where it is not an answer to what was asked, and then says nothing of that: with `Invalid` where it
/// is no callback, with `Rejected` `OAUTH_STATE` or `OAUTH_ISSUER` where it belongs to something else.
pub fn callback(text: &str, asked: &Asked) -> Result<Answer, Failure> {
    let malformed = || invalid(Field::Link, FieldTrouble::Malformed);
    if text.len() > LIMIT {
        return Err(invalid(Field::Link, FieldTrouble::TooLong));
    }
    let url = Url::parse(text).map_err(|_| malformed())?;
    let place = |url: &Url| {
        let mut url = url.clone();
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    if place(&url) != place(&asked.redirect) {
        return Err(malformed());
    }
    let once = |name: &str| {
        let mut values = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(malformed()),
        }
    };
    let state = once("state")?;
    if !state.is_some_and(|state| same(&state, &asked.state)) {
        return Err(rejected(STATE));
    }
    let (issuer, names_issuer) = match &asked.of {
        Source::Oauth { issuer, names_issuer } => (issuer, names_issuer),
        // It does not send the person back with an error: its own page tells it.
        Source::SingleSignOn => {
            return once("loginToken")?.filter(|token| !token.is_empty()).map(Answer::Code).ok_or_else(malformed);
        }
    };
    let named = match once("iss")? {
        Some(named) => named == *issuer,
        None => !names_issuer,
    };
    if !named {
        return Err(rejected(ISSUER));
    }
    match (once("code")?, once("error")?) {
        (Some(code), None) if !code.is_empty() => Ok(Answer::Code(code)),
        (None, Some(error)) => Ok(Answer::Refused(refusal(&error))),
        _ => Err(malformed()),
    }
}

/// What a server is told of where an app is called back. On the device's own loopback any port will do, and none is named (Matrix
/// specification, "Client metadata"; RFC 8252, section 7.3).
pub fn to_register(redirect: &Url) -> Url {
    let mut url = redirect.clone();
    if url.scheme() == "http" && is_this_machine(url.host_str().unwrap_or_default()) {
        // An `http` address with a host takes one away.
        let _ = url.set_port(None);
    }
    url
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// The server's own word where it is one of those that there are: it came through the hands of strangers.
fn refusal(error: &str) -> Failure {
    match ERRORS.into_iter().find(|known| *known == error) {
        Some("server_error" | "temporarily_unavailable") => Failure::Offline,
        known => rejected(known.unwrap_or("OAUTH_ERROR")),
    }
}

fn rejected(code: &str) -> Failure {
    Failure::Rejected { code: code.to_owned() }
}

/// Compares without telling by the time it takes how much is right.
fn same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |found, (a, b)| found | (a ^ b));
    one.len() == other.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: &str = "org.bulla.app:/callback";

    fn asked(names_issuer: bool) -> Asked {
        let redirect = Url::parse(PLACE).unwrap();
        Asked {
            redirect,
            state: "s3cret".into(),
            of: Source::Oauth { issuer: "https://account.example/".into(), names_issuer },
        }
    }

    fn read(query: &str) -> Result<Answer, Failure> {
        callback(&format!("{PLACE}?{query}"), &asked(false))
    }

    #[test]
    fn a_loopback_address_is_registered_without_its_port() {
        for (redirect, registered) in [
            ("http://127.0.0.1:4711/callback", "http://127.0.0.1/callback"),
            ("http://[::1]:4711/", "http://[::1]/"),
            ("http://localhost:80/", "http://localhost/"),
            ("https://app.example:8443/callback", "https://app.example:8443/callback"),
            (PLACE, PLACE),
        ] {
            assert_eq!(to_register(&Url::parse(redirect).unwrap()).as_str(), registered);
        }
    }

    #[test]
    fn what_answers_is_read() {
        assert_eq!(read("code=a%20b&state=s3cret"), Ok(Answer::Code("a b".into())));
        assert_eq!(read("state=s3cret&code=a&iss=https%3A%2F%2Faccount.example%2F#x"), Ok(Answer::Code("a".into())));
        assert_eq!(read("error=access_denied&state=s3cret"), Ok(Answer::Refused(rejected("access_denied"))));
        assert_eq!(read("error=%3Cb%3Ehello&state=s3cret"), Ok(Answer::Refused(rejected("OAUTH_ERROR"))));
        assert_eq!(read("error=server_error&state=s3cret"), Ok(Answer::Refused(Failure::Offline)));
    }

    #[test]
    fn what_a_single_sign_on_answers_is_read() {
        let asked = Asked { of: Source::SingleSignOn, ..asked(false) };
        let read = |query: &str| callback(&format!("{PLACE}?{query}"), &asked);
        assert_eq!(read("state=s3cret&loginToken=a"), Ok(Answer::Code("a".into())));
        assert_eq!(read("state=other&loginToken=a"), Err(rejected(STATE)), "somebody else's token");
        let malformed = Err(invalid(Field::Link, FieldTrouble::Malformed));
        for query in [
            "state=s3cret",
            "state=s3cret&loginToken=",
            "state=s3cret&loginToken=a&loginToken=b",
            "state=s3cret&code=a",
        ] {
            assert_eq!(read(query), malformed, "{query}");
        }
    }

    #[test]
    fn what_does_not_answer_is_refused() {
        let malformed = Err(invalid(Field::Link, FieldTrouble::Malformed));
        for query in ["code=a&code=b&state=s3cret", "code=a&state=s3cret&state=s3cret", "state=s3cret"] {
            assert_eq!(read(query), malformed, "{query}");
        }
        assert_eq!(read("code=a&error=access_denied&state=s3cret"), malformed);
        assert_eq!(read("code=&state=s3cret"), malformed);
        for query in ["code=a", "code=a&state=", "code=a&state=s3cre", "code=a&state=s3cret2", "error=access_denied"] {
            assert_eq!(read(query), Err(rejected(STATE)), "{query}");
        }
        assert_eq!(read("code=a&state=s3cret&iss=https://evil.example/"), Err(rejected(ISSUER)));
        let unnamed = format!("{PLACE}?code=a&state=s3cret");
        assert_eq!(callback(&unnamed, &asked(true)), Err(rejected(ISSUER)));
        for text in
            ["", "x", "https://evil.example/callback?code=a&state=s3cret", "org.bulla.app:/other?code=a&state=s3cret"]
        {
            assert_eq!(callback(text, &asked(false)), malformed, "{text}");
        }
        let long = format!("code={}&state=s3cret", "a".repeat(LIMIT));
        assert_eq!(read(&long), Err(invalid(Field::Link, FieldTrouble::TooLong)));
    }

    /// Pieces that a hostile app would try.
    const PIECES: [&str; 24] = [
        "code=",
        "state=",
        "s3cret",
        "iss=",
        "error=",
        "access_denied",
        "&",
        "=",
        "?",
        "#",
        "%",
        "%00",
        "%26",
        "%u0041",
        "+",
        ";",
        "//",
        "@",
        "\\",
        "\u{0}",
        "\u{202e}",
        "\u{200b}",
        "https://evil.example/",
        "org.bulla.app:/callback?",
    ];

    /// One honest callback, changed in up to five places.
    fn changed(random: &mut impl FnMut(usize) -> usize) -> String {
        let mut text: Vec<char> =
            format!("{PLACE}?code=a1b2&state=s3cret&iss=https%3A%2F%2Faccount.example%2F").chars().collect();
        for _ in 0..random(6) {
            let at = random(text.len() + 1);
            match random(5) {
                0 => _ = text.splice(at..at, PIECES[random(PIECES.len())].chars()),
                1 => _ = text.drain(at..(at + random(12)).min(text.len())),
                2 => text.truncate(at),
                3 => text.insert(at, char::from_u32(random(0x11_0000) as u32).unwrap_or('\u{fffd}')),
                _ => text.extend_from_within(at..),
            }
        }
        text.into_iter().collect()
    }

    /// An answer is given to nobody who does not bring the state, to this place, from this issuer. Seeded: the same million each time.
    #[test]
    fn a_million_callbacks_of_strangers() {
        let threads: u64 = 4;
        let run = |seed: u64| {
            let mut next = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mut random = move |below: usize| {
                next ^= next << 13;
                next ^= next >> 7;
                next ^= next << 17;
                (next >> 11) as usize % below.max(1)
            };
            let (known, anybody) = (asked(true), asked(false));
            let mut answered = 0;
            for _ in 0..1_000_000 / threads {
                let text = changed(&mut random);
                assert!(callback(&text, &known).is_err() || callback(&text, &anybody).is_ok());
                if callback(&text, &anybody).is_ok() {
                    answered += 1;
                    let url = Url::parse(&text).unwrap();
                    assert_eq!((url.scheme(), url.path()), ("org.bulla.app", "/callback"), "{text}");
                    let states: Vec<_> = url.query_pairs().filter(|(key, _)| key == "state").collect();
                    assert!(states.len() == 1 && states[0].1 == "s3cret", "{text}");
                    assert!(
                        url.query_pairs().all(|(key, value)| key != "iss" || value == "https://account.example/"),
                        "{text}"
                    );
                }
            }
            answered
        };
        let answered: u32 = std::thread::scope(|all| {
            let runs: Vec<_> = (1..=threads).map(|seed| all.spawn(move || run(seed))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        // The honest one is among them, and most are not.
        assert!((1_000..600_000).contains(&answered), "{answered}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn nothing_that_does_not_know_the_state_is_an_answer(text in "\\PC{0,300}", query in "[a-z&=%#?+0-9]{0,120}") {
            prop_assume!(!query.contains("s3cret") && !text.contains("s3cret"));
            prop_assert!(callback(&text, &asked(false)).is_err());
            prop_assert!(read(&text).is_err());
            prop_assert!(read(&query).is_err());
        }

        #[test]
        fn any_code_comes_through_as_it_was(code in "\\PC{1,200}", noise in "[a-z]{5,9}") {
            let mut url = Url::parse(PLACE).unwrap();
            url.query_pairs_mut().append_pair(&format!("x{noise}"), &code).append_pair("state", "s3cret").append_pair("code", &code);
            prop_assert_eq!(callback(url.as_str(), &asked(false)), Ok(Answer::Code(code)));
        }
    }
}

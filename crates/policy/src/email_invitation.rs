//! Inviting by e-mail address: which server knows people by theirs, what it is asked, and who may be invited so (Matrix specification, "Identity
//! Service API"). The server hears no address that it does not know: it is asked for hashes.

use std::collections::HashMap;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bulla_model::{Barrier, Failure, Manifest, TrustTrouble, UserId};
use serde::Deserialize;

use crate::{DirectoryAnswer, homeserver, identifier, manifest::untrusted};

/// Where the identity server gives a token to whom their homeserver vouches for.
pub const IDENTITY_REGISTER_PATH: &str = "/_matrix/identity/v2/account/register";
/// Where it says how it wants addresses hashed.
pub const HASH_DETAILS_PATH: &str = "/_matrix/identity/v2/hash_details";
/// Where it says who has an address.
pub const LOOKUP_PATH: &str = "/_matrix/identity/v2/lookup";
/// Where it takes its token back.
pub const IDENTITY_LOGOUT_PATH: &str = "/_matrix/identity/v2/account/logout";
/// How long its answers may be.
pub const IDENTITY_LIMIT: usize = 1024 * 1024;
/// The one way to hash that there is: the other, `none`, would tell it every address.
pub const LOOKUP_ALGORITHM: &str = "sha256";
/// A code of ours: it answers what no identity server does, or hashes as none should.
const NOT_IDENTITY: &str = "NOT_IDENTITY_SERVER";
const PEPPER: usize = 1024;

/// The identity server of the deployment: its base address, and its name as a homeserver is told it.
pub fn identity_server(manifest: Option<&Manifest>) -> Result<(&str, String), Failure> {
    let none = || Failure::Forbidden { why: Barrier::NoEmailInvitations };
    let base = manifest.and_then(|manifest| manifest.lookup.as_deref()).ok_or_else(none)?;
    Ok((base, identity_name(base).ok_or_else(none)?))
}

/// The host, and the port where it is another than usual; none of an address with a path, which a homeserver could not be told.
pub(crate) fn identity_name(base: &str) -> Option<String> {
    let url = homeserver(base).ok()?;
    let host = url.host_str()?;
    (url.path() == "/").then(|| match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The token in an answer to a registration.
pub fn identity_token(status: u16, body: &[u8]) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Registered {
        token: Option<String>,
        // What Sydent said before the specification was written.
        access_token: Option<String>,
    }
    let Registered { token, access_token } = answer(status, body)?;
    token.or(access_token).filter(|token| !token.is_empty()).ok_or_else(|| rejected(NOT_IDENTITY))
}

/// The pepper in how an identity server wants addresses hashed. One that would have them in clear is asked nothing.
pub fn lookup_pepper(status: u16, body: &[u8]) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Details {
        algorithms: Vec<String>,
        lookup_pepper: String,
    }
    let Details { algorithms, lookup_pepper } = answer(status, body)?;
    let good = (1..=PEPPER).contains(&lookup_pepper.len()) && algorithms.iter().any(|name| name == LOOKUP_ALGORITHM);
    good.then_some(lookup_pepper).ok_or_else(|| rejected(NOT_IDENTITY))
}

/// What an address is asked for by.
pub fn lookup_hash(email: &str, pepper: &str) -> String {
    let hash = digest::digest(&digest::SHA256, format!("{email} email {pepper}").as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(hash)
}

/// Who has which address, by hash. What is no user id is nobody.
pub fn looked_up(status: u16, body: &[u8]) -> Result<HashMap<String, UserId>, Failure> {
    #[derive(Deserialize)]
    struct Found {
        mappings: HashMap<String, String>,
    }
    let Found { mappings } = answer(status, body)?;
    let people = mappings.into_iter().map(|(hash, user)| (hash, UserId(user)));
    Ok(people.filter(|(_, user)| identifier::user_id(&user.0).is_ok()).collect())
}

/// Whether the holder of an address that nobody has yet will be a guest from outside, by what a directory service says of it. An address that no
/// server of the deployment answers for is refused: whoever has it could never come.
pub fn email_is_guest(answer: &DirectoryAnswer, manifest: &Manifest) -> Result<bool, Failure> {
    let server = answer.server().ok_or(Failure::Forbidden { why: Barrier::NotProfessional })?;
    let instance = manifest.instances.iter().find(|instance| instance.server == server);
    instance.map(|instance| instance.external_guests).ok_or(untrusted(TrustTrouble::NotListed))
}

fn answer<'a, T: Deserialize<'a>>(status: u16, body: &'a [u8]) -> Result<T, Failure> {
    #[derive(Deserialize)]
    struct No {
        errcode: String,
    }
    match status {
        200 => serde_json::from_slice(body).map_err(|_| rejected(NOT_IDENTITY)),
        // Only a code, never a text: that may repeat an address.
        _ => Err(match serde_json::from_slice::<No>(body) {
            Ok(No { errcode }) if is_code(&errcode) => rejected(&errcode),
            _ => rejected(&format!("HTTP_{status}")),
        }),
    }
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}

fn rejected(code: &str) -> Failure {
    Failure::Rejected { code: code.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::directory_answer;

    use super::*;

    #[test]
    fn an_address_is_hashed_as_the_specification_says() {
        // Matrix specification, Identity Service API, section 7.1.2.2.
        for (email, hash) in [
            ("alice@example.com", "4kenr7N9drpCJ4AfalmlGQVsOn3o2RHjkADUpXJWZUc"),
            ("bob@example.com", "LJwSazmv46n0hlMlsb_iYxI0_HXEqy_yj6Jm636cdT8"),
        ] {
            assert_eq!(lookup_hash(email, "matrixrocks"), hash);
        }
    }

    #[test]
    fn a_server_that_would_hear_addresses_is_asked_nothing() {
        let no = |code: &str| Err(Failure::Rejected { code: code.into() });
        let long = format!(r#"{{"algorithms":["sha256"],"lookup_pepper":"{}"}}"#, "p".repeat(PEPPER + 1));
        for (status, body, expected) in [
            (200, r#"{"algorithms":["none","sha256"],"lookup_pepper":"sel"}"#, Ok("sel".to_owned())),
            (200, r#"{"algorithms":["none"],"lookup_pepper":"sel"}"#, no(NOT_IDENTITY)),
            (200, r#"{"algorithms":["sha256"],"lookup_pepper":""}"#, no(NOT_IDENTITY)),
            (200, long.as_str(), no(NOT_IDENTITY)),
            (200, r#"{"algorithms":"sha256","lookup_pepper":"sel"}"#, no(NOT_IDENTITY)),
            (200, "<html>", no(NOT_IDENTITY)),
            (403, r#"{"errcode":"M_TERMS_NOT_SIGNED","error":"sign"}"#, no("M_TERMS_NOT_SIGNED")),
            (400, r#"{"errcode":"jean@dinum.gouv.fr"}"#, no("HTTP_400")),
            (502, "", no("HTTP_502")),
        ] {
            assert_eq!(lookup_pepper(status, body.as_bytes()), expected, "{status} {body}");
        }
    }

    #[test]
    fn only_user_ids_are_people() {
        let found = looked_up(200, br#"{"mappings":{"a":"@jean:agent.example","b":"jean","c":"@jean"}}"#).unwrap();
        assert_eq!(found, HashMap::from([("a".to_owned(), UserId("@jean:agent.example".into()))]));
        assert!(looked_up(200, br#"{"mappings":[]}"#).is_err());
        assert_eq!(identity_token(200, br#"{"token":"t","access_token":"a"}"#), Ok("t".into()));
        assert_eq!(identity_token(200, br#"{"access_token":"a"}"#), Ok("a".into()));
        assert!(identity_token(200, b"{}").is_err());
    }

    #[test]
    fn a_homeserver_is_told_a_host_and_nothing_else() {
        for (base, name) in [
            ("https://annuaire.messagerie.example", Some("annuaire.messagerie.example")),
            ("https://annuaire.messagerie.example/", Some("annuaire.messagerie.example")),
            ("https://annuaire.messagerie.example:8448", Some("annuaire.messagerie.example:8448")),
            ("https://annuaire.messagerie.example/identite", None),
            ("https://annuaire.messagerie.example/../a", None),
            ("https://annuaire.messagerie.example/a/..", Some("annuaire.messagerie.example")),
            ("https://a@annuaire.messagerie.example", None),
            ("https://annuaire.messagerie.example?b", None),
            ("http://annuaire.messagerie.example", None),
        ] {
            assert_eq!(identity_name(base).as_deref(), name, "{base}");
        }
        assert_eq!(identity_server(None).err(), Some(Failure::Forbidden { why: Barrier::NoEmailInvitations }));
    }

    #[test]
    fn where_an_address_belongs_says_who_it_is() {
        let manifest: Manifest = serde_json::from_str(
            r#"{"schema":1,"version":1,"exp":9000000000,"name":"M","discovery":[],"instances":[
                {"server":"agent.example","base_url":"https://agent.example","label":"A","sign_in":["oauth"]},
                {"server":"guests.example","base_url":"https://guests.example","label":"G","external_guests":true,"sign_in":["oauth"]}]}"#,
        )
        .unwrap();
        let said = |body: &str| email_is_guest(&directory_answer(200, body.as_bytes()).unwrap(), &manifest);
        assert_eq!(said(r#"{"hs":"agent.example"}"#), Ok(false));
        assert_eq!(said(r#"{"hs":"guests.example","invited":false}"#), Ok(true));
        assert_eq!(said(r#"{"hs":"evil.example"}"#), Err(untrusted(TrustTrouble::NotListed)));
        assert_eq!(said(r#"{"hs":""}"#), Err(Failure::Forbidden { why: Barrier::NotProfessional }));
    }
}

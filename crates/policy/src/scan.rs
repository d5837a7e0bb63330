//! What an antivirus answers (matrix-content-scanner), and whom one tells one's token.

use std::time::{Duration, SystemTime};

use bulla_model::ScanState;
use serde::{Deserialize, Serialize};
use url::Url;

/// How long a file that was found clean counts as such: what is known of harmful files grows.
const CLEAN: Duration = Duration::from_secs(30 * 24 * 3600);

/// What an answer of the scanner's means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanAnswer {
    /// The file is what this says.
    Said(ScanState),
    /// It has another key than the one that it was spoken to with.
    OtherKey,
    /// It does not know the token.
    Token,
}

/// A verdict that is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was found.
    pub state: ScanState,
    /// By whom: the scanner's address.
    pub by: String,
    /// When.
    pub at: SystemTime,
}

/// What the answer to a scan means. Only a 200 that says so makes a file clean.
pub fn scan_answer(status: u16, body: &[u8]) -> ScanAnswer {
    #[derive(Deserialize)]
    struct Body {
        clean: Option<bool>,
        info: Option<String>,
        reason: Option<String>,
        errcode: Option<String>,
    }

    let body: Option<Body> = serde_json::from_slice(body).ok();
    let (clean, reason) = match &body {
        Some(body) => (body.clean, body.reason.as_deref().or(body.errcode.as_deref()).unwrap_or_default()),
        None => (None, ""),
    };
    // Before 1.1 the scanner said this in words alone.
    let of_type = body.as_ref().and_then(|body| body.info.as_deref()) == Some("File type not supported");
    let said = match (status, clean, reason) {
        (200, Some(true), _) => ScanState::Clean,
        (200 | 403, Some(false), _) | (403, _, "MCS_MEDIA_NOT_CLEAN") if of_type => ScanState::TypeNotAllowed,
        (200 | 403, Some(false), _) | (403, _, "MCS_MEDIA_NOT_CLEAN") => ScanState::Infected,
        (403, _, "MCS_MIME_TYPE_FORBIDDEN") => ScanState::TypeNotAllowed,
        // The latter from matrix-content-scanner, for a body that it cannot open and for a file that it cannot.
        (400 | 403, _, "MCS_BAD_DECRYPTION" | "MCS_MEDIA_FAILED_TO_DECRYPT") => return ScanAnswer::OtherKey,
        (401, _, _) => return ScanAnswer::Token,
        (404, _, "M_NOT_FOUND") => ScanState::Gone,
        _ => ScanState::Unavailable,
    };
    ScanAnswer::Said(said)
}

/// Whether a verdict that is kept still counts, for this scanner.
pub fn verdict_counts(verdict: &Verdict, scanner: &str, now: SystemTime) -> bool {
    let young = now.duration_since(verdict.at).is_ok_and(|age| age <= CLEAN);
    verdict.by == scanner
        && match verdict.state {
            ScanState::Clean => young,
            ScanState::Infected | ScanState::TypeNotAllowed => true,
            // What another server did not give may come yet.
            ScanState::Gone | ScanState::Waiting | ScanState::Unavailable => false,
        }
}

/// Whether a scanner may be told the access token: it is on the homeserver's own host, or the manifest says so.
pub fn may_hear_token(scanner: &Url, homeserver: &Url, manifest_says: bool) -> bool {
    let safe = scanner.scheme() == "https" || homeserver.scheme() == "http";
    safe && (manifest_says || (scanner.host().is_some() && scanner.host() == homeserver.host()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        use ScanAnswer::{OtherKey, Said, Token};
        for (status, body, answer) in [
            (200, r#"{"clean": true, "info": "File clean"}"#, Said(ScanState::Clean)),
            (200, r#"{"clean": false, "info": "x"}"#, Said(ScanState::Infected)),
            (403, r#"{"clean": false, "info": "x"}"#, Said(ScanState::Infected)),
            (200, r#"{"clean": false, "info": "File type not supported"}"#, Said(ScanState::TypeNotAllowed)),
            (200, r#"{"clean": true, "info": "File type not supported"}"#, Said(ScanState::Clean)),
            (403, r#"{"reason": "MCS_MEDIA_NOT_CLEAN", "info": "x"}"#, Said(ScanState::Infected)),
            (403, r#"{"reason": "MCS_MIME_TYPE_FORBIDDEN"}"#, Said(ScanState::TypeNotAllowed)),
            (403, r#"{"reason": "MCS_BAD_DECRYPTION"}"#, OtherKey),
            (400, r#"{"reason": "MCS_BAD_DECRYPTION"}"#, OtherKey),
            (400, r#"{"reason": "MCS_MEDIA_FAILED_TO_DECRYPT"}"#, OtherKey),
            (401, r#"{"reason": "M_UNKNOWN_TOKEN"}"#, Token),
            (404, r#"{"reason": "M_NOT_FOUND"}"#, Said(ScanState::Gone)),
            // A route that is not there is no file that is not there.
            (404, r#"{"errcode": "M_UNRECOGNIZED"}"#, Said(ScanState::Unavailable)),
            (404, "<html>", Said(ScanState::Unavailable)),
            (502, r#"{"reason": "MCS_MEDIA_REQUEST_FAILED"}"#, Said(ScanState::Unavailable)),
            // What only looks like a yes.
            (200, "<html>Welcome", Said(ScanState::Unavailable)),
            (200, "{}", Said(ScanState::Unavailable)),
            (200, r#"{"clean": "true"}"#, Said(ScanState::Unavailable)),
            (200, r#"{"clean": 1}"#, Said(ScanState::Unavailable)),
            (500, r#"{"clean": true}"#, Said(ScanState::Unavailable)),
            (204, r#"{"clean": true}"#, Said(ScanState::Unavailable)),
            (302, r#"{"clean": true}"#, Said(ScanState::Unavailable)),
        ] {
            assert_eq!(scan_answer(status, body.as_bytes()), answer, "{status} {body}");
        }
    }

    #[test]
    fn a_verdict_is_one_scanners_and_a_clean_one_grows_old() {
        let at = SystemTime::UNIX_EPOCH + CLEAN * 2;
        let verdict = |state| Verdict { state, by: "https://a".into(), at };
        let counts = |state, scanner, now| verdict_counts(&verdict(state), scanner, now);
        assert!(counts(ScanState::Clean, "https://a", at + CLEAN));
        assert!(!counts(ScanState::Clean, "https://a", at + CLEAN + Duration::from_secs(1)));
        assert!(!counts(ScanState::Clean, "https://b", at));
        // A clock that was set back makes nothing young.
        assert!(!counts(ScanState::Clean, "https://a", at - Duration::from_secs(1)));
        assert!(counts(ScanState::Infected, "https://a", at + CLEAN * 9));
        assert!(!counts(ScanState::Infected, "https://b", at));
        assert!(!counts(ScanState::Unavailable, "https://a", at) && !counts(ScanState::Gone, "https://a", at));
    }

    #[test]
    fn a_token_goes_to_the_homeservers_host_or_where_the_manifest_says() {
        let may = |scanner: &str, homeserver: &str, says| {
            may_hear_token(&Url::parse(scanner).unwrap(), &Url::parse(homeserver).unwrap(), says)
        };
        assert!(may("https://matrix.a.fr/", "https://matrix.a.fr", false));
        assert!(may("https://matrix.a.fr:8080/scan", "https://matrix.a.fr", false));
        assert!(!may("https://scan.a.fr", "https://matrix.a.fr", false));
        assert!(may("https://scan.a.fr", "https://matrix.a.fr", true));
        assert!(!may("https://matrix.a.fr.evil.example", "https://matrix.a.fr", false));
        // Never in clear where the homeserver is not.
        assert!(!may("http://127.0.0.1:1", "https://matrix.a.fr", true));
        assert!(may("http://127.0.0.1:1", "http://127.0.0.1:2", false));
    }
}

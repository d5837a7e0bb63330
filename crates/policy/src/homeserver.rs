//! The address of a homeserver, as a person or a configuration gives it.

use bulla_model::{Failure, Field, FieldTrouble};
use url::{Host, Url};

use crate::invalid;

/// The base address to speak to: `https` where nothing is said; plain `http` only to this very machine, for development.
/// Credentials, a query or a fragment in it are refused.
pub fn homeserver(typed: &str) -> Result<Url, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(invalid(Field::Homeserver, FieldTrouble::Empty));
    }
    let malformed = || invalid(Field::Homeserver, FieldTrouble::Malformed);
    let full = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&full).map_err(|_| malformed())?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let host = url.host().filter(|_| plain).ok_or_else(malformed)?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(&host) => Ok(url),
        "http" => Err(invalid(Field::Homeserver, FieldTrouble::NotSecure)),
        _ => Err(malformed()),
    }
}

/// `path` under the base address `base`, whether or not that ends with a slash.
pub fn under(base: &str, path: &str) -> Result<Url, Failure> {
    let mut url = homeserver(base)?;
    let whole = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&whole);
    Ok(url)
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let trouble = |typed| match homeserver(typed) {
            Ok(url) => Ok(url.to_string()),
            Err(Failure::Invalid { why, .. }) => Err(why),
            Err(other) => panic!("{other}"),
        };
        let ok = |url: &str| Ok(url.to_owned());
        for (typed, expected) in [
            ("matrix.agent.example.fr", ok("https://matrix.agent.example.fr/")),
            ("  https://matrix.example.fr/base ", ok("https://matrix.example.fr/base")),
            ("http://127.0.0.1:8008", ok("http://127.0.0.1:8008/")),
            ("http://localhost:8008", ok("http://localhost:8008/")),
            ("http://[::1]:8008", ok("http://[::1]:8008/")),
            ("http://matrix.example.fr", Err(FieldTrouble::NotSecure)),
            ("http://localhost.example.fr", Err(FieldTrouble::NotSecure)),
            ("ftp://example.fr", Err(FieldTrouble::Malformed)),
            ("https://jean:secret@example.fr", Err(FieldTrouble::Malformed)),
            ("https://example.fr/?a=b", Err(FieldTrouble::Malformed)),
            ("https://", Err(FieldTrouble::Malformed)),
            ("exa mple", Err(FieldTrouble::Malformed)),
            ("", Err(FieldTrouble::Empty)),
        ] {
            assert_eq!(trouble(typed), expected, "{typed}");
        }
    }
}

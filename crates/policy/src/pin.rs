//! Which public keys a host may show.

use std::time::SystemTime;

use base64::{Engine, prelude::BASE64_STANDARD};
use bulla_model::HostPins;

/// Whether `host` may show the key whose SubjectPublicKeyInfo has this SHA-256. A host without pins may show any; one whose
/// pins are all over may show none: a newer manifest has to lift them, time alone never does.
pub fn pinned(pins: &[HostPins], host: &str, sha256: &[u8], now: SystemTime) -> bool {
    let mut of_host = pins.iter().filter(|pins| pins.host.eq_ignore_ascii_case(host)).peekable();
    if of_host.peek().is_none() {
        return true;
    }
    let key = BASE64_STANDARD.encode(sha256);
    of_host.flat_map(|pins| &pins.keys).any(|pin| pin.sha256 == key && now < pin.until)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bulla_model::Pin;

    use super::*;

    #[test]
    fn table() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let pin = |byte: u8, until| Pin { sha256: BASE64_STANDARD.encode([byte; 32]), until: at(until) };
        let pins = [HostPins { host: "m.example".into(), keys: vec![pin(1, 100), pin(2, 200)] }];
        for (host, key, now, expected) in [
            ("m.example", 1, 50, true),
            ("M.Example", 1, 50, true),
            ("m.example", 1, 100, false),
            ("m.example", 2, 150, true),
            ("m.example", 2, 200, false),
            ("m.example", 3, 50, false),
            ("other.example", 3, 50, true),
        ] {
            assert_eq!(pinned(&pins, host, &[key; 32], at(now)), expected, "{host} {key} {now}");
        }
    }
}

//! When a server's word is enough to erase what is on a device.

/// Where a server says who is asking, under its base address.
pub const WHO_AM_I_PATH: &str = "/_matrix/client/v3/account/whoami";
/// How long its answer may be.
pub const WHO_AM_I_LIMIT: usize = 16 * 1024;

/// What an answer to "who am I?" (Matrix specification, `GET /account/whoami`) says of `user`'s device: gone for good (true), still
/// there (false), or neither (none): a soft logout, a portal's page, a proxy's error, another person.
pub fn is_gone(status: u16, body: &[u8], user: &str) -> Option<bool> {
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    let said = |name: &str| answer.get(name);
    match status {
        200 if said("user_id")?.as_str() == Some(user) => Some(false),
        // A member that is there and no plain false is not taken for a yes.
        401 if said("errcode")?.as_str() == Some("M_UNKNOWN_TOKEN") => {
            said("soft_logout").is_none_or(|soft| soft.as_bool() == Some(false)).then_some(true)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn table() {
        for (status, body, expected) in [
            (401, r#"{"errcode":"M_UNKNOWN_TOKEN","error":"x"}"#, Some(true)),
            (401, r#"{"errcode":"M_UNKNOWN_TOKEN","soft_logout":false}"#, Some(true)),
            (401, r#"{"errcode":"M_UNKNOWN_TOKEN","soft_logout":true}"#, None),
            (401, r#"{"errcode":"M_UNKNOWN_TOKEN","soft_logout":"false"}"#, None),
            (401, r#"{"errcode":"M_MISSING_TOKEN"}"#, None),
            (401, "<html>Log in to the hotel</html>", None),
            (401, "", None),
            (403, r#"{"errcode":"M_UNKNOWN_TOKEN"}"#, None),
            (403, r#"{"errcode":"ORG_MATRIX_EXPIRED_ACCOUNT"}"#, None),
            (500, r#"{"errcode":"M_UNKNOWN_TOKEN"}"#, None),
            (502, "Bad gateway", None),
            (200, r#"{"errcode":"M_UNKNOWN_TOKEN"}"#, None),
            (200, r#"{"user_id":"@a:b"}"#, Some(false)),
            (200, r#"{"user_id":"@c:b"}"#, None),
            (200, "<html>Welcome</html>", None),
        ] {
            assert_eq!(is_gone(status, body.as_bytes(), "@a:b"), expected, "{status} {body}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_those_very_words_erases(status in 0..600u16, body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_ne!(is_gone(status, &body, "@a:b"), Some(true));
        }
    }
}

//! Accounts that end unless they are renewed.

use std::time::Duration;

use bulla_model::Failure;

/// The error code of an account that has ended.
pub const EXPIRED_ACCOUNT: &str = "ORG_MATRIX_EXPIRED_ACCOUNT";

/// Where Synapse sends the mail that renews an account; it is in no specification.
pub const RENEWAL_MAIL_PATH: &str = "/_matrix/client/unstable/account_validity/send_mail";

/// The longest answer to that.
pub const RENEWAL_MAIL_LIMIT: usize = 16 * 1024;

/// Between two renewal mails.
pub const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// Whether a renewal mail may be asked for, `since` the last one.
pub fn may_send_renewal(since: Option<Duration>) -> Result<(), Failure> {
    match since.and_then(|since| RENEWAL_PAUSE.checked_sub(since)).filter(|rest| !rest.is_zero()) {
        Some(retry_after) => Err(Failure::Wait { retry_after }),
        None => Ok(()),
    }
}

/// The error code in a server's refusal (Matrix specification, "Standard error response").
pub fn error_code(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(body["errcode"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_minute_between_two() {
        let after = |seconds| may_send_renewal(Some(Duration::from_secs(seconds)));
        assert_eq!(may_send_renewal(None), Ok(()));
        assert_eq!(after(0), Err(Failure::Wait { retry_after: Duration::from_secs(30) }));
        assert_eq!(after(29), Err(Failure::Wait { retry_after: Duration::from_secs(1) }));
        assert_eq!((after(30), after(3_000)), (Ok(()), Ok(())));
        assert_eq!(error_code(br#"{"errcode": "M_UNKNOWN"}"#).as_deref(), Some("M_UNKNOWN"));
        assert_eq!((error_code(b"<html>"), error_code(b"[]")), (None, None));
    }
}

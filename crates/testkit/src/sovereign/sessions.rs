use std::time::{Duration, Instant};

use crate::random;

const TOKEN_SECONDS: u64 = 300;

/// One device of somebody's, and its tokens.
#[derive(Debug)]
pub struct Session {
    pub client: String,
    pub localpart: String,
    pub device: String,
    pub scope: String,
    lifetime: Duration,
    access: String,
    expires: Instant,
    refresh: String,
    /// The refresh token before, until one of the new pair is used: their answer may have been lost on its way.
    before: Option<String>,
}

/// What a token endpoint gives.
#[derive(Debug, PartialEq, Eq)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub lifetime: Duration,
}

impl Session {
    pub fn new(
        client: &str,
        localpart: &str,
        device: &str,
        scope: &str,
        seconds: Option<u64>,
        now: Instant,
    ) -> (Self, Tokens) {
        let lifetime = Duration::from_secs(seconds.unwrap_or(TOKEN_SECONDS));
        let tokens = Tokens::new(lifetime);
        let session = Self {
            client: client.into(),
            localpart: localpart.into(),
            device: device.into(),
            scope: scope.into(),
            lifetime,
            access: tokens.access.clone(),
            expires: now + lifetime,
            refresh: tokens.refresh.clone(),
            before: None,
        };
        (session, tokens)
    }

    /// Whether a token, of either kind, is of this session.
    pub fn has(&self, token: &str) -> bool {
        self.access == token || self.refresh == token || self.before.as_deref() == Some(token)
    }

    /// How long an access token has still to live. It was used, so its refresh token did arrive.
    pub fn used(&mut self, access: &str, now: Instant) -> Option<Duration> {
        if self.access != access || now >= self.expires {
            return None;
        }
        self.before = None;
        Some(self.expires - now)
    }

    /// New tokens for a refresh token: for the last one, and for the one before while nothing of the last pair was used.
    pub fn renew(&mut self, refresh: &str, client: &str, now: Instant) -> Option<Tokens> {
        let lost = self.before.as_deref() == Some(refresh);
        if client != self.client || !(lost || self.refresh == refresh) {
            return None;
        }
        let tokens = Tokens::new(self.lifetime);
        self.before = Some(refresh.to_owned());
        self.access.clone_from(&tokens.access);
        self.refresh.clone_from(&tokens.refresh);
        self.expires = now + self.lifetime;
        Some(tokens)
    }
}

impl Tokens {
    fn new(lifetime: Duration) -> Self {
        Self { access: format!("sat_{}", random::hex(16)), refresh: format!("sar_{}", random::hex(16)), lifetime }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_token_lives_until_the_new_pair_is_used() {
        let now = Instant::now();
        let (mut session, first) = Session::new("app", "a", "D", "s", None, now);
        assert_eq!(session.renew(&first.refresh, "other", now), None);
        let lost = session.renew(&first.refresh, "app", now).unwrap();
        let second = session.renew(&first.refresh, "app", now).unwrap();
        assert_eq!(session.renew(&lost.refresh, "app", now), None, "never arrived");
        assert_eq!(session.used(&first.access, now), None, "replaced");
        assert!(session.used(&second.access, now).is_some());
        assert_eq!(session.renew(&first.refresh, "app", now), None, "the new pair is in use");
        let third = session.renew(&second.refresh, "app", now).unwrap();
        assert_eq!(session.used(&third.access, now + Duration::from_secs(300)), None, "expired");
    }
}

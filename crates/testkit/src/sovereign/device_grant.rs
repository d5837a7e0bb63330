use std::time::{Duration, Instant};

use crate::random;

/// How long an app waits between two questions, unless it is told to slow down.
pub const INTERVAL: Duration = Duration::from_secs(1);
pub const LIFETIME: Duration = Duration::from_secs(900);
/// How much longer an app waits each time it was too fast (RFC 8628, section 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// A device that waits for somebody to let it in elsewhere (RFC 8628).
#[derive(Debug)]
pub struct DeviceGrant {
    pub client: String,
    pub device: String,
    pub scope: String,
    /// What the device alone knows.
    pub device_code: String,
    /// What a person sees on it.
    pub user_code: String,
    until: Instant,
    interval: Duration,
    asked: Option<Instant>,
    answer: Option<Decision>,
}

/// What somebody said about a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed { localpart: String },
    Denied,
}

impl DeviceGrant {
    pub fn new(client: &str, device: &str, scope: &str, now: Instant) -> Self {
        Self {
            client: client.into(),
            device: device.into(),
            scope: scope.into(),
            device_code: random::hex(16),
            user_code: random::hex(3).to_uppercase(),
            until: now + LIFETIME,
            interval: INTERVAL,
            asked: None,
            answer: None,
        }
    }

    /// Whether somebody may still say something about it: once, and in time.
    pub fn is_open(&self, now: Instant) -> bool {
        self.answer.is_none() && now < self.until
    }

    pub fn decide(&mut self, decision: Decision, now: Instant) -> bool {
        let open = self.is_open(now);
        if open {
            self.answer = Some(decision);
        }
        open
    }

    /// Who let the device in, or the error of RFC 8628, section 3.5.
    pub fn poll(&mut self, now: Instant) -> Result<String, &'static str> {
        let before = self.asked.replace(now);
        if now >= self.until {
            return Err("expired_token");
        }
        // Half of it: a question may have been late on its way, and the next one not.
        if before.is_some_and(|before| now < before + self.interval / 2) {
            self.interval += SLOWER;
            return Err("slow_down");
        }
        match &self.answer {
            None => Err("authorization_pending"),
            Some(Decision::Denied) => Err("access_denied"),
            Some(Decision::Allowed { localpart }) => Ok(localpart.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(now: Instant) -> DeviceGrant {
        DeviceGrant::new("app", "D", "s", now)
    }

    #[test]
    fn a_device_waits_until_somebody_says_yes_or_no() {
        let now = Instant::now();
        let mut allowed = grant(now);
        assert_eq!(allowed.poll(now), Err("authorization_pending"));
        assert!(allowed.decide(Decision::Allowed { localpart: "a".into() }, now));
        assert!(!allowed.decide(Decision::Denied, now), "said once");
        assert_eq!(allowed.poll(now + INTERVAL), Ok("a".into()));
        let mut denied = grant(now);
        assert!(denied.decide(Decision::Denied, now));
        assert_eq!(denied.poll(now), Err("access_denied"));
    }

    #[test]
    fn a_device_that_asks_too_fast_is_slowed_down() {
        let now = Instant::now();
        let mut grant = grant(now);
        assert_eq!(grant.poll(now), Err("authorization_pending"));
        let soon = now + INTERVAL / 10;
        assert_eq!(grant.poll(soon), Err("slow_down"));
        assert_eq!(grant.poll(soon + INTERVAL), Err("slow_down"), "six seconds now");
        assert_eq!(grant.poll(soon + INTERVAL * 12), Err("authorization_pending"));
    }

    #[test]
    fn nobody_can_let_a_device_in_that_waited_too_long() {
        let now = Instant::now();
        let mut grant = grant(now);
        let late = now + LIFETIME;
        assert!(!grant.decide(Decision::Allowed { localpart: "a".into() }, late));
        assert_eq!(grant.poll(late), Err("expired_token"));
    }
}

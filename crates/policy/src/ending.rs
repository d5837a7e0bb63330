//! When a message ends, and what says so on the wire.
//!
//! A message that ends holds `org.bulla.ending` in its content, inside what is encrypted: `{"lifetime": milliseconds, "from": "sent" | "read"}`
//! or `{"once": true}`. Everything else of it is an ordinary message, which is what a client shows that does not know this. A state event
//! `org.bulla.ending` with the same content (without `once`) is what members agreed on for a room; `{}` takes it back. Whoever reads or opens a
//! message whose end depends on it sends `org.bulla.ending.opened`, `{"event_id": …}`, encrypted too, so that its sender's client can redact it.
//!
//! Other people's values are bounded, not believed: what is malformed does not end, what is too short lives the shortest time that may be
//! chosen, what is too long the longest.

use std::time::{Duration, SystemTime};

use bulla_model::{EndingLimit, Failure, Field, FieldTrouble, Lifetime, Retention};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::invalid;

/// What a message says of its end, and the state event with a room's default.
pub const ENDING: &str = "org.bulla.ending";
/// Tells a message's sender that it was opened or read.
pub const OPENED: &str = "org.bulla.ending.opened";
/// How long a room keeps what is said in it (MSC1763).
pub const RETENTION: &str = "m.room.retention";
/// What nobody reads or opens ends so long after it was sent.
pub const UNREAD: Duration = LONGEST;

const SHORTEST: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_secs(24 * 3600);
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// What a room may be set to keep at most.
const MOST_KEPT: Duration = Duration::from_secs(3650 * 24 * 3600);

/// A clock that nobody can set back. It goes on with the device's clock when that goes on, and with the time that the process has run
/// when that is set back; while the app is off, a clock that was set back costs what it was off for, and nothing more. It never goes faster than
/// the device's clock, and has no date: only what lies between two of its moments means something. A clock that was set
/// forward cannot be told from a device that slept: what is due then ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SteadyClock {
    /// Milliseconds since it was begun.
    at: u64,
    /// What the device's clock said then, in milliseconds since 1970.
    wall: u64,
}

/// How long a message still lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Its time has begun.
    Begun(Duration),
    /// Its time begins when it is read or opened; unread it lives so long.
    Unread(Duration),
}

impl SteadyClock {
    /// A clock that begins now.
    pub fn begin(wall: SystemTime) -> Self {
        Self { at: 0, wall: millis(wall) }
    }

    /// Goes on: `wall` is what the device's clock says, `ran` how long the process has run since the last time, as far as is known.
    pub fn tick(&mut self, wall: SystemTime, ran: Duration) {
        let wall = millis(wall);
        let walked = wall.saturating_sub(self.wall);
        let ran = u64::try_from(ran.as_millis()).unwrap_or(u64::MAX);
        self.at = self.at.saturating_add(walked.max(ran));
        self.wall = wall;
    }

    /// Milliseconds since it was begun.
    pub fn now(&self) -> u64 {
        self.at
    }
}

/// How long a message lives that comes to this device now, where the device's clock says `wall`. `sent` is what its sender's server says,
/// `opened` what this account's other devices say of when it was read or opened. Neither makes it live longer than its lifetime from now on.
pub fn left(lifetime: Lifetime, sent: SystemTime, opened: Option<SystemTime>, wall: SystemTime) -> Left {
    let since = |begun: SystemTime, whole: Duration| match wall.duration_since(begun) {
        Ok(over) => whole.saturating_sub(over),
        // In the future, by this clock.
        Err(_) => whole,
    };
    match (lifetime, opened) {
        (Lifetime::FromSending { after }, _) => Left::Begun(since(sent, after)),
        (Lifetime::FromReading { after }, Some(opened)) => Left::Begun(since(opened, after)),
        (Lifetime::Once, Some(_)) => Left::Begun(Duration::ZERO),
        (Lifetime::FromReading { .. } | Lifetime::Once, None) => Left::Unread(since(sent, UNREAD)),
    }
}

/// Refuses what may not be chosen.
pub fn check_lifetime(lifetime: &Lifetime) -> Result<(), Failure> {
    match lifetime {
        Lifetime::Once => Ok(()),
        Lifetime::FromSending { after } | Lifetime::FromReading { after } => check(*after, SHORTEST, LONGEST),
    }
}

/// The same for a room's default: what is read once cannot be one.
pub fn check_default(lifetime: &Lifetime) -> Result<(), Failure> {
    match lifetime {
        Lifetime::Once => Err(invalid(Field::Lifetime, FieldTrouble::NotAllowed)),
        lifetime => check_lifetime(lifetime),
    }
}

/// Refuses what no room may be set to: a day at least, ten years at most.
pub fn check_retention(kept: Duration) -> Result<(), Failure> {
    check(kept, DAY, MOST_KEPT)
}

/// What `org.bulla.ending` says; none where it says nothing that can be understood.
pub fn lifetime(said: &Value) -> Option<Lifetime> {
    if said.get("once").and_then(Value::as_bool) == Some(true) {
        return Some(Lifetime::Once);
    }
    let said_so = said.get("lifetime")?;
    // A number without a fraction may be written with one. What is not a number, or none that counts time, says nothing.
    let after = match (said_so.as_u64(), said_so.as_f64()) {
        (Some(whole), _) => whole,
        (None, Some(number)) if number.is_finite() && number >= 1.0 => number as u64,
        _ => return None,
    };
    let after = Duration::from_millis(after).clamp(SHORTEST, LONGEST);
    match said.get("from").and_then(Value::as_str)? {
        "sent" => Some(Lifetime::FromSending { after }),
        "read" => Some(Lifetime::FromReading { after }),
        _ => None,
    }
}

/// The same of a room's state event: what is read once cannot be a room's default.
pub fn default_lifetime(said: &Value) -> Option<Lifetime> {
    lifetime(said).filter(|lifetime| *lifetime != Lifetime::Once)
}

/// What is written of a lifetime.
pub fn ending_content(lifetime: Option<Lifetime>) -> Value {
    let millis = |after: Duration| u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    match lifetime {
        None => json!({}),
        Some(Lifetime::Once) => json!({"once": true}),
        Some(Lifetime::FromSending { after }) => json!({"lifetime": millis(after), "from": "sent"}),
        Some(Lifetime::FromReading { after }) => json!({"lifetime": millis(after), "from": "read"}),
    }
}

/// What cannot be guaranteed.
pub fn ending_limits(lifetime: Lifetime) -> Vec<EndingLimit> {
    match lifetime {
        Lifetime::FromSending { .. } | Lifetime::FromReading { .. } | Lifetime::Once => {
            vec![EndingLimit::OtherClients, EndingLimit::Pictures, EndingLimit::ServerCopy]
        }
    }
}

/// What `m.room.retention` says: its `max_lifetime`, where that is a whole number that counts time.
pub fn retention(said: &Value) -> Option<Duration> {
    said.get("max_lifetime").and_then(Value::as_u64).filter(|most| *most > 0).map(Duration::from_millis)
}

/// What is written of it.
pub fn retention_content(kept: Option<Duration>) -> Value {
    match kept {
        None => json!({}),
        Some(kept) => json!({"max_lifetime": u64::try_from(kept.as_millis()).unwrap_or(u64::MAX)}),
    }
}

/// What is in force: what the room says, no more than the deployment allows; where the room says nothing, the deployment's usual.
/// `usual_days` and `max_days` are the manifest's, 0: for ever.
pub fn effective_retention(room: Option<Duration>, usual_days: u32, max_days: u32) -> Retention {
    let days = |count: u32| (count > 0).then(|| DAY * count);
    let (usual, most) = (days(usual_days), days(max_days));
    let wanted = room.or(usual);
    let effective = match (wanted, most) {
        (Some(wanted), Some(most)) => Some(wanted.min(most)),
        (wanted, most) => wanted.or(most),
    };
    Retention { room, deployment: usual.into_iter().chain(most).min(), effective }
}

fn check(time: Duration, shortest: Duration, longest: Duration) -> Result<(), Failure> {
    match time {
        time if time < shortest => Err(invalid(Field::Lifetime, FieldTrouble::TooShort)),
        time if time > longest => Err(invalid(Field::Lifetime, FieldTrouble::TooLong)),
        _ => Ok(()),
    }
}

fn millis(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const YEAR: u64 = 365 * 24 * 3600;

    fn at(secs: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(secs)
    }

    fn sent(secs: u64) -> Option<Lifetime> {
        Some(Lifetime::FromSending { after: Duration::from_secs(secs) })
    }

    #[test]
    fn what_others_say_is_bounded_and_not_believed() {
        let year = Some(Lifetime::FromReading { after: LONGEST });
        for (said, wanted) in [
            (json!({"lifetime": 60_000, "from": "sent"}), sent(60)),
            (json!({"lifetime": 60_000.0, "from": "sent"}), sent(60)),
            (json!({"once": true}), Some(Lifetime::Once)),
            (json!({"once": true, "lifetime": 60_000, "from": "sent"}), Some(Lifetime::Once)),
            (json!({"once": "true", "lifetime": 60_000, "from": "sent"}), sent(60)),
            (json!({"lifetime": 1, "from": "sent"}), sent(30)),
            (json!({"lifetime": 0, "from": "sent"}), sent(30)),
            (json!({"lifetime": u64::MAX, "from": "read"}), year),
            (json!({"lifetime": 1e300, "from": "read"}), year),
            (json!({"lifetime": -1, "from": "sent"}), None),
            (json!({"lifetime": -1e300, "from": "sent"}), None),
            (json!({"lifetime": 0.5, "from": "sent"}), None),
            (json!({"lifetime": "60000", "from": "sent"}), None),
            (json!({"lifetime": null, "from": "sent"}), None),
            (json!({"lifetime": 60_000}), None),
            (json!({"lifetime": 60_000, "from": "birth"}), None),
            (json!({"from": "sent"}), None),
            (json!({}), None),
            (json!([]), None),
            (json!(null), None),
        ] {
            assert_eq!(lifetime(&said), wanted, "{said}");
        }
        assert_eq!(default_lifetime(&json!({"once": true})), None);
    }

    #[test]
    fn what_may_be_chosen() {
        let trouble = |secs| check_lifetime(&Lifetime::FromReading { after: Duration::from_secs(secs) });
        assert_eq!(trouble(29), Err(invalid(Field::Lifetime, FieldTrouble::TooShort)));
        assert_eq!(trouble(30), Ok(()));
        assert_eq!(trouble(YEAR), Ok(()));
        assert_eq!(trouble(YEAR + 1), Err(invalid(Field::Lifetime, FieldTrouble::TooLong)));
        assert_eq!(check_retention(DAY), Ok(()));
        assert!(check_retention(DAY / 2).is_err());
    }

    #[test]
    fn what_is_in_force_is_the_least() {
        let days = |count: u32| Some(DAY * count);
        for (room, usual, most, wanted) in [
            (None, 0, 0, None),
            (days(3), 0, 0, days(3)),
            (None, 90, 0, days(90)),
            (None, 90, 30, days(30)),
            (days(3), 90, 30, days(3)),
            (days(300), 90, 30, days(30)),
            (days(300), 90, 0, days(300)),
            (None, 0, 365, days(365)),
        ] {
            assert_eq!(effective_retention(room, usual, most).effective, wanted, "{room:?} {usual} {most}");
        }
        assert_eq!(retention(&json!({"max_lifetime": 0})), None);
        assert_eq!(retention(&json!({"max_lifetime": -5})), None);
        assert_eq!(retention(&json!({"max_lifetime": "5"})), None);
        assert_eq!(retention(&retention_content(days(2))), days(2));
    }

    #[test]
    fn when_a_message_is_due() {
        let reading = Lifetime::FromReading { after: Duration::from_secs(60) };
        let sending = Lifetime::FromSending { after: Duration::from_secs(60) };
        let begun = |secs| Left::Begun(Duration::from_secs(secs));
        for (lifetime, opened, wall, wanted) in [
            (sending, None, 1000, begun(60)),
            (sending, None, 1059, begun(1)),
            (sending, None, 1060, begun(0)),
            (sending, None, 1000 + YEAR, begun(0)),
            // A clock that is a year behind gives no more than the lifetime.
            (sending, None, 0, begun(60)),
            (reading, None, 1500, Left::Unread(Duration::from_secs(YEAR - 500))),
            (reading, None, 1000 + YEAR, Left::Unread(Duration::ZERO)),
            (reading, Some(1500), 1520, begun(40)),
            (reading, Some(1500), 1500 + YEAR, begun(0)),
            (reading, Some(9_999_999), 1500, begun(60)),
            (Lifetime::Once, None, 1000, Left::Unread(UNREAD)),
            (Lifetime::Once, Some(1001), 1000, begun(0)),
        ] {
            assert_eq!(left(lifetime, at(1000), opened.map(at), at(wall)), wanted, "{lifetime:?} {opened:?} at {wall}");
        }
    }

    #[test]
    fn a_clock_that_is_set_stops_nothing() {
        let mut clock = SteadyClock::begin(at(2 * YEAR));
        clock.tick(at(2 * YEAR + 10), Duration::from_secs(10));
        assert_eq!(clock.now(), 10_000);
        // Set back by a year: the time that the process runs counts.
        clock.tick(at(YEAR + 20), Duration::from_secs(10));
        assert_eq!(clock.now(), 20_000);
        // And from there on as always, also after a restart.
        clock.tick(at(YEAR + 50), Duration::ZERO);
        assert_eq!(clock.now(), 50_000);
        // Set forward again: a device that slept looks the same.
        clock.tick(at(2 * YEAR + 50), Duration::from_secs(1));
        assert_eq!(clock.now(), 50_000 + YEAR * 1000);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(secs in 30u64..=YEAR, reading: bool) {
            let after = Duration::from_secs(secs);
            let chosen = if reading { Lifetime::FromReading { after } } else { Lifetime::FromSending { after } };
            prop_assert_eq!(lifetime(&ending_content(Some(chosen))), Some(chosen));
        }

        #[test]
        fn nothing_lives_longer_than_it_should(secs in 30u64..=YEAR, sent in 0u64..4 * YEAR, wall in 0u64..4 * YEAR, opened: Option<u32>) {
            let after = Duration::from_secs(secs);
            let sending = Lifetime::FromSending { after };
            for lifetime in [sending, Lifetime::FromReading { after }, Lifetime::Once] {
                match left(lifetime, at(sent), opened.map(|secs| at(secs.into())), at(wall)) {
                    Left::Begun(left) => prop_assert!(left <= after),
                    Left::Unread(left) => prop_assert!(left <= UNREAD && lifetime != sending),
                }
            }
        }

        /// However the clock is set while the process runs: time never goes back, never stands still, and goes on by the sum of what
        /// passed and of the ways forward, at most.
        #[test]
        fn time_goes_on(steps in prop::collection::vec((0u64..3600, -(YEAR as i64)..YEAR as i64, any::<bool>()), 1..50)) {
            let mut wall = 10 * YEAR;
            let mut clock = SteadyClock::begin(at(wall));
            let (mut passed, mut forward) = (0, 0);
            for (secs, jump, jumps) in steps {
                let before = clock.now();
                wall += secs;
                if jumps {
                    wall = wall.saturating_add_signed(jump);
                    forward += u64::try_from(jump).unwrap_or(0);
                }
                clock.tick(at(wall), Duration::from_secs(secs));
                passed += secs;
                prop_assert!(clock.now() >= before + secs * 1000);
            }
            prop_assert!(clock.now() >= passed * 1000);
            prop_assert!(clock.now() <= (passed + forward) * 1000);
        }
    }
}

//! How long to wait before trying again.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// The pause before try number `tries` (from 0): doubling from one second to a minute, never less than what the server
/// asked for. `chance`, from 0 to 1, spreads clients over the last quarter, so that they do not all come back at once.
pub fn pause_before(tries: u32, asked: Option<Duration>, chance: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << tries.min(16)).min(LONGEST);
    let spread = doubled.mul_f64(0.75 + 0.25 * chance.clamp(0.0, 1.0));
    asked.map_or(spread, |asked| spread.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_and_stops_at_a_minute() {
        let secs = |tries| pause_before(tries, None, 1.0).as_secs();
        assert_eq!([secs(0), secs(1), secs(2), secs(5), secs(6), secs(40)], [1, 2, 4, 32, 60, 60]);
    }

    #[test]
    fn never_less_than_asked() {
        assert_eq!(pause_before(0, Some(Duration::from_secs(90)), 0.0), Duration::from_secs(90));
        assert_eq!(pause_before(6, Some(Duration::from_secs(2)), 1.0), LONGEST);
    }

    #[test]
    fn chance_spreads_downwards_only() {
        assert_eq!(pause_before(2, None, 0.0), Duration::from_secs(3));
        assert_eq!(pause_before(2, None, 7.0), Duration::from_secs(4));
        assert_eq!(pause_before(2, None, -7.0), Duration::from_secs(3));
    }
}

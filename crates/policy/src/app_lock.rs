//! The lock of the app: which PINs are good, how long to wait after wrong ones, when to erase, when to lock by itself.

use std::time::Duration;

use bulla_model::{Failure, Field, FieldTrouble};

use crate::invalid;

const SHORTEST: usize = 6;
const LONGEST: usize = 64;
/// So many wrong PINs are nothing but slips.
const SLIPS: u32 = 2;
/// The wait after each wrong PIN that follows; the last holds for all others.
const WAITS: [u64; 5] = [30, 60, 120, 300, 900];

/// Whether a new PIN is good enough. Digits or any other characters; not one repeated, not a run.
pub fn check_pin(pin: &str) -> Result<(), Failure> {
    let letters: Vec<i64> = pin.chars().map(|letter| i64::from(u32::from(letter))).collect();
    let steps = |step: i64| letters.windows(2).all(|pair| pair[1] - pair[0] == step);
    match letters.len() {
        0 => Err(invalid(Field::Pin, FieldTrouble::Empty)),
        length if length < SHORTEST => Err(invalid(Field::Pin, FieldTrouble::TooShort)),
        length if length > LONGEST => Err(invalid(Field::Pin, FieldTrouble::TooLong)),
        _ if [-1, 0, 1].into_iter().any(steps) => Err(invalid(Field::Pin, FieldTrouble::TooWeak)),
        _ => Ok(()),
    }
}

/// How long no PIN is looked at after so many wrong ones. It is to be measured by a clock that nobody can set, and to begin anew
/// with the process: whatever the time of day does, it gets no shorter.
pub fn pin_wait(wrong: u32) -> Duration {
    match wrong.checked_sub(SLIPS + 1) {
        None => Duration::ZERO,
        Some(past) => Duration::from_secs(WAITS[WAITS.len().saturating_sub(1).min(past as usize)]),
    }
}

/// How many wrong PINs more until everything is erased; none where that never happens (`wipe_after` 0).
pub fn attempts_left(wrong: u32, wipe_after: u32) -> Option<u32> {
    (wipe_after > 0).then(|| wipe_after.saturating_sub(wrong))
}

/// Whether an app locks that was in the background for so long by a clock that nobody can set but that may sleep with the device
/// (`running`), and by the time of day (`clock`; none where that went backwards). The longer one counts, and a clock that went
/// backwards has been set.
pub fn locks_after(running: Duration, clock: Option<Duration>, lock_after: Duration) -> bool {
    clock.is_none_or(|clock| running.max(clock) >= lock_after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pins() {
        let refused = |why| Err(invalid(Field::Pin, why));
        for (pin, expected) in [
            ("", refused(FieldTrouble::Empty)),
            ("12345", refused(FieldTrouble::TooShort)),
            ("123456", refused(FieldTrouble::TooWeak)),
            ("987654", refused(FieldTrouble::TooWeak)),
            ("000000", refused(FieldTrouble::TooWeak)),
            ("abcdefgh", refused(FieldTrouble::TooWeak)),
            ("193728", Ok(())),
            ("éèàùçâ", Ok(())),
            ("correct horse", Ok(())),
        ] {
            assert_eq!(check_pin(pin), expected, "{pin}");
        }
        assert_eq!(check_pin(&"19".repeat(33)), refused(FieldTrouble::TooLong));
    }

    #[test]
    fn waits_grow_to_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (0..9).map(|wrong| pin_wait(wrong).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 30, 60, 120, 300, 900, 900]);
        assert_eq!(pin_wait(u32::MAX).as_secs(), 900);
    }

    #[test]
    fn attempts_run_out_only_where_the_deployment_says_so() {
        assert_eq!(attempts_left(3, 0), None);
        assert_eq!([0, 2, 3, 9].map(|wrong| attempts_left(wrong, 3)), [Some(3), Some(1), Some(0), Some(0)]);
    }

    #[test]
    fn the_background_locks_whatever_the_clock_does() {
        let (year, after) = (Duration::from_secs(365 * 86_400), Duration::from_secs(60));
        for (running, clock, expected) in [
            (10, Some(Duration::from_secs(10)), false),
            (60, Some(Duration::from_secs(60)), true),
            // The device slept, and its running clock with it.
            (1, Some(Duration::from_secs(61)), true),
            (61, Some(Duration::ZERO), true),
            (1, Some(10 * year), true),
            (1, None, true),
        ] {
            assert_eq!(locks_after(Duration::from_secs(running), clock, after), expected, "{running} {clock:?}");
        }
        assert!(locks_after(Duration::ZERO, Some(Duration::ZERO), Duration::ZERO));
    }

    proptest! {
        #[test]
        fn more_wrong_pins_never_shorten_a_wait(wrong in any::<u32>()) {
            prop_assert!(pin_wait(wrong) <= pin_wait(wrong.saturating_add(1)));
        }

        #[test]
        fn any_text_is_judged(pin in any::<String>()) {
            let _ = check_pin(&pin);
        }
    }
}

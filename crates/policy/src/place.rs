//! Places, as `geo:` URIs say them (RFC 5870).

use std::time::Duration;

use bulla_model::{Barrier, Failure, Field, FieldTrouble, Place};

use crate::invalid;

/// The longest URI that is looked at, in bytes.
const LONGEST: usize = 256;
const NORTH: i32 = 90_000_000;
const EAST: i32 = 180_000_000;
const WORDS: usize = 1_000;
const SHORTEST_SHARED: Duration = Duration::from_secs(60);
const LONGEST_SHARED: Duration = Duration::from_secs(24 * 3_600);
/// The manifest's name of sending places; where it says nothing, one may.
const PLACES: &str = "location";

/// The place that a `geo:` URI names; none where it is none, or of another planet or projection.
pub fn place(geo: &str) -> Option<Place> {
    if geo.len() > LONGEST {
        return None;
    }
    let (scheme, rest) = geo.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("geo") {
        return None;
    }
    let mut parts = rest.split(';');
    let mut numbers = parts.next()?.split(',');
    let latitude = millionths(numbers.next()?, NORTH)?;
    let longitude = millionths(numbers.next()?, EAST)?;
    // A height may follow.
    if numbers.next().is_some_and(|height| millionths(height, i32::MAX).is_none()) || numbers.next().is_some() {
        return None;
    }
    let mut accuracy = None;
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if name.eq_ignore_ascii_case("crs") && !value.eq_ignore_ascii_case("wgs84") {
            return None;
        }
        if name.eq_ignore_ascii_case("u") {
            accuracy = metres(value);
        }
    }
    Some(Place { latitude, longitude, accuracy })
}

/// The `geo:` URI of a place.
pub fn geo_uri(place: &Place) -> String {
    let degrees = |number: i32| {
        let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
        format!("{sign}{}.{:06}", number / 1_000_000, number % 1_000_000)
    };
    let accuracy = place.accuracy.map(|metres| format!(";u={metres}")).unwrap_or_default();
    format!("geo:{},{}{accuracy}", degrees(place.latitude), degrees(place.longitude))
}

/// A place to send: on this earth, with at most 1,000 characters said of it.
pub fn check_place(place: &Place, description: Option<&str>) -> Result<(), Failure> {
    if place.latitude.unsigned_abs() > NORTH.unsigned_abs() || place.longitude.unsigned_abs() > EAST.unsigned_abs() {
        return Err(invalid(Field::Place, FieldTrouble::Malformed));
    }
    check_about(description)
}

/// What is shared live: for a minute at least, a day at most, so that nobody is followed because they forgot.
pub fn check_live_place(duration: Duration, description: Option<&str>) -> Result<(), Failure> {
    match duration {
        short if short < SHORTEST_SHARED => Err(invalid(Field::Lifetime, FieldTrouble::TooShort)),
        long if long > LONGEST_SHARED => Err(invalid(Field::Lifetime, FieldTrouble::TooLong)),
        _ => check_about(description),
    }
}

fn check_about(description: Option<&str>) -> Result<(), Failure> {
    match description.is_some_and(|text| text.chars().count() > WORDS) {
        true => Err(invalid(Field::Text, FieldTrouble::TooLong)),
        false => Ok(()),
    }
}

/// Whether somebody may send where they are. `feature` tells what the manifest says of their server, none where it says nothing.
pub fn may_send_place(feature: impl Fn(&str) -> Option<bool>) -> Result<(), Failure> {
    match feature(PLACES) {
        Some(false) => Err(Failure::Forbidden { why: Barrier::NoPlace }),
        _ => Ok(()),
    }
}

/// The place that a person typed or pasted: a `geo:` URI, or how far north and east in degrees, with a point or a comma in them
/// (`48.8566, 2.3522`, `48,8566 ; 2,3522`, `48.8566° N 2.3522° O`).
pub fn typed_place(text: &str) -> Result<Place, Failure> {
    let malformed = || invalid(Field::Place, FieldTrouble::Malformed);
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid(Field::Place, FieldTrouble::Empty));
    }
    if text.len() > LONGEST {
        return Err(malformed());
    }
    if let Some(place) = place(text) {
        return Ok(place);
    }
    let (north, east) = halves(text).ok_or_else(malformed)?;
    let latitude = degrees(north, NORTH, ['N', 'S']).ok_or_else(malformed)?;
    let longitude = degrees(east, EAST, ['E', 'W']).ok_or_else(malformed)?;
    Ok(Place { latitude, longitude, accuracy: None })
}

/// The two numbers of a pair. A comma is between them, or in them; then something else is between.
fn halves(text: &str) -> Option<(&str, &str)> {
    two(text.split(';').collect())
        .or_else(|| two(text.split(", ").collect()))
        .or_else(|| text.contains('.').then(|| two(text.split(',').collect())).flatten())
        .or_else(|| {
            let letter = text.find(['N', 'S', 'n', 's'])?;
            two(vec![&text[..=letter], text[letter + 1..].trim_start_matches(',')])
        })
        .or_else(|| two(text.split_whitespace().collect()))
        .or_else(|| two(text.split(',').collect()))
}

fn two(mut parts: Vec<&str>) -> Option<(&str, &str)> {
    parts.retain(|part| !part.trim().is_empty());
    match parts.as_slice() {
        [one, other] => Some((one.trim(), other.trim())),
        _ => None,
    }
}

/// Degrees in millionths; the second of `sides` is below nought. West is `O` in French.
fn degrees(text: &str, most: i32, sides: [char; 2]) -> Option<i32> {
    let last = text.chars().last()?.to_ascii_uppercase();
    let last = if last == 'O' { 'W' } else { last };
    let (number, below) = match sides.iter().position(|side| *side == last) {
        Some(side) => (&text[..text.len() - 1], side == 1),
        None => (text, false),
    };
    let number = number.trim().trim_end_matches('°').trim().replace(',', ".");
    let number = millionths(&number, most)?;
    // The sign says which side, or the letter does.
    if below && number < 0 { None } else { Some(if below { -number } else { number }) }
}

/// A decimal number in millionths, if it is no farther from nought than `most`.
fn millionths(text: &str, most: i32) -> Option<i32> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 9 || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: i64 = format!("{:0<6}", &fraction[..fraction.len().min(6)]).parse().ok()?;
    let number = whole * 1_000_000 + fraction;
    // A height is only looked at for its form.
    if number > i64::from(most) {
        return (most == i32::MAX).then_some(0);
    }
    let number = i32::try_from(number).ok()?;
    Some(if negative { -number } else { number })
}

/// Metres, whole ones; none for what is no number.
fn metres(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(latitude: i32, longitude: i32, accuracy: Option<u32>) -> Option<Place> {
        Some(Place { latitude, longitude, accuracy })
    }

    #[test]
    fn places_are_read() {
        assert_eq!(place("geo:48.8566,2.3522"), at(48_856_600, 2_352_200, None));
        assert_eq!(place("geo:-33.9,18.4,1085;u=35.7"), at(-33_900_000, 18_400_000, Some(35)));
        assert_eq!(place("GEO:0,-180;CRS=WGS84;u=12;x=y"), at(0, -180_000_000, Some(12)));
        assert_eq!(place("geo:1.12345678,.5;u=many"), at(1_123_456, 500_000, None));
    }

    #[test]
    fn a_place_is_shared_for_a_minute_at_least_and_a_day_at_most() {
        let why = |seconds: u64| match check_live_place(Duration::from_secs(seconds), Some("En route")) {
            Err(Failure::Invalid { field: Field::Lifetime, why }) => Some(why),
            other => {
                assert_eq!(other, Ok(()), "{seconds} seconds");
                None
            }
        };
        for (seconds, expected) in [
            (0, Some(FieldTrouble::TooShort)),
            (59, Some(FieldTrouble::TooShort)),
            (60, None),
            (86_400, None),
            (86_401, Some(FieldTrouble::TooLong)),
        ] {
            assert_eq!(why(seconds), expected, "{seconds} seconds");
        }
        let long = "x".repeat(1_001);
        let said = check_live_place(Duration::from_secs(60), Some(&long));
        assert_eq!(said, Err(Failure::Invalid { field: Field::Text, why: FieldTrouble::TooLong }));
    }

    #[test]
    fn what_is_no_place_on_earth_is_none() {
        let long = format!("geo:1,2;x={}", "y".repeat(300));
        for geo in [
            "",
            "geo:",
            "geo:1",
            "geo:91,0",
            "geo:0,181",
            "geo:1,2,3,4",
            "geo:a,b",
            "geo:1e3,2",
            "javascript:alert(1)",
            "geo:1,2;crs=moon",
            "geo:٣,٤",
            "geo:--1,2",
            "geo:9999999999,1",
            long.as_str(),
        ] {
            assert_eq!(place(geo), None, "{geo}");
        }
    }

    #[test]
    fn places_are_typed_as_people_write_them() {
        let paris = at(48_856_600, 2_352_200, None);
        for text in [
            "48.8566, 2.3522",
            "48.8566,2.3522",
            " 48.8566 2.3522 ",
            "48,8566 ; 2,3522",
            "48,8566; 2,3522",
            "48,8566 2,3522",
            "48,8566, 2,3522",
            "48.8566° N, 2.3522° E",
            "48.8566N 2.3522E",
            "geo:48.8566,2.3522",
        ] {
            assert_eq!(typed_place(text).ok(), paris, "{text}");
        }
        assert_eq!(typed_place("33.9 S, 18.4 O").ok(), at(-33_900_000, -18_400_000, None));
        assert_eq!(typed_place("-33.9, 18").ok(), at(-33_900_000, 18_000_000, None));
        for text in ["48.8566", "place Bercy", "91, 0", "0, 181", "-33 S, 1", "1, 2, 3", "geo:91,0", "48.8566 E, 2.3 N"]
        {
            assert_eq!(typed_place(text), Err(invalid(Field::Place, FieldTrouble::Malformed)), "{text}");
        }
        assert_eq!(typed_place("  "), Err(invalid(Field::Place, FieldTrouble::Empty)));
    }

    #[test]
    fn places_are_sent_unless_the_manifest_says_no() {
        assert_eq!(may_send_place(|_| None), Ok(()));
        assert_eq!(may_send_place(|feature| (feature == PLACES).then_some(true)), Ok(()));
        let refused = Err(Failure::Forbidden { why: Barrier::NoPlace });
        assert_eq!(may_send_place(|feature| (feature == PLACES).then_some(false)), refused);
    }

    #[test]
    fn what_is_sent_is_checked() {
        let there = Place { latitude: 90_000_001, longitude: 0, accuracy: None };
        assert_eq!(check_place(&there, None), Err(invalid(Field::Place, FieldTrouble::Malformed)));
        let here = Place { latitude: 0, longitude: -180_000_000, accuracy: None };
        assert_eq!(check_place(&here, Some("ici")), Ok(()));
        assert_eq!(check_place(&here, Some(&"é".repeat(1_001))), Err(invalid(Field::Text, FieldTrouble::TooLong)));
    }

    proptest! {
        #[test]
        fn a_place_is_the_same_after_its_way(
            latitude in -NORTH..=NORTH, longitude in -EAST..=EAST, accuracy in proptest::option::of(0u32..100_000)
        ) {
            let here = Place { latitude, longitude, accuracy };
            prop_assert_eq!(place(&geo_uri(&here)), Some(here));
        }

        #[test]
        fn nothing_that_others_write_stops_it(geo in "geo:\\PC{0,40}") {
            _ = place(&geo);
        }
    }
}

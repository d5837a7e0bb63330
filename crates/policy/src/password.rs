//! What a password must be, and how good it is.

use bulla_model::{Failure, Field, FieldTrouble, PasswordHint, PasswordPolicy, PasswordStrength};
use serde::Deserialize;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zxcvbn::{
    Match,
    matching::patterns::{DictionaryPattern, MatchPattern},
    zxcvbn,
};

use crate::invalid;

/// Where a server tells what a password must be (MSC2000).
pub const PASSWORD_POLICY_PATH: &str = "/_matrix/client/r0/password_policy";
/// No answer there is longer.
pub const PASSWORD_POLICY_LIMIT: usize = 16 * 1024;

/// What servers take at most, in characters.
const LONGEST: usize = 512;
/// Parts of a name shorter than this say nothing of anybody.
const PART: usize = 3;
const SHORT: usize = 8;
/// From here on a password is good.
const GOOD: u8 = 3;

/// How hard `password` is to guess for somebody who knows `words`: names, e-mail addresses. zxcvbn looks at the first 100
/// characters, and takes the years around the present one for easy.
pub fn password_strength(password: &str, words: &[String]) -> PasswordStrength {
    let known = parts(words);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let entropy = zxcvbn(password, &known);
    let score = u8::from(entropy.score());
    let mut reasons = Vec::new();
    if score < GOOD {
        for hint in entropy.sequence().iter().filter_map(|part| hint(part, &known)) {
            if !reasons.contains(&hint) {
                reasons.push(hint);
            }
        }
        reasons.sort_by_key(|hint| *hint as u8);
        if password.chars().count() < SHORT {
            reasons.push(PasswordHint::Short);
        }
        reasons.push(PasswordHint::AddWords);
    }
    PasswordStrength { score, reasons }
}

/// Whether `new` is what `policy` asks for. The first thing that is missing is told.
pub fn check_password(new: &str, policy: &PasswordPolicy, words: &[String]) -> Result<(), Failure> {
    let length = new.chars().count();
    let has = |what: fn(char) -> bool| new.chars().any(what);
    let trouble = if new.is_empty() {
        FieldTrouble::Empty
    } else if length > LONGEST {
        FieldTrouble::TooLong
    } else if length < policy.min_length as usize {
        FieldTrouble::TooShort
    } else if policy.digit && !has(|c| c.is_ascii_digit()) {
        FieldTrouble::NoDigit
    } else if policy.symbol && !has(|c| !c.is_alphanumeric()) {
        FieldTrouble::NoSymbol
    } else if policy.lower && !has(char::is_lowercase) {
        FieldTrouble::NoLower
    } else if policy.upper && !has(char::is_uppercase) {
        FieldTrouble::NoUpper
    } else if password_strength(new, words).score < policy.strength {
        FieldTrouble::TooWeak
    } else {
        return Ok(());
    };
    Err(invalid(Field::Password, trouble))
}

/// What meets both.
pub fn stricter(one: &PasswordPolicy, other: &PasswordPolicy) -> PasswordPolicy {
    PasswordPolicy {
        min_length: one.min_length.max(other.min_length),
        digit: one.digit || other.digit,
        symbol: one.symbol || other.symbol,
        lower: one.lower || other.lower,
        upper: one.upper || other.upper,
        strength: one.strength.max(other.strength),
    }
}

/// What a server answers at [`PASSWORD_POLICY_PATH`]; none where that is no answer.
pub fn server_password_policy(body: &[u8]) -> Option<PasswordPolicy> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Answer {
        #[serde(rename = "m.minimum_length")]
        min_length: u32,
        #[serde(rename = "m.require_digit")]
        digit: bool,
        #[serde(rename = "m.require_symbol")]
        symbol: bool,
        #[serde(rename = "m.require_lowercase")]
        lower: bool,
        #[serde(rename = "m.require_uppercase")]
        upper: bool,
    }
    let Answer { min_length, digit, symbol, lower, upper } = serde_json::from_slice(body).ok()?;
    Some(PasswordPolicy { min_length, digit, symbol, lower, upper, strength: 0 })
}

/// What a server's refusal of a password is about, by its error code.
pub fn password_refusal(code: &str) -> Option<FieldTrouble> {
    Some(match code {
        "M_PASSWORD_TOO_SHORT" => FieldTrouble::TooShort,
        "M_PASSWORD_NO_DIGIT" => FieldTrouble::NoDigit,
        "M_PASSWORD_NO_SYMBOL" => FieldTrouble::NoSymbol,
        "M_PASSWORD_NO_LOWERCASE" => FieldTrouble::NoLower,
        "M_PASSWORD_NO_UPPERCASE" => FieldTrouble::NoUpper,
        "M_WEAK_PASSWORD" | "M_PASSWORD_IN_DICTIONARY" => FieldTrouble::TooWeak,
        _ => return None,
    })
}

/// The words, their parts, and the ways in which people put them together, in lower case, with accents and without.
fn parts(words: &[String]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in words.iter().flat_map(|word| word.split('@')).map(|word| word.trim().to_lowercase()) {
        let plain: String = word.nfd().filter(|c| !is_combining_mark(*c)).collect();
        for form in [word, plain] {
            let pieces: Vec<&str> =
                form.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()).collect();
            parts.extend(pieces.iter().filter(|piece| piece.chars().count() >= PART).map(|piece| (*piece).to_owned()));
            parts.extend(["", ".", "-", "_", " "].map(|between| pieces.join(between)));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    parts
}

fn hint(part: &Match, known: &[&str]) -> Option<PasswordHint> {
    Some(match &part.pattern {
        MatchPattern::Dictionary(found) => of_dictionary(found, known),
        MatchPattern::Spatial(_) => PasswordHint::KeyboardRow,
        MatchPattern::Repeat(_) => PasswordHint::Repeats,
        MatchPattern::Sequence(_) => PasswordHint::Sequence,
        MatchPattern::Regex(_) | MatchPattern::Date(_) => PasswordHint::Date,
        MatchPattern::BruteForce => return None,
    })
}

/// zxcvbn does not let its names of dictionaries be matched on, but they have a `Debug`.
fn of_dictionary(found: &DictionaryPattern, known: &[&str]) -> PasswordHint {
    if known.contains(&found.matched_word.as_str()) {
        return PasswordHint::Personal;
    }
    match format!("{:?}", found.dictionary_name).as_str() {
        "Passwords" => PasswordHint::Common,
        "FemaleNames" | "MaleNames" | "Surnames" => PasswordHint::Name,
        "UserInputs" => PasswordHint::Personal,
        _ => PasswordHint::Word,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trouble(new: &str, policy: &PasswordPolicy) -> Option<FieldTrouble> {
        match check_password(new, policy, &["Jean Martin".into(), "jean.martin@agent.example.fr".into()]) {
            Ok(()) => None,
            Err(Failure::Invalid { field: Field::Password, why }) => Some(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn reasons_say_what_is_weak() {
        let known = ["Océane Lefèvre".to_owned(), "oceane.lefevre@prefecture.example.fr".to_owned()];
        for (password, expected) in [
            ("password", PasswordHint::Common),
            ("azerty", PasswordHint::Common),
            ("oceane.lefevre", PasswordHint::Personal),
            ("Prefecture1", PasswordHint::Personal),
            ("sdfghjkl;'", PasswordHint::KeyboardRow),
            ("ppppppppp", PasswordHint::Repeats),
            ("23456789", PasswordHint::Sequence),
            ("14/07/1989", PasswordHint::Date),
            ("Xq7", PasswordHint::Short),
        ] {
            let strength = password_strength(password, &known);
            assert!(strength.score < GOOD, "{password}: {strength:?}");
            assert!(strength.reasons.contains(&expected), "{password}: {strength:?}");
            assert_eq!(strength.reasons.last(), Some(&PasswordHint::AddWords));
        }
        assert_eq!(password_strength("", &known).score, 0);
        let good = password_strength("girafe velours tambour 88 pluie", &known);
        assert_eq!(good, PasswordStrength { score: 4, reasons: vec![] });
    }

    #[test]
    fn the_first_thing_that_is_missing_is_told() {
        let all = PasswordPolicy { min_length: 12, digit: true, symbol: true, lower: true, upper: true, strength: 3 };
        for (new, expected) in [
            ("", Some(FieldTrouble::Empty)),
            ("Aé1!", Some(FieldTrouble::TooShort)),
            ("Girafe-velours", Some(FieldTrouble::NoDigit)),
            ("Girafe8velours", Some(FieldTrouble::NoSymbol)),
            ("GIRAFE-8-VELOURS", Some(FieldTrouble::NoLower)),
            ("girafe-8-velours", Some(FieldTrouble::NoUpper)),
            ("Password-1234", Some(FieldTrouble::TooWeak)),
            ("Jean.Martin-1", Some(FieldTrouble::TooWeak)),
            ("Girafe-8-velours-tambour", None),
            (&"é".repeat(LONGEST + 1), Some(FieldTrouble::TooLong)),
        ] {
            assert_eq!(trouble(new, &all), expected, "{new}");
        }
        assert_eq!(trouble("a", &PasswordPolicy::default()), None);
    }

    #[test]
    fn a_server_tells_its_policy() {
        let told = server_password_policy(br#"{"m.minimum_length": 12, "m.require_digit": true, "other": 1}"#);
        let expected = PasswordPolicy { min_length: 12, digit: true, ..PasswordPolicy::default() };
        assert_eq!(told, Some(expected.clone()));
        assert_eq!(server_password_policy(b"{}"), Some(PasswordPolicy::default()));
        for odd in ["", "<html>", "[]x", r#"{"m.minimum_length": -1}"#, r#"{"m.require_digit": "yes"}"#] {
            assert_eq!(server_password_policy(odd.as_bytes()), None, "{odd}");
        }
        let manifest = PasswordPolicy { min_length: 8, upper: true, strength: 3, ..PasswordPolicy::default() };
        let both = PasswordPolicy { upper: true, strength: 3, ..expected.clone() };
        assert_eq!(stricter(&expected, &manifest), both);
        assert_eq!(stricter(&manifest, &expected), both);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

        #[test]
        fn any_text_has_a_strength(password in "\\PC{0,40}", words in prop::collection::vec("\\PC{0,20}", 0..3)) {
            let strength = password_strength(&password, &words);
            prop_assert!(strength.score <= 4);
            prop_assert_eq!(strength.score >= GOOD, strength.reasons.is_empty());
        }
    }
}

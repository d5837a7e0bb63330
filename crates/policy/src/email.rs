//! An e-mail address, as a person types or pastes it.

use bulla_model::{Failure, Field, FieldTrouble};
use unicode_normalization::UnicodeNormalization;
use url::Host;

use crate::invalid;

/// RFC 5321, section 4.5.3.1.
const LOCAL: usize = 64;
const WHOLE: usize = 254;

/// The address to ask a directory for: trimmed, in lower case, its domain in ASCII (IDNA). What stands behind a `+` is kept:
/// whether it names the same mailbox is for its server to say.
pub fn email(typed: &str) -> Result<String, Failure> {
    let malformed = || invalid(Field::Email, FieldTrouble::Malformed);
    let typed = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if typed.is_empty() {
        return Err(invalid(Field::Email, FieldTrouble::Empty));
    }
    // No longer address is right, whatever its letters become.
    if typed.len() > 4 * WHOLE {
        return Err(invalid(Field::Email, FieldTrouble::TooLong));
    }
    let (local, domain) = typed.rsplit_once('@').ok_or_else(malformed)?;
    let local: String = local.nfc().flat_map(char::to_lowercase).collect();
    let odd = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c) || "@\"(),:;<>[\\]".contains(c);
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    if local.is_empty() || dots || local.contains(odd) || domain.contains('%') {
        return Err(malformed());
    }
    let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(malformed()) };
    if domain.ends_with('.') || domain.split('.').any(str::is_empty) || !domain.contains('.') {
        return Err(malformed());
    }
    if local.len() > LOCAL || local.len() + 1 + domain.len() > WHOLE {
        return Err(invalid(Field::Email, FieldTrouble::TooLong));
    }
    Ok(format!("{local}@{domain}"))
}

/// What a person cannot see and a copied text may hold.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn table() {
        let trouble = |typed: &str| match email(typed) {
            Ok(address) => Ok(address),
            Err(Failure::Invalid { field: Field::Email, why }) => Err(why),
            Err(other) => panic!("{other}"),
        };
        let ok = |address: &str| Ok(address.to_owned());
        let long = format!("{}@agent.example.fr", "a".repeat(65));
        for (typed, expected) in [
            ("jean.martin@dinum.gouv.fr", ok("jean.martin@dinum.gouv.fr")),
            ("  Jean.MARTIN@Dinum.Gouv.FR\n", ok("jean.martin@dinum.gouv.fr")),
            ("\u{a0}jean@dinum.gouv.fr\u{200b}", ok("jean@dinum.gouv.fr")),
            ("jean+liste@dinum.gouv.fr", ok("jean+liste@dinum.gouv.fr")),
            ("jean@académie.fr", ok("jean@xn--acadmie-eya.fr")),
            ("JEAN@ACADÉMIE.FR", ok("jean@xn--acadmie-eya.fr")),
            ("rene\u{301}@mairie.example.fr", ok("ren\u{e9}@mairie.example.fr")),
            ("o'brien@mairie.example.fr", ok("o'brien@mairie.example.fr")),
            ("", Err(FieldTrouble::Empty)),
            (" \u{200b} ", Err(FieldTrouble::Empty)),
            ("jean", Err(FieldTrouble::Malformed)),
            ("@dinum.gouv.fr", Err(FieldTrouble::Malformed)),
            ("jean@", Err(FieldTrouble::Malformed)),
            ("jean@intranet", Err(FieldTrouble::Malformed)),
            ("jean@dinum..fr", Err(FieldTrouble::Malformed)),
            ("jean@dinum.fr.", Err(FieldTrouble::Malformed)),
            ("jean@192.0.2.1", Err(FieldTrouble::Malformed)),
            ("jean@[::1]", Err(FieldTrouble::Malformed)),
            ("jean martin@dinum.gouv.fr", Err(FieldTrouble::Malformed)),
            ("a@b@dinum.gouv.fr", Err(FieldTrouble::Malformed)),
            ("jean..martin@dinum.gouv.fr", Err(FieldTrouble::Malformed)),
            ("jean\u{202e}@dinum.gouv.fr", Err(FieldTrouble::Malformed)),
            ("jean@dinum.gouv.fr/chemin", Err(FieldTrouble::Malformed)),
            ("jean@dinum.gouv.fr?a=b", Err(FieldTrouble::Malformed)),
            ("jean@dinum%2egouv.fr", Err(FieldTrouble::Malformed)),
            (&long, Err(FieldTrouble::TooLong)),
        ] {
            assert_eq!(trouble(typed), expected, "{typed}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_comes_out_stays_itself(typed in "\\PC{0,20}@?\\PC{0,20}(\\.fr)?") {
            if let Ok(address) = email(&typed) {
                prop_assert_eq!(email(&address), Ok(address));
            }
        }

        #[test]
        fn any_plain_address_passes(local in "[a-z0-9_+-]{1,20}", name in "[a-z][a-z0-9]{0,20}", top in "(fr|gouv\\.fr)") {
            let expected = format!("{local}@{name}.{top}");
            prop_assert_eq!(email(&expected.to_uppercase()), Ok(expected));
        }
    }
}

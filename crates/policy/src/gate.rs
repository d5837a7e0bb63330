//! Whether a version of the app may still be used.

use std::cmp::Ordering;

use bulla_model::{AppVersions, Gate, MinimumVersion};

/// What `rules` say of `version`, in `language` (BCP 47, such as `fr-FR`). The strictest level that it falls under counts.
pub fn gate(rules: &AppVersions, version: &str, language: &str) -> Gate {
    let under = |level: &Option<MinimumVersion>| {
        level
            .as_ref()
            .filter(|level| older(&numbers(version), &numbers(&level.version)))
            .map(|level| text(level, language))
    };
    if let Some(text) = under(&rules.critical) {
        Gate::Critical { text }
    } else if let Some(text) = under(&rules.mandatory) {
        Gate::Mandatory { text }
    } else if let Some(text) = under(&rules.info) {
        Gate::Info { text }
    } else {
        Gate::Open
    }
}

/// Whether a minimum in a manifest can be compared.
pub(crate) fn is_version(text: &str) -> bool {
    !text.is_empty() && text.split('.').all(|part| part.parse::<u64>().is_ok())
}

/// The numbers that a version begins with: `1.12.0-beta` is 1, 12, 0. What has none is older than all.
fn numbers(version: &str) -> Vec<u64> {
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    version[..end].split('.').map_while(|part| part.parse().ok()).collect()
}

fn older(a: &[u64], b: &[u64]) -> bool {
    let at = |version: &[u64], place| version.get(place).copied().unwrap_or(0);
    (0..a.len().max(b.len())).map(|place| at(a, place).cmp(&at(b, place))).find(|order| order.is_ne())
        == Some(Ordering::Less)
}

/// The text in that language, else in its language without region, else in English, else the first by name.
fn text(level: &MinimumVersion, language: &str) -> Option<String> {
    let language = language.replace('_', "-").to_lowercase();
    let primary = language.split('-').next().unwrap_or_default();
    let of = |wanted: &str| level.text.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let found = of(&language).or_else(|| of(primary)).or_else(|| of("en")).or_else(|| level.text.iter().min());
    found.map(|(_, text)| text.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn level(version: &str, texts: &[(&str, &str)]) -> Option<MinimumVersion> {
        let text = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Some(MinimumVersion { version: version.to_owned(), text })
    }

    #[test]
    fn the_strictest_level_counts() {
        let rules = AppVersions { info: level("2.1", &[]), mandatory: level("2", &[]), critical: level("1.5.2", &[]) };
        for (version, expected) in [
            ("2.1", Gate::Open),
            ("2.1.0", Gate::Open),
            ("10.0", Gate::Open),
            ("2.10", Gate::Open),
            ("2.0.9", Gate::Info { text: None }),
            ("2.0-beta", Gate::Info { text: None }),
            ("1.9.9", Gate::Mandatory { text: None }),
            ("1.5.2", Gate::Mandatory { text: None }),
            ("1.5.1", Gate::Critical { text: None }),
            ("1.5", Gate::Critical { text: None }),
            ("0", Gate::Critical { text: None }),
            ("", Gate::Critical { text: None }),
            ("beta", Gate::Critical { text: None }),
        ] {
            assert_eq!(gate(&rules, version, "fr"), expected, "{version}");
        }
        assert_eq!(gate(&AppVersions::default(), "", "fr"), Gate::Open);
    }

    #[test]
    fn texts_come_in_the_persons_language() {
        let rules = AppVersions {
            critical: level("2", &[("fr", "Trop ancien"), ("en", "Too old"), ("pt-BR", "Antigo"), ("de", "Zu alt")]),
            ..Default::default()
        };
        for (language, expected) in [
            ("fr", "Trop ancien"),
            ("fr-CA", "Trop ancien"),
            ("FR_fr", "Trop ancien"),
            ("pt-br", "Antigo"),
            ("de-AT", "Zu alt"),
            ("it", "Too old"),
            ("", "Too old"),
        ] {
            let text = Some(expected.to_owned());
            assert_eq!(gate(&rules, "1", language), Gate::Critical { text }, "{language}");
        }
        let only = AppVersions { critical: level("2", &[("fr", "Trop ancien")]), ..Default::default() };
        assert_eq!(gate(&only, "1", "it"), Gate::Critical { text: Some("Trop ancien".into()) });
    }

    proptest! {
        #[test]
        fn a_version_is_never_older_than_itself_and_any_text_is_read(version in any::<String>(), other in any::<String>()) {
            prop_assert!(!older(&numbers(&version), &numbers(&version)));
            let rules = AppVersions { critical: level(&other, &[]), ..Default::default() };
            gate(&rules, &version, &other);
        }

        #[test]
        fn two_versions_are_ordered_one_way(a in prop::collection::vec(0..30u64, 0..5), b in prop::collection::vec(0..30u64, 0..5)) {
            prop_assert!(!(older(&a, &b) && older(&b, &a)));
        }
    }
}

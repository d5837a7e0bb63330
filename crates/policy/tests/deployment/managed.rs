//! What the device's management can do, and what not.

use std::collections::HashMap;

use bulla_model::{Manifest, RuleSource, UnheardReason};
use bulla_policy::managed;
use proptest::prelude::*;

use crate::signed::example;

fn manifest() -> Manifest {
    serde_json::from_value(example()).unwrap()
}

fn map(entries: &[(&str, &str)]) -> HashMap<String, String> {
    entries.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

#[test]
fn it_narrows_and_says_who_did() {
    // The example asks for the lock and forbids screenshots itself.
    let rules = managed(
        Some(&manifest()),
        &map(&[("no_export", "true"), ("app_lock", "true"), ("instance", "agent.mairies.example")]),
    );
    assert_eq!((rules.app_lock.on, rules.app_lock.by), (true, RuleSource::Manifest));
    assert_eq!((rules.no_screenshots.on, rules.no_screenshots.by), (true, RuleSource::Manifest));
    assert_eq!((rules.no_export.on, rules.no_export.by), (true, RuleSource::Managed));
    assert_eq!((rules.no_other_accounts.on, rules.no_other_accounts.by), (false, RuleSource::Default));
    assert_eq!(rules.instance.as_deref(), Some("agent.mairies.example"));
    assert_eq!(rules.unheard, []);
}

#[test]
fn what_is_not_heard_is_told() {
    for (key, value, why) in [
        ("no_screenshots", "false", Some(UnheardReason::Wider)),
        ("app_lock", "false", Some(UnheardReason::Wider)),
        ("no_export", "false", None),
        ("no_export", "yes", Some(UnheardReason::WrongValue)),
        ("no_export", "", Some(UnheardReason::WrongValue)),
        ("instance", "", Some(UnheardReason::WrongValue)),
        ("instance", "evil.example", Some(UnheardReason::NotListed)),
        ("No_export", "true", Some(UnheardReason::UnknownKey)),
        ("colour", "red", Some(UnheardReason::UnknownKey)),
        ("manifest", "anything", None),
    ] {
        let rules = managed(Some(&manifest()), &map(&[(key, value)]));
        assert_eq!(rules.unheard.first().map(|entry| entry.why), why, "{key}={value}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn it_never_widens(entries in proptest::collection::hash_map(
        prop_oneof!["[a-z_]{1,8}", Just("app_lock".to_owned()), Just("no_screenshots".to_owned()), Just("no_export".to_owned())],
        prop_oneof!["[a-z]{0,5}", Just("true".to_owned()), Just("false".to_owned())],
        0..6,
    )) {
        let rules = managed(Some(&manifest()), &entries);
        prop_assert!(rules.app_lock.on && rules.no_screenshots.on);
        let known = |key: &str| rules.unheard.iter().all(|entry| entry.key != key);
        for (key, value) in &entries {
            prop_assert!(key.starts_with("no_") || key == "app_lock" || key == "instance" || key == "manifest" || !known(key), "{key}={value}");
        }
    }
}

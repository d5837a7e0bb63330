//! The manifest in force: shipped, adopted, kept, refused.

use std::{collections::HashMap, fs};

use bulla_core::Accounts;
use bulla_model::{Failure, Field, FieldTrouble, RuleSource, Trust, TrustTrouble, UnheardReason};
use serde_json::json;

use crate::{
    device::{open, untrusted},
    signed::{Key, now, payload},
};

fn trust(key: &Key, version: u64) -> Option<Trust> {
    Some(Trust { keys: vec![key.public()], manifest: Some(key.manifest(&payload(version, &[]))), device: None })
}

fn version(accounts: &Accounts) -> u64 {
    accounts.deployment().manifest.map_or(0, |manifest| manifest.version)
}

#[test]
fn a_newer_one_is_adopted_and_kept() {
    let (key, folder) = (Key::new(), tempfile::tempdir().unwrap());
    let accounts = open(folder.path(), trust(&key, 3)).unwrap();
    assert_eq!(version(&accounts), 3);
    let mut newer = payload(5, &[]);
    newer["later"] = json!("a field of tomorrow");
    let jws = key.manifest(&newer);
    assert_eq!(accounts.adopt_manifest(&jws).unwrap().manifest.unwrap().version, 5);
    assert_eq!(accounts.adopt_manifest(&jws).unwrap().manifest.unwrap().version, 5, "the same again");
    assert_eq!(fs::read_to_string(folder.path().join("manifest.jws")).unwrap(), jws, "whole, with what is unknown");
    assert_eq!(version(&open(folder.path(), trust(&key, 3)).unwrap()), 5, "at the next start");
    assert_eq!(version(&open(folder.path(), trust(&key, 8)).unwrap()), 8, "an update of the app brings a newer one");
}

#[test]
fn a_bad_one_changes_nothing() {
    let (key, other, folder) = (Key::new(), Key::new(), tempfile::tempdir().unwrap());
    let accounts = open(folder.path(), trust(&key, 3)).unwrap();
    let mut expired = payload(4, &[]);
    expired["exp"] = json!(now() - 1);
    let mut far = payload(4, &[]);
    far["schema"] = json!(2);
    let mut bad_root = payload(4, &[]);
    bad_root["tls"] = json!({ "roots": ["AAAA"] });
    let good = key.manifest(&payload(4, &[]));
    let unusable = Failure::Invalid { field: Field::Trust, why: FieldTrouble::Malformed };
    for (case, jws, expected) in [
        ("older", key.manifest(&payload(2, &[])), Failure::Untrusted { why: TrustTrouble::ManifestOlder }),
        ("expired", key.manifest(&expired), Failure::Untrusted { why: TrustTrouble::ManifestExpired }),
        ("another key", other.manifest(&payload(4, &[])), Failure::Untrusted { why: TrustTrouble::ManifestSignature }),
        ("too new", key.manifest(&far), Failure::Untrusted { why: TrustTrouble::ManifestTooNew }),
        ("cut short", good[..good.len() - 42].to_owned(), Failure::Untrusted { why: TrustTrouble::ManifestSignature }),
        ("nothing", String::new(), Failure::Untrusted { why: TrustTrouble::ManifestMalformed }),
        ("a root that is none", key.manifest(&bad_root), unusable),
    ] {
        assert_eq!(accounts.adopt_manifest(&jws), Err(expected), "{case}");
        assert_eq!(version(&accounts), 3, "{case}");
        assert!(!folder.path().join("manifest.jws").exists(), "{case}");
    }
}

#[test]
fn a_kept_one_is_believed_no_more_than_a_new_one() {
    let (key, other, folder) = (Key::new(), Key::new(), tempfile::tempdir().unwrap());
    let file = folder.path().join("manifest.jws");
    for bad in [other.manifest(&payload(9, &[])).into_bytes(), b"garbage".to_vec(), vec![0xff; 50], Vec::new()] {
        fs::write(&file, bad).unwrap();
        let accounts = open(folder.path(), trust(&key, 3)).unwrap();
        assert_eq!(version(&accounts), 3);
        assert!(matches!(accounts.deployment().rejected, Some(Failure::Untrusted { .. })));
        // A good one puts it right.
        let status = accounts.adopt_manifest(&key.manifest(&payload(4, &[]))).unwrap();
        assert_eq!((status.manifest.unwrap().version, status.rejected), (4, None));
    }
}

#[test]
fn an_expired_one_stays_in_force_and_is_told() {
    let (key, folder) = (Key::new(), tempfile::tempdir().unwrap());
    let mut old = payload(3, &[]);
    old["exp"] = json!(now() - 10);
    let trust = Trust { keys: vec![key.public()], manifest: Some(key.manifest(&old)), device: None };
    let status = open(folder.path(), Some(trust)).unwrap().deployment();
    assert!(status.expired && status.manifest.is_some());
}

#[test]
fn an_app_that_ships_with_nonsense_hears_of_it() {
    let (key, other, folder) = (Key::new(), Key::new(), tempfile::tempdir().unwrap());
    let foreign = Trust { manifest: Some(other.manifest(&payload(1, &[]))), keys: vec![key.public()], device: None };
    assert_eq!(open(folder.path(), Some(foreign)).map(drop), untrusted(TrustTrouble::ManifestSignature));
    let keyless = Trust { keys: vec!["nonsense".into()], manifest: None, device: None };
    let malformed = Failure::Invalid { field: Field::Trust, why: FieldTrouble::Malformed };
    assert_eq!(open(folder.path(), Some(keyless)).map(drop), Err(malformed));
}

#[test]
fn the_devices_management_is_heard_each_time_anew() {
    let (key, folder) = (Key::new(), tempfile::tempdir().unwrap());
    let accounts = open(folder.path(), trust(&key, 3)).unwrap();
    let map = |entries: &[(&str, &str)]| -> HashMap<String, String> {
        entries.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    };
    let own = key.manifest(&payload(6, &[]));
    let status = accounts.set_managed(map(&[("manifest", &own), ("no_export", "true"), ("odd", "1")])).unwrap();
    assert_eq!((status.manifest.unwrap().version, status.rejected), (6, None));
    assert!(status.rules.no_export.on && status.rules.no_export.by == RuleSource::Managed);
    assert_eq!((status.rules.unheard[0].key.as_str(), status.rules.unheard[0].why), ("odd", UnheardReason::UnknownKey));
    let foreign = Key::new().manifest(&payload(9, &[]));
    let status = accounts.set_managed(map(&[("manifest", &foreign), ("app_lock", "true")])).unwrap();
    assert_eq!(status.manifest.unwrap().version, 6);
    assert_eq!(status.rejected, Some(Failure::Untrusted { why: TrustTrouble::ManifestSignature }));
    assert!(status.rules.app_lock.on && !status.rules.no_export.on);
    assert!(!accounts.set_managed(HashMap::new()).unwrap().rules.app_lock.on);
}

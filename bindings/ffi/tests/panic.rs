//! A panic inside an exported function becomes an error, and the library goes on.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

use std::{fs, sync::Arc};

use bulla::{Bulla, live_objects};
use bulla_model::{AccountId, Config, Failure, KeyStore, Password};

/// A port that panics, as a defect deep inside the core would.
struct Panics;

impl KeyStore for Panics {
    fn load(&self, _: String) -> Result<Option<Vec<u8>>, Failure> {
        panic!("on purpose")
    }
    fn save(&self, _: String, _: Vec<u8>) -> Result<(), Failure> {
        panic!("on purpose")
    }
    fn erase(&self, _: String) -> Result<(), Failure> {
        panic!("on purpose")
    }
}

#[test]
fn a_panic_is_an_error_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let account = AccountId("0123456789abcdef".into());
    fs::create_dir(folder.path().join(account.as_str())).unwrap();
    fs::write(folder.path().join(account.as_str()).join("bulla.db"), b"").unwrap();
    let config =
        Config { folder: folder.path().to_string_lossy().into_owned(), device_name: "test".into(), trust: None };
    let bulla = Bulla::new(config, Arc::new(Panics)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let expected = || Failure::Unexpected { reference: "panic".into() };

    runtime.block_on(async {
        assert_eq!(bulla.accounts().await, Err(expected()));
        assert_eq!(bulla.open(account.clone()).await.map(drop), Err(expected()));
        assert_eq!(bulla.repair(account.clone()).await, Err(expected()));
        assert_eq!(bulla.erase(account.clone()).await, Err(expected()));
        let password = Password::new("secret".into());
        let signed = bulla.sign_in("http://127.0.0.1:1".into(), "jean".into(), password).await;
        assert_eq!(signed.map(drop), Err(expected()));
    });
    assert_eq!(live_objects().sessions, 0);
}

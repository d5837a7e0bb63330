//! A device with the library on it.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
};

use bulla_core::Accounts;
use bulla_model::{Config, DeviceCertificate, Failure, KeyStore, Trust, TrustTrouble};
use serde_json::Value;
use tempfile::TempDir;

use crate::signed::Key;

#[derive(Default)]
struct Keys(Mutex<HashMap<String, Vec<u8>>>);

impl KeyStore for Keys {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.0.lock().unwrap().get(&name).cloned())
    }

    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        self.0.lock().unwrap().insert(name, key);
        Ok(())
    }

    fn erase(&self, name: String) -> Result<(), Failure> {
        self.0.lock().unwrap().remove(&name);
        Ok(())
    }
}

pub struct Device {
    pub accounts: Accounts,
    pub folder: TempDir,
}

impl Device {
    /// With an app that shipped with this manifest.
    pub fn with(key: &Key, payload: &Value) -> Self {
        Self::showing(key, payload, None)
    }

    pub fn showing(key: &Key, payload: &Value, device: Option<DeviceCertificate>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let trust = Trust { keys: vec![key.public()], manifest: Some(key.manifest(payload)), device };
        Self { accounts: open(folder.path(), Some(trust)).unwrap(), folder }
    }
}

pub fn open(folder: &Path, trust: Option<Trust>) -> Result<Accounts, Failure> {
    let folder = folder.display().to_string();
    Accounts::new(Config { folder, device_name: "Bulla test".into(), trust }, Arc::new(Keys::default()))
}

pub fn untrusted<T>(why: TrustTrouble) -> Result<T, Failure> {
    Err(Failure::Untrusted { why })
}

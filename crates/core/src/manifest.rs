//! The manifest in force on this device: shipped with the app or adopted since, and what the device's management makes of it.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, SystemTime},
};

use bulla_model::{
    Barrier, Config, DeploymentStatus, DeviceCertificate, Failure, ManagedRules, Manifest, Retention, TlsTrust,
};
use bulla_policy::{self as policy, TrustedKey};
use matrix_sdk::reqwest::Client;
use tokio::sync::watch;

use crate::{durable, failure::CoreError, http, lines::Lines};

/// Its file in the library's folder: the signed text as it came, so that nothing in it is lost.
const FILE: &str = "manifest.jws";

/// What is in force, and the means to trust others.
pub(crate) struct Deployment {
    file: PathBuf,
    pub keys: Vec<TrustedKey>,
    device: Option<DeviceCertificate>,
    state: RwLock<State>,
    /// Tells when it keeps what is said for another time.
    keeps: watch::Sender<()>,
}

struct State {
    manifest: Option<Manifest>,
    rejected: Option<Failure>,
    map: HashMap<String, String>,
    rules: ManagedRules,
    http: Client,
}

impl Deployment {
    /// Takes the newest of the one that the app shipped with and the one that was kept. A kept one that does not verify any
    /// more is told of and not heard; a shipped one that does not is the app's defect, and fails.
    pub fn load(config: &Config) -> Result<Self, CoreError> {
        let trust = config.trust.as_ref();
        let keys = trust.map_or(&[][..], |trust| &trust.keys);
        let keys = keys.iter().map(|key| TrustedKey::parse(key)).collect::<Result<Vec<_>, _>>()?;
        let device = trust.and_then(|trust| trust.device.clone());
        let file = Path::new(&config.folder).join(FILE);
        let shipped = trust.and_then(|trust| trust.manifest.as_deref());
        let mut manifest = shipped.map(|jws| policy::manifest(jws, &keys)).transpose()?;
        let mut rejected = None;
        let kept = match fs::read_to_string(&file) {
            _ if keys.is_empty() => None,
            Ok(jws) => Some(policy::manifest(&jws, &keys)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Some(policy::manifest("", &keys)),
            Err(error) => return Err(error.into()),
        };
        match kept {
            Some(Ok(kept)) if manifest.as_ref().is_none_or(|shipped| kept.version > shipped.version) => {
                manifest = Some(kept);
            }
            Some(Err(why)) => {
                tracing::warn!(%why, "the kept manifest is not believed");
                rejected = Some(why);
            }
            _ => {}
        }
        let http = client(manifest.as_ref(), device.as_ref(), None)?;
        let (map, rules) = (HashMap::new(), policy::managed(manifest.as_ref(), &HashMap::new()));
        Ok(Self {
            file,
            keys,
            device,
            state: RwLock::new(State { manifest, rejected, map, rules, http }),
            keeps: watch::Sender::new(()),
        })
    }

    /// What is in force, and why.
    pub fn status(&self) -> DeploymentStatus {
        let state = self.read();
        DeploymentStatus {
            expired: state.manifest.as_ref().is_some_and(|manifest| manifest.expires <= SystemTime::now()),
            manifest: state.manifest.clone(),
            rejected: state.rejected.clone(),
            rules: state.rules.clone(),
        }
    }

    /// Puts a newer manifest in force and keeps it. When it is refused, the one in force stays.
    pub fn adopt(&self, jws: &str) -> Result<(), CoreError> {
        let new = policy::manifest(jws, &self.keys)?;
        let mut state = self.write();
        if !policy::adoptable(&new, state.manifest.as_ref(), SystemTime::now())? {
            return Ok(());
        }
        let http = client(Some(&new), self.device.as_ref(), None)?;
        durable::replace(&self.file, jws.trim().as_bytes())?;
        state.rules = policy::managed(Some(&new), &state.map);
        let kept = state.manifest.as_ref().is_some_and(|manifest| manifest.retention == new.retention);
        (state.manifest, state.http, state.rejected) = (Some(new), http, None);
        drop(state);
        if !kept {
            self.keeps.send_replace(());
        }
        Ok(())
    }

    /// How long it has rooms keep what is said, where one says `said`.
    pub fn keeps(&self, said: Option<Duration>) -> Retention {
        let state = self.read();
        let of = state.manifest.as_ref().map(|manifest| (manifest.retention.default_days, manifest.retention.max_days));
        let (usual, most) = of.unwrap_or_default();
        policy::effective_retention(said, usual, most)
    }

    /// Refuses what takes messages or files out of the app where nobody may.
    pub fn may_export(&self) -> Result<(), Failure> {
        match self.read().rules.no_export.on {
            true => Err(Failure::Forbidden { why: Barrier::NoExport }),
            false => Ok(()),
        }
    }

    /// Tells when that is another.
    pub fn keeps_otherwise(&self) -> watch::Receiver<()> {
        self.keeps.subscribe()
    }

    /// Hears the device's management anew: this map counts, and none that came before.
    pub fn manage(&self, map: HashMap<String, String>) -> Result<(), CoreError> {
        let own = map.get(policy::MANAGED_MANIFEST).map(|jws| self.adopt(jws));
        let mut state = self.write();
        state.rules = policy::managed(state.manifest.as_ref(), &map);
        state.map = map;
        match own {
            Some(Err(CoreError::Said(why))) => state.rejected = Some(why),
            Some(Err(other)) => return Err(other),
            _ => {}
        }
        Ok(())
    }

    pub fn manifest(&self) -> Option<Manifest> {
        self.read().manifest.clone()
    }

    pub fn rules(&self) -> ManagedRules {
        self.read().rules.clone()
    }

    /// The client for questions of ours.
    pub fn http(&self) -> Client {
        self.read().http.clone()
    }

    /// A client of one session, whose connections are its own.
    pub fn session_http(&self, lines: &Lines) -> Result<Client, CoreError> {
        client(self.manifest().as_ref(), self.device.as_ref(), Some(lines.clone()))
    }

    // Each change is made whole under the lock, so that one a panic left behind is whole too.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn client(
    manifest: Option<&Manifest>,
    device: Option<&DeviceCertificate>,
    lines: Option<Lines>,
) -> Result<Client, CoreError> {
    http::client(manifest.map_or(&TlsTrust::default(), |manifest| &manifest.tls), device, lines)
}

//! A homeserver whose rooms Tchap's module `synapse-room-access-rules` guards, in the version that is published. Started for the first test that asks.

use std::{path::PathBuf, sync::OnceLock};

use serde_json::json;

use crate::{
    environment::Environment,
    error::{Error, Result},
    homeserver::Homeserver,
    keeper::Keeper,
    synapse::{self, Synapse},
};

/// The guarded server, running or not yet.
#[derive(Debug)]
pub struct Lazy {
    synapse: Synapse,
    /// A failure stays.
    started: OnceLock<Result<Homeserver>>,
}

impl Lazy {
    pub fn new(synapse: Synapse) -> Self {
        Self { synapse, started: OnceLock::new() }
    }

    /// The server; `guests` names the one whose people are from outside, `identity` whom it asks about addresses. Blocks.
    pub fn get(&self, environment: &Environment, keeper: &Keeper, guests: &str, identity: &str) -> Result<&Homeserver> {
        let started = self.started.get_or_init(|| {
            let rules = json!({
                "modules": [{
                    "module": "room_access_rules.RoomAccessRules",
                    "config": {"id_server": identity, "domains_forbidden_when_restricted": [guests]},
                }],
                // With 12 the module names the creator among the users, which that version forbids.
                "default_room_version": "11",
            });
            self.synapse.launch(environment, keeper, synapse::sqlite(self.synapse.folder()), true, rules)?;
            self.synapse.ready(keeper)
        });
        started.as_ref().map_err(|error| Error::BadInput(format!("the guarded server did not start: {error}")))
    }

    /// Its configuration file, if it was started.
    pub fn configuration(&self) -> Option<PathBuf> {
        self.started.get()?.as_ref().ok().map(|_| self.synapse.configuration_file())
    }
}

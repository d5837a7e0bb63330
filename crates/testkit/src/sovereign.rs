//! A homeserver that leaves signing in to others, and what it needs for that: a stand-in of an authentication service, which federates to a
//! stand-in of ProConnect. Started for the first test that asks.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    environment::Environment,
    error::{Error, Result},
    keeper::Keeper,
    node, random,
    sovereign::{authentication::Authentication, identity_provider::IdentityProvider},
    synapse::{self, Synapse},
};

mod authentication;
mod browser;
mod device_grant;
mod identity_provider;
mod pkce;
mod sessions;

pub use browser::browse;

/// Where the sovereign part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SovereignPlace {
    /// The name of its homeserver, as in user ids.
    pub name: String,
    /// The client API of its homeserver.
    pub client_url: String,
    /// The stand-in of the authentication service.
    pub issuer: String,
}

/// Somebody whom the stand-in of ProConnect knows. Nobody needs a password there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub email: String,
    pub given_name: String,
    pub usual_name: String,
    /// The number of the administration's establishment.
    pub siret: String,
    /// Who they are on the homeserver, once they have signed in.
    pub user_id: String,
}

/// How a test wants a person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// How long their access tokens live; five minutes unless it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_seconds: Option<u64>,
    /// What stands before the `@` of their address, and their names; somebody called Camille Martin unless it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<Called>,
}

/// What a person is called.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    pub mailbox: String,
    pub given_name: String,
    pub usual_name: String,
}

/// The sovereign part, running.
#[derive(Debug)]
pub struct Sovereign {
    pub place: SovereignPlace,
    authentication: Authentication,
}

impl Sovereign {
    /// Somebody whom no other test has.
    pub fn new_person(&self, wanted: &NewPerson) -> Result<Person> {
        let tag = random::hex(5);
        let called = wanted.called.clone().unwrap_or_else(|| Called {
            mailbox: format!("camille.martin.{tag}"),
            given_name: "Camille".into(),
            usual_name: format!("Martin {tag}"),
        });
        let email = format!("{}@ministere.test", called.mailbox);
        let localpart = localpart(&email);
        let person = Person {
            user_id: format!("@{localpart}:{}", self.place.name),
            email,
            given_name: called.given_name,
            usual_name: called.usual_name,
            siret: "11001001300097".into(),
        };
        self.authentication.identity_provider().add(&person)?;
        if let Some(seconds) = wanted.token_seconds {
            self.authentication.set_token_seconds(&localpart, seconds);
        }
        Ok(person)
    }
}

/// The name on the homeserver of somebody with this address.
fn localpart(email: &str) -> String {
    email.replace('@', "-")
}

/// The sovereign part, running or not yet.
#[derive(Debug)]
pub struct Lazy {
    synapse: Synapse,
    /// A failure stays: what is missing on this machine is missing for every test.
    started: OnceLock<Result<Sovereign>>,
}

impl Lazy {
    pub fn new(synapse: Synapse) -> Self {
        Self { synapse, started: OnceLock::new() }
    }

    pub fn get(&self, environment: &Environment, keeper: &Keeper, root: &Path) -> Result<&Sovereign> {
        let started = self.started.get_or_init(|| self.start(environment, keeper, root));
        started.as_ref().map_err(|error| match error {
            Error::MissingTool { tool, install } => Error::MissingTool { tool, install },
            other => Error::BadInput(format!("the sovereign part did not start: {other}")),
        })
    }

    /// The homeserver's configuration file, if it was started.
    pub fn configuration(&self) -> Option<PathBuf> {
        self.started.get()?.as_ref().ok().map(|_| self.synapse.configuration_file())
    }

    fn start(&self, environment: &Environment, keeper: &Keeper, root: &Path) -> Result<Sovereign> {
        let packages = node::packages()?;
        let secret = random::hex(16);
        let listener = authentication::listen()?;
        let issuer = listener.issuer();
        let provider = IdentityProvider::start(&packages, keeper, root, &format!("{issuer}upstream/callback"))?;
        let delegation = json!({
            "matrix_authentication_service": {"enabled": true, "endpoint": issuer, "secret": secret},
            "password_config": {"enabled": false},
            // Where two devices meet for a sign-in by QR code.
            "experimental_features": {"msc4108_enabled": true},
        });
        let database = synapse::sqlite(self.synapse.folder());
        self.synapse.launch(environment, keeper, database, true, delegation)?;
        let authentication = Authentication::serve(listener, provider, self.synapse.client_url(), secret);
        self.synapse.answers(keeper)?;
        let place = SovereignPlace { name: self.synapse.name(), client_url: self.synapse.client_url(), issuer };
        Ok(Sovereign { place, authentication })
    }
}

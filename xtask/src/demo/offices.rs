//! What the demo's deployment puts before its servers, and how its people find them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bulla_testkit::{Called, Handle, NewPerson, Office, Place, SovereignPlace};
use serde_json::{Value, json};

use super::agent::Agent;
use super::transcript::Transcript;
use crate::process::say;

const AICHA: &str = "aicha@prefecture.test";

/// The deployment as people meet it: a directory of addresses, servers that prove themselves, and a signed manifest of all.
pub struct Offices {
    pub office: Office,
    /// Aïcha's server.
    pub ministry: String,
    /// The server of people from outside.
    pub partners: String,
    /// Where the antivirus is, if there is one here: then it is in the manifest.
    pub scanner: Option<String>,
    /// Where people come in through ProConnect's stand-in, if there is one here.
    sovereign: Option<SovereignPlace>,
}

impl Offices {
    pub async fn open(handle: &Handle) -> Result<Self> {
        let sovereign = match handle.sovereign().await {
            Ok(place) => Some(place),
            Err(error) => {
                say(format!("ProConnect's stand-in is not here, Aïcha signs in with a password: {error}"));
                None
            }
        };
        let scanner = handle.scanner().await.inspect_err(|error| say(format!("no antivirus here: {error}"))).ok();
        let partners = handle.servers().get(2).context("a server of partners")?.name.clone();
        let place = |server: &str, client_url: &str, label: &str, way| Place {
            guests: server == partners,
            server: server.into(),
            client_url: client_url.into(),
            label: label.into(),
            way,
        };
        let own = handle.servers().iter().zip(["Préfecture", "Collectivités", "Partenaires"]);
        let mut places: Vec<Place> =
            own.map(|(server, label)| place(&server.name, &server.client_url, label, "password")).collect();
        places.extend(sovereign.iter().map(|it| place(&it.name, &it.client_url, "Ministère", "oauth")));
        let first = handle.servers().first().context("a server")?.name.clone();
        let ministry = sovereign.as_ref().map_or(first, |it| it.name.clone());
        Ok(Self {
            office: Office::open(places).context("the deployment's offices")?,
            ministry,
            partners,
            scanner,
            sovereign,
        })
    }

    /// An order to an app that ships with this deployment's key and manifest.
    pub fn trusted(&self, folder: PathBuf, mut order: Value) -> Value {
        order["folder"] = json!(folder);
        order["signed_by"] = json!(self.office.public_key());
        let scanner = self.scanner.as_ref().map(|at| ("media_scanner", json!(at)));
        order["manifest"] = json!(self.office.manifest_saying(1, scanner.as_slice()));
        order
    }

    /// Aïcha finds her server by her address and comes in: through ProConnect's stand-in, or with a password.
    pub async fn sign_in(
        &self,
        handle: &Handle,
        t: &mut Transcript,
        a: &mut Agent,
        folder: &Path,
        password: &str,
    ) -> Result<Value> {
        let with = |order: Value| self.trusted(folder.to_owned(), order);
        if self.sovereign.is_none() {
            let user = handle.register(0, "aicha", password, false).await.context("making a user")?;
            self.office.list(AICHA, json!({"hs": self.ministry}));
            let found =
                t.step("types an address, and finds the server", a, "discover", with(json!({"email": AICHA})))?;
            let order = json!({"homeserver": found["base_url"], "user": user.user_id, "password": password});
            return t.step("signs in with a password", a, "sign_in", with(order));
        }
        let called =
            Called { mailbox: "aicha.benali".into(), given_name: "Aïcha".into(), usual_name: "Benali".into() };
        let wanted = NewPerson { called: Some(called), ..NewPerson::default() };
        let person = handle.new_person(&wanted).await.context("somebody whom ProConnect knows")?;
        self.office.list(&person.email, json!({"hs": self.ministry}));
        let found =
            t.step("types an address, and finds the server", a, "discover", with(json!({"email": person.email})))?;
        let order = with(json!({"homeserver": found["base_url"], "email": person.email}));
        let begun = t.step("opens the browser", a, "begin", order)?;
        let url = begun["url"].as_str().context("what the browser opens")?;
        let callback = handle.browse(url, &person.email, true).await.context("the sign-in pages")?;
        t.step("comes back from ProConnect's stand-in", a, "finish", json!({"callback": callback}))
    }
}

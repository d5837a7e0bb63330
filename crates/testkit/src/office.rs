//! What a deployment puts before its homeservers: a directory of e-mail addresses, each server's proof, and the signed manifest that names them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    encoding::AsDer,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    error::{Error, Result},
    proxy::Proxy,
};

const DIRECTORY: &str = "/_matrix/identity/api/v1/info";
const PROOF: &str = "/_bulla/client/v1/proof";
/// How long what it signs is good for.
const GOOD: u64 = 24 * 3600;
/// A server that is only spoken of, and never asked: where people from outside would belong, unless a place is theirs.
pub const GUESTS: &str = "guests.example";

/// A homeserver of the deployment's, and how people sign in to it.
#[derive(Clone, Debug)]
pub struct Place {
    pub server: String,
    pub client_url: String,
    pub label: String,
    /// `password`, `oauth`.
    pub way: &'static str,
    /// Its people are guests from outside.
    pub guests: bool,
}

/// The offices of a deployment, open until they are dropped.
#[derive(Debug)]
pub struct Office {
    key: Key,
    fronts: Vec<(Place, Proxy)>,
    /// What the directory answers, by address.
    directory: Arc<Mutex<HashMap<String, Value>>>,
}

impl Office {
    /// Opens them, in the current tokio runtime. The directory is with the first.
    pub fn open(places: Vec<Place>) -> Result<Self> {
        let (key, directory) = (Key::new()?, Arc::<Mutex<HashMap<String, Value>>>::default());
        let mut fronts = Vec::new();
        for place in places {
            let front = Proxy::before(&place.client_url)?;
            let proof = key.sign("bulla-proof+jwt", &json!({"sub": place.server, "iat": now(), "exp": now() + GOOD}));
            front.serve(PROOF, move |_| (200, proof.clone()));
            fronts.push((place, front));
        }
        let (_, first) = fronts.first().ok_or_else(|| Error::BadInput("a deployment without a server".into()))?;
        let answers = directory.clone();
        first.serve(DIRECTORY, move |query| {
            let mut fields = form_urlencoded::parse(query.as_bytes());
            let address = fields.find(|(name, _)| name == "address").map(|(_, value)| value.into_owned());
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            match address.and_then(|address| answers.get(&address).cloned()) {
                Some(answer) => (200, answer.to_string()),
                None => (404, json!({"error": "no server holds this address"}).to_string()),
            }
        });
        Ok(Self { key, fronts, directory })
    }

    /// Has the directory answer this for an address.
    pub fn list(&self, address: &str, answer: Value) {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), answer);
    }

    /// What stands before a server, and can be made to fail. Clients use its address.
    pub fn front(&self, server: &str) -> Option<&Proxy> {
        self.fronts.iter().find(|(place, _)| place.server == server).map(|(_, front)| front)
    }

    /// The public key that an app of this deployment ships with.
    pub fn public_key(&self) -> String {
        self.key.public.clone()
    }

    /// The manifest, signed.
    pub fn manifest(&self, version: u64) -> String {
        self.manifest_with(version, "", "")
    }

    /// The same, with one server at another address.
    pub fn manifest_with(&self, version: u64, server: &str, at: &str) -> String {
        self.key.sign("bulla-manifest+jws", &self.payload(version, server, at))
    }

    /// The manifest with other fields beside.
    pub fn manifest_saying(&self, version: u64, fields: &[(&str, Value)]) -> String {
        let mut payload = self.payload(version, "", "");
        for (name, value) in fields {
            payload[name] = value.clone();
        }
        self.key.sign("bulla-manifest+jws", &payload)
    }

    fn payload(&self, version: u64, server: &str, at: &str) -> Value {
        let instances = self.fronts.iter().map(|(place, front)| {
            let url = if place.server == server { at.to_owned() } else { front.url() };
            json!({"server": place.server, "base_url": url, "label": place.label, "external_guests": place.guests, "sign_in": [place.way]})
        });
        let guests = json!({
            "server": GUESTS, "base_url": format!("https://{GUESTS}"), "label": "Guests", "external_guests": true, "sign_in": ["oauth"],
        });
        let spoken_of = (!self.fronts.iter().any(|(place, _)| place.guests)).then_some(guests);
        let discovery: Vec<String> = self.fronts.first().map(|(_, front)| front.url()).into_iter().collect();
        json!({
            "schema": 1, "version": version, "exp": now() + GOOD, "name": "Messagerie des agents",
            "instances": instances.chain(spoken_of).collect::<Vec<_>>(), "discovery": discovery,
        })
    }
}

/// A deployment's key.
#[derive(Debug)]
struct Key {
    pair: Ed25519KeyPair,
    public: String,
}

impl Key {
    fn new() -> Result<Self> {
        let trouble = |_| Error::BadInput("no key could be made".into());
        let pair = Ed25519KeyPair::generate().map_err(trouble)?;
        let public = pair.public_key().as_der().map_err(trouble)?;
        let public = BASE64_STANDARD.encode(public.as_ref());
        Ok(Self { pair, public })
    }

    fn sign(&self, kind: &str, payload: &Value) -> String {
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(json!({"alg": "EdDSA", "typ": kind})), part(payload.clone()));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

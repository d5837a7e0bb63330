//! The deployment's key, and what it signs.

use std::time::SystemTime;

use aws_lc_rs::{
    encoding::AsDer,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

pub struct Key(Ed25519KeyPair);

impl Key {
    pub fn new() -> Self {
        Self(Ed25519KeyPair::generate().unwrap())
    }

    pub fn public(&self) -> String {
        BASE64_STANDARD.encode(self.0.public_key().as_der().unwrap().as_ref())
    }

    pub fn manifest(&self, payload: &Value) -> String {
        self.sign("bulla-manifest+jws", payload)
    }

    pub fn proof(&self, server: &str) -> String {
        self.proof_at(server, now())
    }

    pub fn proof_at(&self, server: &str, iat: u64) -> String {
        self.sign("bulla-proof+jwt", &json!({ "sub": server, "iat": iat, "exp": iat + 3600 }))
    }

    fn sign(&self, typ: &str, payload: &Value) -> String {
        let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
        let signed =
            format!("{}.{}", part(json!({ "alg": "EdDSA", "typ": typ }).to_string()), part(payload.to_string()));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// A manifest of two servers, the second for guests, whose directory is at `hosts`.
pub fn payload(version: u64, hosts: &[String]) -> Value {
    let base = hosts.first().map_or("https://matrix.agent.example", String::as_str);
    json!({
        "schema": 1,
        "version": version,
        "exp": now() + 3600,
        "name": "Messagerie",
        "instances": [
            { "server": "agent.example", "base_url": base, "label": "Agents", "sign_in": ["password"] },
            { "server": "guests.example", "base_url": "https://guests.example", "label": "Guests", "external_guests": true, "sign_in": ["oauth"] },
        ],
        "discovery": hosts,
    })
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

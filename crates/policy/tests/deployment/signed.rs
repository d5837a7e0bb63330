//! Keys, and what they sign.

use std::time::{Duration, SystemTime};

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{Ed25519KeyPair, KeyPair, RSA_PSS_SHA512, RsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use bulla_policy::TrustedKey;
use serde_json::{Value, json};

pub enum Key {
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    pub fn new() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub fn rsa(size: KeySize) -> Self {
        Self::Rsa(RsaKeyPair::generate(size).unwrap())
    }

    pub fn public(&self) -> String {
        let der = match self {
            Self::Ed25519(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Self::Rsa(pair) => {
                AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(pair.public_key()).unwrap().as_ref().to_vec()
            }
        };
        BASE64_STANDARD.encode(der)
    }

    pub fn trusted(&self) -> TrustedKey {
        TrustedKey::parse(&self.public()).unwrap()
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::Rsa(_) => "PS512",
        }
    }

    pub fn sign(&self, typ: &str, payload: &Value) -> String {
        self.sign_under(&json!({ "alg": self.algorithm(), "typ": typ }), payload.to_string().as_bytes())
    }

    pub fn sign_under(&self, header: &Value, payload: &[u8]) -> String {
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", part(header.to_string().as_bytes()), part(payload));
        let signature = match self {
            Self::Ed25519(pair) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA512, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
                signature
            }
        };
        format!("{signed}.{}", part(&signature))
    }
}

pub fn example() -> Value {
    serde_json::from_str(include_str!("../../manifest.example.json")).unwrap()
}

pub fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

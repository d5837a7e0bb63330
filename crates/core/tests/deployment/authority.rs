//! A certificate authority, and what it signs.

use base64::{Engine, prelude::BASE64_STANDARD};
use bulla_model::DeviceCertificate;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData, date_time_ymd};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};

pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
pub struct Certified {
    pub chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// As a manifest names it.
    pub fn root(&self) -> String {
        BASE64_STANDARD.encode(self.0.der())
    }

    pub fn pin(&self) -> String {
        pin(self.0.key())
    }

    pub fn certify(&self, name: &str) -> Certified {
        self.certify_between(name, 2020, 2090)
    }

    pub fn certify_between(&self, name: &str, from: i32, until: i32) -> Certified {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Certified { chain: vec![certificate.der().clone(), self.0.der().clone()], key }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        roots
    }
}

impl Certified {
    pub fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        Self { chain: vec![certificate.der().clone()], key }
    }

    pub fn pin(&self) -> String {
        pin(&self.key)
    }

    pub fn server(&self) -> ServerConfig {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        ServerConfig::builder().with_no_client_auth().with_single_cert(self.chain.clone(), key.into()).unwrap()
    }

    /// A server that asks devices for a certificate of `authority`.
    pub fn server_for(&self, authority: &Authority) -> ServerConfig {
        let verifier = WebPkiClientVerifier::builder(authority.roots().into()).build().unwrap();
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let config = ServerConfig::builder().with_client_cert_verifier(verifier);
        config.with_single_cert(self.chain.clone(), key.into()).unwrap()
    }

    pub fn device(&self) -> DeviceCertificate {
        let chain = self.chain.iter().map(|certificate| certificate.to_vec()).collect();
        DeviceCertificate { chain, key: self.key.serialize_der() }
    }
}

fn pin(key: &KeyPair) -> String {
    BASE64_STANDARD.encode(Sha256::digest(key.subject_public_key_info()))
}

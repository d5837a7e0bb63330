//! TLS as the deployment wants it: whose certificates are trusted, which public keys a host may show, what this device shows.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bulla_model::{DeviceCertificate, Failure, Field, FieldTrouble, HostPins, TlsTrust};
use bulla_policy as policy;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime},
    version::{TLS12, TLS13},
};
use sha2::{Digest, Sha256};

use crate::failure::CoreError;

/// The host shows a key that is not pinned. [`crate::failure`] looks for it among the causes.
#[derive(Debug)]
pub(crate) struct NotPinned;

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the public key is not pinned")
    }
}

impl std::error::Error for NotPinned {}

/// TLS 1.2 or 1.3. Where `trust` names roots the platform's are not looked at, nor its verifier made.
pub(crate) fn config(trust: &TlsTrust, device: Option<&DeviceCertificate>) -> Result<ClientConfig, CoreError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier { inner: chain(&trust.roots, &provider)?, pins: trust.pins.clone() };
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|_| CoreError::Defect("TLS versions"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match device {
        None => config.with_no_client_auth(),
        Some(device) => {
            let chain = device.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(device.key.clone()));
            config.with_client_auth_cert(chain, key).map_err(|_| unusable())?
        }
    };
    config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    Ok(config)
}

fn chain(roots: &[String], provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, CoreError> {
    let mut store = RootCertStore::empty();
    for root in roots {
        let der = policy::certificate(root)?;
        store.add(CertificateDer::from(der)).map_err(|_| unusable())?;
    }
    if store.is_empty() {
        // Android's own verifier wants the app's context by a call through JNI before anything else; these roots want nothing.
        if !cfg!(target_os = "android") {
            let platform = rustls_platform_verifier::Verifier::new(provider.clone());
            return Ok(Arc::new(platform.map_err(|_| CoreError::Defect("the platform's certificates"))?));
        }
        store = well_known();
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone()).build();
    Ok(verifier.map_err(|_| unusable())?)
}

/// The roots that Mozilla trusts, as of this library's build.
fn well_known() -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    store
}

fn unusable() -> CoreError {
    CoreError::Said(Failure::Invalid { field: Field::Trust, why: FieldTrouble::Malformed })
}

/// The chain first, as ever; then the pins.
#[derive(Debug)]
struct Verifier {
    inner: Arc<dyn ServerCertVerifier>,
    pins: Vec<HostPins>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(end_entity, intermediates, server, ocsp, now)?;
        if self.pins.is_empty() {
            return Ok(verified);
        }
        // Only the server's own key counts: what else it sends along, anybody could.
        let certificate = webpki::EndEntityCert::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let key = Sha256::digest(certificate.subject_public_key_info());
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs());
        match policy::pinned(&self.pins, &server.to_str(), &key, now) {
            true => Ok(verified),
            false => Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(NotPinned))))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_well_known_roots_are_all_read() {
        assert_eq!(well_known().len(), webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
        assert!(well_known().len() > 50);
    }
}

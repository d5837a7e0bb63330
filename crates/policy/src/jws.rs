//! Signed texts: compact JWS (RFC 7515) by Ed25519 (RFC 8037) or RSA-PSS with SHA-512 (RFC 7518), as RFC 8725 asks: the key says
//! which algorithm is right, never the text; and each kind of text has a `typ` of its own, so that none passes for another.

use aws_lc_rs::{
    rsa::PublicEncryptingKey,
    signature::{ED25519, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use bulla_model::{Failure, Field, FieldTrouble};

use crate::invalid;

/// What stands before the key itself in the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410).
const ED25519_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const RSA_BITS: usize = 3072;

/// A public key that the app trusts.
#[derive(Clone)]
pub struct TrustedKey {
    algorithm: Algorithm,
    /// As the algorithm wants it: 32 bytes, or the SubjectPublicKeyInfo.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    EdDsa,
    Ps512,
}

/// Why a signed text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JwsTrouble {
    /// Too long, or not three parts of base64url with a header that is understood.
    Malformed,
    /// No trusted key signed it.
    Signature,
}

impl TrustedKey {
    /// Reads a SubjectPublicKeyInfo, in PEM or in base64 alone. RSA below 3072 bits and other algorithms are refused.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let malformed = || invalid(Field::Trust, FieldTrouble::Malformed);
        let body: String =
            text.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect();
        let der = BASE64_STANDARD.decode(body).map_err(|_| malformed())?;
        if let Some(key) = der.strip_prefix(&ED25519_PREFIX) {
            return match key.len() {
                32 => Ok(Self { algorithm: Algorithm::EdDsa, bytes: key.to_vec() }),
                _ => Err(malformed()),
            };
        }
        let rsa = PublicEncryptingKey::from_der(&der).map_err(|_| malformed())?;
        match rsa.key_size_bits() >= RSA_BITS {
            true => Ok(Self { algorithm: Algorithm::Ps512, bytes: der }),
            false => Err(invalid(Field::Trust, FieldTrouble::NotAllowed)),
        }
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        let verified = match self.algorithm {
            Algorithm::EdDsa => UnparsedPublicKey::new(&ED25519, &self.bytes).verify(text, signature),
            Algorithm::Ps512 => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA512, &self.bytes).verify(text, signature),
        };
        verified.is_ok()
    }
}

/// The payload of `text`, if one of `keys` signed it as a text of the kind `typ`.
pub(crate) fn open(text: &str, typ: &str, keys: &[TrustedKey], limit: usize) -> Result<Vec<u8>, JwsTrouble> {
    let text = text.trim();
    if text.len() > limit {
        return Err(JwsTrouble::Malformed);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(JwsTrouble::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsTrouble::Malformed)?;
    let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsTrouble::Malformed);
    let (header, payload, signature) = (bytes(header)?, bytes(payload)?, bytes(signature)?);
    let header: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&header).map_err(|_| JwsTrouble::Malformed)?;
    let said = |name: &str| header.get(name).and_then(|value| value.as_str());
    // `crit` names extensions that must be understood, and none is.
    if header.contains_key("crit") || said("typ") != Some(typ) {
        return Err(JwsTrouble::Malformed);
    }
    let algorithm = match said("alg") {
        Some("EdDSA" | "Ed25519") => Algorithm::EdDsa,
        Some("PS512") => Algorithm::Ps512,
        Some(_) => return Err(JwsTrouble::Signature),
        None => return Err(JwsTrouble::Malformed),
    };
    let mut able = keys.iter().filter(|key| key.algorithm == algorithm);
    match able.any(|key| key.verifies(signed.as_bytes(), &signature)) {
        true => Ok(payload),
        false => Err(JwsTrouble::Signature),
    }
}

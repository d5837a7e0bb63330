//! A server's proof that it belongs to the deployment: a JWT that the deployment's key signed for its name.

use std::time::{Duration, SystemTime};

use bulla_model::{Failure, TrustTrouble};
use serde::Deserialize;

use crate::{
    jws::{self, JwsTrouble, TrustedKey},
    manifest::untrusted,
};

/// Where a homeserver shows its proof, under its base address.
pub const PROOF_PATH: &str = "/_bulla/client/v1/proof";
/// What the header of a proof calls it.
pub const PROOF_TYPE: &str = "bulla-proof+jwt";
/// How long a proof may be.
pub const PROOF_LIMIT: usize = 16 * 1024;
/// By how much clocks may differ.
const LEEWAY: Duration = Duration::from_secs(300);

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
}

/// Whether `jwt` proves that it was shown by `server`.
pub fn proof(jwt: &str, server: &str, keys: &[TrustedKey], now: SystemTime) -> Result<(), Failure> {
    let payload = jws::open(jwt, PROOF_TYPE, keys, PROOF_LIMIT).map_err(|trouble| match trouble {
        JwsTrouble::Malformed => untrusted(TrustTrouble::ProofMalformed),
        JwsTrouble::Signature => untrusted(TrustTrouble::ProofSignature),
    })?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| untrusted(TrustTrouble::ProofMalformed))?;
    if claims.sub != server {
        return Err(untrusted(TrustTrouble::ProofOtherServer));
    }
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let leeway = LEEWAY.as_secs();
    if claims.iat > now.saturating_add(leeway) {
        return Err(untrusted(TrustTrouble::ProofNotYet));
    }
    match claims.exp.saturating_add(leeway) > now && claims.exp > claims.iat {
        true => Ok(()),
        false => Err(untrusted(TrustTrouble::ProofExpired)),
    }
}

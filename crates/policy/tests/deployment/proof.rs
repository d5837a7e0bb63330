//! Which proofs are believed.

use bulla_model::{Failure, TrustTrouble};
use bulla_policy::{MANIFEST_TYPE, PROOF_TYPE, proof};
use serde_json::json;

use crate::signed::{Key, at};

const NOW: u64 = 1_800_000_000;
const TEN_YEARS: u64 = 10 * 365 * 24 * 3600;

#[test]
fn only_a_fresh_one_for_this_server_by_a_trusted_key() {
    let (ours, others) = (Key::new(), Key::new());
    let claims = json!({ "sub": "agent.example", "iat": NOW - 60, "exp": NOW + 3600 });
    let check = |jwt: &str, now: u64| match proof(jwt, "agent.example", &[ours.trusted()], at(now)) {
        Ok(()) => Ok(()),
        Err(Failure::Untrusted { why }) => Err(why),
        Err(other) => panic!("{other}"),
    };
    let good = ours.sign(PROOF_TYPE, &claims);
    assert_eq!(check(&good, NOW), Ok(()));
    assert_eq!(check(&good, NOW - 300), Ok(()), "a clock that is a little slow");
    assert_eq!(check(&good, NOW + 3600 + 299), Ok(()), "a clock that is a little fast");
    assert_eq!(check(&good, NOW - TEN_YEARS), Err(TrustTrouble::ProofNotYet));
    assert_eq!(check(&good, NOW + TEN_YEARS), Err(TrustTrouble::ProofExpired));
    assert_eq!(check(&good, 0), Err(TrustTrouble::ProofNotYet));
    assert_eq!(check(&others.sign(PROOF_TYPE, &claims), NOW), Err(TrustTrouble::ProofSignature));
    assert_eq!(
        check(&ours.sign(MANIFEST_TYPE, &claims), NOW),
        Err(TrustTrouble::ProofMalformed),
        "another kind of text"
    );
    let none = ours.sign_under(&json!({ "alg": "none", "typ": PROOF_TYPE }), claims.to_string().as_bytes());
    assert_eq!(check(&none, NOW), Err(TrustTrouble::ProofSignature));
    for (claims, why) in [
        (json!({ "sub": "evil.example", "iat": NOW, "exp": NOW + 60 }), TrustTrouble::ProofOtherServer),
        (json!({ "sub": "agent.example", "iat": NOW }), TrustTrouble::ProofMalformed),
        (json!({ "sub": "agent.example", "exp": NOW + 60 }), TrustTrouble::ProofMalformed),
        (json!({ "sub": "agent.example", "iat": NOW, "exp": NOW - 1000 }), TrustTrouble::ProofExpired),
        (json!({ "sub": "agent.example", "iat": u64::MAX, "exp": u64::MAX }), TrustTrouble::ProofNotYet),
        (json!({ "sub": ["agent.example"], "iat": NOW, "exp": NOW + 60 }), TrustTrouble::ProofMalformed),
    ] {
        assert_eq!(check(&ours.sign(PROOF_TYPE, &claims), NOW), Err(why), "{claims}");
    }
    for text in ["", "..", "a.b.c", &good[1..], &good[..good.len() - 4], "<html></html>"] {
        assert!(check(text, NOW).is_err(), "{text}");
    }
}

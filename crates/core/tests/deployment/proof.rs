//! No password leaves for a server that has not proven itself.

use std::collections::HashMap;

use bulla_model::{Barrier, Failure, Missing, Password, TrustTrouble};

use crate::{
    device::{Device, open},
    server::{Server, http},
    signed::{Key, now, payload},
};

const PROOF: &str = "GET /_bulla/client/v1/proof HTTP/1.1";
const TEN_YEARS: u64 = 10 * 365 * 24 * 3600;

async fn sign_in(device: &Device, homeserver: &str) -> Failure {
    let signed = device.accounts.sign_in(homeserver, "jean", &Password::new("a secret".into())).await;
    signed.map(drop).expect_err("there is no Matrix behind it")
}

#[tokio::test]
async fn only_a_server_that_proves_itself_gets_further() {
    let (key, other) = (Key::new(), Key::new());
    let untrusted = |why| Failure::Untrusted { why };
    for (case, answer, expected) in [
        ("nothing", http(404, "{}"), untrusted(TrustTrouble::ProofMissing)),
        ("a page", http(200, "<html>"), untrusted(TrustTrouble::ProofMalformed)),
        ("another's key", http(200, other.proof("agent.example")), untrusted(TrustTrouble::ProofSignature)),
        ("another server's", http(200, key.proof("guests.example")), untrusted(TrustTrouble::ProofOtherServer)),
        (
            "ten years old",
            http(200, key.proof_at("agent.example", now() - TEN_YEARS)),
            untrusted(TrustTrouble::ProofExpired),
        ),
        (
            "in ten years",
            http(200, key.proof_at("agent.example", now() + TEN_YEARS)),
            untrusted(TrustTrouble::ProofNotYet),
        ),
        ("the manifest", http(200, key.manifest(&payload(1, &[]))), untrusted(TrustTrouble::ProofMalformed)),
        ("a server in trouble", http(503, ""), Failure::Offline),
        ("too much", http(200, "a".repeat(100_000)), Failure::Rejected { code: "NOT_MATRIX".into() }),
    ] {
        let server = Server::plain(move |_| answer.clone()).await;
        let device = Device::with(&key, &payload(1, &[server.http()]));
        assert_eq!(sign_in(&device, &server.http()).await, expected, "{case}");
        assert_eq!(server.asked(), [PROOF], "{case}: and nothing else was sent");
        let left: Vec<_> = device.folder.path().read_dir().unwrap().collect();
        assert!(left.is_empty(), "{case}: {left:?}");
    }
}

#[tokio::test]
async fn after_its_proof_a_server_is_spoken_to() {
    let key = Key::new();
    let proof = key.proof("agent.example");
    let answer = move |line: &str| if line == PROOF { http(200, &proof) } else { http(404, "no Matrix here") };
    let server = Server::plain(answer).await;
    let device = Device::with(&key, &payload(1, &[server.http()]));
    assert_eq!(sign_in(&device, &server.http()).await, Failure::NotFound { what: Missing::Server });
    let asked = server.asked();
    assert_eq!(asked[0], PROOF);
    assert!(asked.iter().any(|line| line.contains("/_matrix/client/")), "{asked:?}");
}

#[tokio::test]
async fn servers_and_ways_that_are_not_listed_are_not_asked() {
    let (key, server) = (Key::new(), Server::plain(|_| http(200, "")).await);
    let device = Device::with(&key, &payload(1, &["https://matrix.agent.example".into()]));
    assert_eq!(sign_in(&device, &server.http()).await, Failure::Untrusted { why: TrustTrouble::NotListed });
    let mut oauth = payload(1, &[server.http()]);
    oauth["instances"][0]["sign_in"] = serde_json::json!(["oauth"]);
    let device = Device::with(&key, &oauth);
    assert_eq!(sign_in(&device, &server.http()).await, Failure::Forbidden { why: Barrier::SignInWay });
    let device = Device::with(&key, &payload(1, &[server.http()]));
    device.accounts.set_managed(HashMap::from([("instance".into(), "guests.example".into())])).unwrap();
    assert_eq!(sign_in(&device, &server.http()).await, Failure::Forbidden { why: Barrier::OtherInstance });
    // Without a manifest nobody knows where the forced one is.
    let folder = tempfile::tempdir().unwrap();
    let device = Device { accounts: open(folder.path(), None).unwrap(), folder };
    device.accounts.set_managed(HashMap::from([("instance".into(), "agent.example".into())])).unwrap();
    assert_eq!(sign_in(&device, &server.http()).await, Failure::Forbidden { why: Barrier::OtherInstance });
    assert_eq!(server.asked(), Vec::<String>::new());
}

//! Which manifests are believed.

use aws_lc_rs::rsa::KeySize;
use bulla_model::{Barrier, Failure, FieldTrouble, Manifest, SignInWay, TrustTrouble};
use bulla_policy::{MANIFEST_TYPE, TrustedKey, adoptable, instance_at, manifest};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::signed::{Key, at, example};

const EXPIRES: u64 = 1_924_988_400;

fn trouble<T>(result: Result<T, Failure>) -> Result<T, TrustTrouble> {
    result.map_err(|failure| match failure {
        Failure::Untrusted { why } => why,
        other => panic!("{other}"),
    })
}

fn read(key: &Key, payload: &Value) -> Result<Manifest, TrustTrouble> {
    trouble(manifest(&key.sign(MANIFEST_TYPE, payload), &[key.trusted()]))
}

#[test]
fn the_example_is_read_whole() {
    let key = Key::new();
    let read = read(&key, &example()).unwrap();
    assert_eq!((read.version, read.instances.len(), read.expires), (7, 3, at(EXPIRES)));
    assert_eq!(read.instances[1].sign_in, [SignInWay::Oauth, SignInWay::Password]);
    assert!(read.instances[2].external_guests && !read.instances[2].features["calls"]);
    assert!(read.session.app_lock && !read.session.screenshots && read.session.export);
    assert_eq!(read.app_versions.critical.unwrap().text["en"], "This version is no longer safe.");
    assert_eq!(read.tls.pins[0].keys[1].until, at(1_956_524_400));
}

#[test]
fn the_example_fits_the_schema_and_a_wrong_one_does_not() {
    let schema: Value = serde_json::from_str(include_str!("../../manifest.schema.json")).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("https://bulla.invalid/manifest", schema).unwrap();
    let index = compiler.compile("https://bulla.invalid/manifest", &mut schemas).unwrap();
    schemas.validate(&example(), index).unwrap();
    for (at, wrong) in [
        ("/schema", json!(2)),
        ("/exp", json!("tomorrow")),
        ("/instances", json!([])),
        ("/instances/0/server", json!("Agent.example")),
        ("/instances/0/colour", json!("blue")),
        ("/tls/pins/0/keys", json!([])),
        ("/password/strength", json!(5)),
    ] {
        let mut changed = example();
        *changed.pointer_mut(at).unwrap() = wrong;
        assert!(schemas.validate(&changed, index).is_err(), "{at}");
        let key = Key::new();
        assert!(read(&key, &changed).is_err(), "{at}: the rules refuse what the schema refuses");
    }
}

#[test]
fn the_key_says_which_algorithm() {
    let (ours, others, rsa) = (Key::new(), Key::new(), Key::rsa(KeySize::Rsa3072));
    let trusted = [ours.trusted(), rsa.trusted()];
    let payload = example().to_string();
    let under =
        |key: &Key, header: Value| trouble(manifest(&key.sign_under(&header, payload.as_bytes()), &trusted)).map(drop);
    let header = |alg: &str| json!({ "alg": alg, "typ": MANIFEST_TYPE });
    assert_eq!(under(&ours, header("EdDSA")), Ok(()));
    assert_eq!(under(&ours, header("Ed25519")), Ok(()), "its name in RFC 9864");
    assert_eq!(under(&rsa, header("PS512")), Ok(()));
    assert_eq!(under(&others, header("EdDSA")), Err(TrustTrouble::ManifestSignature));
    for alg in ["none", "None", "HS256", "RS512", "PS256", "eddsa", ""] {
        assert_eq!(under(&ours, header(alg)), Err(TrustTrouble::ManifestSignature), "{alg}");
    }
    assert_eq!(under(&ours, header("PS512")), Err(TrustTrouble::ManifestSignature));
    assert_eq!(under(&rsa, header("EdDSA")), Err(TrustTrouble::ManifestSignature));
    for odd in [
        json!({ "alg": "EdDSA" }),
        json!({ "typ": MANIFEST_TYPE }),
        json!({ "alg": 5, "typ": MANIFEST_TYPE }),
        json!({ "alg": "EdDSA", "typ": "bulla-proof+jwt" }),
        json!({ "alg": "EdDSA", "typ": MANIFEST_TYPE, "crit": ["b64"] }),
        json!([]),
    ] {
        assert_eq!(under(&ours, odd.clone()), Err(TrustTrouble::ManifestMalformed), "{odd}");
    }
    // No signature at all, under each header.
    let unsigned = ours.sign_under(&header("none"), payload.as_bytes());
    let bare = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    assert_eq!(trouble(manifest(&bare, &trusted)).map(drop), Err(TrustTrouble::ManifestSignature));
}

#[test]
fn weak_and_foreign_keys_are_not_taken() {
    let parse = |text: &str| {
        TrustedKey::parse(text).map(drop).map_err(|failure| match failure {
            Failure::Invalid { why, .. } => why,
            other => panic!("{other}"),
        })
    };
    let key = Key::new().public();
    assert_eq!(parse(&key), Ok(()));
    assert_eq!(parse(&format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n")), Ok(()));
    assert_eq!(parse(&Key::rsa(KeySize::Rsa2048).public()), Err(FieldTrouble::NotAllowed));
    for text in ["", "not base64!", "AAAA", &key[..40]] {
        assert_eq!(parse(text), Err(FieldTrouble::Malformed), "{text}");
    }
}

#[test]
fn what_the_form_cannot_tell_is_refused_too() {
    let key = Key::new();
    for (at, wrong) in [
        ("/name", json!(" ")),
        ("/version", json!(-1)),
        ("/version", json!(1.5)),
        ("/exp", json!(u64::MAX)),
        ("/exp", json!(null)),
        ("/instances/1/server", json!("agent.numerique.example")),
        ("/instances/0/server", json!("agent.example/evil")),
        ("/instances/0/base_url", json!("http://matrix.agent.example")),
        ("/instances/0/base_url", json!("https://a:b@matrix.agent.example")),
        ("/instances/0/sign_in", json!([])),
        ("/discovery/0", json!("ftp://x.example")),
        ("/tls/roots", json!(["***"])),
        ("/tls/pins/0/keys/0/sha256", json!("AAAA")),
        ("/support", json!("javascript:alert(1)")),
    ] {
        let mut changed = example();
        *changed.pointer_mut(at).unwrap() = wrong.clone();
        assert_eq!(read(&key, &changed), Err(TrustTrouble::ManifestMalformed), "{at} {wrong}");
    }
    let mut newer = example();
    newer["schema"] = json!(2);
    assert_eq!(read(&key, &newer), Err(TrustTrouble::ManifestTooNew));
    assert_eq!(read(&key, &json!([1, 2])), Err(TrustTrouble::ManifestMalformed));
    let mut long = example();
    long["name"] = json!("a".repeat(300_000));
    assert_eq!(read(&key, &long), Err(TrustTrouble::ManifestMalformed));
}

#[test]
fn what_is_unknown_does_no_harm() {
    let key = Key::new();
    let mut changed = example();
    changed["later"] = json!({ "deep": [1, 2, 3] });
    changed["instances"][0]["sign_in"] = json!(["passkey", "oauth"]);
    let read = read(&key, &changed).unwrap();
    assert_eq!(read.instances[0].sign_in, [SignInWay::Other, SignInWay::Oauth]);
}

#[test]
fn only_a_newer_one_takes_the_place() {
    let key = Key::new();
    let versioned = |version: u64, name: &str| {
        let mut changed = example();
        changed["version"] = json!(version);
        changed["name"] = json!(name);
        read(&key, &changed).unwrap()
    };
    let (old, same, other, new) = (versioned(7, "A"), versioned(7, "A"), versioned(7, "B"), versioned(8, "A"));
    let now = at(EXPIRES - 1);
    assert_eq!(adoptable(&old, None, now), Ok(true));
    assert_eq!(adoptable(&same, Some(&old), now), Ok(false));
    assert_eq!(adoptable(&new, Some(&old), now), Ok(true));
    assert_eq!(trouble(adoptable(&old, Some(&new), now)), Err(TrustTrouble::ManifestOlder));
    assert_eq!(trouble(adoptable(&other, Some(&old), now)), Err(TrustTrouble::ManifestOlder));
    assert_eq!(trouble(adoptable(&new, Some(&old), at(EXPIRES))), Err(TrustTrouble::ManifestExpired));
}

#[test]
fn an_address_is_found_by_what_it_is_and_how_one_signs_in() {
    let key = Key::new();
    let manifest = read(&key, &example()).unwrap();
    let find =
        |url: &str, way| instance_at(&manifest, &url.parse().unwrap(), way).map(|instance| instance.server.as_str());
    assert_eq!(find("https://matrix.agent.mairies.example/", SignInWay::Password), Ok("agent.mairies.example"));
    assert_eq!(find("https://matrix.agent.mairies.example:443", SignInWay::Oauth), Ok("agent.mairies.example"));
    let forbidden = Err(Failure::Forbidden { why: Barrier::SignInWay });
    assert_eq!(find("https://matrix.agent.numerique.example", SignInWay::Password), forbidden);
    let not_listed = Err(Failure::Untrusted { why: TrustTrouble::NotListed });
    for url in [
        "https://matrix.agent.mairies.example.evil",
        "https://matrix.agent.mairies.example:8443",
        "https://matrix.agent.mairies.example/x",
    ] {
        assert_eq!(find(url, SignInWay::Password), not_listed, "{url}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_bytes_make_it_panic(text in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = Key::new();
        prop_assert!(manifest(&text, &[key.trusted()]).is_err());
        prop_assert!(TrustedKey::parse(&text).is_err());
        // Signed, and still nonsense.
        let signed = key.sign_under(&json!({ "alg": "EdDSA", "typ": MANIFEST_TYPE }), &bytes);
        prop_assert!(manifest(&signed, &[key.trusted()]).is_err());
    }

    #[test]
    fn one_changed_sign_is_enough(at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.=+/-]") {
        let key = Key::new();
        let signed = key.sign(MANIFEST_TYPE, &example());
        let at = at.index(signed.len());
        prop_assume!(signed[at..=at] != with);
        let changed = format!("{}{with}{}", &signed[..at], &signed[at + 1..]);
        prop_assert!(manifest(&changed, &[key.trusted()]).is_err());
        prop_assert!(manifest(&signed[..at], &[key.trusted()]).is_err(), "cut short");
    }
}

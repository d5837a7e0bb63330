//! What is made of a directory's answer.

use std::collections::HashMap;

use bulla_model::{Barrier, Discovery, Failure, ManagedRules, Manifest, TrustTrouble};
use bulla_policy::{directory_answer, managed, placed, shuffled};
use proptest::prelude::*;

use crate::signed::example;

fn manifest() -> Manifest {
    serde_json::from_value(example()).unwrap()
}

fn place(status: u16, body: &str, rules: &ManagedRules) -> Option<Result<Discovery, Failure>> {
    let answer = directory_answer(status, body.as_bytes())?;
    Some(placed("jean@example.fr".to_owned(), answer, &manifest(), rules))
}

#[test]
fn table() {
    let rules = managed(None, &HashMap::new());
    let forbidden = |why| Some(Err(Failure::Forbidden { why }));
    let not_listed = || Some(Err(Failure::Untrusted { why: TrustTrouble::NotListed }));
    for (status, body, expected) in [
        (200, r#"{"hs":"agent.numerique.example"}"#, Some(Ok("agent.numerique.example"))),
        (200, r#"{"hs":"agent.numerique.example","invited":true,"more":1}"#, Some(Ok("agent.numerique.example"))),
        (200, r#"{"hs":"invites.example","invited":true}"#, Some(Ok("invites.example"))),
        (200, r#"{"hs":"invites.example","invited":false}"#, forbidden(Barrier::NotInvited)),
        (200, r#"{"hs":"invites.example"}"#, forbidden(Barrier::NotInvited)),
        (200, r#"{"hs":"agent.evil.example"}"#, not_listed()),
        (200, r#"{"hs":"Agent.numerique.example"}"#, not_listed()),
        (200, r#"{"hs":"agent.numerique.example","new_hs":"agent.evil.example"}"#, not_listed()),
        (200, r#"{"hs":""}"#, forbidden(Barrier::NotProfessional)),
        (200, "{}", forbidden(Barrier::NotProfessional)),
        (404, r#"{"error":"No matching pattern found"}"#, forbidden(Barrier::NotProfessional)),
        // No answers: the next host is asked.
        (404, "<html>", None),
        (404, "{}", None),
        (200, "<html>", None),
        (200, r#"{"hs":5}"#, None),
        (200, r#"{"hs":"agent.numerique.example","invited":"no"}"#, None),
        (200, r#"{"error":"odd"}"#, None),
        (500, r#"{"error":"down"}"#, None),
        (429, r#"{"error":"wait"}"#, None),
        (302, r#"{"hs":"agent.numerique.example"}"#, None),
        (200, "", None),
    ] {
        let got = place(status, body, &rules).map(|result| result.map(|found| found.instance.server));
        assert_eq!(got, expected.map(|result| result.map(str::to_owned)), "{status} {body}");
    }
}

#[test]
fn moves_and_shadows_are_told() {
    let rules = managed(None, &HashMap::new());
    let body = r#"{"hs":"agent.numerique.example","new_hs":"agent.mairies.example","shadow_hs":"secret.example"}"#;
    let found = place(200, body, &rules).unwrap().unwrap();
    assert_eq!(found.moving_to.as_deref(), Some("agent.mairies.example"));
    assert_eq!(found.shadow, None, "one that the manifest does not know is not shown");
}

#[test]
fn the_devices_management_allows_one_server_only() {
    let map = HashMap::from([("instance".to_owned(), "agent.mairies.example".to_owned())]);
    let rules = managed(Some(&manifest()), &map);
    assert!(matches!(place(200, r#"{"hs":"agent.mairies.example"}"#, &rules), Some(Ok(_))));
    let other = place(200, r#"{"hs":"agent.numerique.example"}"#, &rules);
    assert_eq!(other, Some(Err(Failure::Forbidden { why: Barrier::OtherInstance })));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_host_is_lost_or_doubled(count in 0usize..12, chance in any::<u64>()) {
        let hosts: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        let mut order = shuffled(&hosts, chance);
        order.sort_by_key(|host| host.parse::<usize>().unwrap());
        prop_assert_eq!(order, hosts.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn no_answer_makes_it_panic(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = directory_answer(status, &body);
    }
}

#[test]
fn each_host_is_the_first_as_often_as_another() {
    let hosts: Vec<String> = (0..4).map(|n| n.to_string()).collect();
    let mut first = [0; 4];
    for chance in 0..24 {
        first[shuffled(&hosts, chance)[0].parse::<usize>().unwrap()] += 1;
    }
    assert_eq!(first, [6; 4]);
}

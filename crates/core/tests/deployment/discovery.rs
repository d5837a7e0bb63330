//! Directory services, honest, broken and lying.

use std::{collections::HashMap, time::Duration};

use bulla_model::{Barrier, Failure, Field, FieldTrouble, TrustTrouble};
use tokio::time::Instant;

use crate::{
    device::{Device, open, untrusted},
    server::{Server, http, redirect},
    signed::{Key, payload},
};

const YES: &str = r#"{"hs":"agent.example"}"#;

#[tokio::test]
async fn an_address_is_asked_for_as_it_is_meant() {
    let server =
        Server::plain(|_| http(200, r#"{"hs":"agent.example","new_hs":"guests.example","invited":true}"#)).await;
    let device = Device::with(&Key::new(), &payload(1, &[server.http()]));
    let found = device.accounts.discover("  Jean+Équipe@Académie.FR ").await.unwrap();
    assert_eq!(found.email, "jean+équipe@xn--acadmie-eya.fr");
    assert_eq!((found.instance.server.as_str(), found.moving_to.as_deref()), ("agent.example", Some("guests.example")));
    assert!(found.invited);
    let asked =
        "GET /_matrix/identity/api/v1/info?medium=email&address=jean%2B%C3%A9quipe%40xn--acadmie-eya.fr HTTP/1.1";
    assert_eq!(server.asked(), [asked]);
}

#[tokio::test]
async fn what_needs_no_question_asks_none() {
    let server = Server::plain(|_| http(200, YES)).await;
    let device = Device::with(&Key::new(), &payload(1, &[server.http()]));
    let malformed = Err(Failure::Invalid { field: Field::Email, why: FieldTrouble::Malformed });
    assert_eq!(device.accounts.discover("jean").await, malformed);
    assert_eq!(server.asked(), Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let accounts = open(folder.path(), None).unwrap();
    assert_eq!(accounts.discover("jean@agent.example").await, untrusted(TrustTrouble::NoManifest));
}

#[tokio::test]
async fn the_next_host_is_asked_when_one_fails() {
    let good = Server::plain(|_| http(200, YES)).await;
    let html = Server::plain(|_| http(200, "<html>Wi-Fi</html>")).await;
    let long = Server::plain(|_| http(200, format!("{{\"hs\":\"{}\"}}", "a".repeat(5_000_000)))).await;
    let broken = Server::plain(|_| http(500, "{\"error\":\"down\"}")).await;
    let cut = Server::plain(|_| Some(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"hs\"".to_vec())).await;
    let garbage = Server::plain(|_| Some(vec![0xff; 100])).await;
    let away = good.http();
    let moved = Server::plain(move |_| redirect(&away)).await;
    let bad = [&html, &long, &broken, &cut, &garbage, &moved];
    let mut hosts: Vec<String> = bad.iter().map(|server| server.http()).collect();
    hosts.push("http://127.0.0.1:1".into());
    let none = Device::with(&Key::new(), &payload(1, &hosts));
    assert!(matches!(
        none.accounts.discover("jean@agent.example").await,
        Err(Failure::Offline | Failure::Rejected { .. })
    ));
    assert!(bad.iter().all(|server| server.asked().len() == 1), "each was asked once");
    assert_eq!(good.asked(), Vec::<String>::new(), "a redirect is not followed there");

    hosts.push(good.http());
    let device = Device::with(&Key::new(), &payload(2, &hosts));
    for _ in 0..5 {
        assert_eq!(device.accounts.discover("jean@agent.example").await.unwrap().instance.server, "agent.example");
    }
    assert_eq!(good.asked().len(), 5);
}

#[tokio::test]
async fn a_host_that_never_answers_is_given_up() {
    let (silent, good) = (Server::plain(|_| None).await, Server::plain(|_| http(200, YES)).await);
    let device = Device::with(&Key::new(), &payload(1, &[silent.http(), good.http()]));
    let began = Instant::now();
    while silent.asked().is_empty() {
        assert_eq!(device.accounts.discover("jean@agent.example").await.unwrap().instance.server, "agent.example");
    }
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn each_refusal_is_its_own() {
    for (body, expected) in [
        (r#"{"hs":"evil.example"}"#, Failure::Untrusted { why: TrustTrouble::NotListed }),
        (r#"{"hs":"guests.example"}"#, Failure::Forbidden { why: Barrier::NotInvited }),
        (r#"{"hs":""}"#, Failure::Forbidden { why: Barrier::NotProfessional }),
    ] {
        let server = Server::plain(move |_| http(200, body)).await;
        let device = Device::with(&Key::new(), &payload(1, &[server.http()]));
        assert_eq!(device.accounts.discover("jean@mail.example").await, Err(expected), "{body}");
    }
    let server = Server::plain(|_| http(200, r#"{"hs":"guests.example","invited":true}"#)).await;
    let device = Device::with(&Key::new(), &payload(1, &[server.http()]));
    assert!(device.accounts.discover("jean@mail.example").await.unwrap().instance.external_guests);
    let only = HashMap::from([("instance".to_owned(), "agent.example".to_owned())]);
    device.accounts.set_managed(only).unwrap();
    let forbidden = Err(Failure::Forbidden { why: Barrier::OtherInstance });
    assert_eq!(device.accounts.discover("jean@mail.example").await, forbidden);
}

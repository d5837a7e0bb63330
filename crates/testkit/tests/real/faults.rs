use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use bulla_testkit::{Fault, ProxyHandle, Stats, attach_or_start};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::client::{Client, get, login_body, post};

const VERSIONS: &str = "/_matrix/client/versions";

async fn proxy() -> ProxyHandle {
    attach_or_start().await.unwrap().proxy(0).await.unwrap()
}

async fn connect(proxy: &ProxyHandle) -> std::io::Result<TcpStream> {
    TcpStream::connect(proxy.url().trim_start_matches("http://")).await
}

async fn versions(proxy: &ProxyHandle) -> crate::client::Answer {
    get(&format!("{}{VERSIONS}", proxy.url())).await
}

async fn healed(proxy: &ProxyHandle) {
    proxy.heal().await.unwrap();
    assert_eq!(versions(proxy).await.unwrap().0, 200);
}

/// Polls the counters of a proxy until they are as wished.
async fn stats_until(proxy: &ProxyHandle, wish: impl Fn(&Stats) -> bool) -> Stats {
    let poll = async {
        loop {
            let stats = proxy.stats().await.unwrap();
            if wish(&stats) {
                return stats;
            }
        }
    };
    timeout(Duration::from_secs(10), poll).await.expect("the counters become as wished")
}

#[tokio::test]
async fn refuse_cut_and_reset_strike_what_is_open_and_what_comes() {
    let proxy = proxy().await;
    for (fault, open_ends_with) in
        [(Fault::Refuse, None), (Fault::Cut, None), (Fault::Reset, Some(ErrorKind::ConnectionReset))]
    {
        let mut open = connect(&proxy).await.unwrap();
        open.write_all(b"GET ").await.unwrap();
        stats_until(&proxy, |stats| stats.open == 1).await;

        proxy.set(fault.clone()).await.unwrap();
        assert_eq!(proxy.stats().await.unwrap().open, 0);
        let ended = timeout(Duration::from_secs(1), open.read(&mut [0])).await.unwrap();
        match open_ends_with {
            Some(kind) => assert_eq!(ended.unwrap_err().kind(), kind),
            // What we wrote may not have been read: then the system resets where it would have closed.
            None => assert!(!matches!(ended, Ok(1))),
        }
        let fresh = connect(&proxy).await;
        assert_eq!(
            fault == Fault::Refuse,
            matches!(&fresh, Err(error) if error.kind() == ErrorKind::ConnectionRefused)
        );
        assert!(versions(&proxy).await.is_err());
        healed(&proxy).await;
    }
}

#[tokio::test]
async fn stall_holds_a_request_until_healing_and_notices_who_goes_away() {
    let proxy = proxy().await;
    proxy.set(Fault::Stall).await.unwrap();
    let mut gone = connect(&proxy).await.unwrap();
    gone.write_all(format!("GET {VERSIONS} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
    stats_until(&proxy, |stats| stats.open == 1 && stats.requests_to(VERSIONS) == 1).await;
    assert!(timeout(Duration::from_millis(200), gone.read(&mut [0])).await.is_err());
    drop(gone);
    stats_until(&proxy, |stats| stats.open == 0).await;

    let url = format!("{}{VERSIONS}", proxy.url());
    let waiting = tokio::spawn(async move { get(&url).await });
    stats_until(&proxy, |stats| stats.requests_to(VERSIONS) == 2).await;
    assert!(!waiting.is_finished());
    proxy.heal().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().0, 200);
}

#[tokio::test]
async fn delay_garbage_and_truncate_spoil_answers() {
    let proxy = proxy().await;
    proxy.set(Fault::Delay { millis: 300 }).await.unwrap();
    let start = Instant::now();
    assert_eq!(versions(&proxy).await.unwrap().0, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));

    for fault in [Fault::Garbage, Fault::Truncate { bytes: 0 }, Fault::Truncate { bytes: 400 }] {
        proxy.set(fault.clone()).await.unwrap();
        let answer = versions(&proxy).await;
        assert!(answer.is_err(), "{fault:?} {answer:?}");
    }
    healed(&proxy).await;
}

#[tokio::test]
async fn respond_answers_in_place_of_the_server_where_and_as_often_as_asked() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let proxy = proxy().await;
    let login = format!("{}/_matrix/client/v3/login", proxy.url());

    proxy.set(Fault::too_many_requests(Some("/login"), Some(1500)).for_next(1)).await.unwrap();
    assert_eq!(versions(&proxy).await.unwrap().0, 200);
    let (status, answer) = post(&login, &login_body(&user)).await.unwrap();
    assert_eq!((status, &answer["retry_after_ms"]), (429, &json!(1500)));
    assert_eq!(post(&login, &login_body(&user)).await.unwrap().0, 200);

    proxy.set(Fault::respond(520, None, &json!({}))).await.unwrap();
    assert_eq!(versions(&proxy).await.unwrap().0, 520);
    proxy.set(Fault::soft_logout()).await.unwrap();
    assert_eq!(versions(&proxy).await.unwrap().1["soft_logout"], true);
    proxy.set(Fault::captive_portal()).await.unwrap();
    assert!(versions(&proxy).await.unwrap().1.as_str().unwrap().starts_with("<!doctype html>"));
    // A body that the proxy does not read must not turn its answer into a reset.
    let (status, _) = post(&login, &json!({"long": "x".repeat(3_000_000)})).await.unwrap();
    assert_eq!(status, 200);
    healed(&proxy).await;
}

#[tokio::test]
async fn a_lost_answer_is_of_a_request_that_was_done() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let proxy = proxy().await;
    let mut direct = Client::login(&user.homeserver, &user).await;
    let client = direct.at(&proxy.url());
    let room = client.room(&[]).await;

    let lose = Fault::LoseAnswer { path: Some("/send/".into()), times: Some(1) };
    proxy.set(lose).await.unwrap();
    assert!(client.send(&room, "only", "the one message").await.is_err());
    direct.sync_until("the one message").await;
    assert_eq!(client.send(&room, "only", "the one message").await.unwrap().0, 200);

    let messages = direct.ok("GET", &format!("rooms/{room}/messages?dir=b&limit=50"), None).await;
    let sent =
        messages["chunk"].as_array().unwrap().iter().filter(|event| event["content"]["body"] == "the one message");
    assert_eq!(sent.count(), 1);
}

#[tokio::test]
async fn counters_tell_what_is_open_and_what_was_asked_since() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let proxy = proxy().await;
    let client = Client::login(&proxy.url(), &user).await;
    let since = client.ok("GET", "sync", None).await["next_batch"].as_str().unwrap().to_owned();
    let before = stats_until(&proxy, |stats| stats.open == 0).await;

    let waiting =
        tokio::spawn(async move { client.call("GET", &format!("sync?since={since}&timeout=20000"), None).await });
    let now = stats_until(&proxy, |stats| {
        stats.open == 1 && stats.since(&before).requests_to("/_matrix/client/v3/sync") == 1
    });
    assert_eq!(now.await.since(&before).connections, 1);
    proxy.set(Fault::Cut).await.unwrap();
    assert!(waiting.await.unwrap().is_err());
    assert_eq!(proxy.stats().await.unwrap().open, 0);
}

#[tokio::test]
async fn large_bodies_pass_whole_both_ways() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let proxy = proxy().await;
    let client = Client::login(&proxy.url(), &user).await;
    let filter = json!({"room": {"rooms": ["x".repeat(60_000)]}});
    let path = format!("user/{}/account_data/large", user.user_id);
    client.ok("PUT", &path, Some(filter.clone())).await;
    assert_eq!(client.ok("GET", &path, None).await, filter);
}

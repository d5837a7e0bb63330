use bulla_testkit::{Description, Error, Fault, Handle, attach_or_start};
use serde_json::json;

use crate::client::{self, Client, call, login_body, post};

#[tokio::test]
async fn a_message_reaches_the_other_server_and_the_search_finds_it_on_both() {
    let deployment = attach_or_start().await.unwrap();
    let (alice, bob) = (deployment.new_user(0).await.unwrap(), deployment.new_user(1).await.unwrap());
    let (alice_proxy, bob_proxy) = (deployment.proxy(0).await.unwrap(), deployment.proxy(1).await.unwrap());
    let a = Client::login(&alice_proxy.url(), &alice).await;
    let mut b = Client::login(&bob_proxy.url(), &bob).await;

    let room = a.room(&[&bob.user_id]).await;
    b.sync_until(&room).await;
    b.ok("POST", &format!("join/{room}"), Some(json!({}))).await;
    let text = "Le mot \"passé\" de la saison";
    assert_eq!(a.send(&room, "1", text).await.unwrap().0, 200);
    b.sync_until("de la saison").await;

    let hits = deployment.search(&[text, "nobody wrote this"]).await.unwrap();
    assert!(hits.iter().all(|hit| hit.text == text));
    for server in ["server-0", "server-1"] {
        assert!(hits.iter().any(|hit| hit.place == format!("rows of {server}/homeserver.json")), "{hits:?}");
        assert!(hits.iter().any(|hit| hit.place.starts_with(&format!("{server}/homeserver.db"))), "{hits:?}");
    }
}

#[tokio::test]
async fn a_hard_logout_ends_every_device() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let client = Client::login(&user.homeserver, &user).await;
    client.ok("GET", "account/whoami", None).await;

    deployment.logout_everywhere(&user.user_id).await.unwrap();
    let (status, answer) = client.call("GET", "account/whoami", None).await.unwrap();
    assert_eq!((status, &answer["errcode"], &answer["soft_logout"]), (401, &json!("M_UNKNOWN_TOKEN"), &json!(false)));

    assert!(!deployment.is_deactivated(&user.user_id).await.unwrap());
    deployment.deactivate(&user.user_id).await.unwrap();
    assert!(deployment.is_deactivated(&user.user_id).await.unwrap());
    let login = format!("{}/_matrix/client/v3/login", user.homeserver);
    assert_eq!(post(&login, &login_body(&user)).await.unwrap().0, 403);
}

#[tokio::test]
async fn an_invitation_to_a_deleted_room_leads_nowhere() {
    let deployment = attach_or_start().await.unwrap();
    let (alice, bob) = (deployment.new_user(0).await.unwrap(), deployment.new_user(1).await.unwrap());
    let a = Client::login(&alice.homeserver, &alice).await;
    let mut b = Client::login(&bob.homeserver, &bob).await;
    let room = a.room(&[&bob.user_id]).await;
    b.sync_until(&room).await;

    deployment.delete_room(0, &room).await.unwrap();
    let (status, answer) = b.call("POST", &format!("join/{room}"), Some(json!({}))).await.unwrap();
    assert!(status >= 400, "{status} {answer}");
}

#[tokio::test]
async fn the_control_endpoint_says_what_is_wrong_with_a_request() {
    let deployment = attach_or_start().await.unwrap();
    let control = deployment.description().control.clone().unwrap();
    for (method, path, body, expected) in [
        ("POST", "/users", json!({"server": 7}), 400),
        ("POST", "/users", json!({}), 400),
        ("POST", "/users", json!({"server": 0, "localpart": "no-password"}), 400),
        ("POST", "/users/logout", json!({"user_id": "@a:elsewhere.example"}), 400),
        ("POST", "/proxies", json!({"server": -1}), 400),
        ("PUT", "/proxies/999999/fault", json!({"kind": "none"}), 404),
        ("PUT", "/proxies/999999/fault", json!({"kind": "no such fault"}), 400),
        ("POST", "/nowhere", json!({}), 404),
    ] {
        let (status, answer) = call(method, format!("{control}{path}"), None, Some(body)).await.unwrap();
        assert_eq!(status, expected, "{path}: {answer}");
        assert!(path == "/nowhere" || answer["error"].is_string(), "{path}: {answer}");
    }
    let taken = deployment.register(0, "testkit-administrator", "password", false).await;
    assert!(matches!(taken, Err(Error::Refused { status: 400, .. })), "{taken:?}");
}

#[tokio::test]
async fn somebody_elses_server_gives_what_it_can() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let given = format!("{}:{}", user.user_id, user.password);
    let foreign = Handle::attach(Description::foreign(&user.homeserver, &[given]).unwrap());
    assert!(!foreign.capabilities().administration);

    let proxy = foreign.proxy(0).await.unwrap();
    let user = foreign.new_user(0).await.unwrap();
    Client::login(&proxy.url(), &user).await;
    assert!(matches!(foreign.new_user(0).await, Err(Error::Unavailable(_))));
    assert!(matches!(foreign.search(&["text"]).await, Err(Error::Unavailable(_))));
    proxy.set(Fault::Refuse).await.unwrap();
    assert!(client::get(&proxy.url()).await.is_err());
}

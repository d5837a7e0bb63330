//! A device that another one lets in, as an app meets it, and the place where the two find each other (MSC4108).

use bulla_testkit::{Error, Handle, NewPerson, attach_or_start};
use serde_json::{Value, json};

use crate::sovereign::{agent, post, read, whoami};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// As MSC4108 has it, a public key in base64.
const DEVICE: &str = "wjLpTLRqbqBzLs63aYaEv2Boi6cFEbbM/sSRQ2oAKk4";

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_let_in_by_another() {
    let handle: &Handle = attach_or_start().await.expect("a deployment");
    let place = match handle.sovereign().await {
        Ok(place) => place,
        Err(Error::Refused { status: 501, body, .. }) => {
            return eprintln!("SKIPPED a_device_is_let_in_by_another: {body}");
        }
        Err(error) => panic!("{error}"),
    };
    let person = handle.new_person(&NewPerson::default()).await.unwrap();
    let (_, metadata) = read(agent().get(format!("{}/_matrix/client/v1/auth_metadata", place.client_url)).call());

    let client = json!({"client_uri": "https://bulla.example.org/", "grant_types": [GRANT, "refresh_token"]});
    let register = agent().post(metadata["registration_endpoint"].as_str().unwrap());
    let (status, client) = read(register.header("Content-Type", "application/json").send(client.to_string()));
    assert_eq!(status, 201, "a client without a browser needs no address: {client}");
    let id = client["client_id"].as_str().unwrap();
    let scope = format!("urn:matrix:client:api:* urn:matrix:client:device:{DEVICE}");
    let begin = || post(&metadata["device_authorization_endpoint"], &[("client_id", id), ("scope", &scope)]);
    let ask = |grant: &Value| {
        let code = grant["device_code"].as_str().unwrap();
        post(&metadata["token_endpoint"], &[("grant_type", GRANT), ("device_code", code), ("client_id", id)])
    };

    let (status, grant) = begin();
    assert_eq!(status, 200, "{grant}");
    assert_eq!(ask(&grant).1["error"], "authorization_pending");
    assert_eq!(ask(&grant).1["error"], "slow_down", "no second went by");
    let page = grant["verification_uri_complete"].as_str().unwrap();
    handle.browse(page, &person.email, true).await.unwrap();
    let again = handle.browse(page, &person.email, true).await.unwrap_err();
    assert!(matches!(again, Error::Refused { status: 400, .. }), "said once: {again}");

    // The grant that was too fast has to wait for long, so that another one is asked for.
    let (_, grant) = begin();
    let page = grant["verification_uri_complete"].as_str().unwrap();
    handle.browse(page, &person.email, true).await.unwrap();
    let (status, tokens) = ask(&grant);
    assert_eq!(status, 200, "{tokens}");
    let (status, who) = whoami(&place.client_url, &tokens["access_token"]);
    assert_eq!((status, &who["user_id"], &who["device_id"]), (200, &json!(person.user_id), &json!(DEVICE)), "{who}");
    assert_eq!(ask(&grant).1["error"], "invalid_grant", "a code serves once");

    let (_, denied) = begin();
    let page = denied["verification_uri_complete"].as_str().unwrap();
    handle.browse(page, &person.email, false).await.unwrap();
    assert_eq!(ask(&denied).1["error"], "access_denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_find_each_other_on_the_homeserver() {
    let handle: &Handle = attach_or_start().await.expect("a deployment");
    let place = match handle.sovereign().await {
        Ok(place) => place,
        Err(Error::Refused { status: 501, body, .. }) => {
            return eprintln!("SKIPPED two_devices_find_each_other_on_the_homeserver: {body}");
        }
        Err(error) => panic!("{error}"),
    };
    let url = format!("{}/_matrix/client/unstable/org.matrix.msc4108/rendezvous", place.client_url);
    let begun = agent().post(&url).header("Content-Type", "text/plain").send("one").unwrap();
    let tag = begun.headers()["ETag"].to_str().unwrap().to_owned();
    let (status, answer) = read(Ok(begun));
    assert_eq!(status, 201, "{answer}");
    let session = answer["url"].as_str().unwrap();
    assert_eq!(read(agent().get(session).call()), (200, json!("one")));
    let write = |tag: &str| {
        let put = agent().put(session).header("Content-Type", "text/plain").header("If-Match", tag);
        read(put.send("two")).0
    };
    assert_eq!(write(&tag), 202);
    assert_eq!(write(&tag), 412, "somebody wrote meanwhile");
    assert_eq!(read(agent().get(session).call()), (200, json!("two")));
}

//! The stand-ins, as an app meets them, with the library out of the way.

use bulla_testkit::{Error, Handle, NewPerson, attach_or_start};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const CALLBACK: &str = "org.example.bulla:/callback";
/// Of the appendix of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

pub fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, Value) {
    let mut answer = answer.unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub fn post(url: &Value, form: &[(&str, &str)]) -> (u16, Value) {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let kind = "application/x-www-form-urlencoded";
    read(agent().post(url.as_str().unwrap()).header("Content-Type", kind).send(body))
}

pub fn whoami(homeserver: &str, token: &Value) -> (u16, Value) {
    let url = format!("{homeserver}/_matrix/client/v3/account/whoami");
    read(agent().get(url).header("Authorization", format!("Bearer {}", token.as_str().unwrap())).call())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_the_stand_ins() {
    let handle: &Handle = attach_or_start().await.expect("a deployment");
    let place = match handle.sovereign().await {
        Ok(place) => place,
        Err(Error::Refused { status: 501, body, .. }) => {
            return eprintln!("SKIPPED a_person_signs_in_by_the_stand_ins: {body}");
        }
        Err(error) => panic!("{error}"),
    };
    let person = handle.new_person(&NewPerson::default()).await.unwrap();
    let (status, metadata) = read(agent().get(format!("{}/_matrix/client/v1/auth_metadata", place.client_url)).call());
    assert_eq!((status, &metadata["issuer"]), (200, &json!(place.issuer)), "{metadata}");

    let client = json!({"client_uri": "https://bulla.example.org/", "redirect_uris": [CALLBACK]});
    let register = agent().post(metadata["registration_endpoint"].as_str().unwrap());
    let (status, client) = read(register.header("Content-Type", "application/json").send(client.to_string()));
    assert_eq!(status, 201, "{client}");
    let id = client["client_id"].as_str().unwrap();

    let mut url = Url::parse(metadata["authorization_endpoint"].as_str().unwrap()).unwrap();
    url.query_pairs_mut().extend_pairs([
        ("client_id", id),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ"),
        ("state", "of mine"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let callback = Url::parse(&handle.browse(url.as_str(), &person.email, true).await.unwrap()).unwrap();
    let field = |name: &str| callback.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!((field("state"), field("iss")), ("of mine".into(), place.issuer.clone()));

    let grant = |code: &str, verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", id),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ];
        post(&metadata["token_endpoint"], &form)
    };
    let (status, tokens) = grant(&field("code"), VERIFIER);
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(grant(&field("code"), VERIFIER).0, 400, "a code serves once");
    let (status, who) = whoami(&place.client_url, &tokens["access_token"]);
    assert_eq!((status, &who["user_id"]), (200, &json!(person.user_id)), "{who}");
    assert_eq!(who["device_id"], "ABCDEFGHIJ");

    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("client_id", id),
    ];
    let (status, renewed) = post(&metadata["token_endpoint"], &refresh);
    assert_eq!(status, 200, "{renewed}");
    assert_eq!(whoami(&place.client_url, &renewed["access_token"]).0, 200);
    assert_eq!(post(&metadata["token_endpoint"], &refresh).0, 400, "rotated, and the new ones are in use");

    let revoked = post(&metadata["revocation_endpoint"], &[("token", renewed["access_token"].as_str().unwrap())]);
    assert_eq!(revoked.0, 200, "{}", revoked.1);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "sar_nobody"), ("client_id", id)];
    assert_eq!(post(&metadata["token_endpoint"], &refresh).0, 400);

    let denied = handle.browse(url.as_str(), &person.email, false).await.unwrap();
    assert!(denied.contains("error=access_denied"), "{denied}");
    let stranger = handle.browse(url.as_str(), "nobody@gmail.com", true).await.unwrap_err();
    assert!(matches!(stranger, Error::Refused { status: 403, .. }), "{stranger}");
}

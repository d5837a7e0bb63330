//! What administrators and mail do to accounts.

use std::time::{Duration, Instant};

use bulla_testkit::{Handle, attach_or_start};
use serde_json::json;

use crate::client::{Client, post};

/// The link in the newest mail to an address, when there are so many.
async fn link(deployment: &Handle, to: &str, count: usize) -> String {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        let mails = deployment.mails(to).await.unwrap();
        if mails.len() >= count {
            let text = &mails.last().unwrap().text;
            let link =
                text.split_whitespace().find(|word| word.starts_with("http")).unwrap_or_else(|| panic!("{text}"));
            return link.to_owned();
        }
        tokio::task::yield_now().await;
    }
    panic!("no mail to {to}");
}

#[tokio::test]
async fn an_account_ends_and_is_renewed_by_mail() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let email = format!("{}@agent.test", user.localpart);
    let client = Client::login(&user.homeserver, &user).await;
    client.ok("GET", "account/whoami", None).await;
    deployment.set_email(&user.user_id, &email).await.unwrap();
    deployment.set_validity(&user.user_id, -1).await.unwrap();
    let (status, answer) = client.call("GET", "account/whoami", None).await.unwrap();
    assert_eq!((status, &answer["errcode"]), (403, &json!("ORG_MATRIX_EXPIRED_ACCOUNT")));

    let send = client.at(&format!("{}/_matrix/client/unstable/account_validity/send_mail?", user.homeserver));
    let (status, answer) = send.call("POST", "", Some(json!({}))).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    deployment.follow(&link(deployment, &email, 1).await).await.unwrap();
    client.ok("GET", "account/whoami", None).await;
}

#[tokio::test]
async fn a_password_is_reset_by_mail_and_can_be_marked_as_temporary() {
    let deployment = attach_or_start().await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let email = format!("{}@agent.test", user.localpart);
    deployment.set_email(&user.user_id, &email).await.unwrap();
    let url = format!("{}/_matrix/client/v3/account/password", user.homeserver);
    let asked = json!({"client_secret": "a-secret", "email": email, "send_attempt": 1});
    let (status, answer) = post(&format!("{url}/email/requestToken"), &asked).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    deployment.follow(&link(deployment, &email, 1).await).await.unwrap();
    let creds = json!({"sid": answer["sid"], "client_secret": "a-secret"});
    let auth = json!({"type": "m.login.email.identity", "threepid_creds": creds});
    let (status, answer) = post(&url, &json!({"new_password": "tout neuf", "auth": auth})).await.unwrap();
    assert_eq!(status, 200, "{answer}");

    let user = bulla_testkit::User { password: "tout neuf".into(), ..user };
    let client = Client::login(&user.homeserver, &user).await;
    let path = format!("user/{}/account_data/org.bulla.temporary_password", user.user_id);
    assert_eq!(client.call("GET", &path, None).await.unwrap().0, 404);
    deployment.set_temporary(&user.user_id).await.unwrap();
    assert_eq!(client.ok("GET", &path, None).await, json!({"temporary": true}));
}

//! The account's password.

use bulla_model::{Failure, Field, FieldTrouble, Password, PasswordPolicy};
use bulla_testkit::{Fault, User};
use serde_json::json;

use crate::{
    agent::{Agent, deployment},
    plain::Plain,
};

fn secret(text: &str) -> Password {
    Password::new(text.into())
}

fn invalid(why: FieldTrouble) -> Result<(), Failure> {
    Err(Failure::Invalid { field: Field::Password, why })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    let agent = Agent::on(0).await;
    agent.live().await;
    let elsewhere = Plain::of(&agent.user).await;
    let (old, new) = (secret(&agent.user.password), "girafe velours tambour");
    let session = &agent.session;
    assert_eq!(session.change_password(&secret("wrong"), &secret(new)).await, invalid(FieldTrouble::Wrong));
    assert_eq!(session.change_password(&secret(""), &secret(new)).await, invalid(FieldTrouble::Empty));
    assert_eq!(session.change_password(&old, &secret("")).await, invalid(FieldTrouble::Empty));
    assert_eq!(session.change_password(&old, &old).await, invalid(FieldTrouble::NotAllowed));
    session.change_password(&old, &secret(new)).await.unwrap();
    // Nobody is signed out by it.
    elsewhere.get("/account/whoami").await;
    session.profile().await.unwrap();
    let user = User { password: new.into(), ..agent.user.clone() };
    Plain::of(&user).await;
    assert_eq!(session.change_password(&old, &secret("encore un autre")).await, invalid(FieldTrouble::Wrong));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_asks_of_a_password_is_told_before_anything_is_sent() {
    let deployment = deployment().await;
    let (proxy, user) = (deployment.proxy(1).await.unwrap(), deployment.new_user(1).await.unwrap());
    let agent = Agent::at(user, &proxy.url()).await;
    agent.live().await;
    let asked = PasswordPolicy { min_length: 12, digit: true, ..PasswordPolicy::default() };
    assert_eq!(agent.session.password_policy().await, Ok(asked));
    assert_eq!(Agent::on(0).await.session.password_policy().await, Ok(PasswordPolicy::default()));

    let old = secret(&agent.user.password);
    assert_eq!(agent.session.change_password(&old, &secret("court 1")).await, invalid(FieldTrouble::TooShort));
    let long = secret("girafe velours tambour");
    assert_eq!(agent.session.change_password(&old, &long).await, invalid(FieldTrouble::NoDigit));
    const CHANGE: &str = "/_matrix/client/v3/account/password";
    assert_eq!(proxy.stats().await.unwrap().requests_to(CHANGE), 0);

    // A server that asks more than it tells.
    let silent = json!({"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"});
    proxy.set(Fault::respond(404, Some("/password_policy"), &silent)).await.unwrap();
    assert_eq!(agent.session.change_password(&old, &long).await, invalid(FieldTrouble::NoDigit));
    assert!(proxy.stats().await.unwrap().requests_to(CHANGE) > 0);
    proxy.set(Fault::captive_portal()).await.unwrap();
    assert_eq!(agent.session.password_policy().await, Err(Failure::Rejected { code: "NOT_MATRIX".into() }));
    proxy.heal().await.unwrap();
    agent.session.change_password(&old, &secret("girafe velours tambour 8")).await.unwrap();
}

//! A password that an administrator gave.

use bulla_core::Session;
use bulla_model::{Barrier, Failure, Password, RoomFilter, RoomId, SessionState, UserId};
use bulla_testkit::{Fault, User};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, List, deployment},
    plain::Plain,
};

const OWN: &str = "girafe velours tambour";

async fn newcomer(server: usize) -> User {
    let deployment = deployment().await;
    let user = deployment.new_user(server).await.unwrap();
    deployment.set_temporary(&user.user_id).await.unwrap();
    user
}

async fn choose(agent: &Agent) -> Result<(), Failure> {
    let (old, new) = (Password::new(agent.user.password.clone()), Password::new(OWN.into()));
    agent.session.change_password(&old, &new).await
}

async fn on_the_server(user: &User) -> Value {
    let client = Plain::of(&User { password: OWN.into(), ..user.clone() }).await;
    client.get(&format!("/user/{}/account_data/org.bulla.temporary_password", user.user_id)).await
}

async fn nothing_opens(session: &Session) {
    let refused = Failure::Forbidden { why: Barrier::TemporaryPassword };
    let room = RoomId("!anywhere:localhost".into());
    assert_eq!(session.rooms(RoomFilter::All, 10).err(), Some(refused.clone()));
    assert_eq!(session.room(&room).await.err(), Some(refused.clone()));
    assert_eq!(session.create_direct(&UserId("@a:localhost".into())).await.err(), Some(refused.clone()));
    assert_eq!(session.join(&room).await.err(), Some(refused.clone()));
    assert_eq!(session.find_people("a", 10).await.err(), Some(refused.clone()));
    assert_eq!(session.profile().await.err(), Some(refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_opens_before_the_person_has_chosen() {
    let user = newcomer(0).await;
    let homeserver = user.homeserver.clone();
    let mut agent = Agent::at(user, &homeserver).await;
    agent.state(|state| *state == SessionState::MustChoosePassword).await;
    nothing_opens(&agent.session).await;
    agent.restart().await;
    nothing_opens(&agent.session).await;
    agent.state(|state| *state == SessionState::MustChoosePassword).await;
    agent.session.pause().await.unwrap();
    agent.session.resume().await.unwrap();
    agent.state(|state| *state == SessionState::MustChoosePassword).await;

    choose(&agent).await.unwrap();
    agent.live().await;
    List::of(&agent.session, RoomFilter::All).wait("the list", |_| Some(())).await;
    agent.session.profile().await.unwrap();
    assert_eq!(on_the_server(&agent.user).await, json!({"temporary": false}));
    agent.restart().await;
    agent.live().await;
    let other = Agent::at(User { password: OWN.into(), ..agent.user.clone() }, &homeserver).await;
    other.live().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_told_at_once_is_told_later() {
    let (user, proxy) = (newcomer(0).await, deployment().await.proxy(0).await.unwrap());
    let mut agent = Agent::at(user, &proxy.url()).await;
    proxy.set(Fault::respond(503, Some("/account_data/"), &json!({}))).await.unwrap();
    choose(&agent).await.unwrap();
    agent.live().await;
    assert_eq!(on_the_server(&agent.user).await, json!({"temporary": true}));
    proxy.heal().await.unwrap();
    agent.restart().await;
    agent.live().await;
    let told = async {
        while on_the_server(&agent.user).await != json!({"temporary": false}) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::agent::DEADLINE, told).await.expect("the server is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_with_a_temporary_password_chooses_too() {
    let (deployment, proxy) = (deployment().await, deployment().await.proxy(0).await.unwrap());
    let agent = Agent::at(deployment.new_user(0).await.unwrap(), &proxy.url()).await;
    agent.live().await;
    deployment.set_temporary(&agent.user.user_id).await.unwrap();
    proxy.set(Fault::soft_logout()).await.unwrap();
    agent.state(|state| matches!(state, SessionState::SignedOut { soft: true })).await;
    proxy.heal().await.unwrap();
    agent.session.sign_in_again(Password::new(agent.user.password.clone())).await.unwrap();
    agent.state(|state| *state == SessionState::MustChoosePassword).await;
    nothing_opens(&agent.session).await;
    choose(&agent).await.unwrap();
    agent.live().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_open_is_held_from_its_next_connection_on() {
    let mut agent = Agent::on(0).await;
    agent.live().await;
    deployment().await.set_temporary(&agent.user.user_id).await.unwrap();
    agent.restart().await;
    agent.state(|state| *state == SessionState::MustChoosePassword).await;
    nothing_opens(&agent.session).await;
    choose(&agent).await.unwrap();
    agent.live().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_chose_elsewhere_goes_on() {
    let user = newcomer(1).await;
    let homeserver = user.homeserver.clone();
    let (first, second) = (Agent::at(user.clone(), &homeserver).await, Agent::at(user, &homeserver).await);
    first.state(|state| *state == SessionState::MustChoosePassword).await;
    let (old, new) = (Password::new(first.user.password.clone()), Password::new("girafe velours tambour 8".into()));
    second.session.change_password(&old, &new).await.unwrap();
    second.live().await;
    first.session.resume().await.unwrap();
    first.live().await;
}

//! An account that ends, a password that is forgotten, and who one is.

use bulla_core::PasswordReset;
use bulla_model::{Barrier, Failure, Field, FieldTrouble, Missing, NetworkChange, Password, RoomFilter, SessionState};
use bulla_testkit::{Fault, User};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    agent::{Agent, DEADLINE, List, accounts, deployment, two},
    plain::Plain,
};

/// Gives them an address that no other test has.
async fn email(user: &User) -> String {
    let email = format!("{}@agent.test", user.localpart);
    deployment().await.set_email(&user.user_id, &email).await.unwrap();
    email
}

/// Opens the link in the newest mail, once there are so many.
async fn follow(email: &str, count: usize) {
    let mail = async {
        loop {
            let mails = deployment().await.mails(email).await.unwrap();
            if mails.len() >= count {
                return mails.last().unwrap().text.clone();
            }
            tokio::task::yield_now().await;
        }
    };
    let text = timeout(DEADLINE, mail).await.expect("a mail in time");
    let link = text.split_whitespace().find(|word| word.starts_with("http")).expect("a link");
    deployment().await.follow(link).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_has_ended_keeps_its_data_and_goes_on_when_it_is_renewed() {
    let (mut alice, bob, room) = two().await;
    let email = email(&alice.user).await;
    alice.open(&room).await.timeline.send_text("avant la fin").await.unwrap();
    bob.open(&room).await.text("avant la fin").await;
    deployment().await.set_validity(&alice.user.user_id, -1).await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    alice.state(|state| *state == SessionState::Expired).await;
    // What is there can be read, and what is written waits.
    let there = |rows: &[bulla_model::RoomSummary]| rows.iter().any(|row| row.id == room).then_some(());
    List::of(&alice.session, RoomFilter::All).wait("the room", there).await;
    alice.open(&room).await.timeline.send_text("après le renouvellement").await.unwrap();
    alice.restart().await;
    alice.state(|state| *state == SessionState::Expired).await;
    List::of(&alice.session, RoomFilter::All).wait("the room", there).await;

    alice.session.send_renewal_mail().await.unwrap();
    let Err(Failure::Wait { retry_after }) = alice.session.send_renewal_mail().await else { panic!("no wait") };
    assert!(retry_after.as_secs() <= 30);
    alice.session.resume().await.unwrap();
    alice.state(|state| *state == SessionState::Expired).await;
    follow(&email, 1).await;
    alice.session.resume().await.unwrap();
    alice.live().await;
    bob.open(&room).await.text("après le renouvellement").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_may_end_before_it_is_signed_in_and_a_mail_may_not_leave() {
    let deployment = deployment().await;
    let (user, proxy) = (deployment.new_user(0).await.unwrap(), deployment.proxy(0).await.unwrap());
    let email = email(&user).await;
    deployment.set_validity(&user.user_id, -1).await.unwrap();
    let agent = Agent::at(user, &proxy.url()).await;
    agent.state(|state| *state == SessionState::Expired).await;
    proxy.set(Fault::respond(503, Some("/send_mail"), &json!({}))).await.unwrap();
    // One that did not leave is not waited for.
    assert_eq!(agent.session.send_renewal_mail().await, Err(Failure::Offline));
    proxy.heal().await.unwrap();
    agent.session.send_renewal_mail().await.unwrap();
    follow(&email, 1).await;
    agent.session.resume().await.unwrap();
    agent.live().await;

    let forever = Agent::on(0).await;
    assert!(matches!(forever.session.send_renewal_mail().await, Err(Failure::Rejected { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_who_reads_the_mail() {
    let agent = Agent::on(1).await;
    agent.live().await;
    let (url, email) = (agent.user.homeserver.clone(), email(&agent.user).await);
    let folder = tempfile::tempdir().unwrap();
    let device = accounts(folder.path().to_owned(), Default::default());
    let secret = |text: &str| Password::new(text.into());
    let reset = PasswordReset::begin(&device, &url, &format!(" {} ", email.to_uppercase())).await.unwrap();
    let invalid = |why| Err(Failure::Invalid { field: Field::Password, why });
    assert_eq!(reset.finish(&secret("court 1")).await, invalid(FieldTrouble::TooShort));
    let unconfirmed = Err(Failure::Forbidden { why: Barrier::EmailNotConfirmed });
    assert_eq!(reset.finish(&secret("girafe velours tambour 8")).await, unconfirmed);
    follow(&email, 1).await;
    reset.finish(&secret("girafe velours tambour 8")).await.unwrap();
    assert_eq!(reset.finish(&secret("girafe velours tambour 9")).await, Err(Failure::Closed));
    Plain::of(&User { password: "girafe velours tambour 8".into(), ..agent.user.clone() }).await;
    // Whoever had the old one is signed out.
    agent.state(|state| matches!(state, SessionState::SignedOut { .. })).await;

    let given_up = PasswordReset::begin(&device, &url, &email).await.unwrap();
    given_up.cancel();
    assert_eq!(given_up.finish(&secret("girafe velours tambour 9")).await, Err(Failure::Closed));
    // The server keeps to itself whom it knows; nobody gets anywhere without a link.
    let stranger = PasswordReset::begin(&device, &url, "inconnu@agent.test").await.unwrap();
    assert_eq!(stranger.finish(&secret("girafe velours tambour 9")).await, unconfirmed);
    let begin = async |url: &str, email: &str| PasswordReset::begin(&device, url, email).await.err();
    let malformed = Failure::Invalid { field: Field::Email, why: FieldTrouble::Malformed };
    assert_eq!(begin(&url, "nobody").await, Some(malformed));
    assert_eq!(begin("http://127.0.0.1:9", &email).await, Some(Failure::Offline));
    let elsewhere = begin("https://no-such-host.invalid", &email).await;
    assert_eq!(elsewhere, Some(Failure::NotFound { what: Missing::Server }));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_i_am_is_told_at_a_glance() {
    let agent = Agent::on(0).await;
    agent.live().await;
    let email = email(&agent.user).await;
    agent.session.set_display_name("Jean Martin [Préfecture]").await.unwrap();
    let card = agent.session.who_am_i().await.unwrap();
    assert_eq!((card.name.as_str(), card.organisation.as_deref()), ("Jean Martin", Some("Préfecture")));
    assert_eq!((card.email, card.guest, card.name_locked, card.instance), (Some(email), false, false, None));

    // A server on which the administration gives the names.
    let proxy = deployment().await.proxy(0).await.unwrap();
    let locked = Agent::at(agent.user.clone(), &proxy.url()).await;
    locked.live().await;
    let capabilities = json!({"capabilities": {"m.profile_fields": {"enabled": true, "disallowed": ["displayname"]}}});
    proxy.set(Fault::respond(200, Some("/capabilities"), &capabilities)).await.unwrap();
    assert!(locked.session.who_am_i().await.unwrap().name_locked);
    let older = json!({"capabilities": {"m.set_displayname": {"enabled": false}}});
    proxy.set(Fault::respond(200, Some("/capabilities"), &older)).await.unwrap();
    assert!(locked.session.who_am_i().await.unwrap().name_locked);
}

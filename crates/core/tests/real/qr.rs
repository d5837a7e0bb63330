//! A new device signs in by the QR code of another one: both are ours, the servers are the deployment's.

use std::sync::Arc;

use bulla_core::{QrGrant, QrSignIn, Session};
use bulla_model::{
    Barrier, Failure, Field, FieldTrouble, IdentityStatus, QrGrantState, QrSignInState, SessionState, TrustTrouble,
    UserId,
};
use bulla_testkit::{Person, Proxy};
use tokio::time::timeout;

use crate::{
    agent::{Agent, DEADLINE, deployment, wait_state},
    disk::files,
    oauth::{App, app, person, rejected, sovereign},
    office::{accounts, office, trust},
};

/// Somebody with one device, which is up to date.
struct Pair {
    person: Person,
    _old: App,
    session: Session,
    new: App,
}

impl Pair {
    async fn on(homeserver: &str) -> Self {
        let (person, old, new) = (person(None).await, App::new(), App::new());
        let session = old.sign_in(homeserver, &person).await;
        wait_state(&session.states(), |state| *state == SessionState::Live).await;
        Self { person, _old: old, session, new }
    }

    /// The new device has read the code of the other one, and shows its digits.
    async fn connected(&self) -> (QrGrant, QrSignIn, u8) {
        let grant = self.session.link_device().await.unwrap();
        let bytes = granting(&grant, |state| match state {
            QrGrantState::ShowCode { bytes } => Some(bytes),
            _ => None,
        });
        let bytes = bytes.await;
        let attempt = QrSignIn::begin(self.new.accounts.clone(), &app(), &bytes).await.unwrap();
        let code = signing_in(&attempt, |state| match state {
            QrSignInState::ShowCheckCode { code } => Some(code),
            _ => None,
        });
        let code = code.await;
        (grant, attempt, code)
    }

    /// The other way round: the new device shows a code for `homeserver`, and the other one has read it.
    async fn shown(&self, homeserver: &str) -> (QrGrant, QrSignIn, u8) {
        let attempt = QrSignIn::show(self.new.accounts.clone(), &app(), homeserver).await.unwrap();
        let bytes = signing_in(&attempt, |state| match state {
            QrSignInState::ShowCode { bytes } => Some(bytes),
            _ => None,
        });
        let grant = self.session.link_shown_device(&bytes.await).await.unwrap();
        let code = granting(&grant, |state| match state {
            QrGrantState::ShowCheckCode { code } => Some(code),
            _ => None,
        });
        let code = code.await;
        signing_in(&attempt, |state| (state == QrSignInState::EnterCheckCode).then_some(())).await;
        (grant, attempt, code)
    }
}

async fn granting<T>(grant: &QrGrant, wanted: impl Fn(QrGrantState) -> Option<T>) -> T {
    let found = async {
        while let Some(state) = grant.next().await {
            if let Some(found) = wanted(state) {
                return found;
            }
        }
        panic!("the granting ended: {:?}", grant.finish().await);
    };
    timeout(DEADLINE, found).await.expect("a state of the device that is signed in")
}

async fn signing_in<T>(attempt: &QrSignIn, wanted: impl Fn(QrSignInState) -> Option<T>) -> T {
    let found = async {
        while let Some(state) = attempt.next().await {
            if let Some(found) = wanted(state) {
                return found;
            }
        }
        panic!("the sign-in ended: {:?}", attempt.finish().await.err());
    };
    timeout(DEADLINE, found).await.expect("a state of the new device")
}

fn page(state: QrGrantState) -> Option<String> {
    match state {
        QrGrantState::Approve { url } => Some(url),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_comes_in_by_the_code_of_another() {
    let Some(place) = sovereign("a_new_device_comes_in_by_the_code_of_another").await else { return };
    let pair = Pair::on(&place.client_url).await;
    let (grant, attempt, code) = pair.connected().await;
    assert!(matches!(grant.enter_check_code("7").await, Err(Failure::Invalid { .. })));
    grant.enter_check_code(&format!("{code:02}")).await.unwrap();
    let url = granting(&grant, page).await;
    assert!(url.starts_with(&place.issuer), "a page of the authentication service");
    grant.confirm().await.unwrap();
    let user_code = signing_in(&attempt, |state| match state {
        QrSignInState::WaitingForApproval { user_code } => Some(user_code),
        _ => None,
    });
    assert!(url.ends_with(&user_code.await), "what the page shows");
    deployment().await.browse(&url, &pair.person.email, true).await.unwrap();
    let (granted, session) = tokio::join!(grant.finish(), attempt.finish());
    granted.unwrap();
    let session = session.unwrap();
    let account = session.account();
    assert_eq!(account.user, UserId(pair.person.user_id.clone()));
    assert_ne!(account.device, pair.session.account().device);
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    // It has the account's keys from the other device, and made none of its own.
    assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });
    assert!(pair.session.identity().await.unwrap().device_signed, "the other device is still signed");
    session.shutdown().await.unwrap();
    let again = pair.new.accounts.open(&account.id).await.unwrap();
    wait_state(&again.states(), |state| *state == SessionState::Live).await;
    again.sign_out(false).await.unwrap();
    pair.new.nothing_is_left("signing out");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_digits_and_a_no_let_nobody_in() {
    let Some(place) = sovereign("wrong_digits_and_a_no_let_nobody_in").await else { return };
    let pair = Pair::on(&place.client_url).await;
    let (grant, attempt, code) = pair.connected().await;
    grant.enter_check_code(&format!("{:02}", (code + 1) % 100)).await.unwrap();
    assert_eq!(grant.finish().await.err(), Some(rejected("QR_CHECK_CODE")));
    attempt.cancel().await;
    pair.new.nothing_is_left("wrong digits");

    let (grant, attempt, code) = pair.connected().await;
    grant.enter_check_code(&format!("{code:02}")).await.unwrap();
    let url = granting(&grant, page).await;
    grant.confirm().await.unwrap();
    deployment().await.browse(&url, &pair.person.email, false).await.unwrap();
    assert_eq!(attempt.finish().await.err(), Some(rejected("access_denied")));
    pair.new.nothing_is_left("a no");
    assert!(grant.finish().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_comes_in_by_a_code_that_it_shows() {
    let Some(place) = sovereign("a_new_device_comes_in_by_a_code_that_it_shows").await else { return };
    let pair = Pair::on(&place.client_url).await;
    let (grant, attempt, code) = pair.shown(&place.client_url).await;
    assert!(matches!(attempt.enter_check_code("x1").await, Err(Failure::Invalid { .. })));
    attempt.enter_check_code(&format!("{code:02}")).await.unwrap();
    assert_eq!(attempt.enter_check_code(&format!("{code:02}")).await, Err(Failure::Closed));
    let url = granting(&grant, page).await;
    assert!(url.starts_with(&place.issuer), "a page of the authentication service");
    grant.confirm().await.unwrap();
    let user_code = signing_in(&attempt, |state| match state {
        QrSignInState::WaitingForApproval { user_code } => Some(user_code),
        _ => None,
    });
    assert!(url.ends_with(&user_code.await), "what the page shows");
    deployment().await.browse(&url, &pair.person.email, true).await.unwrap();
    let (granted, session) = tokio::join!(grant.finish(), attempt.finish());
    granted.unwrap();
    let session = session.unwrap();
    assert_eq!(session.account().user, UserId(pair.person.user_id.clone()));
    assert_ne!(session.account().device, pair.session.account().device);
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });
    session.sign_out(false).await.unwrap();
    pair.new.nothing_is_left("signing out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_shown_lets_nobody_in_by_wrong_digits_or_at_another_server() {
    let name = "a_code_that_is_shown_lets_nobody_in_by_wrong_digits_or_at_another_server";
    let Some(place) = sovereign(name).await else { return };
    let pair = Pair::on(&place.client_url).await;
    let (grant, attempt, code) = pair.shown(&place.client_url).await;
    attempt.enter_check_code(&format!("{:02}", (code + 1) % 100)).await.unwrap();
    assert_eq!(attempt.finish().await.err(), Some(rejected("QR_CHECK_CODE")));
    pair.new.nothing_is_left("wrong digits");
    grant.cancel();
    assert_eq!(grant.finish().await.err(), Some(Failure::Closed));

    // A code of a device that is signed in is none that this one lets in, nor is one of another server's.
    let own = pair.session.link_device().await.unwrap();
    let shows = granting(&own, |state| match state {
        QrGrantState::ShowCode { bytes } => Some(bytes),
        _ => None,
    });
    let refused = Some(Failure::Invalid { field: Field::Link, why: FieldTrouble::NotAllowed });
    assert_eq!(pair.session.link_shown_device(&shows.await).await.err(), refused);
    let front = Proxy::before(&place.client_url).unwrap();
    let attempt = QrSignIn::show(pair.new.accounts.clone(), &app(), &front.url()).await.unwrap();
    let bytes = signing_in(&attempt, |state| match state {
        QrSignInState::ShowCode { bytes } => Some(bytes),
        _ => None,
    });
    // The place to meet is told by the server itself, which knows of no proxy: only the server that was named is another.
    let grant = pair.session.link_shown_device(&bytes.await).await.unwrap();
    let code = granting(&grant, |state| match state {
        QrGrantState::ShowCheckCode { code } => Some(code),
        _ => None,
    });
    let code = code.await;
    signing_in(&attempt, |state| (state == QrSignInState::EnterCheckCode).then_some(())).await;
    attempt.enter_check_code(&format!("{code:02}")).await.unwrap();
    granting(&grant, page).await;
    grant.confirm().await.unwrap();
    assert_eq!(attempt.finish().await.err(), Some(rejected("QR_OTHER_SERVER")));
    pair.new.nothing_is_left("another server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_passwords_says_beforehand_that_it_links_no_devices() {
    let agent = Agent::on(0).await;
    agent.live().await;
    assert!(!agent.session.may_link_devices().await.unwrap());
    assert_eq!(agent.session.link_device().await.err(), Some(rejected("QR_UNSUPPORTED")));
    let (new, homeserver) = (App::new(), agent.session.account().homeserver);
    let attempt = QrSignIn::show(new.accounts.clone(), &app(), &homeserver).await.unwrap();
    assert_eq!(attempt.finish().await.err(), Some(rejected("QR_UNSUPPORTED")));
    new.nothing_is_left("a server that links no devices");
}

/// What an existing device of this server's shows, at a place of that server's.
fn code(homeserver: &str) -> Vec<u8> {
    let mut bytes = b"MATRIX\x02\x04".to_vec();
    bytes.extend([0x42; 32]);
    for text in [format!("{homeserver}/_synapse/client/rendezvous/1"), homeserver.to_owned()] {
        bytes.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_a_server_that_is_not_the_deployments_sends_nothing_there() {
    let Some(office) = office("a_code_of_a_server_that_is_not_the_deployments_sends_nothing_there").await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let accounts = Arc::new(accounts(&folder, trust(&office)));
    let elsewhere = Proxy::before(&deployment().await.servers()[0].client_url).unwrap();
    let refused = QrSignIn::begin(accounts.clone(), &app(), &code(&elsewhere.url())).await.err();
    assert_eq!(refused, Some(Failure::Untrusted { why: TrustTrouble::NotListed }));
    assert!(elsewhere.stats().requests.is_empty(), "it heard something");
    // Of the deployment, whose manifest lets people in there by password alone.
    let server = office.front(&deployment().await.servers()[0].name).unwrap();
    let before = server.stats();
    let refused = QrSignIn::begin(accounts, &app(), &code(&server.url())).await.err();
    assert_eq!(refused, Some(Failure::Forbidden { why: Barrier::SignInWay }));
    assert!(server.stats().since(&before).requests.is_empty(), "it heard something");
    assert!(files(folder.path()).is_empty(), "files are left");
}

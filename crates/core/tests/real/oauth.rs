//! Signing in through the browser, against a homeserver in delegated mode and the stand-ins of an authentication service and of
//! ProConnect.

use std::{fs, sync::Arc, time::Duration};

use bulla_core::{Accounts, Session, SignInAttempt};
use bulla_model::{
    Failure, Field, FieldTrouble, IdentityStatus, NetworkChange, OauthApp, OauthStart, RoomFilter, SessionState, UserId,
};
use bulla_testkit::{Error, Fault, NewPerson, Person, Proxy, SovereignPlace};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, Conversation, Keys, List, accounts, deployment, wait_state},
    disk::{files, leaks},
};

const CALLBACK: &str = "org.example.bulla:/callback";

/// The sovereign part of the deployment; none where a tool is missing here that it needs.
pub async fn sovereign(test: &str) -> Option<SovereignPlace> {
    let handle = deployment().await;
    if !handle.capabilities().administration {
        println!("SKIPPED {test}: needs servers of our own");
        return None;
    }
    match handle.sovereign().await {
        Ok(place) => Some(place),
        Err(Error::Refused { status: 501, body, .. }) => {
            println!("SKIPPED {test}: {body}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// An app without an account.
pub struct App {
    folder: tempfile::TempDir,
    keys: Arc<Keys>,
    pub accounts: Arc<Accounts>,
}

impl App {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::default());
        let accounts = Arc::new(accounts(folder.path().to_owned(), keys.clone()));
        Self { folder, keys, accounts }
    }

    async fn begin(&self, homeserver: &str, start: OauthStart) -> Result<SignInAttempt, Failure> {
        SignInAttempt::begin(self.accounts.clone(), homeserver, &app(), &start).await
    }

    pub async fn sign_in(&self, homeserver: &str, person: &Person) -> bulla_core::Session {
        let attempt = self.begin(homeserver, hint(person)).await.unwrap();
        let callback = deployment().await.browse(&attempt.url(), &person.email, true).await.unwrap();
        attempt.finish(&callback).await.unwrap()
    }

    pub fn nothing_is_left(&self, after: &str) {
        assert_eq!(self.keys.count(), 0, "{after}: a key is left");
        assert!(files(self.folder.path()).is_empty(), "{after}: files are left");
        assert_eq!(fs::read_dir(self.folder.path()).unwrap().count(), 0, "{after}: folders are left");
    }
}

pub fn app() -> OauthApp {
    OauthApp { name: "Bulla".into(), website: "https://bulla.example.org/".into(), callback: CALLBACK.into() }
}

fn hint(person: &Person) -> OauthStart {
    OauthStart { hint: Some(person.email.clone()), sign_up: false }
}

pub fn rejected(code: &str) -> Failure {
    Failure::Rejected { code: code.into() }
}

pub async fn person(token_seconds: Option<u64>) -> Person {
    deployment().await.new_person(&NewPerson { token_seconds, ..NewPerson::default() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sign_in_by_the_browser_and_talk_with_one_who_has_a_password() {
    let Some(place) = sovereign("two_sign_in_by_the_browser_and_talk_with_one_who_has_a_password").await else {
        return;
    };
    let (camille, dominique) = (person(None).await, person(None).await);
    let (first, second, bob) = (App::new(), App::new(), Agent::on(0).await);
    let (hers, theirs) =
        (first.sign_in(&place.client_url, &camille).await, second.sign_in(&place.client_url, &dominique).await);
    assert_eq!(hers.account().user, UserId(camille.user_id.clone()));
    for session in [&hers, &theirs] {
        wait_state(&session.states(), |state| *state == SessionState::Live).await;
        assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });
    }
    bob.live().await;
    for (session, other) in [(&hers, bob.id()), (&theirs, UserId(camille.user_id.clone()))] {
        let room = session.create_direct(&other).await.unwrap();
        let guest = if other == bob.id() { &bob.session } else { &hers };
        let mut list = List::of(guest, RoomFilter::All);
        list.wait("the invitation", |rows| rows.iter().find(|row| row.id == room).cloned()).await;
        guest.join(&room).await.unwrap();
        let mut mine = List::of(session, RoomFilter::All);
        mine.wait("two members", |rows| rows.iter().find(|row| row.id == room && row.members == 2).cloned()).await;
        let mut here = Conversation::of(session.room(&room).await.unwrap()).await;
        let mut there = Conversation::of(guest.room(&room).await.unwrap()).await;
        here.timeline.send_text("La clé est sous le paillasson").await.unwrap();
        there.text("La clé est sous le paillasson").await;
        there.timeline.send_text("Elle n’y est plus").await.unwrap();
        here.text("Elle n’y est plus").await;
    }
    let id = hers.account().id;
    hers.shutdown().await.unwrap();
    let again = first.accounts.open(&id).await.unwrap();
    wait_state(&again.states(), |state| *state == SessionState::Live).await;
    assert!(again.identity().await.unwrap().device_signed);
    let secrets = [("access token", b"sat_".to_vec()), ("refresh token", b"sar_".to_vec())];
    assert_eq!(leaks(first.folder.path(), &secrets), Vec::<String>::new());
    again.sign_out(false).await.unwrap();
    first.nothing_is_left("signing out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_answer_an_attempt_leaves_it_as_it_is() {
    let Some(place) = sovereign("what_does_not_answer_an_attempt_leaves_it_as_it_is").await else { return };
    let (camille, app) = (person(None).await, App::new());
    let attempt = app.begin(&place.client_url, hint(&camille)).await.unwrap();
    let (handle, url) = (deployment().await, attempt.url());
    let callback = handle.browse(&url, &camille.email, true).await.unwrap();
    let other = app.begin(&place.client_url, OauthStart::default()).await.unwrap();
    let malformed = Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed };
    let issuer = callback.rsplit_once("iss=").unwrap().0;
    for (text, expected) in [
        (String::new(), malformed.clone()),
        (callback.replace(CALLBACK, "https://evil.example/callback"), malformed),
        (callback.replace("state=", "state=x"), rejected("OAUTH_STATE")),
        (format!("{CALLBACK}?error=access_denied"), rejected("OAUTH_STATE")),
        (format!("{issuer}iss=https%3A%2F%2Fevil.example%2F"), rejected("OAUTH_ISSUER")),
        (issuer.trim_end_matches('&').to_owned(), rejected("OAUTH_ISSUER")),
    ] {
        assert_eq!(attempt.finish(&text).await.err(), Some(expected), "{text}");
    }
    assert_eq!(other.finish(&callback).await.err(), Some(rejected("OAUTH_STATE")), "another attempt's");
    other.cancel().await;
    assert_eq!(other.finish(&callback).await.err(), Some(Failure::Closed), "cancelled");
    assert!(app.accounts.list().await.unwrap().is_empty(), "one under way is not listed");
    let session = attempt.finish(&callback).await.unwrap();
    assert_eq!(attempt.finish(&callback).await.err(), Some(Failure::Closed), "used");
    assert_eq!(app.accounts.list().await.unwrap(), [session.account()]);
    session.sign_out(false).await.unwrap();
    drop((attempt, other));
    app.nothing_is_left("signing out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_nothing_leaves_nothing() {
    let Some(place) = sovereign("what_comes_to_nothing_leaves_nothing").await else { return };
    let (handle, camille, app) = (deployment().await, person(None).await, App::new());
    let denied = app.begin(&place.client_url, hint(&camille)).await.unwrap();
    let callback = handle.browse(&denied.url(), &camille.email, false).await.unwrap();
    assert_eq!(denied.finish(&callback).await.err(), Some(rejected("access_denied")));
    app.nothing_is_left("a no");

    let start = OauthStart { hint: None, sign_up: true };
    let forged = app.begin(&place.client_url, start).await.unwrap();
    assert!(forged.url().contains("prompt=create") && forged.url().contains("code_challenge_method=S256"));
    let callback = handle.browse(&forged.url(), &camille.email, true).await.unwrap();
    let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let callback = callback.replace(code, "0123456789abcdef");
    assert_eq!(forged.finish(&callback).await.err(), Some(rejected("OAUTH_REFUSED")));
    app.nothing_is_left("a code that is not one");

    let cancelled = app.begin(&place.client_url, OauthStart::default()).await.unwrap();
    assert!(app.keys.count() > 0);
    cancelled.cancel().await;
    app.nothing_is_left("cancelling");

    drop(app.begin(&place.client_url, OauthStart::default()).await.unwrap());
    assert!(app.accounts.list().await.unwrap().is_empty());
    app.nothing_is_left("forgetting it, and a list");

    let proxy = handle.proxy(0).await.unwrap();
    let unsupported = app.begin(&proxy.url(), OauthStart::default()).await.err();
    assert_eq!(unsupported, Some(rejected("OAUTH_UNSUPPORTED")), "a server that signs people in itself");
    proxy.set(Fault::Refuse).await.unwrap();
    assert_eq!(app.begin(&proxy.url(), OauthStart::default()).await.err(), Some(Failure::Offline));
    let wrong = OauthApp { website: "not a page".into(), ..self::app() };
    let begun = SignInAttempt::begin(app.accounts.clone(), &place.client_url, &wrong, &OauthStart::default()).await;
    assert!(matches!(begun.err(), Some(Failure::Invalid { field: Field::Link, .. })));
    app.nothing_is_left("a server that does not");
}

/// The tokens are over within seconds, and the answer that brings new ones is lost: the session goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_refresh_does_not_sign_out() {
    let Some(place) = sovereign("a_lost_answer_to_a_refresh_does_not_sign_out").await else { return };
    let (account, homeserver) = renewing_through_proxies(&place.client_url, &place.issuer).await;

    let (camille, app) = (person(Some(3)).await, App::new());
    let session = app.sign_in(&homeserver.url(), &camille).await;
    let states = session.states();
    wait_state(&states, |state| *state == SessionState::Live).await;
    account.set(Fault::LoseAnswer { path: Some("/oauth2/token".into()), times: Some(1) }).await;
    let token = || account.stats().requests.get("/oauth2/token").copied().unwrap_or(0);
    let before = token();
    // One is lost, and one brings what the next request needs.
    let renewed = async {
        while token() < before + 2 {
            session.network_changed(NetworkChange::Available);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(crate::agent::DEADLINE, renewed).await.expect("renewed in time");
    let ended = |state: &SessionState| matches!(state, SessionState::SignedOut { .. } | SessionState::Failed { .. });
    let state = wait_state(&session.states(), |state| *state == SessionState::Live || ended(state)).await;
    assert_eq!(state, SessionState::Live);
    // What was kept is what works.
    let id = session.account().id;
    session.shutdown().await.unwrap();
    let again = app.accounts.open(&id).await.unwrap();
    let state = wait_state(&again.states(), |state| *state == SessionState::Live || ended(state)).await;
    assert_eq!(state, SessionState::Live);
    again.sign_out(true).await.unwrap();
}

/// Proxies before who renews tokens, and before the homeserver, which names the first one.
async fn renewing_through_proxies(client_url: &str, issuer: &str) -> (Proxy, Proxy) {
    let (account, homeserver) = (Proxy::before(issuer).unwrap(), Proxy::before(client_url).unwrap());
    let mut through = metadata(client_url);
    through["token_endpoint"] = format!("{}/oauth2/token", account.url()).into();
    homeserver.set(Fault::respond(200, Some("auth_metadata"), &through)).await;
    (account, homeserver)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_is_lost_anywhere_on_its_way_does_not_sign_out() {
    let Some(place) = sovereign("a_refresh_that_is_lost_anywhere_on_its_way_does_not_sign_out").await else { return };
    let (account, homeserver) = renewing_through_proxies(&place.client_url, &place.issuer).await;
    let (camille, app) = (person(Some(3)).await, App::new());
    let session = app.sign_in(&homeserver.url(), &camille).await;
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    let ended = |state: &SessionState| matches!(state, SessionState::SignedOut { .. } | SessionState::Failed { .. });
    let faults = [
        Fault::Refuse,
        Fault::Cut,
        Fault::Reset,
        Fault::Garbage,
        Fault::Truncate { bytes: 10 },
        Fault::Truncate { bytes: 300 },
        Fault::respond(503, Some("/oauth2/token"), &serde_json::json!({ "error": "temporarily_unavailable" })),
        Fault::LoseAnswer { path: Some("/oauth2/token".into()), times: None },
    ];
    for fault in faults {
        account.set(fault.clone()).await;
        // The token is over within three seconds, and cannot be renewed.
        let asking = async {
            loop {
                session.network_changed(NetworkChange::Available);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let (lost, states) =
            (|state: &SessionState| matches!(state, SessionState::Offline { .. }) || ended(state), session.states());
        let state = tokio::select! {
            state = wait_state(&states, lost) => state,
            () = asking => unreachable!("it goes on asking"),
        };
        assert!(!ended(&state), "{fault:?}: {state:?}");
        account.set(Fault::None).await;
        session.network_changed(NetworkChange::Available);
        let state = wait_state(&session.states(), |state| *state == SessionState::Live || ended(state)).await;
        assert_eq!(state, SessionState::Live, "{fault:?}");
    }
    session.sign_out(true).await.unwrap();
}

/// A server that has a single sign-on of the time before OAuth 2.0, and a password.
#[tokio::test(flavor = "multi_thread")]
async fn a_single_sign_on_signs_in_and_takes_nobody_elses_token() {
    let handle = deployment().await;
    if !handle.capabilities().administration {
        println!("SKIPPED a_single_sign_on_signs_in_and_takes_nobody_elses_token: needs servers of our own");
        return;
    }
    let server = handle.servers()[1].client_url.clone();
    let (app, name) = (App::new(), format!("jeanne{}", std::process::id()));
    let email = format!("{name}@ministere.test");
    let attempt = app.begin(&server, OauthStart::default()).await.unwrap();
    let callback = handle.browse(&attempt.url(), &email, true).await.unwrap();
    let (before, token) = callback.split_once("loginToken=").unwrap();
    for (text, expected) in [
        (format!("{CALLBACK}?loginToken={token}"), rejected("OAUTH_STATE")),
        (callback.replace("state=", "state=x"), rejected("OAUTH_STATE")),
        (before.to_owned(), Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed }),
    ] {
        assert_eq!(attempt.finish(&text).await.err(), Some(expected), "{text}");
    }
    let session = attempt.finish(&callback).await.unwrap();
    assert!(session.account().user.0.starts_with(&format!("@{name}:")), "{:?}", session.account().user);
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });

    // A token serves once.
    let second = app.begin(&server, OauthStart::default()).await.unwrap();
    let state = second.url().split("state%3D").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let replayed = format!("{CALLBACK}?state={state}&loginToken={token}");
    assert_eq!(second.finish(&replayed).await.err(), Some(rejected("OAUTH_REFUSED")));

    let id = session.account().id;
    session.shutdown().await.unwrap();
    let again = app.accounts.open(&id).await.unwrap();
    wait_state(&again.states(), |state| *state == SessionState::Live).await;
    again.sign_out(false).await.unwrap();
    app.nothing_is_left("signing out");
}

/// A soft logout of somebody who came by a homeserver's own single sign-on, at a server that has passwords, too.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_soft_logout_a_single_sign_on_brings_the_same_person_back() {
    let handle = deployment().await;
    if !handle.capabilities().administration {
        println!("SKIPPED after_a_soft_logout_a_single_sign_on_brings_the_same_person_back: needs servers of our own");
        return;
    }
    let homeserver = Proxy::before(&handle.servers()[1].client_url).unwrap();
    let app = App::new();
    let email = |name: &str| format!("{name}{}@ministere.test", std::process::id());
    let browse =
        async |attempt: &SignInAttempt, name: &str| handle.browse(&attempt.url(), &email(name), true).await.unwrap();
    let attempt = app.begin(&homeserver.url(), OauthStart::default()).await.unwrap();
    let session = attempt.finish(&browse(&attempt, "retour").await).await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    let begin = async || SignInAttempt::begin_again(session.clone(), &self::app()).await;
    assert_eq!(begin().await.err(), Some(Failure::Closed), "nothing has ended");
    end_softly(&homeserver, &session).await;

    let attempt = begin().await.unwrap();
    let callback = browse(&attempt, "autre").await;
    let somebody_else = Failure::Invalid { field: Field::User, why: FieldTrouble::Wrong };
    assert_eq!(attempt.finish(&callback).await.err(), Some(somebody_else));
    assert_eq!(session.state(), SessionState::SignedOut { soft: true });

    let attempt = begin().await.unwrap();
    let callback = browse(&attempt, "retour").await;
    let strangers = callback.replace("state=", "state=x");
    assert_eq!(attempt.finish(&strangers).await.err(), Some(rejected("OAUTH_STATE")));
    let back = attempt.finish(&callback).await.unwrap();
    assert_eq!(back.account(), session.account());
    assert_eq!(attempt.finish(&callback).await.err(), Some(Failure::Closed));
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });

    // What was kept is what works.
    let id = session.account().id;
    session.shutdown().await.unwrap();
    let again = app.accounts.open(&id).await.unwrap();
    wait_state(&again.states(), |state| *state == SessionState::Live).await;
    again.sign_out(false).await.unwrap();
    app.nothing_is_left("signing out");
}

/// A session that was ended on the account's page: the service renews no token, the homeserver knows none, and what is here goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_on_the_accounts_page_is_erased() {
    let Some(place) = sovereign("a_session_that_is_ended_on_the_accounts_page_is_erased").await else { return };
    let (camille, app) = (person(None).await, App::new());
    let session = app.sign_in(&place.client_url, &camille).await;
    let states = session.states();
    wait_state(&states, |state| *state == SessionState::Live).await;
    let url = format!("{}account/end", place.issuer);
    ureq::post(&url).send_form([("email", camille.email.as_str())]).unwrap();
    wait_state(&states, |state| *state == SessionState::SignedOut { soft: false }).await;
    wait_state(&states, |state| *state == SessionState::Erased).await;
    app.nothing_is_left("being ended");
}

/// A token that is over while the service does not answer is no reason to erase anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_renew_erases_nothing() {
    let Some(place) = sovereign("a_service_that_does_not_renew_erases_nothing").await else { return };
    let account = Proxy::before(&place.issuer).unwrap();
    let homeserver = Proxy::before(&place.client_url).unwrap();
    let mut through = metadata(&place.client_url);
    through["token_endpoint"] = format!("{}/oauth2/token", account.url()).into();
    homeserver.set(Fault::respond(200, Some("auth_metadata"), &through)).await;
    let (camille, app) = (person(Some(3)).await, App::new());
    let session = app.sign_in(&homeserver.url(), &camille).await;
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    account.set(Fault::respond(503, Some("/oauth2/token"), &json!({"error": "server_error"}))).await;
    let tried = || account.stats().requests.get("/oauth2/token").copied().unwrap_or(0);
    let before = tried();
    let asked = async {
        while tried() < before + 3 {
            session.network_changed(NetworkChange::Available);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(crate::agent::DEADLINE, asked).await.expect("asked in time");
    assert!(!matches!(session.state(), SessionState::SignedOut { .. } | SessionState::Erased), "{:?}", session.state());
    account.heal().await;
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    session.sign_out(true).await.unwrap();
}

/// A soft logout of somebody who came by the browser: it brings them back to the same device, and nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_soft_logout_the_browser_brings_the_same_person_back() {
    let Some(place) = sovereign("after_a_soft_logout_the_browser_brings_the_same_person_back").await else { return };
    let homeserver = Proxy::before(&place.client_url).unwrap();
    let (camille, stranger, app) = (person(None).await, person(None).await, App::new());
    let session = app.sign_in(&homeserver.url(), &camille).await;
    let states = session.states();
    wait_state(&states, |state| *state == SessionState::Live).await;
    let begin = async || SignInAttempt::begin_again(session.clone(), &self::app()).await;
    assert_eq!(begin().await.err(), Some(Failure::Closed), "nothing has ended");
    let browse = async |attempt: &SignInAttempt, who: &Person, allow| {
        deployment().await.browse(&attempt.url(), &who.email, allow).await.unwrap()
    };

    end_softly(&homeserver, &session).await;
    let attempt = begin().await.unwrap();
    let callback = browse(&attempt, &camille, false).await;
    assert_eq!(attempt.finish(&callback).await.err(), Some(rejected("access_denied")));
    assert_eq!(session.state(), SessionState::SignedOut { soft: true });

    let attempt = begin().await.unwrap();
    let callback = browse(&attempt, &stranger, true).await;
    let somebody_else = Failure::Invalid { field: Field::User, why: FieldTrouble::Wrong };
    assert_eq!(attempt.finish(&callback).await.err(), Some(somebody_else));
    // Nobody but the proxy has refused what was kept, and that is what is used again.
    wait_state(&session.states(), |state| *state == SessionState::Live).await;

    end_softly(&homeserver, &session).await;
    let attempt = begin().await.unwrap();
    let callback = browse(&attempt, &camille, true).await;
    let strangers = callback.replace("state=", "state=x");
    assert_eq!(attempt.finish(&strangers).await.err(), Some(rejected("OAUTH_STATE")));
    let back = attempt.finish(&callback).await.unwrap();
    assert_eq!(back.account(), session.account());
    assert_eq!(attempt.finish(&callback).await.err(), Some(Failure::Closed));
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });

    // What was kept is what works.
    let id = session.account().id;
    session.shutdown().await.unwrap();
    let again = app.accounts.open(&id).await.unwrap();
    wait_state(&again.states(), |state| *state == SessionState::Live).await;
    again.sign_out(false).await.unwrap();
    app.nothing_is_left("signing out");
}

async fn end_softly(homeserver: &Proxy, session: &Session) {
    let gone = json!({"errcode": "M_UNKNOWN_TOKEN", "error": "Signed out", "soft_logout": true});
    // To all but who it is that renews tokens, which stands under another version of the API.
    homeserver.set(Fault::respond(401, Some("3"), &gone)).await;
    session.network_changed(NetworkChange::Available);
    wait_state(&session.states(), |state| *state == SessionState::SignedOut { soft: true }).await;
    homeserver.heal().await;
}

fn metadata(homeserver: &str) -> Value {
    let url = format!("{homeserver}/_matrix/client/v1/auth_metadata");
    let text = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
    let metadata: Value = serde_json::from_str(&text).unwrap();
    assert_ne!(metadata["token_endpoint"], json!(null));
    metadata
}

//! Signing in and out, and what goes wrong with it.

use std::{fs, path::Path, sync::Arc, time::Duration};

use bulla_core::Accounts;
use bulla_model::{
    AccountId, Failure, Field, FieldTrouble, IdentityStatus, Missing, Password, RoomFilter, RoomId, SessionState,
    StorageTrouble, TrustTrouble, UserId,
};
use bulla_testkit::Fault;
use serde_json::json;

use crate::{
    agent::{Agent, Keys, List, accounts, deployment, two},
    disk::{files, leaks},
    plain::Plain,
};

/// An app without an account.
struct Fresh {
    folder: tempfile::TempDir,
    keys: Arc<Keys>,
    accounts: Accounts,
}

impl Fresh {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::default());
        let accounts = accounts(folder.path().to_owned(), keys.clone());
        Self { folder, keys, accounts }
    }

    async fn refused(&self, homeserver: &str, user: &str, password: &str) -> Failure {
        let Err(failure) = self.accounts.sign_in(homeserver, user, &Password::new(password.into())).await else {
            panic!("{homeserver}: signed in")
        };
        assert_eq!(self.keys.count(), 0, "{failure}: a key is left");
        assert!(files(self.folder.path()).is_empty(), "{failure}: files are left");
        assert_eq!(fs::read_dir(self.folder.path()).unwrap().count(), 0, "{failure}: folders are left");
        failure
    }
}

fn invalid(field: Field, why: FieldTrouble) -> Failure {
    Failure::Invalid { field, why }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_sign_ins_leave_nothing() {
    let user = deployment().await.new_user(0).await.unwrap();
    let (url, id, fresh) = (&user.homeserver, &user.user_id, Fresh::new());
    let wrong = invalid(Field::Password, FieldTrouble::Wrong);
    assert_eq!(fresh.refused(url, id, "wrong").await, wrong);
    assert_eq!(fresh.refused(url, "nobody-of-that-name", "wrong").await, wrong);
    assert_eq!(fresh.refused(url, id, "").await, invalid(Field::Password, FieldTrouble::Empty));
    assert_eq!(fresh.refused(url, "", "x").await, invalid(Field::User, FieldTrouble::Empty));
    for user in ["@", "@a", "@:b", "a b", "a\0b", "a:b", &"a".repeat(300)] {
        let failure = fresh.refused(url, user, "x").await;
        assert!(matches!(failure, Failure::Invalid { field: Field::User, .. }), "{user:?}: {failure}");
    }
    for url in ["", "http://example.org", "ftp://x", "https://a@b", "http://["] {
        let failure = fresh.refused(url, id, "x").await;
        assert!(matches!(failure, Failure::Invalid { field: Field::Homeserver, .. }), "{url:?}: {failure}");
    }
    let unknown = fresh.refused("https://no-such-host.invalid", id, "x").await;
    assert_eq!(unknown, Failure::NotFound { what: Missing::Server });
    let tls = deployment().await.servers()[0].tls_url.clone().unwrap();
    assert_eq!(fresh.refused(&tls, id, &user.password).await, Failure::Untrusted { why: TrustTrouble::Certificate });
    assert_eq!(fresh.refused("http://127.0.0.1:9", id, "x").await, Failure::Offline);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_at_sign_in_are_told_apart_and_leave_nothing() {
    let deployment = deployment().await;
    let user = deployment.new_user(0).await.unwrap();
    let (proxy, fresh) = (deployment.proxy(0).await.unwrap(), Fresh::new());
    let wait = |seconds| Failure::Wait { retry_after: Duration::from_secs(seconds) };
    let no_server = Failure::NotFound { what: Missing::Server };
    let text = |status| Fault::Respond {
        status,
        headers: Default::default(),
        body: "<h1>no</h1>".into(),
        path: None,
        times: None,
    };
    for (fault, expected) in [
        (Fault::Refuse, Failure::Offline),
        (Fault::Cut, Failure::Offline),
        (Fault::Reset, Failure::Offline),
        (Fault::Garbage, Failure::Offline),
        (Fault::Truncate { bytes: 40 }, Failure::Offline),
        (text(500), Failure::Offline),
        (text(502), Failure::Offline),
        (text(404), no_server.clone()),
        (Fault::captive_portal(), no_server.clone()),
        (Fault::respond(404, None, &json!({"errcode": "M_UNRECOGNIZED", "error": ""})), no_server),
        (Fault::too_many_requests(None, Some(77_000)), wait(77)),
        (Fault::too_many_requests(None, None), wait(5)),
    ] {
        proxy.set(fault.clone()).await.unwrap();
        assert_eq!(fresh.refused(&proxy.url(), &user.user_id, &user.password).await, expected, "{fault:?}");
    }
    proxy.heal().await.unwrap();
    let password = Password::new(user.password.clone());
    let session = fresh.accounts.sign_in(&proxy.url(), &user.user_id, &password).await.unwrap();
    session.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_accounts_and_the_same_one_twice() {
    let (first, second) =
        (deployment().await.new_user(0).await.unwrap(), deployment().await.new_user(1).await.unwrap());
    let fresh = Fresh::new();
    let mut sessions = Vec::new();
    for user in [&first, &second] {
        let password = Password::new(user.password.clone());
        sessions.push(fresh.accounts.sign_in(&user.homeserver, &user.localpart, &password).await.unwrap());
    }
    let listed = fresh.accounts.list().await.unwrap();
    assert_eq!(listed.len(), 2);
    for session in &sessions {
        assert!(listed.contains(&session.account()));
        assert_eq!(session.identity().await.unwrap(), IdentityStatus { cross_signing: true, device_signed: true });
    }
    let again = fresh.accounts.open(&sessions[0].account().id).await.unwrap();
    assert_eq!(again.account().user.0, first.user_id);
    let id = sessions[0].account().id;
    let locked = Err(Failure::Storage { trouble: StorageTrouble::Locked });
    assert_eq!(fresh.accounts.erase(&id).await, locked);
    // Dropped, not shut down: opening waits until the files are closed.
    drop((again, sessions));
    let (one, two) = tokio::join!(fresh.accounts.open(&id), fresh.accounts.open(&id));
    assert_eq!((one.unwrap().account().id, two.unwrap().account().id), (id.clone(), id.clone()));
    assert_eq!(fresh.accounts.list().await.unwrap().len(), 2);
    for id in ["", "..", "0123456789abcdef", "../../../../etc/x", &"é".repeat(8)] {
        let id = AccountId(id.into());
        let missing = Failure::NotFound { what: Missing::Account };
        assert_eq!(fresh.accounts.open(&id).await.err(), Some(missing.clone()));
        assert_eq!(fresh.accounts.erase(&id).await.err(), Some(missing));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_ids_are_refused_everywhere() {
    let agent = Agent::on(0).await;
    agent.live().await;
    for id in ["", "!", "room", "#a:b", "!a b:c", "!a\0", &format!("!{}", "a".repeat(300))] {
        let room = RoomId(id.into());
        let session = &agent.session;
        let failures = [
            session.room(&room).await.err(),
            session.join(&room).await.err(),
            session.decline(&room).await.err(),
            session.leave(&room).await.err(),
            session.forget(&room).await.err(),
        ];
        for failure in failures {
            assert!(matches!(failure, Some(Failure::Invalid { field: Field::Room, .. })), "{id:?}: {failure:?}");
        }
    }
    for id in ["", "@", "jean", "@jean", "@:x", "@a b:c"] {
        let failure = agent.session.create_direct(&UserId(id.into())).await.unwrap_err();
        assert!(matches!(failure, Failure::Invalid { field: Field::User, .. }), "{id:?}: {failure}");
    }
    let unknown = RoomId("!nowhere:localhost".into());
    assert_eq!(agent.session.room(&unknown).await.err(), Some(Failure::NotFound { what: Missing::Room }));
    assert_eq!(agent.session.leave(&unknown).await.err(), Some(Failure::NotFound { what: Missing::Room }));
    agent.session.join(&unknown).await.unwrap_err();
    assert!(agent.session.rooms(RoomFilter::All, 0).is_err());
    let room = agent.session.create_group(bulla_model::GroupDraft {
        name: "Un".into(),
        topic: None,
        invite: vec![],
        kind: None,
        own_server_only: false,
    });
    let room = room.await.unwrap();
    let conversation = agent.open(&room).await;
    for id in ["", "x", "$nowhere", "local:no", "virtual:3"] {
        let item = bulla_model::ItemId(id.into());
        let timeline = &conversation.timeline;
        let failures = [
            timeline.reply(&item, "a").await.err(),
            timeline.edit(&item, "a").await.err(),
            timeline.react(&item, "👍").await.err(),
        ];
        for failure in failures {
            let typed = matches!(failure, Some(Failure::NotFound { .. } | Failure::Invalid { .. }));
            assert!(typed, "{id:?}: {failure:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_erases_all_and_the_server_forgets_the_device() {
    let agent = Agent::on(0).await;
    agent.live().await;
    let account = agent.session.account();
    let mut list = List::of(&agent.session, RoomFilter::All);
    list.wait("the list", |_| Some(())).await;
    agent.session.sign_out(false).await.unwrap();
    assert_eq!(list.stream.next().await, Ok(None), "streams end");
    assert_eq!(agent.keys.count(), 0);
    assert_eq!(fs::read_dir(agent.folder.path()).unwrap().count(), 0);
    assert!(agent.accounts.list().await.unwrap().is_empty());
    assert_eq!(agent.session.rooms(RoomFilter::All, 10).err(), Some(Failure::Closed));
    let devices = Plain::of(&agent.user).await.get("/devices").await;
    assert!(!devices.to_string().contains(&account.device.0), "{devices}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_offline_erases_only_when_told_to() {
    let deployment = deployment().await;
    let proxy = deployment.proxy(0).await.unwrap();
    let agent = Agent::at(deployment.new_user(0).await.unwrap(), &proxy.url()).await;
    agent.live().await;
    for fault in [Fault::Refuse, Fault::captive_portal(), Fault::respond(503, None, &json!({}))] {
        proxy.set(fault).await.unwrap();
        agent.session.sign_out(false).await.unwrap_err();
        assert_eq!(agent.keys.count(), 1);
    }
    assert_eq!(agent.accounts.list().await.unwrap().len(), 1);
    proxy.heal().await.unwrap();
    agent.session.network_changed(bulla_model::NetworkChange::Available);
    agent.live().await;
    proxy.set(Fault::Refuse).await.unwrap();
    assert_eq!(agent.session.sign_out(false).await, Err(Failure::Offline));
    agent.session.sign_out(true).await.unwrap();
    assert_eq!((agent.keys.count(), fs::read_dir(agent.folder.path()).unwrap().count()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_cut_short_leaves_nothing() {
    let deployment = deployment().await;
    let proxy = deployment.proxy(0).await.unwrap();
    let user = deployment.new_user(0).await.unwrap();
    let fresh = Fresh::new();
    proxy.set(Fault::Stall).await.unwrap();
    let password = Password::new(user.password.clone());
    {
        let url = proxy.url();
        let mut signing_in = std::pin::pin!(fresh.accounts.sign_in(&url, &user.user_id, &password));
        let begun = async {
            while proxy.stats().await.unwrap().open == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = &mut signing_in => panic!("nothing answers"),
            () = begun => {}
        }
        assert!(fresh.accounts.list().await.unwrap().is_empty(), "one under way is not listed");
        assert_eq!(fresh.keys.count(), 1, "and not disturbed");
    }
    let cleared = async {
        while fresh.keys.count() > 0 {
            assert!(fresh.accounts.list().await.unwrap().is_empty());
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::agent::DEADLINE, cleared).await.unwrap();
    assert!(files(fresh.folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_on_disk_in_clear() {
    let (alice, bob, room) = two().await;
    let secret = "Le canari chante à Bercy";
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text(secret).await.unwrap();
    his.text(secret).await;
    his.timeline.send_text("Réponse du canari").await.unwrap();
    hers.text("Réponse du canari").await;
    let needles = |agent: &Agent| {
        let mut needles = vec![
            ("text", secret.into()),
            ("answer", "Réponse du canari".into()),
            ("password", agent.user.password.clone().into_bytes()),
            ("user", agent.user.user_id.clone().into_bytes()),
            ("localpart", agent.user.localpart.clone().into_bytes()),
            ("token", b"syt_".to_vec()),
            ("refresh token", b"syr_".to_vec()),
            ("room", room.0.clone().into_bytes()),
        ];
        needles.extend(agent.keys.values().into_iter().map(|key| ("key", key)));
        needles
    };
    let scan = |agent: &Agent, folder: &Path| {
        assert!(!files(folder).is_empty());
        // The SDK names one row of its crypto store after this account's own user.
        let known = |leak: &String| {
            !(leak.contains("matrix-sdk-crypto.sqlite3") && (leak.starts_with("user") || leak.starts_with("localpart")))
        };
        leaks(folder, &needles(agent)).into_iter().filter(known).collect::<Vec<_>>()
    };
    for agent in [&alice, &bob] {
        assert_eq!(scan(agent, agent.folder.path()), Vec::<String>::new(), "while open");
        agent.session.shutdown().await.unwrap();
        assert_eq!(scan(agent, agent.folder.path()), Vec::<String>::new(), "when closed");
    }
    assert!(matches!(
        alice.session.state(),
        SessionState::Live | SessionState::Attaching | SessionState::Offline { .. }
    ));
}

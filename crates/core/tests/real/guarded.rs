//! The kinds of rooms on a server that Tchap's module `synapse-room-access-rules` guards, in the version that is published: what it refuses is
//! refused here before it is asked.

use bulla_model::{
    Barrier, Failure, MemberRole, Refusal, RoomAction, RoomFilter, RoomId, RoomKind, RoomSummary, UserId,
};
use bulla_testkit::{Office, Server, User};
use serde_json::{Value, json};

use crate::{
    agent::{List, deployment},
    guests::{Member, refused, with_guests},
};

const RULES: &str = "im.vector.room.access_rules";

struct Scene {
    office: Office,
    manifest: String,
    guarded: Server,
    alice: Member,
    /// Asks the server by itself, past every rule of ours, in her name.
    token: String,
}

impl Scene {
    async fn set(test: &str) -> Option<Self> {
        let handle = deployment().await;
        if !handle.capabilities().administration {
            println!("SKIPPED {test}: needs servers of our own");
            return None;
        }
        let guarded = handle.guarded().await.unwrap();
        let office = with_guests(&guarded, &handle.servers()[1]);
        let allowed = json!([
            instance(&office, &guarded, json!({"create_room_non_encrypted": true})),
            {"server": handle.servers()[1].name, "base_url": office.front(&handle.servers()[1].name).unwrap().url(),
             "label": "Partenaires", "external_guests": true, "sign_in": ["password"]},
        ]);
        let manifest = office.manifest_saying(1, &[("instances", allowed)]);
        let user = handle.guarded_user().await.unwrap();
        let token = sign_in(&user);
        let alice = Member::of(&office, &manifest, user).await;
        Some(Self { office, manifest, guarded, alice, token })
    }

    async fn colleague(&self) -> Member {
        Member::of(&self.office, &self.manifest, deployment().await.guarded_user().await.unwrap()).await
    }

    async fn guest(&self) -> Member {
        Member::of(&self.office, &self.manifest, deployment().await.new_user(1).await.unwrap()).await
    }

    /// The status that the server itself answers with.
    fn asked(&self, method: &str, room: &RoomId, path: &str, body: &Value) -> u16 {
        let url = format!("{}/_matrix/client/v3/rooms/{}/{path}", self.guarded.client_url, room.as_str());
        call(method, &url, Some(&self.token), body).0
    }

    fn state(&self, room: &RoomId, kind: &str) -> Value {
        let url = format!("{}/_matrix/client/v3/rooms/{}/state/{kind}", self.guarded.client_url, room.as_str());
        let answer = ureq::get(&url).header("Authorization", &format!("Bearer {}", self.token)).call();
        serde_json::from_str(&answer.unwrap().body_mut().read_to_string().unwrap()).unwrap()
    }
}

fn instance(office: &Office, server: &Server, features: Value) -> Value {
    let url = office.front(&server.name).unwrap().url();
    json!({"server": server.name, "base_url": url, "label": "Agents", "sign_in": ["password"], "features": features})
}

fn sign_in(user: &User) -> String {
    let identifier = json!({"type": "m.id.user", "user": user.localpart});
    let body = json!({"type": "m.login.password", "password": user.password, "identifier": identifier});
    let (status, answer) = call("POST", &format!("{}/_matrix/client/v3/login", user.homeserver), None, &body);
    assert_eq!(status, 200);
    answer["access_token"].as_str().unwrap().to_owned()
}

fn call(method: &str, url: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
    let mut request = ureq::http::Request::builder().method(method).uri(url).header("Content-Type", "application/json");
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.run(request.body(body.to_string()).unwrap()).unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_made_and_recognised_where_rooms_are_guarded() {
    let Some(scene) = Scene::set("every_kind_is_made_and_recognised_where_rooms_are_guarded").await else { return };
    let (alice, bob) = (&scene.alice, scene.colleague().await);
    for (kind, rule, encrypted) in [
        (RoomKind::Private, "restricted", true),
        (RoomKind::PrivateWithGuests, "unrestricted", true),
        (RoomKind::PrivateUnencrypted, "restricted", false),
        (RoomKind::Forum, "restricted", false),
        (RoomKind::Space, "restricted", false),
    ] {
        let room = alice.create(kind, vec![bob.id()]).await.unwrap();
        assert_eq!(scene.state(&room, RULES)["rule"], rule, "{kind:?}");
        assert_eq!(scene.state(&room, "m.room.power_levels")["state_default"], 100, "{kind:?}");
        if kind != RoomKind::Space {
            bob.accept(&room).await;
            alice.members(&room, 2).await;
        }
        let row = alice.session.room(&room).await.unwrap().summary().await.unwrap();
        assert_eq!((row.kind, row.encrypted), (kind, encrypted));
    }
    let room = alice.session.create_direct(&bob.id()).await.unwrap();
    assert_eq!(scene.state(&room, RULES)["rule"], "direct");
    bob.accept(&room).await;
    alice.members(&room, 2).await;
    // He hears of what it is a moment after he has come in.
    let direct = |row: &RoomSummary| row.id == room && row.kind == RoomKind::Direct && row.encrypted;
    let mut his = List::of(&bob.session, RoomFilter::All);
    his.wait("direct to him as well", |rows| rows.iter().any(direct).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_room_is_opened_once_and_guests_get_no_role_in_it() {
    let Some(scene) = Scene::set("a_guarded_room_is_opened_once_and_guests_get_no_role_in_it").await else { return };
    let (alice, bob, chloe) = (&scene.alice, scene.colleague().await, scene.guest().await);
    let room = alice.create(RoomKind::Private, vec![bob.id()]).await.unwrap();
    bob.accept(&room).await;
    let hers = alice.session.room(&room).await.unwrap();
    let invitation = json!({"user_id": chloe.user.user_id});

    // Not before it is open, and the module says the same.
    assert_eq!(scene.asked("POST", &room, "invite", &invitation), 403);
    refused(hers.invite(&chloe.id()).await);
    // A moderator opens nothing.
    hers.set_role(&bob.id(), MemberRole::Moderator).await.unwrap();
    let administrators = Some(Refusal::NeedsRole { role: MemberRole::Administrator });
    bob.until(&room, RoomAction::OpenToGuests, administrators).await;
    bob.until(&room, RoomAction::Invite, None).await;
    let his = bob.session.room(&room).await.unwrap();
    assert!(matches!(his.open_to_guests().await, Err(Failure::Rejected { .. })));

    alice.until(&room, RoomAction::OpenToGuests, None).await;
    hers.open_to_guests().await.unwrap();
    assert_eq!(scene.state(&room, RULES)["rule"], "unrestricted");
    alice.until(&room, RoomAction::OpenToGuests, Some(Refusal::AlreadySo)).await;
    assert_eq!(scene.asked("PUT", &room, &format!("state/{RULES}"), &json!({"rule": "restricted"})), 403);

    hers.invite(&chloe.id()).await.unwrap();
    chloe.accept(&room).await;
    alice.members(&room, 3).await;
    refused(hers.set_role(&chloe.id(), MemberRole::Moderator).await);
    let mut levels = scene.state(&room, "m.room.power_levels");
    levels["users"][&chloe.user.user_id] = json!(50);
    assert_eq!(scene.asked("PUT", &room, "state/m.room.power_levels", &levels), 403);
    // Nobody else from outside comes in by the link alone. The module would say so to its own people; another server it lets through.
    let link = hers.set_link_access(true).await.unwrap().expect("a link");
    let bulla_model::Link::Alias { alias, .. } = bulla_core::parse_link(&link).unwrap() else { panic!("{link}") };
    let other = scene.guest().await;
    refused(other.session.join_address(&alias).await);
    refused(other.session.join(&room).await);
    refused(other.session.join_through(&room, std::slice::from_ref(&scene.guarded.name)).await);
    let colleague = scene.colleague().await;
    assert_eq!(colleague.session.join_address(&alias).await.unwrap(), room);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_module_refuses_is_refused_before_it_is_asked() {
    let Some(scene) = Scene::set("what_the_module_refuses_is_refused_before_it_is_asked").await else { return };
    let (alice, bob, carol) = (&scene.alice, scene.colleague().await, scene.colleague().await);
    let direct = alice.session.create_direct(&bob.id()).await.unwrap();
    bob.accept(&direct).await;
    alice.members(&direct, 2).await;
    let forum = alice.create(RoomKind::Forum, Vec::new()).await.unwrap();
    let open = json!({"rule": "unrestricted"});
    let invitation = json!({"user_id": carol.user.user_id});
    let named = json!({"name": "Non"});
    let rules = format!("state/{RULES}");
    for (room, action, method, path, body) in [
        (&direct, RoomAction::Invite, "POST", "invite", &invitation),
        (&direct, RoomAction::Rename, "PUT", "state/m.room.name", &named),
        (&direct, RoomAction::ChangeTopic, "PUT", "state/m.room.topic", &json!({"topic": "Non"})),
        (&direct, RoomAction::ChangeAvatar, "PUT", "state/m.room.avatar", &json!({"url": "mxc://a.example/b"})),
        (&direct, RoomAction::ChangeLinkAccess, "PUT", "state/m.room.join_rules", &json!({"join_rule": "public"})),
        (&direct, RoomAction::OpenToGuests, "PUT", rules.as_str(), &open),
        (&forum, RoomAction::OpenToGuests, "PUT", rules.as_str(), &open),
    ] {
        assert_eq!(scene.asked(method, room, path, body), 403, "{action:?}");
        alice.until(room, action, Some(Refusal::Kind)).await;
    }
    // And what it allows is allowed.
    let private = alice.create(RoomKind::Private, Vec::new()).await.unwrap();
    for (action, path, body) in [
        (RoomAction::Rename, "state/m.room.name", &json!({"name": "Oui"})),
        (RoomAction::ChangeLinkAccess, "state/m.room.join_rules", &json!({"join_rule": "public"})),
        (RoomAction::OpenToGuests, rules.as_str(), &open),
    ] {
        alice.until(&private, action, None).await;
        assert_eq!(scene.asked("PUT", &private, path, body), 200, "{action:?}");
    }
    let nobody = UserId(format!("@nobody:{}", deployment().await.servers()[1].name));
    let why = alice.create(RoomKind::Private, vec![nobody]).await.err();
    assert_eq!(why, Some(Failure::Forbidden { why: Barrier::Guest }));
}

//! Inviting by e-mail address, through a real Sydent.

use bulla_core::Room;
use bulla_model::{Barrier, EmailInvitation, EmailInvited, Failure, Field, FieldTrouble, RoomId, RoomKind, UserId};
use bulla_testkit::{Error, Handle, Office, Server};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    agent::{Agent, DEADLINE, deployment},
    guests::{Member, refused, with_guests},
};

struct Scene {
    handle: &'static Handle,
    office: Office,
    manifest: String,
    alice: Member,
    room: RoomId,
    hers: Room,
}

impl Scene {
    /// Alice in a private room, with an identity server in the manifest, and people from outside on server 1.
    async fn set(test: &str) -> Option<Self> {
        let handle = deployment().await;
        if !handle.capabilities().administration {
            println!("SKIPPED {test}: needs servers of our own");
            return None;
        }
        let place = match handle.identity().await {
            Ok(place) => place,
            Err(Error::Refused { status: 501, body, .. }) => {
                println!("SKIPPED {test}: {body}");
                return None;
            }
            Err(error) => panic!("{error}"),
        };
        let office = with_guests(&handle.servers()[0], &handle.servers()[1]);
        let fields = [("lookup", json!(place.url)), ("tls", json!({"roots": [place.authority]}))];
        let manifest = office.manifest_saying(1, &fields);
        let alice = Member::of(&office, &manifest, handle.new_user(0).await.unwrap()).await;
        let room = alice.create(RoomKind::Private, Vec::new()).await.unwrap();
        let hers = alice.session.room(&room).await.unwrap();
        Some(Self { handle, office, manifest, alice, room, hers })
    }

    async fn on(&self, server: usize) -> Member {
        Member::of(&self.office, &self.manifest, self.handle.new_user(server).await.unwrap()).await
    }

    /// An address that nobody has yet, and that the directory says belongs to `server`.
    fn address(&self, of: &Member, server: &Server) -> String {
        let email = format!("{}@agent.test", of.user.localpart);
        self.office.list(&email, json!({"hs": server.name, "invited": false}));
        email
    }

    fn server(&self, index: usize) -> &Server {
        &self.handle.servers()[index]
    }

    async fn invite(&self, email: &str) -> EmailInvited {
        self.hers.invite_emails(vec![email.to_owned()]).await.unwrap().remove(0)
    }

    /// Waits until so many mails wait for an answer.
    async fn waiting(&self, count: usize) -> Vec<EmailInvitation> {
        let search = async {
            loop {
                let waiting = self.hers.email_invitations().await.unwrap();
                if waiting.len() == count {
                    return waiting;
                }
            }
        };
        timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("{count} invitations: not in time"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_address_is_invited_and_others_get_a_mail() {
    let Some(scene) = Scene::set("whoever_has_an_address_is_invited_and_others_get_a_mail").await else { return };
    scene.alice.session.may_invite_by_email().unwrap();
    let (known, new) = (scene.on(0).await, scene.on(0).await);
    let theirs = scene.address(&known, scene.server(0));
    scene.handle.bind_email(&known.user, &theirs).await.unwrap();
    let nobodys = scene.address(&new, scene.server(0));
    let unknown = format!("personne-{nobodys}");

    let typed = vec![format!(" {} ", theirs.to_uppercase()), "jean".to_owned(), nobodys.clone(), unknown.clone()];
    let all = scene.hers.invite_emails(typed).await.unwrap();
    let expected = [
        (theirs.as_str(), Some(known.id()), None),
        ("jean", None, Some(Failure::Invalid { field: Field::Email, why: FieldTrouble::Malformed })),
        (nobodys.as_str(), None, None),
        (unknown.as_str(), None, Some(Failure::Forbidden { why: Barrier::NotProfessional })),
    ];
    for (one, (email, user, failure)) in all.iter().zip(expected) {
        assert_eq!((one.email.as_str(), one.user.clone(), one.failure.clone()), (email, user, failure));
    }
    known.accept(&scene.room).await;
    assert_eq!(scene.handle.mails(&nobodys).await.unwrap().len(), 1, "a mail to whoever is new");
    assert!(scene.handle.mails(&unknown).await.unwrap().is_empty());
    let waiting = scene.waiting(1).await;
    assert_eq!(waiting[0].by, scene.alice.id());
    assert!(!waiting[0].name.contains(&nobodys), "the others see no address");

    // The one who gets it confirms the address, and is invited by that.
    scene.handle.bind_email(&new.user, &nobodys).await.unwrap();
    new.accept(&scene.room).await;
    scene.alice.members(&scene.room, 3).await;
    scene.waiting(0).await;
    assert!(!format!("{all:?}{waiting:?}").contains('@'), "records print no address");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_from_outside_is_invited_only_where_it_is_open() {
    let Some(scene) = Scene::set("an_address_from_outside_is_invited_only_where_it_is_open").await else { return };
    let (known, new) = (scene.on(1).await, scene.on(1).await);
    let (theirs, nobodys) = (scene.address(&known, scene.server(1)), scene.address(&new, scene.server(1)));
    scene.handle.bind_email(&known.user, &theirs).await.unwrap();
    for email in [&theirs, &nobodys] {
        refused(scene.invite(email).await.failure.map_or(Ok(()), Err));
    }
    assert!(scene.handle.mails(&nobodys).await.unwrap().is_empty(), "nothing was sent");
    scene.waiting(0).await;
    scene.hers.open_to_guests().await.unwrap();
    for email in [&theirs, &nobodys] {
        assert_eq!(scene.invite(email).await.failure, None);
    }
    known.accept(&scene.room).await;
    scene.handle.bind_email(&new.user, &nobodys).await.unwrap();
    new.accept(&scene.room).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_by_mail_is_taken_back() {
    let Some(scene) = Scene::set("an_invitation_by_mail_is_taken_back").await else { return };
    let new = scene.on(0).await;
    let nobodys = scene.address(&new, scene.server(0));
    assert_eq!(scene.invite(&nobodys).await.failure, None);
    let id = scene.waiting(1).await.remove(0).id;
    scene.hers.revoke_email_invitation(&id).await.unwrap();
    scene.waiting(0).await;
    let why = scene.hers.revoke_email_invitation("").await.err();
    assert_eq!(why, Some(Failure::Invalid { field: Field::Event, why: FieldTrouble::Malformed }));
    // Whoever follows the mail now comes nowhere: they are invited to the next room, and not to this one.
    scene.handle.bind_email(&new.user, &nobodys).await.unwrap();
    let next = scene.alice.create(RoomKind::Private, vec![new.id()]).await.unwrap();
    new.accept(&next).await;
    let before = new.session.room(&scene.room).await;
    assert!(matches!(before.err(), Some(Failure::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_identity_server_nobody_is_invited_by_address() {
    let alice = Agent::on(0).await;
    let none = Some(Failure::Forbidden { why: Barrier::NoEmailInvitations });
    assert_eq!(alice.session.may_invite_by_email().err(), none);
    let room =
        alice.session.create_direct(&UserId(deployment().await.new_user(0).await.unwrap().user_id)).await.unwrap();
    let room = alice.session.room(&room).await.unwrap();
    assert_eq!(room.invite_emails(vec!["jean@agent.test".into()]).await.err(), none);
    assert!(matches!(room.invite_emails(Vec::new()).await, Err(Failure::Invalid { .. })));
    assert_eq!(bulla_core::email_address(" Jean@Agent.Test "), Some("jean@agent.test".into()));
    assert_eq!(bulla_core::email_address("@jean:agent.test"), None);
}

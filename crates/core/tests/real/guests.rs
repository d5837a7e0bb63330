//! People from outside: whom they may be invited by, and what they may not do, by the manifest's word and on plain servers.

use std::sync::Arc;

use bulla_core::{Accounts, Session};
use bulla_model::{
    Barrier, Config, Failure, GroupDraft, MemberRole, Password, Refusal, RoomAction, RoomFilter, RoomId, RoomKind,
    Trust, UserId,
};
use bulla_testkit::{Office, Place, Server, User};
use tokio::time::timeout;

use crate::agent::{DEADLINE, Keys, List, deployment};

/// Somebody whose app goes by a manifest.
pub struct Member {
    pub user: User,
    pub session: Session,
    _accounts: Accounts,
    _folder: tempfile::TempDir,
}

impl Member {
    pub async fn of(office: &Office, manifest: &str, user: User) -> Self {
        let trust = Trust { keys: vec![office.public_key()], manifest: Some(manifest.to_owned()), device: None };
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            folder: folder.path().display().to_string(),
            device_name: "Bulla test".into(),
            trust: Some(trust),
        };
        let accounts = Accounts::new(config, Arc::new(Keys::default())).unwrap();
        let server = user.user_id.split_once(':').unwrap().1;
        let at = office.front(server).unwrap().url();
        let session = accounts.sign_in(&at, &user.user_id, &Password::new(user.password.clone())).await.unwrap();
        Self { user, session, _accounts: accounts, _folder: folder }
    }

    pub fn id(&self) -> UserId {
        UserId(self.user.user_id.clone())
    }

    pub async fn accept(&self, room: &RoomId) {
        let mut list = List::of(&self.session, RoomFilter::All);
        list.wait("an invitation", |rows| rows.iter().any(|row| row.id == *room).then_some(())).await;
        self.session.join(room).await.unwrap();
    }

    /// Waits until it has so many members, for this person.
    pub async fn members(&self, room: &RoomId, count: u64) {
        let mut list = List::of(&self.session, RoomFilter::All);
        list.wait("the members", |rows| {
            rows.iter().any(|row| row.id == *room && u64::from(row.members) == count).then_some(())
        })
        .await;
    }

    pub async fn create(&self, kind: RoomKind, invite: Vec<UserId>) -> Result<RoomId, Failure> {
        let name = format!("{kind:?}");
        self.session
            .create_group(GroupDraft { name, topic: None, invite, kind: Some(kind), own_server_only: false })
            .await
    }

    /// Waits until an action is refused for this reason, or allowed with none.
    pub async fn until(&self, room: &RoomId, action: RoomAction, refused: Option<Refusal>) {
        let stream = self.session.room(room).await.unwrap().abilities().unwrap();
        let search = async {
            loop {
                let abilities = stream.next().await.unwrap().expect("the stream goes on");
                if abilities.iter().any(|ability| ability.action == action && ability.refused == refused) {
                    return;
                }
            }
        };
        timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("{action:?} {refused:?}: not in time"));
    }
}

/// Offices before a server of agents' and one of people from outside.
pub fn with_guests(agents: &Server, guests: &Server) -> Office {
    let place = |server: &Server, guests| Place {
        server: server.name.clone(),
        client_url: server.client_url.clone(),
        label: if guests { "Partenaires" } else { "Agents" }.into(),
        way: "password",
        guests,
    };
    Office::open(vec![place(agents, false), place(guests, true)]).unwrap()
}

pub fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) {
    assert_eq!(result.err(), Some(Failure::Forbidden { why: Barrier::Guest }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_comes_where_it_is_open_and_may_not_do_what_agents_may() {
    let handle = deployment().await;
    if !handle.capabilities().administration {
        println!("SKIPPED a_guest_comes_where_it_is_open_and_may_not_do_what_agents_may: needs servers of our own");
        return;
    }
    let office = with_guests(&handle.servers()[0], &handle.servers()[1]);
    let manifest = office.manifest(1);
    let alice = Member::of(&office, &manifest, handle.new_user(0).await.unwrap()).await;
    let chloe = Member::of(&office, &manifest, handle.new_user(1).await.unwrap()).await;

    refused(alice.create(RoomKind::Private, vec![chloe.id()]).await);
    let room = alice.create(RoomKind::Private, Vec::new()).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    let asked = office.front(&handle.servers()[0].name).unwrap().stats();
    refused(hers.invite(&chloe.id()).await);
    let all = hers.invite_all(vec![chloe.id()]).await.unwrap();
    assert_eq!(all[0].failure, Some(Failure::Forbidden { why: Barrier::Guest }));
    let sent = office.front(&handle.servers()[0].name).unwrap().stats().since(&asked).requests;
    assert!(sent.keys().all(|path| !path.ends_with("/invite")), "{sent:?}");

    hers.open_to_guests().await.unwrap();
    hers.invite(&chloe.id()).await.unwrap();
    chloe.accept(&room).await;
    for action in [RoomAction::Invite, RoomAction::ChangeRoles, RoomAction::OpenToGuests] {
        let why = if action == RoomAction::OpenToGuests { Refusal::AlreadySo } else { Refusal::Guest };
        chloe.until(&room, action, Some(why)).await;
    }
    chloe.until(&room, RoomAction::Write, None).await;
    refused(hers.set_role(&chloe.id(), MemberRole::Moderator).await);
    for kind in [RoomKind::Direct, RoomKind::Private, RoomKind::PrivateWithGuests, RoomKind::Forum, RoomKind::Space] {
        refused(chloe.session.may_create(kind));
    }
    refused(chloe.create(RoomKind::Private, Vec::new()).await);
    refused(chloe.session.create_direct(&alice.id()).await);
    refused(chloe.session.may_browse());
    refused(chloe.session.directory("", None, None).await);
    alice.session.may_browse().unwrap();
    // A direct conversation is between two, whoever they are, and begins on the agent's side.
    let direct = alice.session.create_direct(&chloe.id()).await.unwrap();
    chloe.accept(&direct).await;
    alice.members(&direct, 2).await;
    assert_eq!(chloe.session.create_direct(&alice.id()).await.unwrap(), direct);
}

//! Kinds of rooms, roles, and what may be done, on two servers that federate.

use bulla_core::AbilityStream;
use bulla_model::{
    Failure, Field, GroupDraft, Link, MemberRole, Membership, MessageBody, Refusal, RoomAccess, RoomAction, RoomFilter,
    RoomId, RoomKind, StateKind,
};
use tokio::time::timeout;

use super::agent::{Agent, DEADLINE, List};

fn draft(kind: RoomKind) -> GroupDraft {
    GroupDraft { name: format!("{kind:?}"), topic: None, invite: Vec::new(), kind: Some(kind), own_server_only: false }
}

/// Pulls until an action is refused, or allowed, as wanted.
async fn until(stream: &AbilityStream, action: RoomAction, refused: Option<Refusal>) {
    let search = async {
        loop {
            let abilities = stream.next().await.expect("abilities").expect("the stream goes on");
            let found = abilities.iter().find(|ability| ability.action == action).expect("every action is told");
            if found.refused == refused {
                return;
            }
        }
    };
    timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("{action:?} {refused:?}: not in time"));
}

async fn kind(agent: &Agent, room: &RoomId, kind: RoomKind) {
    agent.room(|row| row.id == *room && row.kind == kind && row.membership == Membership::Joined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_made_and_recognised_on_both_servers() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    for (wanted, encrypted) in [
        (RoomKind::Private, true),
        (RoomKind::PrivateWithGuests, true),
        (RoomKind::Forum, false),
        (RoomKind::Space, false),
    ] {
        let room = alice.session.create_group(draft(wanted)).await.unwrap();
        alice.session.room(&room).await.unwrap().invite(&bob.id()).await.unwrap();
        bob.accept(&room).await;
        for agent in [&alice, &bob] {
            // A list of conversations does not hold spaces.
            if wanted == RoomKind::Space {
                let row = agent.session.room(&room).await.unwrap().summary().await.unwrap();
                assert_eq!(row.kind, wanted);
            } else {
                kind(agent, &room, wanted).await;
                let row = agent.session.room(&room).await.unwrap().summary().await.unwrap();
                assert_eq!((row.encrypted, row.open_to_guests), (encrypted, wanted == RoomKind::PrivateWithGuests));
            }
        }
    }
    // The deployment says nothing of it, so that it is not allowed.
    let refused = alice.session.create_group(draft(RoomKind::PrivateUnencrypted)).await;
    assert_eq!(refused.err(), Some(Failure::Forbidden { why: bulla_model::Barrier::RoomKind }));
    assert!(matches!(alice.session.create_group(draft(RoomKind::Direct)).await, Err(Failure::Invalid { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_given_and_abilities_follow() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = alice.session.create_group(draft(RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    hers.invite(&bob.id()).await.unwrap();
    bob.accept(&room).await;
    let his = bob.session.room(&room).await.unwrap();
    let abilities = his.abilities().unwrap();
    let needs = |role| Some(Refusal::NeedsRole { role });
    until(&abilities, RoomAction::Invite, needs(MemberRole::Moderator)).await;
    assert!(matches!(his.set_name("Non").await, Err(Failure::Rejected { .. })));
    assert!(hers.is_last_administrator().await.unwrap() && !his.is_last_administrator().await.unwrap());

    hers.set_role(&bob.id(), MemberRole::Moderator).await.unwrap();
    until(&abilities, RoomAction::Invite, None).await;
    his.set_name("Oui").await.unwrap();
    hers.set_role(&bob.id(), MemberRole::Administrator).await.unwrap();
    until(&abilities, RoomAction::ChangeRoles, None).await;
    let members = hers.member_changes().unwrap();
    let told = async {
        loop {
            let members = members.next().await.unwrap().expect("the stream goes on");
            if members.iter().any(|member| member.user == bob.id() && member.role == MemberRole::Administrator) {
                return;
            }
        }
    };
    timeout(DEADLINE, told).await.expect("his role in time");
    assert!(!hers.is_last_administrator().await.unwrap());
    let creator = hers.set_role(&bob.id(), MemberRole::Creator).await;
    assert!(matches!(creator, Err(Failure::Invalid { .. })));
    abilities.cancel();
    assert_eq!(abilities.next().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_invited_removed_banned_and_let_in_again() {
    let (alice, bob, carol) = tokio::join!(Agent::on(0), Agent::on(1), Agent::on(0));
    let room = alice.session.create_group(draft(RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    let nobody = bulla_model::UserId("no id".into());
    let invited = hers.invite_all(vec![bob.id(), nobody.clone(), carol.id()]).await.unwrap();
    let failures: Vec<bool> = invited.iter().map(|one| one.failure.is_some()).collect();
    assert_eq!((failures, &invited[1].user), (vec![false, true, false], &nobody));
    bob.accept(&room).await;
    carol.accept(&room).await;

    let his = bob.session.room(&room).await.unwrap().abilities().unwrap();
    until(&his, RoomAction::Write, None).await;
    hers.remove(&bob.id(), Some("Fin de mission")).await.unwrap();
    until(&his, RoomAction::Write, Some(Refusal::NotMember)).await;
    let mut left = List::of(&carol.session, RoomFilter::All);
    left.wait("two left", |rows| rows.iter().any(|row| row.id == room && row.members == 2).then_some(())).await;
    hers.ban(&bob.id(), None).await.unwrap();
    assert!(matches!(hers.invite(&bob.id()).await, Err(Failure::Rejected { .. })));
    hers.unban(&bob.id()).await.unwrap();
    hers.invite(&bob.id()).await.unwrap();
    bob.accept(&room).await;
    until(&his, RoomAction::Write, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_opened_to_guests_once_and_by_link_for_a_while() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = alice.session.create_group(draft(RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    let abilities = hers.abilities().unwrap();
    until(&abilities, RoomAction::OpenToGuests, None).await;
    hers.open_to_guests().await.unwrap();
    kind(&alice, &room, RoomKind::PrivateWithGuests).await;
    until(&abilities, RoomAction::OpenToGuests, Some(Refusal::AlreadySo)).await;
    let opened = MessageBody::State { kind: StateKind::GuestAccess, value: None };
    alice.open(&room).await.event("that it was opened", |event| event.body == opened).await;

    let link = hers.set_link_access(true).await.unwrap().expect("a link");
    let bulla_model::Link::Alias { alias, .. } = bulla_core::parse_link(&link).unwrap() else { panic!("{link}") };
    assert_eq!(bob.session.join_address(&alias).await.unwrap(), room);
    kind(&bob, &room, RoomKind::PrivateWithGuests).await;
    assert_eq!(hers.set_link_access(false).await.unwrap(), None);
    let carol = Agent::on(1).await;
    assert!(matches!(carol.session.join_address(&alias).await, Err(Failure::Rejected { .. })));
    let nobodys = carol.session.join_address(&format!("#{}:{}", "personne", alias.split_once(':').unwrap().1)).await;
    assert!(matches!(nobodys, Err(Failure::NotFound { .. })), "{nobodys:?}");
    assert!(matches!(carol.session.join_address("!no:alias").await, Err(Failure::Invalid { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_is_found_in_a_directory_and_joined_from_another_server() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let name = format!("Forum {}", &alice.user.user_id[1..12]);
    let made = GroupDraft { name: name.clone(), topic: Some("Pour tous".into()), ..draft(RoomKind::Forum) };
    let room = alice.session.create_group(made).await.unwrap();
    let server = alice.user.user_id.split_once(':').unwrap().1.to_owned();
    let search = async {
        loop {
            let page = bob.session.directory(&name, Some(&server), None).await.unwrap();
            if let Some(found) = page.rooms.into_iter().find(|found| found.id == room) {
                return found;
            }
        }
    };
    let found = timeout(DEADLINE, search).await.expect("listed in time");
    assert_eq!((found.name.as_deref(), found.topic.as_deref()), (Some(name.as_str()), Some("Pour tous")));
    assert_eq!((found.members, found.access, &found.membership), (1, RoomAccess::Open, &None));
    let nothing = bob.session.directory("rien de tel nulle part", Some(&server), None).await.unwrap();
    assert!(nothing.rooms.is_empty() && nothing.next.is_none());
    let looked = bob.session.look_at(&link(&room, std::slice::from_ref(&server))).await.unwrap();
    assert_eq!((looked.id.clone(), looked.name, looked.access), (room.clone(), Some(name), RoomAccess::Open));
    bob.session.join_through(&room, &found.via).await.unwrap();
    kind(&bob, &room, RoomKind::Forum).await;
    let again = bob.session.look_at(&link(&room, &[server])).await.unwrap();
    assert_eq!(again.membership, Some(Membership::Joined));
    let wrong = bob.session.directory("", Some("not a server"), None).await;
    assert!(matches!(wrong, Err(Failure::Invalid { field: Field::Homeserver, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_asks_to_come_in_and_is_let_in_or_not() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let carol = Agent::on(1).await;
    let room = alice.session.create_group(draft(RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    hers.set_knocking(true).await.unwrap();
    let via = [alice.user.user_id.split_once(':').unwrap().1.to_owned()];
    for agent in [&bob, &carol] {
        agent.session.knock(&room, &via, Some("Pour le projet")).await.unwrap();
        stands(agent, &room, Membership::Knocked).await;
    }
    let asking = async {
        loop {
            let asking = hers.knocking().await.unwrap();
            if asking.len() == 2 {
                return asking;
            }
        }
    };
    let asking = timeout(DEADLINE, asking).await.expect("who asks in time");
    assert!(asking.iter().all(|member| member.membership == Membership::Knocked));
    hers.answer_knock(&carol.id(), false).await.unwrap();
    hers.answer_knock(&bob.id(), true).await.unwrap();
    bob.accept(&room).await;
    kind(&bob, &room, RoomKind::Private).await;
    stands(&carol, &room, Membership::Left).await;
    hers.set_knocking(false).await.unwrap();
}

/// Waits until somebody stands so to a room that lists do not show.
async fn stands(agent: &Agent, room: &RoomId, wanted: Membership) {
    let room = agent.session.room(room).await.unwrap();
    let rows = room.changes().unwrap();
    let search = async { while rows.next().await.unwrap().expect("the room is there").membership != wanted {} };
    timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("{wanted:?}: not in time"));
}

fn link(room: &RoomId, via: &[String]) -> Link {
    Link::Room { room: room.clone(), event: None, via: via.to_vec() }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_a_setting_at_once_end_with_the_same() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = alice.session.create_group(draft(RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    hers.invite(&bob.id()).await.unwrap();
    bob.accept(&room).await;
    let his = bob.session.room(&room).await.unwrap();
    hers.set_role(&bob.id(), MemberRole::Administrator).await.unwrap();
    until(&his.abilities().unwrap(), RoomAction::ChangeRoles, None).await;
    for turn in 0..3 {
        let (one, other) = (format!("Le sien {turn}"), format!("Le leur {turn}"));
        let (first, second) = tokio::join!(hers.set_name(&one), his.set_name(&other));
        // Each is taken; the servers agree on which stays.
        first.unwrap();
        second.unwrap();
        let topics = tokio::join!(hers.set_topic(&one), his.set_topic(&other));
        topics.0.unwrap();
        topics.1.unwrap();
        let agreed = async {
            let (at_hers, at_his) = (hers.changes().unwrap(), his.changes().unwrap());
            loop {
                let (seen, told) = (hers.summary().await.unwrap(), his.summary().await.unwrap());
                let new = |room: &bulla_model::RoomSummary| matches!(&room.title, bulla_model::RoomTitle::Named { text } if *text == one || *text == other);
                if seen.title == told.title && seen.topic == told.topic && new(&seen) {
                    return;
                }
                tokio::select! {
                    changed = at_hers.next() => drop(changed.unwrap()),
                    changed = at_his.next() => drop(changed.unwrap()),
                }
            }
        };
        timeout(DEADLINE, agreed).await.expect("the same in time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_goes_and_the_others_go_on() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = alice.session.create_group(draft(RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    hers.invite(&bob.id()).await.unwrap();
    bob.accept(&room).await;
    let (mut his, of) = (bob.open(&room).await, bob.session.room(&room).await.unwrap());
    assert!(hers.is_last_administrator().await.unwrap(), "she is told before");
    alice.session.leave(&room).await.unwrap();
    bob.room(|row| row.id == room && row.members == 1).await;
    his.timeline.send_text("Il y a quelqu'un ?").await.unwrap();
    his.text("Il y a quelqu'un ?").await;
    // Nobody is left who could give a role, and he is told so before he tries.
    let needed = Some(Refusal::NeedsRole { role: MemberRole::Administrator });
    until(&of.abilities().unwrap(), RoomAction::ChangeRoles, needed).await;
    assert!(matches!(
        of.set_role(&bob.id(), MemberRole::Administrator).await,
        Err(Failure::Rejected { .. } | Failure::Invalid { .. })
    ));
    bob.session.leave(&room).await.unwrap();
    let mut list = List::of(&bob.session, RoomFilter::All);
    list.wait("gone from the list", |rows| rows.iter().all(|row| row.id != room).then_some(())).await;
}

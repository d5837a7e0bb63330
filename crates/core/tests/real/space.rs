//! Spaces, what is set for a room, and rooms that took another's place, on two servers that federate.

use bulla_model::{
    Failure, Field, FieldTrouble, GroupDraft, HistoryAccess, Membership, Missing, RoomAccess, RoomFilter, RoomId,
    RoomKind, RoomNotifications, SpaceChild,
};
use serde_json::json;
use tokio::time::timeout;

use super::{
    agent::{Agent, DEADLINE, List, two},
    plain::Plain,
};

fn draft(name: &str, kind: RoomKind) -> GroupDraft {
    GroupDraft { name: name.into(), topic: None, invite: Vec::new(), kind: Some(kind), own_server_only: false }
}

async fn children(agent: &Agent, space: &RoomId, wanted: impl Fn(&[SpaceChild]) -> bool) -> Vec<SpaceChild> {
    let space = agent.session.room(space).await.unwrap();
    let search = async {
        loop {
            let page = space.children(None).await.unwrap();
            if wanted(&page.rooms) {
                return page.rooms;
            }
        }
    };
    timeout(DEADLINE, search).await.expect("the space's rooms in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_space_holds_rooms_that_are_come_into_from_another_server() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let space = alice.session.create_group(draft("Direction", RoomKind::Space)).await.unwrap();
    let forum = alice.session.create_group(draft("Cantine", RoomKind::Forum)).await.unwrap();
    let inner = alice.session.create_group(draft("Bureau 1", RoomKind::Space)).await.unwrap();
    let hers = alice.session.room(&space).await.unwrap();
    hers.add_child(&forum).await.unwrap();
    hers.add_child(&inner).await.unwrap();
    // A list of conversations does not hold spaces, theirs does.
    let mut spaces = List::of(&alice.session, RoomFilter::Spaces);
    spaces.wait("both spaces", |rows| (rows.len() == 2).then_some(())).await;

    hers.invite(&bob.id()).await.unwrap();
    bob.accept(&space).await;
    let mut his = List::of(&bob.session, RoomFilter::Spaces);
    his.wait("the space", |rows| rows.iter().any(|row| row.id == space).then_some(())).await;
    // What is by invitation, others do not see from the space.
    let rooms = children(&bob, &space, |rooms| rooms.iter().any(|child| child.room.id == forum)).await;
    let child = rooms.iter().find(|child| child.room.id == forum).unwrap();
    assert_eq!((child.room.name.as_deref(), child.room.access), (Some("Cantine"), RoomAccess::Open));
    assert!(!child.room.space && child.room.membership.is_none() && !child.room.via.is_empty());
    bob.session.join_through(&forum, &child.room.via).await.unwrap();
    bob.room(|row| row.id == forum && row.membership == Membership::Joined).await;
    let own = children(&alice, &space, |rooms| rooms.len() == 2).await;
    assert!(own.iter().any(|child| child.room.id == inner && child.room.space));

    // He may not, and says nothing of it to the space.
    let theirs = bob.session.room(&space).await.unwrap();
    assert!(matches!(theirs.remove_child(&forum).await, Err(Failure::Rejected { .. })));
    hers.remove_child(&forum).await.unwrap();
    children(&bob, &space, |rooms| rooms.iter().all(|child| child.room.id != forum)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_conversation_is_in_no_space_and_no_room_is_a_space() {
    let (alice, bob, direct) = two().await;
    let space = alice.session.create_group(draft("Direction", RoomKind::Space)).await.unwrap();
    let not_so = || Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed };
    let hers = alice.session.room(&space).await.unwrap();
    assert_eq!(hers.add_child(&direct).await.err(), Some(not_so()));
    assert_eq!(hers.add_child(&space).await.err(), Some(not_so()));
    let conversation = alice.session.room(&direct).await.unwrap();
    assert_eq!(conversation.children(None).await.err(), Some(not_so()));
    drop(bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_set_as_its_people_and_this_account_want_it() {
    let alice = Agent::on(0).await;
    let forum = alice.session.create_group(draft("Cantine", RoomKind::Forum)).await.unwrap();
    let hers = alice.session.room(&forum).await.unwrap();
    alice.room(|row| row.id == forum && row.history == HistoryAccess::Shared).await;
    hers.set_history(HistoryAccess::Anyone).await.unwrap();
    alice.room(|row| row.id == forum && row.history == HistoryAccess::Anyone).await;
    for (set, muted) in [
        (RoomNotifications::Mentions, false),
        (RoomNotifications::Nothing, true),
        (RoomNotifications::All, false),
        (RoomNotifications::Standard, false),
    ] {
        hers.set_notifications(set).await.unwrap();
        alice.room(|row| row.id == forum && (row.notifications, row.muted) == (set, muted)).await;
    }
    hers.set_low_priority(true).await.unwrap();
    alice.room(|row| row.id == forum && row.low_priority).await;
    hers.set_low_priority(false).await.unwrap();
    alice.room(|row| row.id == forum && !row.low_priority).await;

    let name = format!("cantine-{}", forum.as_str().trim_start_matches('!').split(':').next().unwrap().to_lowercase());
    let alias = hers.set_alias(Some(&name)).await.unwrap().unwrap();
    assert!(alias.starts_with(&format!("#{name}:")));
    alice.room(|row| row.id == forum && row.alias.as_ref() == Some(&alias)).await;
    assert_eq!(alice.session.join_address(&alias).await.unwrap(), forum);
    let malformed = Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed };
    assert_eq!(hers.set_alias(Some("with\0nul")).await.err(), Some(malformed));
    assert_eq!(hers.set_alias(None).await.unwrap(), None);
    alice.room(|row| row.id == forum && row.alias.is_none()).await;

    let private = alice.session.create_group(draft("Projet", RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&private).await.unwrap();
    let refused = hers.set_history(HistoryAccess::Anyone).await;
    assert_eq!(refused.err(), Some(Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed }));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_an_upgraded_room_has_one_conversation() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = alice.session.create_group(draft("Projet", RoomKind::Private)).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    assert_eq!(hers.follow().await.err(), Some(Failure::NotFound { what: Missing::Room }), "nothing took its place");
    hers.invite(&bob.id()).await.unwrap();
    bob.accept(&room).await;
    alice.room(|row| row.id == room && row.members == 2).await;

    let upgraded = hers.upgrade().await.unwrap();
    assert!(upgraded.invited.iter().all(|invited| invited.failure.is_none() && invited.user == bob.id()));
    assert_eq!(upgraded.invited.len(), 1);
    let mut list = List::of(&alice.session, RoomFilter::All);
    list.wait("the new room alone", |rows| {
        let new = rows.iter().find(|row| row.id == upgraded.successor)?;
        (new.predecessor.as_ref() == Some(&room) && rows.iter().all(|row| row.id != room)).then_some(())
    })
    .await;
    // What was said before can still be read.
    assert!(hers.summary().await.unwrap().superseded);

    bob.room(|row| row.id == room && row.successor.as_ref() == Some(&upgraded.successor) && !row.superseded).await;
    let his = bob.session.room(&room).await.unwrap();
    assert_eq!(his.follow().await.unwrap(), upgraded.successor);
    let mut list = List::of(&bob.session, RoomFilter::All);
    list.wait("the new room alone", |rows| {
        let new = rows.iter().find(|row| row.id == upgraded.successor)?;
        (new.encrypted && rows.iter().all(|row| row.id != room)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_names_a_room_as_the_one_before_it_puts_nobody_out_of_that_room() {
    let (alice, mallory) = tokio::join!(Agent::on(0), Plain::on(0));
    let room = alice.session.create_group(draft("Projet", RoomKind::Private)).await.unwrap();
    alice.room(|row| row.id == room && row.membership == Membership::Joined).await;
    let before = json!({"room_id": room.as_str(), "event_id": "$any"});
    let trap = json!({
        "preset": "private_chat", "name": "Suite", "invite": [alice.id().as_str()], "creation_content": {"predecessor": before},
    });
    let made = mallory.ok("POST", "/createRoom", trap).await;
    let trap = RoomId(made["room_id"].as_str().unwrap().to_owned());
    alice.room(|row| row.id == trap && row.membership == Membership::Invited).await;
    alice.session.decline(&trap).await.unwrap();
    let mut list = List::of(&alice.session, RoomFilter::All);
    list.wait("the invitation is gone", |rows| rows.iter().all(|row| row.id != trap).then_some(())).await;

    // Nor does one that was accepted, and left again.
    mallory.ok("POST", &format!("/rooms/{}/invite", trap.as_str()), json!({"user_id": alice.id().as_str()})).await;
    alice.accept(&trap).await;
    alice.session.leave(&trap).await.unwrap();
    list.wait("it is left", |rows| rows.iter().all(|row| row.id != trap).then_some(())).await;
    let joined = rooms_of(&alice).await;
    assert!(joined.contains(&room.0), "she is still in her own room, as her server says: {joined:?}");
    assert_eq!(alice.session.room(&room).await.unwrap().summary().await.unwrap().membership, Membership::Joined);
}

/// The rooms that an account is in, by its server, asked by a client without the library.
async fn rooms_of(agent: &Agent) -> Vec<String> {
    let rooms = Plain::of(&agent.user).await.get("/joined_rooms").await;
    rooms["joined_rooms"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

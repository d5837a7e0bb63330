//! Who may invite an account, on two servers that federate: the first keeps the lists, the second blocks all or nobody.

use bulla_model::{ContactRules, Failure, Field, GroupDraft, MemberRole, Membership, RoomFilter, RoomId};
use bulla_testkit::Fault;

use super::{
    agent::{Agent, List},
    start::behind_proxy,
};

fn rules(everybody: bool, servers: &[&str], people: &[&Agent]) -> ContactRules {
    ContactRules {
        everybody,
        servers: servers.iter().map(ToString::to_string).collect(),
        people: people.iter().map(|agent| agent.id()).collect(),
    }
}

async fn group(of: &Agent) -> (RoomId, bulla_core::Room) {
    let draft =
        GroupDraft { name: "Projet".into(), topic: None, invite: Vec::new(), kind: None, own_server_only: false };
    let id = of.session.create_group(draft).await.unwrap();
    let room = of.session.room(&id).await.unwrap();
    (id, room)
}

/// Waits until `agent` has been invited to these, and to nothing else.
async fn invited(agent: &Agent, what: &str, rooms: &[&RoomId]) {
    let mut list = List::of(&agent.session, RoomFilter::Invitations);
    let same = |rows: &[bulla_model::RoomSummary]| {
        (rows.len() == rooms.len() && rows.iter().all(|row| rooms.contains(&&row.id))).then_some(())
    };
    list.wait(what, same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_may_invite_but_whom_the_exceptions_name() {
    let (alice, bob, carol) = tokio::join!(Agent::on(0), Agent::on(1), Agent::on(1));
    assert!(alice.session.contact_rules().await.unwrap() == rules(true, &[], &[]));
    let asked = rules(false, &[], &[&bob]);
    alice.session.set_contact_rules(&asked).await.unwrap();
    assert!(alice.session.contact_rules().await.unwrap() == asked);

    // Her server refuses in her name.
    let ((_, hers), (his_room, his)) = tokio::join!(group(&carol), group(&bob));
    let refused = hers.invite(&alice.id()).await;
    assert_eq!(refused, Err(Failure::Rejected { code: "M_INVITE_BLOCKED".into() }));
    his.invite(&alice.id()).await.unwrap();
    invited(&alice, "his alone", &[&his_room]).await;
    let wrong = alice.session.set_contact_rules(&rules(false, &["*"], &[])).await;
    assert!(matches!(wrong, Err(Failure::Invalid { field: Field::Homeserver, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_blocked_where_the_server_knows_no_lists() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let shut = rules(false, &[], &[]);
    bob.session.set_contact_rules(&shut).await.unwrap();
    assert!(bob.session.contact_rules().await.unwrap() == shut);
    let (room, hers) = group(&alice).await;
    assert_eq!(hers.invite(&bob.id()).await, Err(Failure::Rejected { code: "M_INVITE_BLOCKED".into() }));
    bob.session.set_contact_rules(&rules(true, &[], &[])).await.unwrap();
    hers.invite(&bob.id()).await.unwrap();
    invited(&bob, "let in again", &[&room]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_not_wanted_is_in_no_list_until_it_is() {
    let (mut bob, alice, carol) = tokio::join!(Agent::on(1), Agent::on(0), Agent::on(1));
    let ((first, hers), (second, carols)) = tokio::join!(group(&alice), group(&carol));
    hers.invite(&bob.id()).await.unwrap();
    invited(&bob, "whoever it is", &[&first]).await;

    // His server delivers it all the same: it knows no lists.
    let server = alice.user.user_id.split_once(':').unwrap().1.to_owned();
    bob.session.set_contact_rules(&rules(true, &[&server], &[])).await.unwrap();
    invited(&bob, "the first is gone", &[]).await;
    let (third, another) = group(&alice).await;
    another.invite(&bob.id()).await.unwrap();
    carols.invite(&bob.id()).await.unwrap();
    invited(&bob, "one who is wanted", &[&second]).await;
    bob.restart().await;
    bob.live().await;
    invited(&bob, "after a start too", &[&second]).await;

    bob.session.set_contact_rules(&rules(true, &[], &[])).await.unwrap();
    invited(&bob, "all three", &[&first, &second, &third]).await;
    bob.accept(&third).await;
    bob.room(|row| row.id == third && row.membership == Membership::Joined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_lost_changes_nothing_and_is_told() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let asked = rules(false, &[], &[&bob]);
    alice.session.set_contact_rules(&asked).await.unwrap();
    proxy.set(Fault::Refuse).await.unwrap();
    let hers = alice.session.room(&room).await.unwrap();
    assert_eq!(alice.session.contact_rules().await.err(), Some(Failure::Offline));
    assert_eq!(alice.session.set_contact_rules(&rules(true, &[], &[])).await, Err(Failure::Offline));
    assert_eq!(hers.set_role(&bob.id(), MemberRole::Moderator).await, Err(Failure::Offline));
    assert_eq!(alice.session.leave(&room).await, Err(Failure::Offline));
    // What is here goes on being shown.
    assert_eq!(hers.summary().await.unwrap().membership, Membership::Joined);
    proxy.heal().await.unwrap();
    assert!(alice.session.contact_rules().await.unwrap() == asked);
    alice.session.set_contact_rules(&rules(true, &[], &[])).await.unwrap();
}

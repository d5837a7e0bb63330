//! Making rooms, coming in and going out, and how lists show it.

use bulla_model::{
    Failure, GroupDraft, MemberRole, Membership, MessageBody, NetworkChange, RoomFilter, RoomId, RoomKind,
    RoomListChange, RoomTitle, StateKind, UserId,
};
use bulla_testkit::Fault;
use serde_json::json;
use tokio::time::{Duration, sleep, timeout};

use crate::{
    agent::{Agent, DEADLINE, List, deployment, meet, text, texts, two},
    plain::Plain,
    start::behind_proxy,
};

fn group(name: &str, invite: &[&Agent]) -> GroupDraft {
    let invite = invite.iter().map(|agent| agent.id()).collect();
    GroupDraft { name: name.into(), topic: None, invite, kind: None, own_server_only: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_encrypted_and_by_invitation() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    tokio::join!(alice.live(), bob.live());
    let draft = GroupDraft { topic: Some("Ordre du jour".into()), ..group("Cellule de crise", &[&bob]) };
    let room = alice.session.create_group(draft).await.unwrap();
    let server = Plain::of(&alice.user).await;
    assert_eq!(server.state(&room.0, "m.room.encryption").await.1["algorithm"], "m.megolm.v1.aes-sha2");
    assert_eq!(server.state(&room.0, "m.room.join_rules").await.1["join_rule"], "invite");
    assert_ne!(server.state(&room.0, "m.room.history_visibility").await.1["history_visibility"], "world_readable");

    let row = bob.room(|row| row.id == room && row.membership == Membership::Invited).await;
    assert_eq!((row.invited_by, row.kind), (Some(alice.id()), RoomKind::Private));
    bob.session.join(&room).await.unwrap();
    let row = bob.room(|row| row.id == room && row.membership == Membership::Joined && row.encrypted).await;
    assert_eq!(row.title, RoomTitle::Named { text: "Cellule de crise".into() });
    bob.room(|row| row.id == room && row.topic.as_deref() == Some("Ordre du jour")).await;

    let hers = alice.session.room(&room).await.unwrap();
    let members = hers.members().await.unwrap();
    assert_eq!(members.len(), 2);
    assert!(matches!(members[0].role, MemberRole::Creator | MemberRole::Administrator));
    hers.set_name("Cellule levée").await.unwrap();
    hers.set_topic("Fini").await.unwrap();
    bob.room(|row| row.id == room && row.title == RoomTitle::Named { text: "Cellule levée".into() }).await;
    let mut his = bob.open(&room).await;
    his.event("the topic", |event| {
        event.body == MessageBody::State { kind: StateKind::Topic, value: Some("Fini".into()) }
    })
    .await;
    // Who may not is told so.
    let refused = his.room.set_name("Putsch").await;
    assert_eq!(refused, Err(Failure::Rejected { code: "M_FORBIDDEN".into() }));
    let invited = his.room.invite(&alice.id()).await;
    assert!(matches!(invited, Err(Failure::Rejected { .. })), "{invited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_direct_conversation_is_enough() {
    let (alice, bob, room) = two().await;
    assert_eq!(alice.session.create_direct(&bob.id()).await.unwrap(), room);
    assert_eq!(bob.session.create_direct(&alice.id()).await.unwrap(), room);
    let carol = Agent::on(0).await;
    carol.live().await;
    // Whoever is invited and asks for a conversation gets the one there is.
    let asked = carol.session.create_direct(&bob.id()).await.unwrap();
    bob.room(|row| row.id == asked && row.membership == Membership::Invited).await;
    assert_eq!(bob.session.create_direct(&carol.id()).await.unwrap(), asked);
    bob.room(|row| row.id == asked && row.membership == Membership::Joined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_to_a_room_that_has_gone() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    tokio::join!(alice.live(), bob.live());
    let room = alice.session.create_group(group("Éphémère", &[&bob])).await.unwrap();
    bob.room(|row| row.id == room && row.membership == Membership::Invited).await;
    deployment().await.delete_room(0, &room.0).await.unwrap();
    let failure = bob.session.join(&room).await.unwrap_err();
    let typed = matches!(failure, Failure::NotFound { .. } | Failure::Rejected { .. });
    assert!(typed, "{failure}");
    bob.session.decline(&room).await.unwrap();
    let mut list = List::of(&bob.session, RoomFilter::Invitations);
    list.wait("no invitation", |rows| rows.is_empty().then_some(())).await;
    // The rest goes on.
    meet(&alice, &bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_forgetting_and_coming_back() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    tokio::join!(alice.live(), bob.live());
    let room = alice.session.create_group(group("Va-et-vient", &[&bob])).await.unwrap();
    bob.accept(&room).await;
    alice.room(|row| row.id == room && row.members == 2).await;
    let hers = alice.open(&room).await;
    hers.timeline.send_text("à oublier").await.unwrap();
    let mut his = bob.open(&room).await;
    his.text("à oublier").await;
    drop(his);
    let early = bob.session.forget(&room).await;
    assert_eq!(early, Err(Failure::Rejected { code: "WRONG_ROOM_STATE".into() }));
    bob.session.leave(&room).await.unwrap();
    bob.session.leave(&room).await.unwrap();
    let mut all = List::of(&bob.session, RoomFilter::All);
    all.wait("gone from the list", |rows| rows.iter().all(|row| row.id != room).then_some(())).await;
    bob.session.forget(&room).await.unwrap();
    assert_eq!(bob.session.room(&room).await.err(), Some(Failure::NotFound { what: bulla_model::Missing::Room }));
    // Back again: nothing of before is shown from the store. Her server has to know that he left.
    alice.room(|row| row.id == room && row.members == 1).await;
    alice.session.room(&room).await.unwrap().invite(&bob.id()).await.unwrap();
    bob.accept(&room).await;
    bob.room(|row| row.id == room && row.membership == Membership::Joined).await;
    alice.room(|row| row.id == room && row.members == 2).await;
    hers.timeline.send_text("rebonjour").await.unwrap();
    bob.open(&room).await.text("rebonjour").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_row_says() {
    let (alice, mut bob, room) = two().await;
    let other = alice.session.create_group(group("Autre", &[&bob])).await.unwrap();
    bob.accept(&other).await;
    let hers = alice.open(&room).await;
    for text in ["un", "deux"] {
        hers.timeline.send_text(text).await.unwrap();
    }
    let row = bob
        .room(|row| {
            row.id == room && row.unread == 2 && row.last.as_ref().is_some_and(|last| text(&last.body) == Some("deux"))
        })
        .await;
    let last = row.last.unwrap();
    assert_eq!((last.sender, last.mine, last.sending), (alice.id(), false, false));
    // The newest comes first.
    let mut all = List::of(&bob.session, RoomFilter::All);
    all.wait("the order", |rows| (rows.len() == 2 && rows[0].id == room).then_some(())).await;
    alice.open(&other).await.timeline.send_text("moi d'abord").await.unwrap();
    all.wait("the new order", |rows| (rows.len() == 2 && rows[0].id == other).then_some(())).await;

    let mut unread = List::of(&bob.session, RoomFilter::Unread);
    unread.wait("both unread", |rows| (rows.len() == 2).then_some(())).await;
    let mut his = bob.open(&room).await;
    his.text("deux").await;
    his.timeline.mark_read().await.unwrap();
    unread.wait("one unread", |rows| (rows.len() == 1 && rows[0].id == other).then_some(())).await;

    // A mention, written as Matrix wants it.
    alice.session.room(&room).await.unwrap().set_typing(true).await.unwrap();
    his.room.set_favourite(true).await.unwrap();
    let mut favourites = List::of(&bob.session, RoomFilter::Favourites);
    favourites.wait("a favourite", |rows| (rows.len() == 1).then_some(())).await;
    his.room.set_muted(true).await.unwrap();
    bob.room(|row| row.id == room && row.muted && row.favourite).await;
    bob.restart().await;
    bob.room(|row| row.id == room && row.muted && row.favourite).await;
    bob.live().await;
    let again = bob.session.room(&room).await.unwrap();
    again.set_muted(false).await.unwrap();
    again.set_favourite(false).await.unwrap();
    bob.room(|row| row.id == room && !row.muted && !row.favourite).await;
    let people = List::of(&bob.session, RoomFilter::People);
    let rooms = List::of(&bob.session, RoomFilter::Rooms);
    for (mut list, wanted) in [(people, &room), (rooms, &other)] {
        list.wait("filtered", |rows| (rows.len() == 1 && rows[0].id == *wanted).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_are_counted_and_typing_is_shown() {
    let bob = Agent::on(1).await;
    let carol = Plain::on(1).await;
    let room = RoomId(carol.room(&[&bob.user.user_id]).await);
    bob.live().await;
    bob.accept(&room).await;
    let content = json!({"msgtype": "m.text", "body": "toi", "m.mentions": {"user_ids": [bob.user.user_id]}});
    assert_eq!(carol.send(&room.0, "m.room.message", content).await.0, 200);
    bob.room(|row| row.id == room && row.mentions == 1 && row.unread == 1).await;
    let mut his = bob.open(&room).await;
    his.event("a highlight", |event| event.highlighted).await;
    his.timeline.mark_read().await.unwrap();
    bob.room(|row| row.id == room && row.mentions == 0 && row.unread == 0).await;

    let path = format!("/rooms/{}/typing/{}", crate::plain::escape(&room.0), crate::plain::escape(&carol.id));
    carol.ok("PUT", &path, json!({"typing": true, "timeout": 3_000})).await;
    let shown = his.typing(|users| users.len() == 1).await;
    assert_eq!(shown, [carol.id.as_str().into()]);
    // It runs out by itself.
    his.typing(|users| users.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages() {
    let alice = Agent::on(0).await;
    alice.live().await;
    for number in 0..5 {
        alice.session.create_group(group(&format!("Salle {number}"), &[])).await.unwrap();
    }
    alice.room(|row| row.title == RoomTitle::Named { text: "Salle 4".into() }).await;
    let list = alice.session.rooms(RoomFilter::All, 2).unwrap();
    let batch = list.next().await.unwrap().unwrap();
    let [RoomListChange::Reset { items, total: 5 }] = &batch[..] else { panic!("{batch:?}") };
    assert_eq!(items.len(), 2);
    let mut rows = items.clone();
    for wanted in [4, 5] {
        list.more();
        let grown = async {
            while rows.len() < wanted {
                bulla_model::apply_room_changes(&mut rows, list.next().await.unwrap().unwrap());
            }
        };
        timeout(DEADLINE, grown).await.unwrap();
        assert_eq!(rows.len(), wanted);
    }
    // A call that is given up loses nothing.
    for _ in 0..50 {
        if let Ok(batch) = timeout(std::time::Duration::ZERO, list.next()).await {
            bulla_model::apply_room_changes(&mut rows, batch.unwrap().unwrap());
        }
    }
    assert_eq!(rows.len(), 5);
    list.set_filter(RoomFilter::Invitations);
    let batch = list.next().await.unwrap().unwrap();
    assert!(matches!(&batch[..], [RoomListChange::Reset { items, total: 0 }] if items.is_empty()), "{batch:?}");
    list.cancel();
    assert_eq!(list.next().await, Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_is_reached_page_by_page() {
    let bob = Agent::on(1).await;
    let carol = Plain::on(1).await;
    let room = RoomId(carol.room(&[&bob.user.user_id]).await);
    let said: Vec<String> = (0..120).map(|number| format!("ligne {number}")).collect();
    for text in &said {
        carol.say(&room.0, text).await;
    }
    bob.live().await;
    bob.accept(&room).await;
    let mut his = bob.open(&room).await;
    his.text("ligne 119").await;
    while !his.timeline.paginate_back(30).await.unwrap() {}
    his.wait("all of it", |rows| (texts(rows) == said).then_some(())).await;
    his.wait("its beginning", |rows| {
        rows.iter().any(|row| row.content == bulla_model::ItemContent::Start).then_some(())
    })
    .await;
    assert!(his.timeline.paginate_back(30).await.unwrap(), "nothing older");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_fetched_says_so_and_comes_later() {
    let (proxy, alice, _bob, _room) = behind_proxy().await;
    let carol = Plain::on(0).await;
    let room = RoomId(carol.room(&[&alice.user.user_id]).await);
    let said: Vec<String> = (0..60).map(|number| format!("page {number}")).collect();
    for text in &said {
        carol.say(&room.0, text).await;
    }
    alice.accept(&room).await;
    let mut hers = alice.open(&room).await;
    hers.text("page 59").await;
    proxy.set(Fault::Refuse).await.unwrap();
    let failure = loop {
        // What is on the device comes all the same.
        match hers.timeline.paginate_back(10).await {
            Ok(end) => assert!(!end, "nothing is left to fetch"),
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure, Failure::Offline);
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    alice.live().await;
    while !hers.timeline.paginate_back(30).await.unwrap() {}
    hers.wait("all of it", |rows| (texts(rows) == said).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_offline_says_so() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let hers = alice.open(&room).await;
    proxy.set(Fault::Refuse).await.unwrap();
    let session = &alice.session;
    assert_eq!(session.create_group(group("Non", &[])).await.err(), Some(Failure::Offline));
    assert_eq!(session.leave(&room).await.err(), Some(Failure::Offline));
    assert_eq!(hers.room.invite(&bob.id()).await.err(), Some(Failure::Offline));
    assert_eq!(hers.room.set_name("Non").await.err(), Some(Failure::Offline));
    assert_eq!(hers.room.set_favourite(true).await.err(), Some(Failure::Offline));
    assert_eq!(hers.room.set_muted(true).await.err(), Some(Failure::Offline));
    assert_eq!(session.join(&RoomId("!ailleurs:localhost".into())).await.err(), Some(Failure::Offline));
    // What is known is still told.
    assert_eq!(hers.room.members().await.unwrap().len(), 2);
    assert!(hers.room.summary().await.is_ok());
    proxy.set(Fault::too_many_requests(None, Some(9_000))).await.unwrap();
    let wait = Failure::Wait { retry_after: std::time::Duration::from_secs(9) };
    assert_eq!(hers.room.set_name("Non").await.err(), Some(wait));
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_found_by_name_person_and_topic() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let direct = meet(&alice, &bob).await;
    let draft = |name: &str, topic: Option<&str>| GroupDraft { topic: topic.map(str::to_owned), ..group(name, &[]) };
    let crisis = alice.session.create_group(draft("Cellule de crise", Some("Séance à 16 h"))).await.unwrap();
    let budget = alice.session.create_group(draft("Budget d’été", None)).await.unwrap();

    let mut list = List::of(&alice.session, RoomFilter::All);
    list.wait("all rooms", |rows| (rows.len() == 3).then_some(())).await;
    let local = bob.user.user_id[1..].split(':').next().unwrap().to_owned();
    for (typed, found) in [("CRISE", &crisis), ("seance", &crisis), ("ete budget", &budget), (local.as_str(), &direct)]
    {
        list.stream.set_search(typed);
        list.wait(typed, |rows| (rows.len() == 1 && rows[0].id == *found).then_some(())).await;
    }
    list.stream.set_search("crise");
    list.stream.set_filter(RoomFilter::People);
    list.wait("a search within a filter", |rows| rows.is_empty().then_some(())).await;
    list.stream.set_filter(RoomFilter::All);
    list.stream.set_search(" ");
    list.wait("all again", |rows| (rows.len() == 3).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rooms_row_is_followed_until_it_is_forgotten() {
    let alice = Agent::on(0).await;
    let draft = group("Before", &[]);
    let id = alice.session.create_group(draft).await.unwrap();
    let room = alice.session.room(&id).await.unwrap();
    let rows = room.changes().unwrap();
    let until = async |name: &str| {
        let named = bulla_model::RoomTitle::Named { text: name.into() };
        while rows.next().await.unwrap().expect("the row is there").title != named {}
    };
    timeout(DEADLINE, until("Before")).await.expect("the first row");
    room.set_name("After").await.unwrap();
    timeout(DEADLINE, until("After")).await.expect("the change");
    alice.session.leave(&id).await.unwrap();
    alice.session.forget(&id).await.unwrap();
    let end = async { while rows.next().await.unwrap().is_some() {} };
    timeout(DEADLINE, end).await.expect("the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_and_names_changed() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    assert!(alice.session.profile().await.unwrap().user == alice.id());
    alice.session.set_display_name(" Aïcha Benali ").await.unwrap();
    assert_eq!(alice.session.profile().await.unwrap().name.as_deref(), Some("Aïcha Benali"));
    assert!(alice.session.set_display_name("").await.is_err());

    // The other server's directory does not have him, his id does.
    let found = alice.session.find_people(bob.id().as_str(), 10).await.unwrap();
    assert!(found.first().is_some_and(|person| person.user == bob.id()));
    let nobody = UserId("@nobody-of-that-name:localhost:1".into());
    assert!(alice.session.find_people(nobody.as_str(), 10).await.unwrap().is_empty());
    assert!(alice.session.find_people(" ", 10).await.is_err());

    // Somebody of the same server, by a part of the name, once the server's directory has noticed.
    let carol = Agent::on(0).await;
    let local = alice.user.user_id[1..].split(':').next().unwrap().to_owned();
    let search = async {
        while !carol.session.find_people(&local, 10).await.unwrap().iter().any(|person| person.user == alice.id()) {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(DEADLINE, search).await.expect("the directory finds her");
}

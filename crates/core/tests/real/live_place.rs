//! Where somebody is, shared as they move: between two servers, encrypted.

use std::time::Duration;

use bulla_model::{Failure, Field, FieldTrouble, GroupDraft, MessageBody, Missing, Place, RoomKind};
use serde_json::Value;

use crate::{
    agent::{Agent, two},
    plain::{Plain, escape},
};

const QUARTER: Duration = Duration::from_secs(15 * 60);

fn at(latitude: i32) -> Place {
    Place { latitude, longitude: 2_352_200, accuracy: Some(9) }
}

fn is_live(body: &MessageBody) -> bool {
    matches!(body, MessageBody::LiveLocation { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shares_where_they_are_is_followed_from_the_other_server() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.session.room(&room).await.unwrap(), bob.open(&room).await);
    let nothing_shared = Err(Failure::NotFound { what: Missing::Event });
    assert_eq!(hers.tell_place(&at(48_850_000)).await, nothing_shared);
    for (seconds, why) in [(59, FieldTrouble::TooShort), (24 * 3_600 + 1, FieldTrouble::TooLong)] {
        let refused = Err(Failure::Invalid { field: Field::Lifetime, why });
        assert_eq!(hers.share_place(Duration::from_secs(seconds), None).await, refused);
    }

    hers.share_place(QUARTER, Some("Chez le témoin")).await.unwrap();
    let (row, begun) = his.event("the beginning", |event| is_live(&event.body)).await;
    let MessageBody::LiveLocation { description, since, until, place: None, ended: false, .. } = begun.body else {
        panic!("nobody to follow")
    };
    assert_eq!(description, None, "the server would read it");
    assert_eq!(until.duration_since(since).unwrap(), QUARTER);
    let on_server = Plain::of(&alice.user).await;
    let path = format!("/rooms/{}/state/org.matrix.msc3672.beacon_info/{}", escape(&room.0), escape(&alice.id().0));
    assert_eq!(on_server.get(&path).await.get("description").and_then(Value::as_str), None);

    for place in [at(48_850_000), at(48_860_000)] {
        hers.tell_place(&place).await.unwrap();
        his.event("a place", |event| {
            matches!(&event.body, MessageBody::LiveLocation { place: Some(shown), ended: false, .. } if *shown == place)
        })
        .await;
    }
    let mars = Place { latitude: 100_000_000, longitude: 0, accuracy: None };
    let refused = Err(Failure::Invalid { field: Field::Place, why: FieldTrouble::Malformed });
    assert_eq!(hers.tell_place(&mars).await, refused);

    hers.stop_place().await.unwrap();
    let (ended, _) =
        his.event("the end", |event| matches!(event.body, MessageBody::LiveLocation { ended: true, .. })).await;
    assert_eq!(ended.id, row.id);
    assert_eq!(hers.tell_place(&at(48_870_000)).await, nothing_shared);
    hers.stop_place().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn words_go_along_where_nothing_is_encrypted_and_power_is_asked_for() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(0));
    tokio::join!(alice.live(), bob.live());
    let draft = GroupDraft {
        name: "Sortie".to_owned(),
        topic: None,
        invite: vec![bob.id()],
        kind: Some(RoomKind::Forum),
        own_server_only: false,
    };
    let room = alice.session.create_group(draft).await.unwrap();
    bob.accept(&room).await;
    let (mut hers, his) = (alice.open(&room).await, bob.session.room(&room).await.unwrap());
    his.share_place(QUARTER, Some(" Au musée ")).await.unwrap();
    let (_, shown) = hers.event("the beginning", |event| is_live(&event.body)).await;
    let MessageBody::LiveLocation { description, .. } = shown.body else { panic!("nobody to follow") };
    assert_eq!(description.as_deref(), Some("Au musée"));
    his.stop_place().await.unwrap();

    let server = Plain::of(&alice.user).await;
    let path = format!("/rooms/{}/state/m.room.power_levels/", escape(&room.0));
    let mut powers = server.get(&path).await;
    for kind in ["m.beacon_info", "org.matrix.msc3672.beacon_info"] {
        powers["events"][kind] = 50.into();
    }
    server.ok("PUT", &path, powers).await;
    let refused = Err(Failure::Rejected { code: "M_FORBIDDEN".to_owned() });
    assert_eq!(his.share_place(QUARTER, None).await, refused);
}

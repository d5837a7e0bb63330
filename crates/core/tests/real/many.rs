//! More rooms at once than any of the SDK's broadcasts holds.

use bulla_model::{RoomFilter, RoomSummary};
use futures_util::{StreamExt, stream};

use crate::{
    agent::{Agent, List, deployment, text},
    plain::{Plain, escape},
};

const ROOMS: usize = 140;

#[tokio::test(flavor = "multi_thread")]
async fn the_last_message_of_every_room_is_shown_after_a_flood() {
    let carol = Plain::on(0).await;
    let user = deployment().await.new_user(0).await.unwrap();
    let bob = Plain::of(&user).await;
    let rooms = stream::iter(0..ROOMS).map(|_| async {
        let room = carol.room(&[&bob.id]).await;
        bob.ok("POST", &format!("/join/{}", escape(&room)), serde_json::json!({})).await;
        room
    });
    let rooms: Vec<String> = rooms.buffer_unordered(8).collect().await;
    let say = |word: &'static str| {
        let (rooms, carol) = (&rooms, &carol);
        stream::iter(rooms).map(move |room| carol.say(room, word)).buffer_unordered(8).for_each(async |_| ())
    };
    say("avant").await;
    let homeserver = user.homeserver.clone();
    let bob = Agent::at(user, &homeserver).await;
    bob.live().await;
    let mut list = List::page(&bob.session, RoomFilter::All, ROOMS as u32);
    let all = |word: &'static str| {
        move |rows: &[RoomSummary]| {
            let shown = rows.iter().filter(|row| row.last.as_ref().and_then(|last| text(&last.body)) == Some(word));
            (shown.count() == ROOMS).then_some(())
        }
    };
    list.wait("every first message", all("avant")).await;
    bob.session.pause().await.unwrap();
    say("pendant").await;
    bob.session.resume().await.unwrap();
    list.wait("every message of the pause", all("pendant")).await;
    carol.say(&rooms[0], "ensuite").await;
    list.wait("the message after it", |rows| {
        rows.first()?.last.as_ref().and_then(|last| text(&last.body)).filter(|text| *text == "ensuite").map(|_| ())
    })
    .await;
}

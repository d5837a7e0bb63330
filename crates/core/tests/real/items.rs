//! What is in a conversation besides texts, as rows say it: sent by a client that knows no library.

use std::time::Duration;

use bulla_model::{CallKind, Failure, MediaKind, MessageBody, NameDoubt, Place, RoomId, StateKind};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, Conversation, two},
    plain::{Plain, escape},
};

async fn beside_a_plain_client() -> (Plain, Agent, RoomId) {
    let bob = Agent::on(1).await;
    let carol = Plain::on(1).await;
    let room = RoomId(carol.room(&[&bob.user.user_id]).await);
    bob.live().await;
    bob.accept(&room).await;
    (carol, bob, room)
}

async fn sent(carol: &Plain, room: &RoomId, kind: &str, content: Value) -> String {
    let (status, answer) = carol.send(&room.0, kind, content).await;
    assert_eq!(status, 200, "{answer}");
    answer["event_id"].as_str().unwrap().to_owned()
}

async fn state(carol: &Plain, room: &RoomId, kind: &str, key: &str, content: Value) -> String {
    let path = format!("/rooms/{}/state/{}/{}", escape(&room.0), escape(kind), escape(key));
    carol.ok("PUT", &path, content).await["event_id"].as_str().unwrap().to_owned()
}

async fn body(his: &mut Conversation, id: &str) -> MessageBody {
    his.event(id, |event| event.event_id.as_ref().is_some_and(|shown| shown.0 == id)).await.1.body
}

#[tokio::test(flavor = "multi_thread")]
async fn places_stickers_and_galleries_say_what_they_are() {
    let (carol, bob, room) = beside_a_plain_client().await;
    let mut his = bob.open(&room).await;
    let here = json!({"msgtype": "m.location", "body": "Ici", "geo_uri": "geo:48.8566,2.3522;u=12",
        "org.matrix.msc3488.location": {"uri": "geo:48.8566,2.3522;u=12", "description": "Le point de rassemblement"}});
    let id = sent(&carol, &room, "m.room.message", here).await;
    let MessageBody::Location { place, description, .. } = body(&mut his, &id).await else { panic!("no place") };
    assert!(place == Some(Place { latitude: 48_856_600, longitude: 2_352_200, accuracy: Some(12) }));
    assert_eq!(description.as_deref(), Some("Le point de rassemblement"));
    let nowhere = json!({"msgtype": "m.location", "body": "x", "geo_uri": "javascript:alert(1)"});
    let id = sent(&carol, &room, "m.room.message", nowhere).await;
    assert!(matches!(body(&mut his, &id).await, MessageBody::Location { place: None, description: None, .. }));

    let sticker = json!({"body": "Bravo", "url": "mxc://a/b", "info": {"size": 7}});
    let id = sent(&carol, &room, "m.sticker", sticker).await;
    let MessageBody::Media { kind: MediaKind::Sticker, name, .. } = body(&mut his, &id).await else {
        panic!("no sticker")
    };
    assert_eq!(name, "Bravo");

    let gallery = json!({"msgtype": "dm.filament.gallery", "body": "Les lieux", "itemtypes": [
        {"itemtype": "m.image", "body": "salle.png", "url": "mxc://a/b"},
        {"itemtype": "m.file", "body": "x", "filename": "plan.pdf", "url": "mxc://a/c"},
        {"itemtype": "org.example.hologram"}]});
    let id = sent(&carol, &room, "m.room.message", gallery).await;
    let MessageBody::Gallery { plain, parts, more } = body(&mut his, &id).await else { panic!("no gallery") };
    let named: Vec<_> = parts.iter().map(|part| (part.kind, part.name.as_str())).collect();
    assert_eq!((plain.as_str(), more), ("Les lieux", 1));
    assert_eq!(named, [(MediaKind::Image, "salle.png"), (MediaKind::File, "plan.pdf")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_sent_between_servers() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let there = Place { latitude: -21_115_141, longitude: 55_536_384, accuracy: None };
    hers.timeline.send_location(&there, Some(" La préfecture ")).await.unwrap();
    let is_place = |body: &MessageBody| matches!(body, MessageBody::Location { .. });
    let (row, event) = his.event("the place", |event| is_place(&event.body)).await;
    let MessageBody::Location { plain, geo, place, description } = event.body else { panic!("no place") };
    assert!(place == Some(there));
    assert_eq!((plain.as_str(), description.as_deref()), ("La préfecture", Some("La préfecture")));
    assert_eq!(geo, "geo:-21.115141,55.536384");
    let source = his.timeline.source(&row.id).await.unwrap();
    assert!(source.contains("\"geo_uri\": \"geo:-21.115141,55.536384\""), "the source is decrypted");
    let mars = Place { latitude: 100_000_000, longitude: 0, accuracy: None };
    assert!(matches!(hers.timeline.send_location(&mars, None).await, Err(Failure::Invalid { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lets_others_follow_them_is_followed_until_they_stop() {
    let (carol, bob, room) = beside_a_plain_client().await;
    let mut his = bob.open(&room).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    let beacon = |live: bool| {
        json!({"description": "En route", "live": live, "timeout": 3_600_000, "org.matrix.msc3488.ts": now,
            "org.matrix.msc3488.asset": {"type": "m.self"}})
    };
    let id = state(&carol, &room, "org.matrix.msc3672.beacon_info", &carol.id, beacon(true)).await;
    let MessageBody::LiveLocation { description, since, until, place: None, ended: false, .. } =
        body(&mut his, &id).await
    else {
        panic!("nobody to follow")
    };
    assert_eq!(description.as_deref(), Some("En route"));
    assert_eq!(until.duration_since(since).unwrap(), Duration::from_secs(3_600));
    for (at, geo) in [(1, "geo:48.85,2.35"), (2, "geo:48.86,2.36")] {
        let moved = json!({"m.relates_to": {"rel_type": "m.reference", "event_id": id},
            "org.matrix.msc3488.location": {"uri": geo}, "org.matrix.msc3488.ts": now + at});
        sent(&carol, &room, "org.matrix.msc3672.beacon", moved).await;
    }
    his.event("the last place", |event| {
        matches!(&event.body, MessageBody::LiveLocation { place: Some(place), place_at: Some(_), .. } if place.latitude == 48_860_000)
    })
    .await;
    state(&carol, &room, "org.matrix.msc3672.beacon_info", &carol.id, beacon(false)).await;
    his.event("the end", |event| {
        event.event_id.as_ref().is_some_and(|shown| shown.0 == id)
            && matches!(event.body, MessageBody::LiveLocation { ended: true, .. })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_and_changes_of_the_room_are_told_in_codes() {
    let (carol, bob, room) = beside_a_plain_client().await;
    let mut his = bob.open(&room).await;
    let call = |kind: &str| {
        let mut content = json!({"call_id": "c1", "party_id": "p1", "version": "1"});
        let more = match kind {
            "invite" => json!({"lifetime": 60_000, "offer": {"type": "offer", "sdp": "v=0"}}),
            "answer" => json!({"answer": {"type": "answer", "sdp": "v=0"}}),
            "hangup" => json!({"reason": "user_hangup"}),
            _ => json!({}),
        };
        content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        content
    };
    for (kind, wanted) in [
        ("invite", CallKind::Invited),
        ("answer", CallKind::Answered),
        ("reject", CallKind::Declined),
        ("hangup", CallKind::Ended),
    ] {
        let id = sent(&carol, &room, &format!("m.call.{kind}"), call(kind)).await;
        let MessageBody::Call { kind: shown, .. } = body(&mut his, &id).await else { panic!("{kind}: no call") };
        assert_eq!(shown, wanted);
    }
    let ring = json!({"sender_ts": 1, "lifetime": 30_000, "notification_type": "ring", "m.call.intent": "video",
        "m.mentions": {"room": true}});
    let id = sent(&carol, &room, "org.matrix.msc4075.rtc.notification", ring).await;
    let MessageBody::Call { kind, .. } = body(&mut his, &id).await else { panic!("no ringing") };
    assert_eq!(kind, CallKind::Begun);

    for (kind, key, content, wanted, value) in [
        ("m.room.join_rules", "", json!({"join_rule": "knock"}), StateKind::JoinRules, Some("knock")),
        (
            "m.room.history_visibility",
            "",
            json!({"history_visibility": "invited"}),
            StateKind::HistoryVisibility,
            Some("invited"),
        ),
        ("m.room.guest_access", "", json!({"guest_access": "forbidden"}), StateKind::Visitors, Some("forbidden")),
        ("m.room.server_acl", "", json!({"allow": ["*"], "deny": ["evil.example"]}), StateKind::ServerAccess, None),
        ("m.space.parent", "!space:example.org", json!({"via": ["example.org"]}), StateKind::SpaceParent, None),
        (
            "m.policy.rule.user",
            "x",
            json!({"entity": "@x:y", "reason": "x", "recommendation": "m.ban"}),
            StateKind::ModerationRule,
            None,
        ),
        ("org.bulla.ending", "", json!({"lifetime": 86_400_000, "from": "sent"}), StateKind::Ending, None),
        ("m.room.retention", "", json!({"max_lifetime": 864_000_000}), StateKind::Retention, None),
        ("m.room.topic", "", json!({"topic": "Crue"}), StateKind::Topic, Some("Crue")),
        ("m.room.pinned_events", "", json!({"pinned": []}), StateKind::PinnedEvents, None),
    ] {
        let id = state(&carol, &room, kind, key, content).await;
        let MessageBody::State { kind: shown, value: told } = body(&mut his, &id).await else {
            panic!("{kind}: no change")
        };
        assert_eq!((shown, told.as_deref()), (wanted, value), "{kind}");
    }
    // What nobody knows is named, and read on demand.
    let id = sent(&carol, &room, "org.example.vote", json!({"choice": 1, "why": "<b>"})).await;
    let unknown = |event: &bulla_model::EventItem| event.event_id.as_ref().is_some_and(|shown| shown.0 == id);
    let (row, event) = his.event("the unknown", unknown).await;
    assert!(matches!(event.body, MessageBody::Unknown { event_type, .. } if event_type == "org.example.vote"));
    let source: Value = serde_json::from_str(&his.timeline.source(&row.id).await.unwrap()).unwrap();
    assert_eq!(source["content"], json!({"choice": 1, "why": "<b>"}));
    let gone = bulla_model::ItemId("$gone".into());
    assert!(matches!(his.timeline.source(&gone).await, Err(Failure::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_elsewhere_is_told_and_reactions_are_bounded() {
    let (carol, bob, room) = beside_a_plain_client().await;
    let mut his = bob.open(&room).await;
    let trap = json!({"msgtype": "m.text", "body": "impots.gouv.fr", "format": "org.matrix.custom.html",
        "formatted_body": "<a href=\"https://evil.example/\">impots.gouv.fr</a> et <a href=\"https://a.example\">ici</a>"});
    let id = sent(&carol, &room, "m.room.message", trap).await;
    let (_, event) = his.event("the trap", |event| event.event_id.as_ref().is_some_and(|shown| shown.0 == id)).await;
    let told: Vec<_> = event.disguised.iter().map(|link| (link.shown.as_str(), link.target.as_str())).collect();
    assert_eq!(told, [("impots.gouv.fr", "evil.example")]);
    assert_eq!(bulla_core::name_doubt("Direction Générаle"), Some(NameDoubt::MixedAlphabets));

    for number in 0..120 {
        let key = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": id, "key": format!("k{number}")}});
        sent(&carol, &room, "m.reaction", key).await;
    }
    let last = carol.say(&room.0, "fini").await;
    his.event("the last", |event| event.event_id.as_ref().is_some_and(|shown| shown.0 == last)).await;
    let (_, event) = his.event("the trap", |event| event.event_id.as_ref().is_some_and(|shown| shown.0 == id)).await;
    assert_eq!(event.reactions.len(), 100);
}

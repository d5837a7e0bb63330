//! Spaces: rooms that hold rooms (Matrix specification, "Spaces").

use std::collections::HashMap;

use bulla_model::{Failure, Field, FieldTrouble, MediaUri, RoomAccess, RoomId, RoomOffer, SpaceChild, SpacePage};
use matrix_sdk::{Client, deserialized_responses::SyncOrStrippedState};
use ruma::{
    OwnedRoomId, OwnedServerName, UInt,
    api::client::space::{SpaceHierarchyRoomsChunk, get_hierarchy::v1::Request},
    events::{SyncStateEvent, space::child::SpaceChildEventContent},
    room::{JoinRuleSummary, RoomType},
    uint,
};
use serde_json::json;

use crate::{
    body::cut,
    directory::{TEXT_CHARS, TOPIC_CHARS, WAYS, standing},
    failure::CoreError,
    room::Room,
    session::room_id,
};

/// How many rooms a page has.
const PAGE: u32 = 50;
const CHILD: &str = "m.space.child";
const PARENT: &str = "m.space.parent";

type Ways = HashMap<OwnedRoomId, (Vec<OwnedServerName>, bool)>;

impl Room {
    /// A page of the rooms that this space holds, as far as this account may see them.
    pub async fn children(&self, after: Option<&str>) -> Result<SpacePage, Failure> {
        let room = self.space().await?;
        let client = room.client();
        let mut request = Request::new(room.room_id().to_owned());
        (request.max_depth, request.limit) = (Some(uint!(1)), Some(UInt::from(PAGE)));
        request.from = after.map(str::to_owned);
        let page = client.send(request).await.map_err(CoreError::from)?;
        let (own, children): (Vec<_>, Vec<_>) =
            page.rooms.into_iter().partition(|chunk| chunk.summary.room_id == room.room_id());
        let mut ways = stored(&room).await;
        ways.extend(own.iter().flat_map(told));
        let rooms = children.into_iter().map(|chunk| child(&client, chunk, &ways)).collect();
        Ok(SpacePage { rooms, next: page.next_batch })
    }

    /// Puts a room that this account is in into this space.
    pub async fn add_child(&self, child: &RoomId) -> Result<(), Failure> {
        let (space, child) = (self.space().await?, self.session.sdk_room(child).await?);
        // A conversation between two is nobody else's, and a space in itself has no end.
        if !child.direct_targets().is_empty() || child.room_id() == space.room_id() {
            return Err(Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed });
        }
        let content = json!({ "via": ways(&child).await });
        space.send_state_event_raw(CHILD, child.room_id().as_str(), content).await.map_err(CoreError::from)?;
        // What it says of the space is a help to others, and not in this account's power in every room.
        let content = json!({ "via": ways(&space).await });
        let _ = child.send_state_event_raw(PARENT, space.room_id().as_str(), content).await;
        Ok(())
    }

    /// Takes a room out of this space. The room stays.
    pub async fn remove_child(&self, child: &RoomId) -> Result<(), Failure> {
        let (space, child) = (self.space().await?, room_id(child)?);
        space.send_state_event_raw(CHILD, child.as_str(), json!({})).await.map_err(CoreError::from)?;
        if let Some(child) = space.client().get_room(&child) {
            let _ = child.send_state_event_raw(PARENT, space.room_id().as_str(), json!({})).await;
        }
        Ok(())
    }

    async fn space(&self) -> Result<matrix_sdk::Room, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        match room.is_space() {
            true => Ok(room),
            false => Err(Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed }),
        }
    }
}

/// Servers through which one comes into a room: those that the SDK names once it knows who is in it, or this account's own.
async fn ways(room: &matrix_sdk::Room) -> Vec<OwnedServerName> {
    let named = room.route().await.unwrap_or_default();
    match named.is_empty() {
        true => vec![room.own_user_id().server_name().to_owned()],
        false => named,
    }
}

fn child(client: &Client, chunk: SpaceHierarchyRoomsChunk, ways: &Ways) -> SpaceChild {
    let room = chunk.summary;
    let (via, suggested) = ways.get(&room.room_id).cloned().unwrap_or_default();
    SpaceChild {
        suggested,
        children: chunk.children_state.len() as u64,
        room: RoomOffer {
            membership: standing(client, &room.room_id),
            via: via.iter().take(WAYS).map(ToString::to_string).collect(),
            id: RoomId(room.room_id.to_string()),
            name: room.name.map(|text| cut(&text, TEXT_CHARS)),
            topic: room.topic.map(|text| cut(&text, TOPIC_CHARS)),
            alias: room.canonical_alias.map(|alias| alias.to_string()),
            avatar: room.avatar_url.map(|uri| MediaUri(uri.to_string())),
            members: u64::from(room.num_joined_members),
            space: room.room_type == Some(RoomType::Space),
            access: match room.join_rule {
                // Whoever sees it from the space is in what a restricted room asks for, as a rule; the server has the last word.
                JoinRuleSummary::Public | JoinRuleSummary::Restricted(_) => RoomAccess::Open,
                JoinRuleSummary::Knock | JoinRuleSummary::KnockRestricted(_) => RoomAccess::Ask,
                _ => RoomAccess::Invited,
            },
        },
    }
}

/// What the answer says of the ways into a space's rooms; only its first page does.
fn told(space: &SpaceHierarchyRoomsChunk) -> Ways {
    let children = space.children_state.iter().filter_map(|child| child.deserialize().ok());
    children.map(|child| (child.state_key, (child.content.via, child.content.suggested))).collect()
}

/// What the sync brought of them.
async fn stored(space: &matrix_sdk::Room) -> Ways {
    let events = space.get_state_events_static::<SpaceChildEventContent>().await.unwrap_or_default();
    let children = events.into_iter().filter_map(|event| match event.deserialize().ok()? {
        SyncOrStrippedState::Sync(SyncStateEvent::Original(event)) => {
            Some((event.state_key, (event.content.via, event.content.suggested)))
        }
        _ => None,
    });
    children.collect()
}

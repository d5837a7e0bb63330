//! Who may be in a room: its kind, its access rules, and which people are guests from outside.

use bulla_policy::{self as policy, Access, RoomFacts};
use matrix_sdk::{Client, Room, RoomState, deserialized_responses::RawAnySyncOrStrippedState, ruma::serde::Raw};
use matrix_sdk_base::StateChanges;
use ruma::{
    RoomId,
    api::{
        client::state::get_state_event_for_key::v3::{Request, StateEventFormat},
        error::ErrorKind,
    },
    events::{AnySyncStateEvent, StateEventType},
};

use crate::{failure::CoreError, manifest::Deployment};

/// What is known of a room without asking its server.
pub(crate) async fn facts(room: &Room, direct: bool) -> RoomFacts {
    RoomFacts {
        space: room.is_space(),
        direct,
        encrypted: room.encryption_state().is_encrypted(),
        open: room.is_public() == Some(true),
        access: access(room).await,
    }
}

/// The access rules as they came last.
pub(crate) async fn access(room: &Room) -> Option<Access> {
    let events = room.get_state_events(rules()).await.ok()?;
    let content = match events.first()? {
        RawAnySyncOrStrippedState::Sync(event) => event.get_field("content"),
        RawAnySyncOrStrippedState::Stripped(event) => event.get_field("content"),
    };
    // Redacted or malformed, it is still there: a room that has rules is none without.
    let content: serde_json::Value = content.ok().flatten().unwrap_or_default();
    Some(Access::parse(&content))
}

/// Asks the server for the access rules and keeps them with the rest of the room's state: the sync brings them only while they are
/// among the newest events.
pub(crate) async fn fetch(room: &Room) -> Result<(), CoreError> {
    let mut request = Request::new(room.room_id().to_owned(), rules(), String::new());
    request.format = StateEventFormat::Event;
    let event = match room.client().send(request).await {
        Ok(answer) => Raw::<AnySyncStateEvent>::from_json(answer.into_event().into_json()),
        Err(error) if matches!(error.client_api_error_kind(), Some(ErrorKind::NotFound)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let Ok(parsed) = event.deserialize() else { return Ok(()) };
    if parsed.event_type() != rules() || !parsed.state_key().is_empty() {
        return Ok(());
    }
    let mut changes = StateChanges::default();
    changes.add_state_event(room.room_id(), parsed, event);
    room.client().state_store().save_changes(&changes).await.map_err(matrix_sdk::Error::from)?;
    Ok(())
}

/// The type of the state event.
pub(crate) fn rules() -> StateEventType {
    StateEventType::from(policy::ACCESS_RULES)
}

/// Refuses a guest whom the room's rules keep out, before anything is sent.
pub(crate) async fn admits(deployment: &Deployment, room: &Room, user: &ruma::UserId) -> Result<(), CoreError> {
    match is_guest(deployment, user) {
        true => admits_guests(room).await,
        false => Ok(()),
    }
}

/// Whether guests may be invited to it. Its server is asked before a no: it may have been opened elsewhere.
pub(crate) async fn admits_guests(room: &Room) -> Result<(), CoreError> {
    let known = async || {
        let (kind, open) = policy::room_kind(facts(room, !room.direct_targets().is_empty()).await);
        policy::may_invite_guest(kind, open)
    };
    if known().await.is_ok() {
        return Ok(());
    }
    fetch(room).await?;
    Ok(known().await?)
}

/// Refuses this account where it is a guest's that nobody invited into the room.
pub(crate) fn lets_in(deployment: &Deployment, client: &Client, room: &RoomId) -> Result<(), CoreError> {
    let guest = client.user_id().is_some_and(|user| is_guest(deployment, user));
    let invited =
        client.get_room(room).is_some_and(|room| matches!(room.state(), RoomState::Invited | RoomState::Joined));
    Ok(policy::may_come_in(guest, invited)?)
}

/// Whether a user is a guest from outside: their server is one that the manifest names so.
pub(crate) fn is_guest(deployment: &Deployment, user: &ruma::UserId) -> bool {
    deployment.manifest().is_some_and(|manifest| policy::is_guest(&manifest, user.server_name().as_str()))
}

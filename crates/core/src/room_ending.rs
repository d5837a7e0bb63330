//! How long messages of a room live: what its members agreed on (`org.bulla.ending`), and how long the room keeps what is said (`m.room.retention`).

use std::time::Duration;

use bulla_model::{Failure, Lifetime, Retention};
use bulla_policy as policy;
use matrix_sdk::{
    Client, Room as SdkRoom, deserialized_responses::RawAnySyncOrStrippedState, reqwest::Method, ruma::serde::Raw,
};
use matrix_sdk_base::StateChanges;
use ruma::events::{AnySyncStateEvent, StateEventType};
use serde_json::Value;

use crate::{
    failure::CoreError,
    manifest::Deployment,
    media_request::{refusal, send_as, short},
    room::Room,
};

impl Room {
    /// How long messages live here where nothing else is said, as the server has it.
    pub async fn ending(&self) -> Result<Option<Lifetime>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        look_again(&room).await;
        Ok(ending(&room).await)
    }

    /// Has messages live so long from now on where nothing else is said.
    pub async fn set_ending(&self, lifetime: Option<Lifetime>) -> Result<(), Failure> {
        if let Some(lifetime) = &lifetime {
            policy::check_default(lifetime)?;
        }
        let room = self.session.sdk_room(&self.id()).await?;
        room.send_state_event_raw(policy::ENDING, "", policy::ending_content(lifetime))
            .await
            .map_err(CoreError::from)?;
        self.session.shared.look_again(&room).await;
        Ok(())
    }

    /// How long it keeps what is said.
    pub async fn retention(&self) -> Result<Retention, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        look_again(&room).await;
        Ok(retention(&room, &self.session.shared.deployment).await)
    }

    /// Has it keep what is said so long; none: no shorter than the deployment wants.
    pub async fn set_retention(&self, kept: Option<Duration>) -> Result<(), Failure> {
        if let Some(kept) = kept {
            policy::check_retention(kept)?;
        }
        let room = self.session.sdk_room(&self.id()).await?;
        let content = policy::retention_content(kept);
        ask(&room, Method::PUT, policy::RETENTION, Some(&content)).await?;
        self.session.shared.look_again(&room).await;
        Ok(())
    }
}

/// How long messages live in a room where nothing else is said, as far as is known here.
pub(crate) async fn ending(room: &SdkRoom) -> Option<Lifetime> {
    policy::default_lifetime(&known(room, policy::ENDING).await?)
}

/// How long a room keeps what is said, as far as is known here.
pub(crate) async fn retention(room: &SdkRoom, deployment: &Deployment) -> Retention {
    let said = known(room, policy::RETENTION).await.as_ref().and_then(policy::retention);
    deployment.keeps(said)
}

/// Asks the server for both and keeps them with the rest of the room's state: the sync brings them only while they are among the newest
/// events.
pub(crate) async fn look_again(room: &SdkRoom) {
    for kind in [policy::ENDING, policy::RETENTION] {
        if let Err(error) = fetch(room, kind).await {
            tracing::info!(kind = %Failure::from(error), "how long a room's messages live was not fetched");
        }
    }
}

/// Whether a state event is one of these.
pub(crate) fn is_one(kind: &StateEventType) -> bool {
    *kind == StateEventType::from(policy::ENDING) || *kind == StateEventType::from(policy::RETENTION)
}

/// The content of a state event, by its name on the wire: to ruma the two names of `m.room.retention` are one.
async fn known(room: &SdkRoom, kind: &str) -> Option<Value> {
    let events = room.get_state_events(StateEventType::from(kind)).await.ok()?;
    let field = |name: &str| match events.first()? {
        RawAnySyncOrStrippedState::Sync(event) => event.get_field::<Value>(name).ok()?,
        RawAnySyncOrStrippedState::Stripped(event) => event.get_field::<Value>(name).ok()?,
    };
    (field("type")?.as_str() == Some(kind)).then(|| field("content")).flatten()
}

async fn fetch(room: &SdkRoom, kind: &str) -> Result<(), CoreError> {
    let event = match ask(room, Method::GET, kind, None).await {
        Ok(event) => Raw::<AnySyncStateEvent>::from_json(event),
        Err(CoreError::Said(Failure::NotFound { .. })) => return Ok(()),
        Err(CoreError::Said(Failure::Rejected { code })) if code == "M_NOT_FOUND" => return Ok(()),
        Err(error) => return Err(error),
    };
    let Ok(parsed) = event.deserialize() else { return Ok(()) };
    if parsed.event_type() != StateEventType::from(kind) || !parsed.state_key().is_empty() {
        return Ok(());
    }
    let mut changes = StateChanges::default();
    changes.add_state_event(room.room_id(), parsed, event);
    room.client().state_store().save_changes(&changes).await.map_err(matrix_sdk::Error::from)?;
    Ok(())
}

/// Reads or writes a state event by its own name: ruma would call `m.room.retention` by its unstable one.
async fn ask(
    room: &SdkRoom,
    method: Method,
    kind: &str,
    content: Option<&Value>,
) -> Result<Box<serde_json::value::RawValue>, CoreError> {
    let client: Client = room.client();
    let mut url = policy::under(client.homeserver().as_str(), "_matrix/client/v3/rooms")?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend([room.room_id().as_str(), "state", kind, ""]);
    }
    if content.is_none() {
        url.set_query(Some("format=event"));
    }
    let request = || {
        let request = client.http_client().request(method.clone(), url.clone());
        Ok(match content {
            Some(content) => request.header("Content-Type", "application/json").body(content.to_string()),
            None => request,
        })
    };
    let answer = send_as(&client, request).await?;
    let status = answer.status().as_u16();
    let said = short(answer).await?;
    match status {
        200 => serde_json::from_slice(&said).map_err(|_| Failure::Rejected { code: "NOT_MATRIX".to_owned() }.into()),
        _ => Err(refusal(status, &said).into()),
    }
}

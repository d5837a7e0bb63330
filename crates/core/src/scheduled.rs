//! Messages that leave later (MSC4140). The server keeps them, so that they leave also while this device is off.
//!
//! A message of an encrypted room would have to be encrypted when it is scheduled, and matrix-sdk 0.19.1 lets nobody do so: in such a room
//! nothing can be scheduled.

use std::time::SystemTime;

use bulla_model::{Failure, Field, FieldTrouble, Missing, NoScheduling, ScheduledMessage};
use bulla_policy as policy;
use matrix_sdk::RoomState;
use ruma::{
    TransactionId,
    api::client::delayed_events::{
        DelayParameters, delayed_message_event, get_all_delayed_events,
        update_delayed_event::{UpdateAction, unstable_v1 as update},
    },
    events::{MessageLikeEventType, room::message::RoomMessageEventContent},
    serde::Raw,
};
use serde::Deserialize;

use crate::{body::cut, failure::CoreError, item::time, message, room::Room, room_ending, room_settings::is_encrypted};

/// As much as is shown of a message that waits.
const SHOWN: usize = 1_000;

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    body: String,
}

impl Room {
    /// Why nothing can be scheduled here; none: it can.
    pub async fn no_scheduling(&self) -> Result<Option<NoScheduling>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        if room.state() != RoomState::Joined {
            return Ok(Some(NoScheduling::NotMember));
        }
        // What leaves later leaves in clear: nothing may depend on whether the sync has told of the room already.
        if is_encrypted(&room).await? {
            return Ok(Some(NoScheduling::Encrypted));
        }
        match self.waiting(&room).await {
            Ok(_) => Ok(None),
            Err(Failure::Rejected { .. } | Failure::NotFound { .. }) => Ok(Some(NoScheduling::Server)),
            Err(failure) => Err(failure),
        }
    }

    /// Has the server send a text at a moment.
    pub async fn schedule(&self, markdown: &str, at: SystemTime) -> Result<String, Failure> {
        policy::check_text(markdown)?;
        let not_then = || Failure::Invalid { field: Field::Date, why: FieldTrouble::NotAllowed };
        let delay = at.duration_since(SystemTime::now()).map_err(|_| not_then())?;
        let unwritten = |_| CoreError::Defect("a message that cannot be written");
        let not_here = || Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed };
        if self.no_scheduling().await?.is_some() {
            return Err(not_here());
        }
        let room = self.session.sdk_room(&self.id()).await?;
        let (content, _) = message::content(policy::written(markdown, &[]));
        let mut content = serde_json::to_value(RoomMessageEventContent::from(content)).map_err(unwritten)?;
        // As the room has it now: the server writes nothing into what waits.
        room_ending::look_again(&room).await;
        if let Some(lifetime) = room_ending::ending(&room).await {
            content[policy::ENDING] = policy::ending_content(Some(lifetime));
        }
        let asked = delayed_message_event::unstable::Request::new_raw(
            room.room_id().to_owned(),
            TransactionId::new(),
            MessageLikeEventType::RoomMessage,
            DelayParameters::Timeout { timeout: delay },
            Raw::new(&content).map_err(unwritten)?.cast_unchecked(),
        );
        let answer = room.client().send(asked).await.map_err(CoreError::from);
        match answer.map_err(Failure::from) {
            Ok(answer) => Ok(answer.delay_id),
            // Farther off than the server allows.
            Err(Failure::Rejected { code }) if code.ends_with("DELAY_TOO_LARGE") || code.contains("MAX_DELAY") => {
                Err(not_then())
            }
            Err(failure) => Err(failure),
        }
    }

    /// What waits to be sent here, the earliest first.
    pub async fn scheduled(&self) -> Result<Vec<ScheduledMessage>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        self.waiting(&room).await
    }

    /// Sends at once what waits.
    pub async fn send_scheduled(&self, id: &str) -> Result<(), Failure> {
        self.update(id, UpdateAction::Send).await
    }

    /// Sends no more what waits.
    pub async fn cancel_scheduled(&self, id: &str) -> Result<(), Failure> {
        self.update(id, UpdateAction::Cancel).await
    }

    async fn waiting(&self, room: &matrix_sdk::Room) -> Result<Vec<ScheduledMessage>, Failure> {
        let asked = get_all_delayed_events::unstable::Request::new();
        let all = room.client().send(asked).await.map_err(CoreError::from)?.delayed_events;
        let here = all.into_iter().filter(|event| event.room_id == room.room_id() && event.finalized_ts.is_none());
        let mut waiting: Vec<_> = here
            .filter(|event| event.state_key.is_none())
            .map(|event| ScheduledMessage {
                at: time(event.running_since).checked_add(event.delay).unwrap_or(SystemTime::UNIX_EPOCH),
                plain: event
                    .content
                    .deserialize_as_unchecked::<Text>()
                    .map(|text| cut(&text.body, SHOWN))
                    .unwrap_or_default(),
                id: event.delay_id,
            })
            .collect();
        waiting.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(waiting)
    }

    async fn update(&self, id: &str, action: UpdateAction) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let gone = || Failure::NotFound { what: Missing::Event };
        if !self.waiting(&room).await?.iter().any(|waiting| waiting.id == id) {
            return Err(gone());
        }
        let asked = update::Request::new(id.to_owned(), action);
        match room.client().send(asked).await.map_err(CoreError::from).map_err(Failure::from) {
            Ok(_) => Ok(()),
            Err(Failure::NotFound { .. }) => Err(gone()),
            Err(failure) => Err(failure),
        }
    }
}

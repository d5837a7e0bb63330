//! Where this account is, shared as it moves (MSC3489).
//!
//! That it is shared, since when and for how long, is state of the room, which no client encrypts: the server reads it. The places are messages and
//! encrypted as those are. So the words about it go along only where the room is not encrypted.

use std::time::Duration;

use bulla_model::{Failure, Missing, Place};
use bulla_policy as policy;
use matrix_sdk::Room as SdkRoom;
use ruma::{
    OwnedEventId,
    api::{client::state::get_state_event_for_key::v3::Request, error::ErrorKind},
    events::{StateEventType, SyncStateEvent, beacon::BeaconEventContent, beacon_info::BeaconInfoEventContent},
};
use tokio::{sync::broadcast::error::RecvError, time::timeout};

use crate::{failure::CoreError, place, room::Room, room_settings::is_encrypted};

/// How long a share that was begun or ended is waited for to come by the sync.
const TOLD: Duration = Duration::from_secs(10);

impl Room {
    /// Begins to share where this account is: [`Room::tell_place`] tells it, from any of its devices. One that went on is ended by it.
    pub async fn share_place(&self, duration: Duration, description: Option<&str>) -> Result<(), Failure> {
        place::may_send(&self.session)?;
        policy::check_live_place(duration, description)?;
        let room = self.session.sdk_room(&self.id()).await?;
        let description = match is_encrypted(&room).await? {
            true => None,
            false => description.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
        };
        let milliseconds = u64::try_from(duration.as_millis()).map_err(|_| CoreError::Defect("a day of places"))?;
        let mut updates = room.client().subscribe_to_room_updates(room.room_id());
        let begun = room.start_live_location_share(milliseconds, description).await.map_err(CoreError::from)?;
        // A place names the share that it is of, and only the sync makes that known here.
        let told = async {
            while share(&room).await.is_none_or(|(id, _)| id != begun.event_id)
                && !matches!(updates.recv().await, Err(RecvError::Closed))
            {}
        };
        let _ = timeout(TOLD, told).await;
        Ok(())
    }

    /// Tells the others where this account is now.
    pub async fn tell_place(&self, place: &Place) -> Result<(), Failure> {
        place::may_send(&self.session)?;
        policy::check_place(place, None)?;
        let room = self.session.sdk_room(&self.id()).await?;
        let shared = share(&room).await.filter(|(_, content)| content.is_live());
        let (id, _) = shared.ok_or(Failure::NotFound { what: Missing::Event })?;
        // Not by the queue: a place that arrives late is none any more.
        room.send(BeaconEventContent::new(id, policy::geo_uri(place), None)).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Ends the sharing. Nothing is done where nothing is shared.
    pub async fn stop_place(&self) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        // What the server has is ended, not what this device remembers: another may have begun it.
        let me = room.own_user_id();
        let asked = Request::new(room.room_id().to_owned(), StateEventType::BeaconInfo, me.to_string());
        let answer = match room.client().send(asked).await {
            Ok(answer) => answer.into_content().deserialize_as_unchecked::<BeaconInfoEventContent>(),
            Err(error) if matches!(error.client_api_error_kind(), Some(ErrorKind::NotFound)) => return Ok(()),
            Err(error) => return Err(CoreError::from(error).into()),
        };
        let Ok(mut content) = answer else { return Ok(()) };
        if !content.live {
            return Ok(());
        }
        content.stop();
        let mut updates = room.client().subscribe_to_room_updates(room.room_id());
        room.send_state_event_for_key(me, content).await.map_err(CoreError::from)?;
        let told = async {
            while share(&room).await.is_some_and(|(_, content)| content.is_live())
                && !matches!(updates.recv().await, Err(RecvError::Closed))
            {}
        };
        let _ = timeout(TOLD, told).await;
        Ok(())
    }
}

/// What this account shared last, as far as the sync has told.
async fn share(room: &SdkRoom) -> Option<(OwnedEventId, BeaconInfoEventContent)> {
    let event = room.get_state_event_static_for_key::<BeaconInfoEventContent, _>(room.own_user_id()).await.ok()??;
    match event.deserialize().ok()?.as_sync()? {
        SyncStateEvent::Original(event) => Some((event.event_id.clone(), event.content.clone())),
        SyncStateEvent::Redacted(_) => None,
    }
}

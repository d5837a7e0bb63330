//! Going to where something was said.

use std::time::SystemTime;

use bulla_model::{EventId, Failure, Field, FieldTrouble, Missing};
use ruma::{
    MilliSecondsSinceUnixEpoch,
    api::{Direction, client::room::get_event_by_timestamp},
};

use crate::{failure::CoreError, focus::Focus, message::event_id, room::Room, timeline::Timeline};

impl Room {
    /// One thread, with its first message.
    pub async fn thread(&self, root: &EventId) -> Result<Timeline, Failure> {
        self.focused(Focus::Thread(event_id(root)?)).await
    }

    /// What is pinned.
    pub async fn pinned(&self) -> Result<Timeline, Failure> {
        self.focused(Focus::Pinned).await
    }

    /// What was said around an event, in both directions.
    pub async fn around(&self, event: &EventId) -> Result<Timeline, Failure> {
        let event = event_id(event)?;
        let room = self.session.sdk_room(&self.id()).await?;
        room.load_or_fetch_event(&event, None).await.map_err(|error| missing(error.into()))?;
        self.focused(Focus::Around(event)).await
    }

    /// The first event at or after `at`, or the last before it where nothing came after.
    pub async fn event_at(&self, at: SystemTime) -> Result<EventId, Failure> {
        let invalid = || Failure::Invalid { field: Field::Date, why: FieldTrouble::Malformed };
        let at = MilliSecondsSinceUnixEpoch::from_system_time(at).ok_or_else(invalid)?;
        let room = self.session.sdk_room(&self.id()).await?;
        let ask = async |direction| {
            let asked = get_event_by_timestamp::v1::Request::new(room.room_id().to_owned(), at, direction);
            let answer = room.client().send(asked).await.map_err(|error| missing(error.into()))?;
            Ok::<_, Failure>(EventId(answer.event_id.to_string()))
        };
        match ask(Direction::Forward).await {
            Err(Failure::NotFound { .. }) => ask(Direction::Backward).await,
            answer => answer,
        }
    }

    /// Whether this account follows a thread (MSC4306).
    pub async fn follows_thread(&self, root: &EventId) -> Result<bool, Failure> {
        let root = event_id(root)?;
        let room = self.session.sdk_room(&self.id()).await?;
        Ok(room.fetch_thread_subscription(root).await.map_err(CoreError::from)?.is_some())
    }

    /// Follows a thread, or no longer.
    pub async fn set_follows_thread(&self, root: &EventId, follows: bool) -> Result<(), Failure> {
        let root = event_id(root)?;
        let room = self.session.sdk_room(&self.id()).await?;
        let changed = match follows {
            true => room.subscribe_thread(root, None).await,
            false => room.unsubscribe_thread(root).await,
        };
        changed.map_err(|error| missing(error.into()))
    }

    async fn focused(&self, focus: Focus) -> Result<Timeline, Failure> {
        self.session.open()?;
        Ok(Timeline::focused(self.session.clone(), self.id(), focus).await)
    }
}

fn missing(error: CoreError) -> Failure {
    match Failure::from(error) {
        Failure::NotFound { .. } => Failure::NotFound { what: Missing::Event },
        // Synapse says so of an event that nobody may see.
        Failure::Rejected { code } if code == "M_FORBIDDEN" => Failure::NotFound { what: Missing::Event },
        other => other,
    }
}

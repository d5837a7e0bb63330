//! Places in a conversation (`m.location`, MSC3488, MSC3489).

use std::time::SystemTime;

use bulla_model::{Failure, MessageBody, Place};
use bulla_policy as policy;
use matrix_sdk_ui::timeline::LiveLocationState;
use ruma::{
    MilliSecondsSinceUnixEpoch,
    events::{
        AnyMessageLikeEventContent,
        location::LocationContent,
        room::message::{LocationMessageEventContent, MessageType, RoomMessageEventContent},
    },
};

use crate::{
    body::cut,
    failure::CoreError,
    item::time,
    session::{Session, SessionInner, user_id},
    timeline::Timeline,
};

/// As much as a place is described with.
const WORDS: usize = 1_000;

/// The place that a person typed or pasted.
pub fn read_place(text: &str) -> Result<Place, Failure> {
    policy::typed_place(text)
}

impl Session {
    /// Whether this account may send where it is.
    pub fn may_send_place(&self) -> Result<(), Failure> {
        may_send(&self.inner)
    }
}

impl Timeline {
    /// Sends a place. Other clients show the description, or the coordinates where there is none.
    pub async fn send_location(&self, place: &Place, description: Option<&str>) -> Result<(), Failure> {
        may_send(self.session())?;
        policy::check_place(place, description)?;
        let geo = policy::geo_uri(place);
        let description = description.map(str::trim).filter(|text| !text.is_empty());
        let mut content = LocationMessageEventContent::new(description.unwrap_or(&geo).to_owned(), geo.clone())
            .with_ts(MilliSecondsSinceUnixEpoch::now());
        let mut location = LocationContent::new(geo);
        location.description = description.map(str::to_owned);
        content.location = Some(location);
        let live = self.live().await?;
        let content = RoomMessageEventContent::new(MessageType::Location(content));
        let extra = self.ending(&live, None).await?;
        let extra = (!extra.is_empty()).then_some(extra);
        let content = AnyMessageLikeEventContent::RoomMessage(content);
        live.timeline.send_with_extra_content(content, extra).await.map_err(CoreError::from)?;
        Ok(())
    }
}

pub(crate) fn may_send(session: &SessionInner) -> Result<(), Failure> {
    let user = user_id(&session.shared.account.user)?;
    let manifest = session.shared.deployment.manifest();
    let of_server = manifest.as_ref().and_then(|manifest| policy::instance_of(manifest, user.server_name().as_str()));
    policy::may_send_place(|feature| of_server.and_then(|instance| instance.features.get(feature).copied()))
}

/// A place that somebody sent.
pub(crate) fn location(content: &LocationMessageEventContent) -> MessageBody {
    let described = content.location.as_ref().and_then(|location| location.description.as_deref());
    MessageBody::Location {
        plain: content.body.clone(),
        geo: content.geo_uri.clone(),
        place: policy::place(&content.geo_uri),
        description: described.map(|text| cut(text, WORDS)),
    }
}

/// Where somebody lets others follow them.
pub(crate) fn live_location(state: &LiveLocationState) -> MessageBody {
    let since = time(state.ts());
    let last = state.latest_location();
    MessageBody::LiveLocation {
        description: state.description().map(|text| cut(text, WORDS)),
        since,
        until: since.checked_add(state.timeout()).unwrap_or(SystemTime::UNIX_EPOCH),
        place: last.and_then(|last| policy::place(last.geo_uri())),
        place_at: last.map(|last| time(last.ts())),
        ended: !state.is_live(),
    }
}

//! Messages that ask for a confirmation of reading.
//!
//! A message is one by `org.bulla.announcement` in its content, which is encrypted as the rest of it. A confirmation is a reaction that every
//! client can give and take back.

use bulla_model::{Announcement, UserId};
use matrix_sdk_ui::timeline::EventTimelineItem;
use ruma::UserId as UserIdRef;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, json};

pub(crate) const CONFIRMATION: &str = "✅";
const FLAG: &str = "org.bulla.announcement";
/// How many of those who confirmed are named.
const NAMED: usize = 10_000;

/// What makes a message one.
pub(crate) fn flag() -> Map<String, Value> {
    Map::from_iter([(FLAG.to_owned(), json!({}))])
}

#[derive(Deserialize)]
struct Flagged {
    #[serde(rename = "org.bulla.announcement")]
    flag: Option<IgnoredAny>,
}

/// Whether `event` is one, and who has confirmed it to `me`.
pub(crate) fn announcement(event: &EventTimelineItem, me: &UserIdRef) -> Option<Announcement> {
    event.content().as_message()?;
    // Not by an edit: what was confirmed would be another message.
    event.original_json()?.get_field::<Flagged>("content").ok()??.flag?;
    let confirmed = event.content().reactions().and_then(|reactions| reactions.get(CONFIRMATION));
    let mut people: Vec<_> = confirmed.into_iter().flatten().collect();
    people.sort_by_key(|(_, given)| given.timestamp);
    Some(Announcement {
        mine: people.iter().any(|(user, _)| *user == me),
        confirmed: people.into_iter().take(NAMED).map(|(user, _)| UserId(user.to_string())).collect(),
    })
}

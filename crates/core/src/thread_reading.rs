//! What is unread in a thread: what others wrote in it after this account's receipt for that thread (MSC3771), or after it wrote there
//! last. A receipt for the whole room says nothing of it: the conversation is read without its threads being opened.

use bulla_model::{EventId, Failure, Missing, ThreadReading};
use matrix_sdk::room::{IncludeRelations, RelationsOptions};
use ruma::{
    OwnedEventId, UInt,
    api::client::receipt::create_receipt::v3::ReceiptType as SentReceipt,
    events::{
        receipt::{ReceiptThread, ReceiptType},
        relation::RelationType,
    },
    serde::Raw,
};
use serde::Deserialize;

use crate::{failure::CoreError, message::event_id, receipts::are_private, room::Room};

/// As many as are counted: beyond that a number tells nobody more.
const COUNTED: u32 = 50;

#[derive(Deserialize, Default)]
struct Mentions {
    #[serde(default)]
    user_ids: Vec<String>,
    #[serde(default)]
    room: bool,
}

#[derive(Deserialize, Default)]
struct Content {
    #[serde(rename = "m.mentions", default)]
    mentions: Mentions,
}

#[derive(Deserialize, Default)]
struct Unsigned {
    redacted_because: Option<serde::de::IgnoredAny>,
}

impl Room {
    /// What this account has not read of a thread.
    pub async fn thread_reading(&self, root: &EventId) -> Result<ThreadReading, Failure> {
        let (room, root) = (self.session.sdk_room(&self.id()).await?, event_id(root)?);
        Ok(reading(&room, root).await?)
    }

    /// Marks a thread as read, up to what was said in it last.
    pub async fn mark_thread_read(&self, root: &EventId) -> Result<(), Failure> {
        let (room, root) = (self.session.sdk_room(&self.id()).await?, event_id(root)?);
        let newest = newest(&room, &root, 1).await?;
        let newest = newest.first().and_then(|event| event.event_id().map(ToOwned::to_owned));
        let newest = newest.ok_or(Failure::NotFound { what: Missing::Event })?;
        let kind = if are_private(&room.client()).await { SentReceipt::ReadPrivate } else { SentReceipt::Read };
        room.send_single_receipt(kind, ReceiptThread::Thread(root), newest).await.map_err(CoreError::from)?;
        Ok(())
    }
}

/// Counts from the newest backwards, up to what was read or written here.
pub(crate) async fn reading(room: &matrix_sdk::Room, root: OwnedEventId) -> Result<ThreadReading, CoreError> {
    let me = room.own_user_id();
    let thread = ReceiptThread::Thread(root.clone());
    let mut read: Vec<OwnedEventId> = Vec::new();
    for kind in [ReceiptType::Read, ReceiptType::ReadPrivate] {
        read.extend(room.load_user_receipt(kind, &thread, me).await?.map(|(event, _)| event));
    }
    let mut told = ThreadReading { unread: 0, mentions: 0 };
    for event in newest(room, &root, COUNTED).await? {
        let raw = event.raw();
        let is_read = event.event_id().is_some_and(|event| read.iter().any(|read| read == event));
        if is_read || raw.get_field::<String>("sender").ok().flatten().is_some_and(|sender| sender == me.as_str()) {
            break;
        }
        if is_deleted(raw) {
            continue;
        }
        told.unread += 1;
        let mentions = raw.get_field::<Content>("content").ok().flatten().unwrap_or_default().mentions;
        if mentions.room || mentions.user_ids.iter().any(|user| user == me.as_str()) {
            told.mentions += 1;
        }
    }
    Ok(told)
}

/// What was said in a thread last, the newest first.
async fn newest(
    room: &matrix_sdk::Room,
    root: &OwnedEventId,
    limit: u32,
) -> Result<Vec<matrix_sdk::deserialized_responses::TimelineEvent>, CoreError> {
    let options = RelationsOptions {
        limit: Some(UInt::from(limit)),
        include_relations: IncludeRelations::RelationsOfType(RelationType::Thread),
        ..RelationsOptions::default()
    };
    Ok(room.relations(root.clone(), options).await?.chunk)
}

fn is_deleted<T>(raw: &Raw<T>) -> bool {
    let unsigned = raw.get_field::<Unsigned>("unsigned").ok().flatten().unwrap_or_default();
    unsigned.redacted_because.is_some()
}

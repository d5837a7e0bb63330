//! What was read, by whom, and who is told of it.

use std::collections::HashMap;

use bulla_model::{Failure, ItemContent, ItemId, MarkedRead, Missing, ReadReceipt, Reader, UserId};
use matrix_sdk::{Client, Room as SdkRoom, room::Receipts};
use ruma::{OwnedEventId, events::AnyGlobalAccountDataEventContent, serde::Raw};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{
    cancel::Cancel,
    failure::CoreError,
    live::newest,
    session::{Session, user_id},
    timeline::Timeline,
};

/// Account data of this project: `{"private": true}`.
const EVENT: &str = "org.bulla.read_receipts";
/// As many readers as are named.
const READERS: usize = 1_000;

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    private: bool,
}

impl Session {
    /// Whether others are not told what this account has read.
    pub async fn private_receipts(&self) -> Result<bool, Failure> {
        Ok(are_private(&self.inner.client().await?).await)
    }

    /// Tells others what this account has read from now on, or no longer. It holds on all its devices.
    pub async fn set_private_receipts(&self, private: bool) -> Result<(), Failure> {
        let client = self.inner.client().await?;
        let content = serde_json::json!({ "private": private });
        let content = Raw::<AnyGlobalAccountDataEventContent>::from_json(
            serde_json::value::to_raw_value(&content).map_err(|_| CoreError::Defect("account data"))?,
        );
        client.account().set_account_data_raw(EVENT.into(), content).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Marks every room as read, one with each [`MarkAllRead::next`].
    pub fn mark_all_read(&self) -> Result<MarkAllRead, Failure> {
        self.inner.open()?;
        Ok(MarkAllRead { session: self.clone(), state: Mutex::default(), cancel: self.inner.cancel() })
    }
}

/// Marks every room as read, room by room.
pub struct MarkAllRead {
    session: Session,
    state: Mutex<Option<Marking>>,
    cancel: Cancel,
}

struct Marking {
    rooms: Vec<SdkRoom>,
    told: MarkedRead,
}

impl MarkAllRead {
    /// Marks one room more and tells how far it is, or none when it is done, was cancelled or the session closed. The first tells how much
    /// there is to do.
    pub async fn next(&self) -> Result<Option<MarkedRead>, Failure> {
        Ok(self.cancel.or_end(self.step()).await.transpose()?.flatten())
    }

    /// Ends it: what is marked stays so.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn step(&self) -> Result<Option<MarkedRead>, CoreError> {
        let mut state = self.state.lock().await;
        let client = self.session.inner.client().await?;
        let Some(marking) = &mut *state else {
            let rooms: Vec<_> = client.joined_rooms().into_iter().filter(is_unread).collect();
            let total = u32::try_from(rooms.len()).unwrap_or(u32::MAX);
            let told = MarkedRead { done: 0, total, failed: 0 };
            *state = Some(Marking { rooms, told });
            return Ok(Some(told));
        };
        let Some(room) = marking.rooms.last() else { return Ok(None) };
        match mark(room, are_private(&client).await).await.map_err(Failure::from) {
            Ok(()) => marking.told.done += 1,
            // No other would go better.
            Err(failure @ (Failure::Offline | Failure::Wait { .. } | Failure::Closed)) => return Err(failure.into()),
            Err(_) => marking.told.failed += 1,
        }
        marking.rooms.pop();
        Ok(Some(marking.told))
    }
}

impl Timeline {
    /// Who has read a message or what came after it.
    pub async fn readers(&self, item: &ItemId) -> Result<Vec<Reader>, Failure> {
        let live = self.live().await?;
        let rows = live.current().await;
        let at = rows.iter().position(|row| row.id == *item).ok_or(Failure::NotFound { what: Missing::Event })?;
        let mut read: HashMap<UserId, ReadReceipt> = HashMap::new();
        let mut author = None;
        for (index, row) in rows.iter().enumerate().skip(at) {
            let ItemContent::Event { event } = &row.content else { continue };
            if index == at {
                author = Some(event.sender.clone());
            }
            for receipt in &event.read_by {
                read.insert(receipt.user.clone(), receipt.clone());
            }
        }
        let mut readers = Vec::with_capacity(read.len().min(READERS));
        for receipt in read.into_values().filter(|receipt| Some(&receipt.user) != author.as_ref()).take(READERS) {
            let member = match user_id(&receipt.user) {
                Ok(user) => live.timeline.room().get_member_no_sync(&user).await.ok().flatten(),
                Err(_) => None,
            };
            readers.push(Reader {
                name: member.as_ref().and_then(|member| member.display_name()).map(str::to_owned),
                avatar: member
                    .as_ref()
                    .and_then(|member| member.avatar_url())
                    .map(|uri| bulla_model::MediaUri(uri.to_string())),
                user: receipt.user,
                at: receipt.at,
            });
        }
        readers.sort_by(|a, b| (a.at, &a.user).cmp(&(b.at, &b.user)));
        Ok(readers)
    }
}

/// Whether this account keeps to itself what it has read, as far as is known here.
pub(crate) async fn are_private(client: &Client) -> bool {
    let data = client.account().account_data_raw(EVENT.into()).await.ok().flatten();
    data.and_then(|data| data.deserialize_as_unchecked::<Wish>().ok()).is_some_and(|wish| wish.private)
}

/// A receipt at `newest`, which others are told of or not.
pub(crate) fn receipt(receipts: Receipts, newest: OwnedEventId, private: bool) -> Receipts {
    match private {
        true => receipts.private_read_receipt(newest),
        false => receipts.public_read_receipt(newest),
    }
}

fn is_unread(room: &SdkRoom) -> bool {
    room.num_unread_messages() > 0
        || room.num_unread_mentions() > 0
        || room.unread_notification_counts().notification_count > 0
        || room.is_marked_unread()
}

async fn mark(room: &SdkRoom, private: bool) -> Result<(), CoreError> {
    if let Some(newest) = newest(room).await {
        let receipts = receipt(Receipts::new().fully_read_marker(newest.clone()), newest, private);
        room.send_multiple_receipts(receipts).await?;
    }
    room.set_unread_flag(false).await?;
    Ok(())
}

//! What a session, its engine and its timelines all hold.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use bulla_model::{AccountSummary, Failure, KeyStore, Membership, RoomId, SessionState};
use matrix_sdk::Client;
use tokio::sync::watch;
use url::Url;

use crate::{
    access, book::RoomBook, contact_rules, ending_store::EndingStore, endings::Endings, lines::Lines,
    manifest::Deployment, media_store::MediaStore, room_ending, shown::Shown, sync::Sync, upgrade, upkeep::Upkeep,
    uploads::Uploads, vault::Vault,
};

/// The SDK, running.
#[derive(Clone)]
pub(crate) struct Attached {
    pub client: Client,
    pub lines: Lines,
    pub sync: Arc<Sync>,
    pub events: EndingStore,
}

/// Whether the SDK is there.
#[derive(Clone)]
pub(crate) enum Link {
    Pending,
    Ready(Attached),
    Broken(Failure),
    Closed,
}

pub(crate) struct Shared {
    pub account: AccountSummary,
    pub homeserver: Url,
    pub device_name: String,
    pub folder: PathBuf,
    pub keys: Arc<dyn KeyStore>,
    pub deployment: Arc<Deployment>,
    pub vault: Arc<Vault>,
    pub media: Arc<MediaStore>,
    pub uploads: Arc<Uploads>,
    pub endings: Arc<Endings>,
    pub book: Arc<RoomBook>,
    pub upkeep: Upkeep,
    pub state: watch::Sender<SessionState>,
    pub link: watch::Sender<Link>,
    pub closed: watch::Sender<bool>,
    /// Rises with every order that must not wait for the network.
    pub urgent: watch::Sender<u64>,
    /// Rises whenever what may be done in a room may have changed.
    pub rights: watch::Sender<u64>,
    /// Held while rows are made anew: the row that is put last is the one that was looked at last.
    pub refreshing: tokio::sync::Mutex<()>,
    /// Held while a direct conversation is looked for or made, so that two calls make one.
    pub direct: tokio::sync::Mutex<()>,
    /// Conversations that may show what is not stored yet.
    pub shown: Mutex<HashMap<RoomId, Weak<Shown>>>,
    /// Parts of conversations that are on a screen.
    pub parts: Mutex<Vec<Weak<Shown>>>,
}

impl Shared {
    /// Brings rooms' rows up to date.
    pub async fn refresh(&self, rooms: &[matrix_sdk::Room]) {
        let _one = self.refreshing.lock().await;
        let mut rows = Vec::with_capacity(rooms.len());
        // A room whose place one of these took: no list shows it any more.
        let before = rooms.iter().filter_map(|room| room.client().get_room(&room.predecessor_room()?.room_id));
        let before: Vec<_> = before.filter(upgrade::is_superseded).collect();
        let (mut unwanted, mut asked) = (Vec::new(), None);
        for room in rooms.iter().chain(&before) {
            let known = self.book.known(&RoomId(room.room_id().to_string()));
            match crate::summary::summarise(room, known.as_deref(), self).await {
                Ok(row) if row.membership == Membership::Invited => {
                    let rules = match asked.take() {
                        Some(rules) => rules,
                        None => contact_rules::known(&room.client()).await,
                    };
                    match row.invited_by.as_ref().is_none_or(|by| rules.admits(by)) {
                        true => rows.push(row),
                        false => unwanted.push(row.id),
                    }
                    asked = Some(rules);
                }
                Ok(row) => rows.push(row),
                Err(error) => tracing::warn!(kind = %Failure::from(error), "a room's row could not be made"),
            }
        }
        self.book.put(rows).await;
        self.book.remove(unwanted).await;
    }

    /// Brings a room's row up to date with what the sync does not bring, too. Where the server does not answer, without.
    pub async fn look_again(&self, room: &matrix_sdk::Room) {
        if let Err(error) = access::fetch(room).await {
            tracing::info!(kind = %Failure::from(error), "a room's access rules were not fetched");
        }
        room_ending::look_again(room).await;
        self.refresh(std::slice::from_ref(room)).await;
    }

    /// Stores what conversations show and have not stored yet.
    pub async fn flush(&self) {
        let shown: Vec<_> = self.shown().values().filter_map(Weak::upgrade).collect();
        for shown in shown {
            shown.store(&self.vault).await;
        }
    }

    /// Tells the server which rooms are on a screen, so that they come first and in full.
    pub async fn subscribe_shown(&self) {
        let Link::Ready(attached) = self.link.borrow().clone() else { return };
        let mut shown: Vec<RoomId> = self.shown().keys().cloned().collect();
        shown.extend(self.parts().iter().filter_map(|part| Some(part.upgrade()?.room.clone())));
        let shown: Vec<_> = shown.iter().filter_map(|id| crate::session::room_id(id).ok()).collect();
        let shown: Vec<&ruma::RoomId> = shown.iter().map(AsRef::as_ref).collect();
        attached.sync.list().set_room_subscriptions(&shown).await;
    }

    pub fn parts(&self) -> MutexGuard<'_, Vec<Weak<Shown>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn shown(&self) -> MutexGuard<'_, HashMap<RoomId, Weak<Shown>>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

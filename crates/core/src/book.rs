//! All rooms of an account, as rows: from the store until the session is attached, then kept up by the SDK's notices.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use bulla_model::{Membership, RoomFilter, RoomId, RoomSummary};
use bulla_policy::RoomSearch;
use tokio::sync::watch;

use crate::{endings::Endings, failure::CoreError, vault::Vault};

type Place = (Reverse<Option<SystemTime>>, RoomId);

/// The rows of all rooms, newest first.
pub(crate) struct RoomBook {
    vault: Arc<Vault>,
    endings: Arc<Endings>,
    pages: Mutex<Pages>,
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct Pages {
    /// Whether the rows below are all there are; before that the store is asked.
    loaded: bool,
    rows: HashMap<RoomId, Arc<RoomSummary>>,
    order: BTreeSet<Place>,
    /// Rooms that the person has forgotten: what still comes of their past is not shown.
    forgotten: HashSet<RoomId>,
    /// Those of them that have come back since.
    back: HashSet<RoomId>,
}

/// A page of a list.
pub(crate) struct Page {
    pub rows: Vec<Arc<RoomSummary>>,
    pub total: u32,
}

impl RoomBook {
    pub fn new(vault: Arc<Vault>, endings: Arc<Endings>) -> Self {
        Self { vault, endings, pages: Mutex::default(), version: watch::Sender::new(0) }
    }

    /// Notices of every change.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The first `limit` rows that `filter` admits and `search` finds.
    pub async fn page(&self, filter: RoomFilter, search: &RoomSearch, limit: u32) -> Result<Page, CoreError> {
        let there = |pages: &Pages| {
            pages.loaded.then(|| {
                let rows = pages.order.iter().filter_map(|(_, id)| pages.rows.get(id));
                Page::of(rows.filter(|room| filter.admits(room) && search.finds(room)).cloned(), limit)
            })
        };
        if let Some(page) = there(&self.pages()) {
            return Ok(page);
        }
        if !search.is_empty() {
            let rooms = self.vault.read(|store| store.all_rooms()).await?;
            let found = rooms.into_iter().filter(|room| filter.admits(room) && search.finds(room));
            return Ok(Page::of(found.map(|row| self.admitted(row)), limit));
        }
        let page = self.vault.read(move |store| store.rooms(filter, limit)).await?;
        Ok(Page { rows: page.rooms.into_iter().map(|row| self.admitted(row)).collect(), total: page.total })
    }

    /// One row.
    pub async fn row(&self, id: &RoomId) -> Result<Option<Arc<RoomSummary>>, CoreError> {
        {
            let pages = self.pages();
            if pages.loaded {
                return Ok(pages.rows.get(id).cloned());
            }
        }
        let id = id.clone();
        Ok(self.vault.read(move |store| store.room(&id)).await?.map(|row| self.admitted(row)))
    }

    /// Takes every row from the store into memory. From here on the book answers by itself.
    pub async fn load(&self) -> Result<(), CoreError> {
        if self.pages().loaded {
            return Ok(());
        }
        let rooms = self.vault.read(|store| store.all_rooms()).await?;
        let mut differ = Vec::new();
        {
            let mut pages = self.pages();
            for mut room in rooms {
                // What the SDK has told meanwhile is newer.
                if !pages.rows.contains_key(&room.id) {
                    if self.endings.admit_room(&mut room) {
                        differ.push(room.clone());
                    }
                    pages.put(Arc::new(room));
                }
            }
            pages.loaded = true;
        }
        if !differ.is_empty() {
            // What has ended leaves the store too.
            self.vault.write("rooms", |store| store.put_rooms(differ)).await;
        }
        Ok(())
    }

    /// The row as it is in memory.
    pub fn known(&self, id: &RoomId) -> Option<Arc<RoomSummary>> {
        self.pages().rows.get(id).cloned()
    }

    /// Every room that has a row.
    pub fn ids(&self) -> Vec<RoomId> {
        self.pages().rows.keys().cloned().collect()
    }

    /// Replaces rows and keeps those that differ in the store too.
    pub async fn put(&self, rooms: Vec<RoomSummary>) {
        let mut changed = Vec::new();
        {
            let mut pages = self.pages();
            for room in rooms {
                let over = matches!(room.membership, Membership::Left | Membership::Banned);
                if pages.forgotten.contains(&room.id) && over {
                    continue;
                }
                if pages.forgotten.remove(&room.id) {
                    pages.back.insert(room.id.clone());
                }
                if pages.rows.get(&room.id).is_none_or(|there| **there != room) {
                    changed.push(room.clone());
                    pages.put(Arc::new(room));
                }
            }
        }
        if changed.is_empty() {
            return;
        }
        self.version.send_modify(|version| *version += 1);
        self.vault.write("rooms", |store| store.put_rooms(changed)).await;
    }

    /// Removes a row for good: it comes back only with another invitation.
    pub async fn forget(&self, id: &RoomId) {
        self.pages().forgotten.insert(id.clone());
        self.remove(vec![id.clone()]).await;
    }

    /// Whether a room that was forgotten has come back; told once.
    pub fn has_come_back(&self, id: &RoomId) -> bool {
        self.pages().back.remove(id)
    }

    /// Whether a room was forgotten.
    pub fn is_forgotten(&self, id: &RoomId) -> bool {
        self.pages().forgotten.contains(id)
    }

    /// Removes rows.
    pub async fn remove(&self, ids: Vec<RoomId>) {
        let gone: Vec<RoomId> = {
            let mut pages = self.pages();
            ids.into_iter().filter(|id| pages.take(id)).collect()
        };
        if gone.is_empty() {
            return;
        }
        self.version.send_modify(|version| *version += 1);
        self.vault.write("rooms", |store| store.remove_rooms(gone)).await;
    }

    /// A stored row, without what has ended since it was stored.
    fn admitted(&self, mut row: RoomSummary) -> Arc<RoomSummary> {
        self.endings.admit_room(&mut row);
        Arc::new(row)
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn of(mut rooms: impl Iterator<Item = Arc<RoomSummary>>, limit: u32) -> Self {
        let rows: Vec<_> = rooms.by_ref().take(limit as usize).collect();
        let total = rows.len() + rooms.count();
        Self { rows, total: total as u32 }
    }
}

impl Pages {
    fn put(&mut self, room: Arc<RoomSummary>) {
        self.take(&room.id);
        self.order.insert(place(&room));
        self.rows.insert(room.id.clone(), room);
    }

    fn take(&mut self, id: &RoomId) -> bool {
        let Some(old) = self.rows.remove(id) else { return false };
        self.order.remove(&place(&old));
        true
    }
}

fn place(room: &RoomSummary) -> Place {
    (Reverse(room.active_at), room.id.clone())
}

//! The SDK's store of events, with a door: nothing that has ended goes in or comes out.
//!
//! The SDK hands every event to its store before it shows it, whether it comes by sync, from the past, or is decrypted late. Here each is looked at
//! for what says that it ends (`policy/src/ending.rs`). What has ended leaves nothing but that it was there.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use bulla_model::{EventId, Failure, MediaId, RoomId, UserId};
use matrix_sdk::{
    SqliteEventCacheStore, SqliteStateStore,
    deserialized_responses::{RawAnySyncOrStrippedState, TimelineEvent},
};
use matrix_sdk_base::{
    StateStore,
    cross_process_lock::CrossProcessLockGeneration,
    event_cache::{
        Event, Gap,
        store::{EventCacheStore, EventCacheStoreError},
        thread::ThreadInfo,
    },
    linked_chunk::{
        ChunkContent, ChunkIdentifier, ChunkIdentifierGenerator, ChunkMetadata, LinkedChunkId, Position, RawChunk,
        Update,
    },
};
use ruma::{
    EventId as EventIdRef, MilliSecondsSinceUnixEpoch, OwnedEventId, RoomId as RoomIdRef, UserId as UserIdRef,
    events::{StateEventType, relation::RelationType},
};
use serde_json::Value;

use crate::{
    deletions::Deletion,
    ending_event::{Gone, blank, deleted_by, edited, files, is_blank, is_said, look_at},
    endings::Endings,
    failure::CoreError,
    item::time,
    vault::Vault,
};

type Error = <SqliteEventCacheStore as EventCacheStore>::Error;

/// The store, and the door. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct EndingStore {
    store: SqliteEventCacheStore,
    /// Who may do what, as the SDK keeps it.
    state: SqliteStateStore,
    door: Arc<Door>,
}

#[derive(Default)]
struct Door(OnceLock<(Arc<Endings>, Arc<Vault>)>);

impl EndingStore {
    pub fn new(store: SqliteEventCacheStore, state: SqliteStateStore) -> Self {
        Self { store, state, door: Arc::default() }
    }

    /// Closes the door on what ends by `endings`. Before, nothing passes that was not there: the SDK has not begun.
    pub fn watch(&self, endings: &Arc<Endings>, vault: &Arc<Vault>) {
        let _ = self.door.0.set((endings.clone(), vault.clone()));
    }

    /// Leaves nothing of an event and its edits but that they were there, and `why`. Tells its files, and which edits those were.
    pub async fn erase(
        &self,
        room: &RoomIdRef,
        event: &EventIdRef,
        why: Gone,
    ) -> Result<(Vec<MediaId>, Vec<EventId>), CoreError> {
        let (mut media, mut edits) = (Vec::new(), Vec::new());
        if let Some(found) = self.store.find_event(room, event).await.map_err(failed)? {
            media.extend(files(&found));
            self.save_blank(room, found, why).await?;
        }
        for edit in self.edits(room, event).await.map_err(failed)? {
            if let Some(id) = edit.event_id().map(|id| EventId(id.to_string())) {
                // No row of its own says that it was there.
                self.door.0.get().inspect(|(endings, _)| endings.is_over(id.clone()));
                edits.push(id);
            }
            media.extend(files(&edit));
            self.save_blank(room, edit, Gone::Ended).await?;
        }
        Ok((media, edits))
    }

    /// What was said in a room before a moment and is here still, and its files.
    pub async fn said_before(
        &self,
        room: &RoomIdRef,
        before: MilliSecondsSinceUnixEpoch,
    ) -> Result<(Vec<TimelineEvent>, Vec<MediaId>), CoreError> {
        let mut events = self.store.get_room_events(room, None, None).await.map_err(failed)?;
        events.retain(|event| event.timestamp().is_some_and(|at| at <= before) && is_said(event) && !is_blank(event));
        let media = events.iter().flat_map(files).collect();
        Ok((events, media))
    }

    /// Leaves nothing of these but that they were there.
    pub async fn erase_all(&self, room: &RoomIdRef, events: Vec<TimelineEvent>) -> Result<(), CoreError> {
        for event in events {
            self.save_blank(room, event, Gone::Ended).await?;
        }
        Ok(())
    }

    /// Writes the file anew without what is free in it. Whoever writes meanwhile waits.
    pub async fn give_back(&self) -> Result<(), CoreError> {
        self.store.optimize().await.map_err(failed)
    }

    /// The event as it lies here.
    pub async fn event(&self, room: &RoomIdRef, event: &EventIdRef) -> Result<Option<TimelineEvent>, CoreError> {
        self.store.find_event(room, event).await.map_err(failed)
    }

    async fn save_blank(&self, room: &RoomIdRef, mut event: TimelineEvent, why: Gone) -> Result<(), CoreError> {
        if blank(&mut event, why) {
            self.store.save_event(room, event).await.map_err(failed)?;
        }
        Ok(())
    }

    /// The other texts that an event was given and that are here.
    async fn edits(&self, room: &RoomIdRef, event: &EventIdRef) -> Result<Vec<TimelineEvent>, Error> {
        let found = self.store.find_event_relations(room, event, Some(&[RelationType::Replacement])).await?;
        Ok(found.into_iter().map(|(edit, _)| edit).filter(|edit| !is_blank(edit)).collect())
    }

    /// A deletion that has come: where whoever deleted it may, all of it is to go from here, and where they may not, what was here stays. The SDK
    /// believes the server. `deleted` is what comes now and was deleted by somebody who may.
    async fn judge(
        &self,
        room: &RoomIdRef,
        event: &mut TimelineEvent,
        deleted: &HashSet<OwnedEventId>,
    ) -> Result<(), Error> {
        let Some((endings, _)) = self.door.0.get() else { return Ok(()) };
        let Some(id) = event.event_id().map(ToOwned::to_owned) else { return Ok(()) };
        let Some(by) = deleted_by(event) else {
            // Another text for what was deleted before.
            if let Some(target) = edited(event)
                && (deleted.contains(&target)
                    || self.store.find_event(room, &target).await?.is_some_and(|target| deleted_by(&target).is_some()))
            {
                blank(event, Gone::Ended);
                endings.is_over(EventId(id.to_string()));
            }
            return Ok(());
        };
        let Some(old) = self.store.find_event(room, &id).await? else {
            // It was deleted before it came here, and its other texts came first: from the past, they do.
            if deleted.contains(&id) && !self.edits(room, &id).await?.is_empty() {
                let (room, event) = (RoomId(room.to_string()), EventId(id.to_string()));
                endings.deleted(Deletion { room, event, media: Vec::new(), sent: None });
            }
            return Ok(());
        };
        if deleted_by(&old).is_some() {
            return Ok(());
        }
        if self.may_delete_that(room, &old, &by).await {
            let sent = old.sender().zip(old.timestamp()).map(|(sender, at)| (UserId(sender.to_string()), time(at)));
            let (room, event) = (RoomId(room.to_string()), EventId(id.to_string()));
            endings.deleted(Deletion { room, event, media: files(&old), sent });
        } else {
            tracing::warn!("a deletion by somebody who may not is not heard");
            *event = old;
        }
        Ok(())
    }

    /// Which of these were deleted by somebody who may.
    async fn deleted(&self, room: &RoomIdRef, events: impl Iterator<Item = &Event>) -> HashSet<OwnedEventId> {
        let mut deleted = HashSet::new();
        for event in events {
            if let Some(by) = deleted_by(event)
                && self.may_delete_that(room, event, &by).await
            {
                deleted.extend(event.event_id().map(ToOwned::to_owned));
            }
        }
        deleted
    }

    /// Whether somebody may delete an event: their own, or what others wrote.
    async fn may_delete_that(&self, room: &RoomIdRef, event: &TimelineEvent, by: &UserIdRef) -> bool {
        event.sender().is_some_and(|sender| sender == *by) || self.may_delete(room, by).await
    }

    /// Whether somebody may delete what others wrote, as far as is known here.
    async fn may_delete(&self, room: &RoomIdRef, by: &UserIdRef) -> bool {
        let content = async |kind: StateEventType| {
            let found = self.state.get_state_event(room, kind, "").await.ok()??;
            let field = |name: &str| match &found {
                RawAnySyncOrStrippedState::Sync(event) => event.get_field::<Value>(name).ok()?,
                RawAnySyncOrStrippedState::Stripped(event) => event.get_field::<Value>(name).ok()?,
            };
            Some((field("sender").unwrap_or_default(), field("content").unwrap_or_default()))
        };
        let created = content(StateEventType::RoomCreate).await.unwrap_or_default();
        let powers = content(StateEventType::RoomPowerLevels).await.map(|(_, content)| content);
        let creators = created.1.get("additional_creators").and_then(Value::as_array);
        let creates =
            created.0 == by.as_str() || creators.is_some_and(|more| more.iter().any(|one| one == by.as_str()));
        // A creator has every right for good from room version 12 on, and where nothing else is said.
        let version = created.1.get("room_version").and_then(Value::as_str).and_then(|version| version.parse().ok());
        if creates && (version.is_some_and(|version: u32| version >= 12) || powers.is_none()) {
            return true;
        }
        let Some(powers) = powers else { return false };
        let number = |value: Option<&Value>| value.and_then(Value::as_i64);
        let level = number(powers.pointer("/users").and_then(|users| users.get(by.as_str())));
        let level = level.or_else(|| number(powers.get("users_default"))).unwrap_or(0);
        level >= number(powers.get("redact")).unwrap_or(50)
    }

    /// Has the ledger keep what was deleted before nothing here tells of it any more, and what was opened elsewhere before it comes.
    async fn keep(&self) {
        let Some((endings, vault)) = self.door.0.get() else { return };
        if let Err(error) = endings.deletions.keep(vault).await {
            // The deletion itself stands, and what is left of the event goes as long as this process runs.
            tracing::warn!(kind = %Failure::from(error), "a deletion is not kept");
        }
        if let Err(error) = endings.notices.keep(vault).await {
            // It holds as long as this process runs.
            tracing::warn!(kind = %Failure::from(error), "that something was opened elsewhere is not kept");
        }
    }

    /// What of an event may be kept.
    fn pass(&self, room: &RoomIdRef, event: &mut TimelineEvent) {
        if let Some((endings, _)) = self.door.0.get() {
            look_at(endings, room, event);
            let old = || event.timestamp().is_some_and(|at| endings.is_old(&RoomId(room.to_string()), time(at)));
            let id = event.event_id().map(|id| EventId(id.to_string()));
            let ended = id.as_ref().is_some_and(|id| endings.has_ended(id));
            let target = edited(event).map(|id| EventId(id.to_string()));
            if ended || (old() && is_said(event)) {
                blank(event, Gone::Ended);
            } else if target.is_some_and(|target| endings.is_gone(&target)) {
                blank(event, Gone::Ended);
                id.into_iter().for_each(|id| endings.is_over(id));
            } else if id.is_some_and(|id| endings.deletions.holds(&id)) {
                blank(event, Gone::Deleted);
            }
        }
    }

    fn passed(&self, room: &RoomIdRef, mut event: TimelineEvent) -> TimelineEvent {
        self.pass(room, &mut event);
        event
    }

    fn chunk(&self, room: &RoomIdRef, chunk: &mut RawChunk<Event, Gap>) {
        if let ChunkContent::Items(items) = &mut chunk.content {
            items.iter_mut().for_each(|event| self.pass(room, event));
        }
    }
}

/// Those that come with an update.
fn events(update: &mut Update<Event, Gap>) -> &mut [Event] {
    match update {
        Update::PushItems { items, .. } => items.as_mut_slice(),
        Update::ReplaceItem { item, .. } => std::slice::from_mut(item),
        _ => &mut [],
    }
}

fn failed(error: Error) -> CoreError {
    matrix_sdk::Error::from(EventCacheStoreError::from(error)).into()
}

#[async_trait]
impl EventCacheStore for EndingStore {
    type Error = Error;

    async fn try_take_leased_lock(
        &self,
        lease_duration_ms: u32,
        key: &str,
        holder: &str,
    ) -> Result<Option<CrossProcessLockGeneration>, Error> {
        self.store.try_take_leased_lock(lease_duration_ms, key, holder).await
    }

    async fn handle_linked_chunk_updates(
        &self,
        linked_chunk_id: LinkedChunkId<'_>,
        mut updates: Vec<Update<Event, Gap>>,
    ) -> Result<(), Error> {
        let room = linked_chunk_id.room_id();
        let deleted = self.deleted(room, updates.iter_mut().flat_map(events).map(|event| &*event)).await;
        for event in updates.iter_mut().flat_map(events) {
            self.judge(room, event, &deleted).await?;
            self.pass(room, event);
        }
        self.keep().await;
        self.store.handle_linked_chunk_updates(linked_chunk_id, updates).await
    }

    async fn load_all_chunks(&self, linked_chunk_id: LinkedChunkId<'_>) -> Result<Vec<RawChunk<Event, Gap>>, Error> {
        let mut chunks = self.store.load_all_chunks(linked_chunk_id).await?;
        chunks.iter_mut().for_each(|chunk| self.chunk(linked_chunk_id.room_id(), chunk));
        Ok(chunks)
    }

    async fn load_all_chunks_metadata(&self, linked_chunk_id: LinkedChunkId<'_>) -> Result<Vec<ChunkMetadata>, Error> {
        self.store.load_all_chunks_metadata(linked_chunk_id).await
    }

    async fn load_last_chunk(
        &self,
        linked_chunk_id: LinkedChunkId<'_>,
    ) -> Result<(Option<RawChunk<Event, Gap>>, ChunkIdentifierGenerator), Error> {
        let (mut chunk, generator) = self.store.load_last_chunk(linked_chunk_id).await?;
        chunk.iter_mut().for_each(|chunk| self.chunk(linked_chunk_id.room_id(), chunk));
        Ok((chunk, generator))
    }

    async fn load_previous_chunk(
        &self,
        linked_chunk_id: LinkedChunkId<'_>,
        before_chunk_identifier: ChunkIdentifier,
    ) -> Result<Option<RawChunk<Event, Gap>>, Error> {
        let mut chunk = self.store.load_previous_chunk(linked_chunk_id, before_chunk_identifier).await?;
        chunk.iter_mut().for_each(|chunk| self.chunk(linked_chunk_id.room_id(), chunk));
        Ok(chunk)
    }

    async fn load_thread_info(&self, room_id: &RoomIdRef, thread_id: &EventIdRef) -> Result<ThreadInfo, Error> {
        self.store.load_thread_info(room_id, thread_id).await
    }

    async fn update_thread_info(
        &self,
        room_id: &RoomIdRef,
        thread_id: &EventIdRef,
        thread_info: &ThreadInfo,
    ) -> Result<(), Error> {
        self.store.update_thread_info(room_id, thread_id, thread_info).await
    }

    async fn clear_all_events(&self, room_id: Option<&RoomIdRef>) -> Result<(), Error> {
        self.store.clear_all_events(room_id).await
    }

    async fn filter_duplicated_events(
        &self,
        linked_chunk_id: LinkedChunkId<'_>,
        events: Vec<OwnedEventId>,
    ) -> Result<Vec<(OwnedEventId, Position)>, Error> {
        self.store.filter_duplicated_events(linked_chunk_id, events).await
    }

    async fn find_event(&self, room_id: &RoomIdRef, event_id: &EventIdRef) -> Result<Option<Event>, Error> {
        Ok(self.store.find_event(room_id, event_id).await?.map(|event| self.passed(room_id, event)))
    }

    async fn find_event_relations(
        &self,
        room_id: &RoomIdRef,
        event_id: &EventIdRef,
        filter: Option<&[RelationType]>,
    ) -> Result<Vec<(Event, Option<Position>)>, Error> {
        let found = self.store.find_event_relations(room_id, event_id, filter).await?;
        Ok(found.into_iter().map(|(event, position)| (self.passed(room_id, event), position)).collect())
    }

    async fn get_room_events(
        &self,
        room_id: &RoomIdRef,
        event_type: Option<&str>,
        session_id: Option<&str>,
    ) -> Result<Vec<Event>, Error> {
        let found = self.store.get_room_events(room_id, event_type, session_id).await?;
        Ok(found.into_iter().map(|event| self.passed(room_id, event)).collect())
    }

    async fn save_event(&self, room_id: &RoomIdRef, mut event: Event) -> Result<(), Error> {
        let deleted = self.deleted(room_id, std::iter::once(&event)).await;
        self.judge(room_id, &mut event, &deleted).await?;
        self.keep().await;
        self.store.save_event(room_id, self.passed(room_id, event)).await
    }

    async fn close(&self) -> Result<(), Error> {
        self.store.close().await
    }

    async fn reopen(&self) -> Result<(), Error> {
        self.store.reopen().await
    }

    async fn optimize(&self) -> Result<(), Error> {
        self.store.optimize().await
    }

    async fn get_size(&self) -> Result<Option<usize>, Error> {
        self.store.get_size().await
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Door")
    }
}

//! The SDK's store of events, with a door: nothing that has ended goes in or comes out.
//!
//! The SDK hands every event to its store before it shows it, whether it comes by sync, from the past, or is decrypted late. Here each is looked at
//! for what says that it ends (`policy/src/ending.rs`). What has ended leaves nothing but that it was there.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bulla_model::{EventId, Failure, MediaId, RoomId, UserId};
use bulla_policy as policy;
use matrix_sdk::{
    SqliteEventCacheStore, SqliteStateStore,
    deserialized_responses::{RawAnySyncOrStrippedState, TimelineEvent, TimelineEventKind},
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
    EventId as EventIdRef, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId, RoomId as RoomIdRef,
    UserId as UserIdRef,
    canonical_json::redact_content_in_place,
    events::{StateEventType, relation::RelationType, room::message::MessageType},
    room_version_rules::RedactionRules,
    serde::Raw,
};
use serde::Deserialize;
use serde_json::{Value, json, value::to_raw_value};

use crate::{
    attachment::Attachment,
    deletions::Deletion,
    endings::{Endings, Found},
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

/// As much of an event as matters here.
#[derive(Deserialize)]
struct Seen {
    event_id: String,
    sender: String,
    origin_server_ts: MilliSecondsSinceUnixEpoch,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    unsigned: Value,
    state_key: Option<Value>,
}

/// Why nothing of an event is left.
#[derive(Clone, Copy)]
pub(crate) enum Gone {
    /// Its time was over: it leaves the conversation.
    Ended,
    /// Somebody deleted it: that it was there is still shown. The deletion itself may not have been stored yet.
    Deleted,
}

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
        for (related, _) in
            self.store.find_event_relations(room, event, Some(&[RelationType::Replacement])).await.map_err(failed)?
        {
            edits.extend(related.event_id().map(|id| EventId(id.to_string())));
            self.save_blank(room, related, why).await?;
        }
        Ok((media, edits))
    }

    /// The same of all that was said in a room before a moment; which events those were, and their files.
    pub async fn erase_before(
        &self,
        room: &RoomIdRef,
        before: MilliSecondsSinceUnixEpoch,
    ) -> Result<(Vec<EventId>, Vec<MediaId>), CoreError> {
        let (mut events, mut media) = (Vec::new(), Vec::new());
        for event in self.store.get_room_events(room, None, None).await.map_err(failed)? {
            if event.timestamp().is_some_and(|at| at <= before) && is_said(&event) {
                let (of, id) = (files(&event), event.event_id().map(|id| EventId(id.to_string())));
                if self.save_blank(room, event, Gone::Ended).await? {
                    media.extend(of);
                    events.extend(id);
                }
            }
        }
        Ok((events, media))
    }

    /// Writes the file anew without what is free in it. Whoever writes meanwhile waits.
    pub async fn give_back(&self) -> Result<(), CoreError> {
        self.store.optimize().await.map_err(failed)
    }

    /// The event as it lies here.
    pub async fn event(&self, room: &RoomIdRef, event: &EventIdRef) -> Result<Option<TimelineEvent>, CoreError> {
        self.store.find_event(room, event).await.map_err(failed)
    }

    /// False where nothing of it was left.
    async fn save_blank(&self, room: &RoomIdRef, mut event: TimelineEvent, why: Gone) -> Result<bool, CoreError> {
        let blanked = blank(&mut event, why);
        if blanked {
            self.store.save_event(room, event).await.map_err(failed)?;
        }
        Ok(blanked)
    }

    /// A deletion that has come: where whoever deleted it may, all of it is to go from here, and where they may not, what was here stays. The SDK
    /// believes the server.
    async fn judge(&self, room: &RoomIdRef, event: &mut TimelineEvent) -> Result<(), Error> {
        let Some((endings, _)) = self.door.0.get() else { return Ok(()) };
        let (Some(by), Some(id)) = (deleted_by(event), event.event_id()) else { return Ok(()) };
        let Some(old) = self.store.find_event(room, id).await? else { return Ok(()) };
        if deleted_by(&old).is_some() {
            return Ok(());
        }
        if old.sender().is_some_and(|sender| sender == by) || self.may_delete(room, &by).await {
            let sent = old.sender().zip(old.timestamp()).map(|(sender, at)| (UserId(sender.to_string()), time(at)));
            let (room, event) = (RoomId(room.to_string()), EventId(id.to_string()));
            endings.deleted(Deletion { room, event, media: files(&old), sent });
        } else {
            tracing::warn!("a deletion by somebody who may not is not heard");
            *event = old;
        }
        Ok(())
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

    /// Has the ledger keep what was deleted before nothing here tells of it any more.
    async fn keep_deletions(&self) {
        if let Some((endings, vault)) = self.door.0.get()
            && let Err(error) = endings.deletions.keep(vault).await
        {
            // The deletion itself stands, and what is left of the event goes as long as this process runs.
            tracing::warn!(kind = %Failure::from(error), "a deletion is not kept");
        }
    }

    /// What of an event may be kept.
    fn pass(&self, room: &RoomIdRef, event: &mut TimelineEvent) {
        if let Some((endings, _)) = self.door.0.get() {
            look_at(endings, room, event);
            let old = || event.timestamp().is_some_and(|at| endings.is_old(&RoomId(room.to_string()), time(at)));
            let id = event.event_id().map(|id| EventId(id.to_string()));
            let ended = id.as_ref().is_some_and(|id| endings.has_ended(id));
            if ended || (old() && is_said(event)) {
                blank(event, Gone::Ended);
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

fn failed(error: Error) -> CoreError {
    matrix_sdk::Error::from(EventCacheStoreError::from(error)).into()
}

/// Notes what an event says of its own end, or of another's.
pub(crate) fn look_at(endings: &Endings, room: &RoomIdRef, event: &TimelineEvent) {
    let sealed = event.kind.encryption_info().is_some();
    note(endings, room, event.raw().json().get(), sealed);
}

/// The same of an event as it was sent; `sealed`: whether it was encrypted.
pub(crate) fn note(endings: &Endings, room: &RoomIdRef, raw: &str, sealed: bool) {
    if !raw.contains(policy::ENDING) {
        return;
    }
    let Ok(seen) = serde_json::from_str::<Seen>(raw) else { return };
    if seen.state_key.is_some() {
        return;
    }
    let (room, sender) = (RoomId(room.to_string()), UserId(seen.sender));
    let event = EventId(seen.event_id);
    if let Some(because) = seen.unsigned.get("redacted_because") {
        let reason = because.pointer("/content/reason").and_then(Value::as_str);
        let by = because.get("sender").and_then(Value::as_str);
        if reason == Some(policy::ENDING) && by == Some(&sender.0) {
            endings.is_over(event);
        }
        return;
    }
    let sent = time(seen.origin_server_ts);
    if seen.kind == policy::OPENED {
        if let Some(target) = seen.content.get("event_id").and_then(Value::as_str) {
            endings.opened(&room, &EventId(target.to_owned()), &sender, sent, sealed);
        }
        return;
    }
    let edits = seen.content.pointer("/m.relates_to/rel_type").and_then(Value::as_str) == Some("m.replace");
    if !edits && let Some(lifetime) = seen.content.get(policy::ENDING).and_then(policy::lifetime) {
        let media = media(&seen.content);
        endings.note(&room, Found { event, sender, sent, lifetime, sealed, media });
    }
}

/// Who deleted an event; none where nobody did.
fn deleted_by(event: &TimelineEvent) -> Option<OwnedUserId> {
    if !event.raw().json().get().contains("redacted_because") {
        return None;
    }
    let unsigned = event.raw().get_field::<Value>("unsigned").ok().flatten()?;
    ruma::UserId::parse(unsigned.pointer("/redacted_because/sender")?.as_str()?).ok()
}

/// Whether an event says something, as opposed to what a room is made of, or the deletion of another.
fn is_said(event: &TimelineEvent) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: String,
        state_key: Option<Value>,
    }
    let kind = event.raw().deserialize_as_unchecked::<Kind>();
    kind.is_ok_and(|kind| kind.state_key.is_none() && kind.kind != "m.room.redaction")
}

/// The files of an event.
fn files(event: &TimelineEvent) -> Vec<MediaId> {
    event.raw().get_field::<Value>("content").ok().flatten().map(|content| media(&content)).unwrap_or_default()
}

fn media(content: &Value) -> Vec<MediaId> {
    let Ok(kind) = serde_json::from_value::<MessageType>(content.clone()) else { return Vec::new() };
    let Some(file) = Attachment::of_message(&kind) else { return Vec::new() };
    std::iter::once(file.file.id()).chain(file.thumbnail().map(|thumbnail| thumbnail.id())).collect()
}

/// Leaves of an event that it was there, as a deletion does, and no more than the SDK needs to know it for one: how it was encrypted, and by which
/// device, takes more than a short text. False where nothing was left.
fn blank(event: &mut TimelineEvent, why: Gone) -> bool {
    let Ok(mut seen) = serde_json::from_str::<Value>(event.raw().json().get()) else { return false };
    let Some(all) = seen.as_object_mut() else { return false };
    if all.get("unsigned").is_some_and(|unsigned| unsigned.get("redacted_because").is_some()) {
        return false;
    }
    let content = match all.remove("content") {
        Some(content) if all.contains_key("state_key") => set(all.get("type"), content),
        _ => json!({}),
    };
    let because = match why {
        Gone::Ended => json!({ "sender": all.get("sender"), "content": { "reason": policy::ENDING } }),
        Gone::Deleted => json!({ "sender": all.get("sender") }),
    };
    all.retain(|name, _| matches!(name.as_str(), "event_id" | "sender" | "origin_server_ts" | "type" | "state_key"));
    all.insert("content".to_owned(), content);
    all.insert("unsigned".to_owned(), json!({ "redacted_because": because }));
    let Ok(raw) = to_raw_value(&seen) else { return false };
    event.kind = TimelineEventKind::PlainText { event: Raw::from_json(raw) };
    true
}

/// What the deletion of a setting leaves of it: what the room goes by (<https://spec.matrix.org/v1.16/rooms/v11/#redactions>).
fn set(kind: Option<&Value>, content: Value) -> Value {
    let kind = kind.and_then(Value::as_str).unwrap_or_default();
    let Ok(mut content) = serde_json::from_value(content) else { return json!({}) };
    redact_content_in_place(&mut content, &RedactionRules::V11, kind);
    serde_json::to_value(content).unwrap_or_default()
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
        for update in &mut updates {
            let events = match update {
                Update::PushItems { items, .. } => items.as_mut_slice(),
                Update::ReplaceItem { item, .. } => std::slice::from_mut(item),
                _ => continue,
            };
            for event in events {
                self.judge(room, event).await?;
                self.pass(room, event);
            }
        }
        self.keep_deletions().await;
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
        self.judge(room_id, &mut event).await?;
        self.keep_deletions().await;
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

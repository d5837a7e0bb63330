//! Does what is due for messages that end: erases what is here, tells their senders, and has the server delete what this account sent.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bulla_model::{DraftPurpose, EventId, Failure, Lifetime, RoomId, SavedDraft, SessionState};
use bulla_policy as policy;
use matrix_sdk::{Client, Room, RoomMemberships};
use matrix_sdk_base::{RoomInfoNotableUpdateReasons, latest_event::LatestEventValue};
use ruma::MilliSecondsSinceUnixEpoch;
use serde_json::json;
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::{Instant, sleep},
};

use crate::{
    deletions::Deletion,
    drafts,
    ending_entry::Entry,
    ending_event::Gone,
    endings::millis,
    failure::CoreError,
    message::event_id,
    outdated::Outdated,
    session::room_id,
    shared::{Attached, Shared},
    shown::TAIL,
};

/// How long nothing is looked at, at most.
const IDLE: Duration = Duration::from_secs(60);
/// How often a room is looked through for what it keeps no longer: twenty times in that time, within these bounds.
const SELDOM: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3600));
/// How often an emptied log is tried again where somebody reads.
const TRIES: usize = 3;
/// From how many messages on, erased at once, the space they took is given back to the disk: the file is written anew for it.
const MANY: usize = 500;
/// What the SDK calls its files that hold what people wrote.
const FILES: [&str; 2] = ["matrix-sdk-event-cache.sqlite3", "matrix-sdk-state.sqlite3"];

/// Does it, now and whenever something is due.
pub(crate) fn start(tasks: &mut JoinSet<()>, shared: &Arc<Shared>, attached: &Attached) {
    let (shared, attached) = (shared.clone(), attached.clone());
    let eraser = Eraser { shared, attached, swept: HashMap::new(), outdated: Outdated::default(), tidied: None };
    tasks.spawn(eraser.run());
}

struct Eraser {
    shared: Arc<Shared>,
    attached: Attached,
    /// When each room was looked through for what it keeps no longer, and how long it kept it then. By the clock that what was said is dated by: it
    /// goes on while the device sleeps.
    swept: HashMap<RoomId, (SystemTime, Duration)>,
    /// What they keep no longer and is here still.
    outdated: Outdated,
    /// When files were looked through for what is too old, by the same clock.
    tidied: Option<SystemTime>,
}

impl Eraser {
    async fn run(mut self) {
        let shared = self.shared.clone();
        let endings = &shared.endings;
        let (mut work, mut moved) = (endings.work(), endings.clock.moved());
        let (mut state, mut rights) = (shared.state.subscribe(), shared.rights.subscribe());
        let mut keeps = shared.deployment.keeps_otherwise();
        let (mut tries, mut failed, mut again) = (0, 0_u32, Instant::now());
        match Outdated::load(&shared.vault).await {
            Ok(outdated) => self.outdated = outdated,
            Err(error) => tracing::warn!(kind = %Failure::from(error), "what is to be erased still is not known"),
        }
        loop {
            work.mark_unchanged();
            moved.mark_unchanged();
            state.mark_unchanged();
            rights.mark_unchanged();
            match self.sweep().await {
                Ok(()) => failed = 0,
                Err(error) => {
                    tracing::warn!(kind = %Failure::from(error), "not everything that has ended is erased yet");
                    again = Instant::now() + policy::pause_before(failed, None, 1.0);
                    failed = failed.saturating_add(1);
                    self.swept.clear();
                }
            }
            if *shared.state.borrow() == SessionState::Live && again <= Instant::now() {
                match self.talk().await {
                    Ok(()) => tries = 0,
                    Err(failure) => {
                        tracing::info!(kind = %failure, "what has ended is not deleted on the server yet");
                        let asked = match failure {
                            Failure::Wait { retry_after } => Some(retry_after),
                            _ => None,
                        };
                        again = Instant::now() + policy::pause_before(tries, asked, 1.0);
                        tries = tries.saturating_add(1);
                    }
                }
            }
            self.tidy().await;
            let mut wait = endings.next().unwrap_or(IDLE).min(IDLE);
            // What has just failed is not tried again at once.
            if failed == 0
                && let Some(soonest) = self.soonest()
            {
                wait = wait.min(soonest);
            }
            let pause = again.saturating_duration_since(Instant::now());
            if !pause.is_zero() {
                wait = wait.min(pause);
            }
            tokio::select! {
                _ = work.changed() => {}
                _ = moved.changed() => {}
                _ = keeps.changed() => shared.refresh(&self.attached.client.joined_rooms()).await,
                // Whoever left has nothing to open any more.
                _ = rights.changed() => {}
                changed = state.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    // A network that is back does not wait.
                    again = Instant::now();
                }
                () = sleep(wait) => {}
            }
        }
    }

    /// Erases what is due here, and keeps what is known.
    async fn sweep(&mut self) -> Result<(), CoreError> {
        let shared = self.shared.clone();
        let endings = &shared.endings;
        let due = endings.those(|entry, now| entry.due <= now && !entry.about.erased);
        let deleted = endings.deletions.take();
        let mut rooms: HashSet<RoomId> = HashSet::new();
        rooms.extend(due.iter().map(|(_, entry)| entry.room.clone()));
        rooms.extend(deleted.iter().map(|deletion| deletion.room.clone()));
        if !rooms.is_empty() {
            // Shown no longer, before anything else.
            endings.show();
        }
        let mut erased = Vec::new();
        for (event, entry) in &due {
            if self.erase(event, entry).await? {
                erased.push(event.clone());
            }
        }
        let mut done = Vec::new();
        for Deletion { room, event, media, .. } in &deleted {
            self.attached.events.erase(&room_id(room)?, &event_id(event)?, Gone::Deleted).await?;
            if shared.media.remove(media)? {
                done.push(event.clone());
            }
        }
        let more = self.keep_no_longer().await?;
        if self.outdated.rooms().next().is_some() {
            endings.show();
        }
        rooms.extend(self.outdated.rooms().cloned());
        if rooms.is_empty() {
            if endings.is_dirty() {
                endings.save(&shared.vault).await?;
            }
            return self.outdated.remove_files(&shared.vault, &shared.media).await;
        }
        for room in &rooms {
            self.purge(room).await?;
        }
        if due.len() + deleted.len() + more >= MANY
            && let Err(error) = self.attached.events.give_back().await
        {
            tracing::info!(kind = %Failure::from(error), "the space of what has ended is not given back");
        }
        self.empty_logs().await?;
        for event in &erased {
            endings.change(event, |entry, _| entry.about.erased = true);
        }
        endings.save(&shared.vault).await?;
        endings.deletions.done(&done);
        endings.deletions.keep(&shared.vault).await?;
        self.outdated.is_erased();
        self.outdated.remove_files(&shared.vault, &shared.media).await
    }

    /// Erases one from the SDK's events and from the files; false while somebody holds one of these.
    async fn erase(&self, event: &EventId, entry: &Entry) -> Result<bool, CoreError> {
        let room = room_id(&entry.room)?;
        let (media, edits) = self.attached.events.erase(&room, &event_id(event)?, Gone::Ended).await?;
        let all: Vec<_> = entry.about.media.iter().chain(&media).cloned().collect();
        self.shared.endings.change(event, |entry, _| {
            for edit in edits {
                if !entry.about.edits.contains(&edit) {
                    entry.about.edits.push(edit);
                }
            }
        });
        self.shared.media.remove(&all)
    }

    /// Erases what rooms keep no longer from the SDK's events, and says how many messages that was.
    async fn keep_no_longer(&mut self) -> Result<usize, CoreError> {
        let mut messages = 0;
        let (wall, all) = (self.shared.endings.clock.wall(), self.shared.endings.all_kept());
        self.swept.retain(|room, _| all.contains_key(room));
        for (room, kept) in all {
            let again =
                |(at, before): &(SystemTime, Duration)| *before != kept || rest(*at, wall, often(kept)).is_zero();
            if !self.swept.get(&room).is_none_or(again) {
                continue;
            }
            let before = wall.checked_sub(kept).unwrap_or(SystemTime::UNIX_EPOCH);
            let Some(before) = MilliSecondsSinceUnixEpoch::from_system_time(before) else { continue };
            let id = room_id(&room)?;
            let (old, media) = self.attached.events.said_before(&id, before).await?;
            if !old.is_empty() || self.holds_old(&room).await? {
                messages += old.len();
                self.outdated.add(&self.shared.vault, room.clone(), media).await?;
                self.attached.events.erase_all(&id, old).await?;
            }
            self.swept.insert(room, (wall, kept));
        }
        Ok(messages)
    }

    /// Removes the files that are too old, once in a while: others do so when one has come.
    async fn tidy(&mut self) {
        let wall = self.shared.endings.clock.wall();
        if self.tidied.is_some_and(|at| !rest(at, wall, SELDOM.1).is_zero()) {
            return;
        }
        self.tidied = Some(wall);
        if let Err(error) = self.shared.tidy_media().await {
            tracing::info!(kind = %Failure::from(error), "what is too old was not removed");
        }
    }

    /// How long it is until a room is looked through again.
    fn soonest(&self) -> Option<Duration> {
        let wall = self.shared.endings.clock.wall();
        self.swept.values().map(|(at, kept)| rest(*at, wall, often(*kept))).min()
    }

    /// Whether the stored rows of a room hold what may not be shown any more.
    async fn holds_old(&self, room: &RoomId) -> Result<bool, CoreError> {
        let of = room.clone();
        let tail = self.shared.vault.read(move |store| store.tail(&of, TAIL)).await?;
        Ok(tail.into_iter().any(|row| self.shared.endings.admit(room, row.clone()) != Some(row)))
    }

    /// Takes what has ended, and what was deleted, out of the rows, stored and shown, of a room, and out of the SDK's preview of it.
    async fn purge(&self, room: &RoomId) -> Result<(), CoreError> {
        let shared = &self.shared;
        if let Some(known) = self.attached.client.get_room(&room_id(room)?) {
            self.forget_preview(&known).await?;
            shared.refresh(&[known]).await;
        }
        let shown = shared.shown().get(room).and_then(std::sync::Weak::upgrade);
        if let Some(shown) = shown {
            shown.purge(&shared.endings);
            shown.store(&shared.vault).await;
        }
        let of = room.clone();
        let tail = shared.vault.read(move |store| store.tail(&of, TAIL)).await?;
        let left: Vec<_> = tail.iter().cloned().filter_map(|row| shared.endings.admit(room, row)).collect();
        if left != tail {
            shared.vault.store()?.put_tail(room.clone(), left).await?;
        }
        self.forget_draft(room).await
    }

    /// The SDK keeps the newest message of a room beside the room.
    async fn forget_preview(&self, room: &Room) -> Result<(), CoreError> {
        let latest = room.latest_event();
        let id = RoomId(room.room_id().to_string());
        let endings = &self.shared.endings;
        let gone = latest.event_id().is_some_and(|event| endings.is_gone(&EventId(event.to_string())));
        let old = matches!(latest, LatestEventValue::Remote(_))
            && latest.timestamp().is_some_and(|at| endings.is_old(&id, crate::item::time(at)));
        if gone || old {
            let changed = room.update_and_save_room_info(|mut info| {
                info.set_latest_event(LatestEventValue::None);
                (info, RoomInfoNotableUpdateReasons::LATEST_EVENT)
            });
            changed.await.map_err(matrix_sdk::Error::from)?;
        }
        Ok(())
    }

    /// A draft of another text for a message that has ended or was deleted holds its text.
    async fn forget_draft(&self, room: &RoomId) -> Result<(), CoreError> {
        let draft: Option<SavedDraft> = drafts::kept(&self.shared.vault, room).await?;
        match draft.map(|draft| draft.purpose) {
            Some(DraftPurpose::Edit { event }) if self.shared.endings.is_gone(&event) => {
                drafts::forget(&self.shared.vault, room).await
            }
            _ => Ok(()),
        }
    }

    /// Leaves nothing of what was deleted in any log. Our files overwrite what they delete; the SDK's do where SQLite is built to
    /// (`SQLITE_SECURE_DELETE`).
    async fn empty_logs(&self) -> Result<(), CoreError> {
        for emptied in self.shared.vault.store()?.empty_logs() {
            emptied.await?;
        }
        let files: Vec<PathBuf> = FILES.iter().map(|name| self.shared.folder.join("sdk").join(name)).collect();
        let emptied = spawn_blocking(move || {
            for file in files {
                let mut tries = 0..TRIES;
                while !bulla_store::empty_log(&file)? {
                    if tries.next().is_none() {
                        return Ok(false);
                    }
                }
            }
            Ok::<_, bulla_store::StoreError>(true)
        });
        match emptied.await.map_err(|error| CoreError::unfinished(error, "emptying a log did not end"))?? {
            true => Ok(()),
            false => Err(Failure::Storage { trouble: bulla_model::StorageTrouble::Locked }.into()),
        }
    }

    /// What needs the network. What one message meets stops no other, unless all would meet it.
    async fn talk(&self) -> Result<(), Failure> {
        let endings = &self.shared.endings;
        let mut unfinished = Ok(());
        for (event, entry) in endings.those(|entry, _| entry.about.tell) {
            let told = match self.room(&entry.room) {
                Some(room) => room.send_raw(policy::OPENED, json!({"event_id": event.0})).await.map(drop),
                None => Ok(()),
            };
            if settle(told.map_err(|error| CoreError::from(error).into()), &mut unfinished)? {
                endings.change(&event, |entry, _| entry.about.tell = false);
            }
        }
        let asked = |entry: &Entry, now: u64| {
            let about = &entry.about;
            about.mine && !about.begun && !about.opened_by.is_empty() && entry.due > now
        };
        for (event, entry) in endings.those(asked) {
            let everybody = self.everybody_has(&entry).await;
            let has = everybody == Ok(true);
            if settle(everybody.map(drop), &mut unfinished)? && has {
                endings.change(&event, |entry, now| {
                    entry.about.begun = true;
                    let left = match entry.about.lifetime {
                        Lifetime::FromReading { after } => millis(after),
                        Lifetime::Once | Lifetime::FromSending { .. } => 0,
                    };
                    entry.due = entry.due.min(now.saturating_add(left));
                });
                endings.stir();
            }
        }
        // What is erased here first: it knows the edits, which are deleted too.
        for (event, entry) in endings
            .those(|entry, now| entry.about.mine && entry.about.erased && entry.due <= now && !entry.about.redacted)
        {
            let mut settled = true;
            if let Some(room) = self.room(&entry.room) {
                for event in entry.about.edits.iter().chain([&event]) {
                    let Ok(id) = event_id(event) else { continue };
                    let redacted = room.redact(&id, Some(policy::ENDING), None).await;
                    settled &=
                        settle(redacted.map(drop).map_err(|error| CoreError::from(error).into()), &mut unfinished)?;
                }
            }
            if settled {
                endings.change(&event, |entry, _| entry.about.redacted = true);
            }
        }
        if endings.is_dirty() {
            endings.save(&self.shared.vault).await?;
        }
        unfinished
    }

    /// Whether everybody else who is in the room has opened a message.
    async fn everybody_has(&self, entry: &Entry) -> Result<bool, Failure> {
        let Some(room) = self.room(&entry.room) else { return Ok(false) };
        let members = room.members(RoomMemberships::JOIN).await.map_err(CoreError::from)?;
        let me = room.own_user_id();
        let mut others = members.iter().map(|member| member.user_id()).filter(|user| *user != me).peekable();
        let by = |user: &ruma::UserId| entry.about.opened_by.iter().any(|by| by.0 == user.as_str());
        Ok(others.peek().is_some() && others.all(by))
    }

    fn room(&self, room: &RoomId) -> Option<Room> {
        let client: &Client = &self.attached.client;
        client.get_room(&room_id(room).ok()?)
    }
}

/// How often a room is looked through.
fn often(kept: Duration) -> Duration {
    (kept / 20).clamp(SELDOM.0, SELDOM.1)
}

/// How long what is looked through so often rests. None where the clock was set back meanwhile.
fn rest(done: SystemTime, wall: SystemTime, often: Duration) -> Duration {
    wall.duration_since(done).map_or(Duration::ZERO, |since| often.saturating_sub(since))
}

/// Whether a message needs nothing more of the server. What the server will not do, now or later, is not asked for again; what it could not do
/// now is `unfinished`; and what all others would meet too is an error.
fn settle(answer: Result<(), Failure>, unfinished: &mut Result<(), Failure>) -> Result<bool, Failure> {
    match answer {
        Ok(()) | Err(Failure::NotFound { .. }) => Ok(true),
        Err(Failure::Rejected { code }) if !is_passing(&code) => {
            tracing::info!(code, "the server does not do what is due for a message that ends");
            Ok(true)
        }
        Err(failure @ (Failure::Offline | Failure::Wait { .. } | Failure::SignInAgain { .. } | Failure::Closed)) => {
            Err(failure)
        }
        Err(failure) => {
            *unfinished = Err(failure);
            Ok(false)
        }
    }
}

/// Whether a refusal is the server's own trouble. What it calls unknown comes with its status 500.
fn is_passing(code: &str) -> bool {
    code.starts_with("HTTP_5") || matches!(code, "NOT_MATRIX" | "M_UNKNOWN")
}

//! Messages that end: what is known of each, kept in the ledger, and what follows from it for whoever shows or stores one.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use bulla_model::{Ending, EndingState, EventId, Lifetime, RoomId, UserId};
use bulla_policy::{self as policy, Left, SteadyClock};
use bulla_store::EndingRow;
use tokio::sync::watch;

use crate::{
    clock::Clock,
    deletions::{Deletion, Deletions},
    ending_entry::{About, Entry, Found, Look},
    failure::CoreError,
    manifest::Deployment,
    notices::{Notice, Notices},
    vault::Vault,
};

/// By how much the device's clock may differ from what was told before it is told anew.
const SKEW: i64 = 2_000;
/// How many people are named who have opened a message.
const NAMED: usize = 10_000;
/// All messages of an account that end.
pub(crate) struct Endings {
    me: UserId,
    pub clock: Arc<Clock>,
    /// How long it has rooms keep what is said.
    pub deployment: Arc<Deployment>,
    /// What was deleted, whether it would have ended or not.
    pub deletions: Deletions,
    /// What was opened before it came.
    pub notices: Notices,
    state: Mutex<State>,
    /// Rises whenever what is shown of one may differ.
    version: watch::Sender<u64>,
    /// Rises whenever there is something to do for one.
    work: watch::Sender<u64>,
    /// One write at a time.
    turn: tokio::sync::Mutex<()>,
}

struct State {
    steady: SteadyClock,
    ran: Duration,
    /// How far the device's clock is ahead of the other, in milliseconds, as it is told.
    offset: i64,
    all: HashMap<EventId, Entry>,
    /// What is not in the ledger as it is here.
    dirty: HashSet<EventId>,
    /// Messages whose sender's client deleted them because they ended.
    over: HashSet<EventId>,
    /// How long each room keeps what is said; none of the others says.
    kept: HashMap<RoomId, Duration>,
}

impl Endings {
    /// As the account's ledger has them.
    pub async fn load(
        vault: &Vault,
        me: UserId,
        clock: Arc<Clock>,
        deployment: Arc<Deployment>,
    ) -> Result<Self, CoreError> {
        let (rows, kept) = vault.read(|store| Ok((store.endings()?, store.ending_clock()?))).await?;
        let wall = clock.wall();
        let kept = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
        let mut steady = kept.unwrap_or_else(|| SteadyClock::begin(wall));
        steady.tick(wall, Duration::ZERO);
        let entry = |row: EndingRow| {
            let about: About = serde_json::from_slice(&row.about).ok()?;
            Some((row.event, Entry { room: row.room, due: row.due.unwrap_or(u64::MAX), about }))
        };
        let all = rows.into_iter().filter_map(entry).collect();
        let ran = clock.ran();
        let (dirty, over, kept) = Default::default();
        let mut state = State { steady, ran, offset: 0, all, dirty, over, kept };
        state.offset = state.ahead(wall);
        let (version, work) = (watch::Sender::new(0), watch::Sender::new(0));
        let (deletions, notices) = (Deletions::load(vault).await?, Notices::load(vault).await?);
        Ok(Self {
            me,
            clock,
            deployment,
            deletions,
            notices,
            state: Mutex::new(state),
            version,
            work,
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// Notices of every change of what is shown.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Notices that there is something to do.
    pub fn work(&self) -> watch::Receiver<u64> {
        self.work.subscribe()
    }

    /// Has what is shown looked at again, and what there is to do done.
    pub fn stir(&self) {
        self.version.send_modify(|version| *version += 1);
        self.work.send_modify(|work| *work += 1);
    }

    /// Has what is shown looked at again.
    pub fn show(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Somebody who may has deleted an event that was here.
    pub fn deleted(&self, deletion: Deletion) {
        self.deletions.add(deletion);
        self.work.send_modify(|work| *work += 1);
    }

    /// An event that ends has come. It may be known.
    pub fn note(&self, room: &RoomId, found: Found) {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        if let Some(known) = state.all.get_mut(&found.event) {
            // Whatever names its event before it came knew less.
            if known.about.media.is_empty() && !found.media.is_empty() && !known.about.erased {
                known.about.media = found.media;
                state.dirty.insert(found.event);
            }
            return;
        }
        let (due, begun) = match policy::left(found.lifetime, found.sent, None, self.clock.wall()) {
            Left::Begun(left) => (now.saturating_add(millis(left)), true),
            Left::Unread(left) => (now.saturating_add(millis(left)), false),
        };
        let about = About {
            mine: found.sender == self.me,
            sender: found.sender,
            lifetime: found.lifetime,
            sent: found.sent,
            sealed: found.sealed,
            begun,
            tell: false,
            opened_by: Vec::new(),
            media: found.media,
            edits: Vec::new(),
            erased: false,
            redacted: false,
        };
        state.dirty.insert(found.event.clone());
        state.all.insert(found.event.clone(), Entry { room: room.clone(), due, about });
        drop(state);
        if let Some(Notice { at, sealed, .. }) = self.notices.of(room, &found.event) {
            self.opened(room, &found.event, &self.me, at, sealed);
        }
        self.stir();
    }

    /// Somebody says that they have opened or read a message. `sealed`: whether they said so encrypted.
    pub fn opened(&self, room: &RoomId, event: &EventId, by: &UserId, at: SystemTime, sealed: bool) {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        let wall = self.clock.wall();
        let Some(known) = state.all.get_mut(event) else {
            if *by == self.me {
                self.notices.add(Notice { room: room.clone(), event: event.clone(), at, sealed });
            }
            return;
        };
        if known.room != *room || (known.about.sealed && !sealed) {
            return;
        }
        if known.about.mine {
            let known_by = &mut known.about.opened_by;
            if *by == self.me || known_by.contains(by) || known_by.len() >= NAMED {
                return;
            }
            known_by.push(by.clone());
        } else {
            // Another device of this account.
            if *by != self.me || known.about.begun {
                return;
            }
            let left = match policy::left(known.about.lifetime, known.about.sent, Some(at), wall) {
                Left::Begun(left) | Left::Unread(left) => left,
            };
            known.due = known.due.min(now.saturating_add(millis(left)));
            known.about.begun = true;
        }
        state.dirty.insert(event.clone());
        drop(state);
        self.stir();
    }

    /// The sender's client has deleted a message because it ended.
    pub fn is_over(&self, event: EventId) {
        let mut state = self.state();
        if let Some(known) = state.all.get_mut(&event)
            && !known.about.redacted
        {
            known.about.redacted = true;
            state.dirty.insert(event.clone());
        }
        let new = state.over.insert(event);
        drop(state);
        if new {
            self.stir();
        }
    }

    /// These were read here: the time of those that begin with that begins. It is in the ledger when this returns.
    pub async fn read(&self, vault: &Vault, events: &[EventId]) -> Result<(), CoreError> {
        let any = {
            let mut state = self.state();
            let now = state.tick(&self.clock);
            let mut any = false;
            for event in events {
                let Some(known) = state.all.get_mut(event) else { continue };
                let Lifetime::FromReading { after } = known.about.lifetime else { continue };
                if known.about.mine || known.about.begun {
                    continue;
                }
                known.due = known.due.min(now.saturating_add(millis(after)));
                (known.about.begun, known.about.tell) = (true, true);
                state.dirty.insert(event.clone());
                any = true;
            }
            any
        };
        if any {
            self.save(vault).await?;
            self.stir();
        }
        Ok(())
    }

    /// Opens a message that is read once: true if nobody of this account has before. It is in the ledger when this returns, so that
    /// whatever happens next, it is not opened again.
    pub async fn open(&self, vault: &Vault, event: &EventId) -> Result<bool, CoreError> {
        {
            let mut state = self.state();
            let now = state.tick(&self.clock);
            let Some(known) = state.all.get_mut(event) else { return Ok(false) };
            if known.about.mine || known.about.begun || known.due <= now || known.about.lifetime != Lifetime::Once {
                return Ok(false);
            }
            known.due = now;
            (known.about.begun, known.about.tell) = (true, true);
            state.dirty.insert(event.clone());
        }
        let kept = self.save(vault).await;
        self.stir();
        kept.map(|()| true)
    }

    /// Changes what is known of one, and keeps it.
    pub fn change(&self, event: &EventId, change: impl FnOnce(&mut Entry, u64)) {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        if let Some(known) = state.all.get_mut(event) {
            change(known, now);
            state.dirty.insert(event.clone());
        }
    }

    /// What is known of one.
    pub fn entry(&self, event: &EventId) -> Option<Entry> {
        self.state().all.get(event).cloned()
    }

    /// Those of which something is to be done, by what is asked.
    pub fn those(&self, which: impl Fn(&Entry, u64) -> bool) -> Vec<(EventId, Entry)> {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        state.all.iter().filter(|(_, entry)| which(entry, now)).map(|(id, entry)| (id.clone(), entry.clone())).collect()
    }

    /// How long it is until the next one ends.
    pub fn next(&self) -> Option<Duration> {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        let ahead = state.all.values().map(|entry| entry.due).filter(|due| *due > now && *due != u64::MAX).min()?;
        Some(Duration::from_millis(ahead - now))
    }

    /// Writes what is not in the ledger yet, with the clock.
    pub async fn save(&self, vault: &Vault) -> Result<(), CoreError> {
        let _turn = self.turn.lock().await;
        let (rows, clock, old) = {
            let mut state = self.state();
            state.tick(&self.clock);
            let now = state.steady.now();
            let old: Vec<EventId> =
                state.all.iter().filter(|(_, entry)| entry.is_settled(now)).map(|(id, _)| id.clone()).collect();
            for id in &old {
                state.all.remove(id);
                state.dirty.remove(id);
            }
            let row = |id: &EventId| {
                let entry = state.all.get(id)?;
                let about = serde_json::to_vec(&entry.about).ok()?;
                Some(EndingRow { event: id.clone(), room: entry.room.clone(), due: Some(entry.due), about })
            };
            let rows: Vec<EndingRow> = state.dirty.iter().filter_map(row).collect();
            (rows, serde_json::to_vec(&state.steady).unwrap_or_default(), old)
        };
        let written: Vec<EventId> = rows.iter().map(|row| row.event.clone()).collect();
        let store = vault.store()?;
        // Taken out first: what changes meanwhile is written the next time.
        written.iter().for_each(|id| _ = self.state().dirty.remove(id));
        if let Err(error) = store.put_endings(rows, clock).await {
            self.state().dirty.extend(written);
            return Err(error.into());
        }
        if !old.is_empty() {
            store.remove_endings(old).await?;
        }
        Ok(())
    }

    /// Whether something is not in the ledger yet.
    pub fn is_dirty(&self) -> bool {
        !self.state().dirty.is_empty()
    }

    /// What is to be shown of an event; none where it does not end.
    pub fn look(&self, event: &EventId) -> Option<Look> {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        let Some(entry) = state.all.get(event) else {
            return state.over.contains(event).then_some(Look::Gone);
        };
        let (about, over) = (&entry.about, state.over.contains(event));
        let ended = entry.due <= now || over;
        let state = match about.lifetime {
            // What somebody opened stays as a line; what nobody did goes.
            Lifetime::Once if about.begun => EndingState::Opened,
            _ if ended => return Some(Look::Gone),
            Lifetime::Once => EndingState::Covered,
            Lifetime::FromSending { .. } | Lifetime::FromReading { .. } if about.begun => {
                EndingState::Due { at: moment(entry.due, state.offset) }
            }
            Lifetime::FromSending { .. } | Lifetime::FromReading { .. } => EndingState::NotBegun,
        };
        Some(Look::Ends(Ending { lifetime: about.lifetime, state, opened_by: about.opened_by.clone() }))
    }

    /// Whether nothing of an event may be kept any more: it has ended or was opened, or its room keeps it no longer.
    pub fn has_ended(&self, event: &EventId) -> bool {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        state.all.get(event).is_some_and(|entry| entry.due <= now) || state.over.contains(event)
    }

    /// How long a room keeps what is said in it.
    pub fn keeps(&self, room: &RoomId) -> Option<Duration> {
        self.state().kept.get(room).copied()
    }

    /// Every room that keeps what is said for a while.
    pub fn all_kept(&self) -> HashMap<RoomId, Duration> {
        self.state().kept.clone()
    }

    /// That it does so; true where it did not before.
    pub fn set_kept(&self, room: &RoomId, kept: Option<Duration>) -> bool {
        let mut state = self.state();
        let before = match kept {
            Some(kept) => state.kept.insert(room.clone(), kept),
            None => state.kept.remove(room),
        };
        drop(state);
        if before != kept {
            self.stir();
        }
        before != kept
    }

    /// Whether a room keeps what was said at a moment no longer.
    pub fn is_old(&self, room: &RoomId, said: SystemTime) -> bool {
        let kept = self.keeps(room);
        kept.is_some_and(|kept| self.clock.wall().duration_since(said).is_ok_and(|age| age >= kept))
    }

    pub(crate) fn set_kept_quietly(&self, room: &RoomId, kept: Option<Duration>) {
        let mut state = self.state();
        match kept {
            Some(kept) => _ = state.kept.insert(room.clone(), kept),
            None => _ = state.kept.remove(room),
        }
    }

    /// Whether a message has ended that a room's preview shows, by when it was sent and by whom.
    pub(crate) fn preview_has_ended(&self, room: &RoomId, sender: &UserId, at: SystemTime) -> bool {
        let mut state = self.state();
        let now = state.tick(&self.clock);
        let those = |entry: &Entry| entry.due <= now && entry.about.sent == at;
        state.all.values().any(|entry| those(entry) && entry.room == *room && entry.about.sender == *sender)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Brings the steady clock up to date, and tells it.
    fn tick(&mut self, clock: &Clock) -> u64 {
        let (wall, ran) = (clock.wall(), clock.ran());
        self.steady.tick(wall, ran.saturating_sub(self.ran));
        self.ran = ran;
        let ahead = self.ahead(wall);
        if (ahead - self.offset).abs() > SKEW {
            self.offset = ahead;
        }
        self.steady.now()
    }

    fn ahead(&self, wall: SystemTime) -> i64 {
        let wall = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        signed(millis(wall)).saturating_sub(signed(self.steady.now()))
    }
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A moment of the steady clock, by the device's.
fn moment(due: u64, offset: i64) -> SystemTime {
    let at = i128::from(due) + i128::from(offset);
    // An absurd one becomes the end of the year 9999 at most.
    let at = u64::try_from(at.clamp(0, 253_402_300_799_000)).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(at)
}

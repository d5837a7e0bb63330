//! What somebody deleted and is not erased here yet: kept in the ledger before the SDK forgets it, so that the next start goes on where a kill came
//! in between.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use bulla_model::{EventId, ItemContent, MediaId, MessageBody, RoomId, TimelineItem, UserId};
use serde::{Deserialize, Serialize};

use crate::{failure::CoreError, ledger, vault::Vault};

/// The ledger's name for them.
const NAME: &str = "deletions";

/// An event that somebody deleted who may.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Deletion {
    pub room: RoomId,
    pub event: EventId,
    /// Its files.
    pub media: Vec<MediaId>,
    /// Who had sent it and when, where it was known here: a room's preview names no event.
    pub sent: Option<(UserId, SystemTime)>,
}

/// All of an account.
#[derive(Default)]
pub(crate) struct Deletions(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: HashMap<EventId, Deletion>,
    /// What is being erased.
    taken: HashMap<EventId, Deletion>,
    /// What was erased since the process began: whoever has not heard of the deletion yet does not bring it back.
    erased: HashSet<EventId>,
    /// Whether the ledger has them as they are here.
    kept: bool,
}

impl Deletions {
    /// As the ledger has them. What another version wrote otherwise is none.
    pub async fn load(vault: &Vault) -> Result<Self, CoreError> {
        let kept: Vec<Deletion> = ledger::list(vault, NAME).await?;
        let waiting = kept.into_iter().map(|deletion| (deletion.event.clone(), deletion)).collect();
        Ok(Self(Mutex::new(State { waiting, kept: true, ..State::default() })))
    }

    pub fn add(&self, deletion: Deletion) {
        let mut state = self.state();
        state.waiting.insert(deletion.event.clone(), deletion);
        state.kept = false;
    }

    /// All that is to be erased, until it is [done](Self::done).
    pub fn take(&self) -> Vec<Deletion> {
        let mut state = self.state();
        let new = std::mem::take(&mut state.waiting);
        state.taken.extend(new);
        state.taken.values().cloned().collect()
    }

    /// Nothing of these is here any more.
    pub fn done(&self, events: &[EventId]) {
        let mut state = self.state();
        events.iter().for_each(|event| _ = state.taken.remove(event));
        state.erased.extend(events.iter().cloned());
        state.kept &= events.is_empty();
    }

    /// Writes them where the ledger has them otherwise. They are on the disk when this returns.
    pub async fn keep(&self, vault: &Vault) -> Result<(), CoreError> {
        let write = {
            let mut state = self.state();
            if std::mem::replace(&mut state.kept, true) {
                return Ok(());
            }
            let all: Vec<&Deletion> = state.taken.values().chain(state.waiting.values()).collect();
            // Under the lock: what is written last is what is so.
            ledger::put_list(vault, NAME, &all)
        };
        let kept = ledger::written(write).await;
        self.state().kept &= kept.is_ok();
        kept
    }

    /// Whether an event was deleted, as far as this process knows.
    pub fn holds(&self, event: &EventId) -> bool {
        let state = self.state();
        state.waiting.contains_key(event) || state.taken.contains_key(event) || state.erased.contains(event)
    }

    /// Whether a room's preview shows one, by who sent it and when.
    pub fn previews(&self, room: &RoomId, sender: &UserId, at: SystemTime) -> bool {
        let state = self.state();
        let shows =
            |one: &Deletion| one.room == *room && one.sent.as_ref().is_some_and(|sent| *sent == (sender.clone(), at));
        state.waiting.values().chain(state.taken.values()).any(shows)
    }

    /// A row without what was deleted.
    pub fn without(&self, mut row: TimelineItem) -> TimelineItem {
        if let ItemContent::Event { event } = &mut row.content
            && event.event_id.as_ref().is_some_and(|id| self.holds(id))
            && event.body != MessageBody::Opened
        {
            event.body = MessageBody::Redacted;
            event.disguised = Vec::new();
        }
        row
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_erased_stays_deleted_for_whoever_has_not_heard_of_it() {
        let (deletions, event) = (Deletions::default(), EventId("$a:b.example".into()));
        assert!(!deletions.holds(&event));
        let room = RoomId("!a:b.example".into());
        deletions.add(Deletion { room, event: event.clone(), media: Vec::new(), sent: None });
        assert_eq!(deletions.take().len(), 1);
        deletions.done(std::slice::from_ref(&event));
        assert!(deletions.take().is_empty(), "nothing is left to do");
        assert!(deletions.holds(&event));
    }
}

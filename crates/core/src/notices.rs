//! That this account has opened or read a message which is not known here yet: another of its devices said so, and the message comes later, from the
//! past or with its key. In the ledger, so that nothing is opened twice.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use bulla_model::{EventId, RoomId};
use serde::{Deserialize, Serialize};

use crate::{failure::CoreError, ledger, vault::Vault};

/// The ledger's name for them.
const NAME: &str = "notices";
/// How many are kept, the newest: a server may make up any number.
const MOST: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub room: RoomId,
    pub event: EventId,
    /// When, by the server.
    pub at: SystemTime,
    /// Whether it came encrypted.
    pub sealed: bool,
}

/// All of an account.
#[derive(Default)]
pub(crate) struct Notices(Mutex<State>);

#[derive(Default)]
struct State {
    all: HashMap<(RoomId, EventId), Notice>,
    /// Whether the ledger has not got them as they are here.
    dirty: bool,
}

impl Notices {
    /// As the ledger has them. What another version wrote otherwise is none.
    pub async fn load(vault: &Vault) -> Result<Self, CoreError> {
        let kept: Vec<Notice> = ledger::list(vault, NAME).await?;
        let all = kept.into_iter().map(|notice| ((notice.room.clone(), notice.event.clone()), notice)).collect();
        Ok(Self(Mutex::new(State { all, dirty: false })))
    }

    /// One that came before its message. What came in clear takes no other's place.
    pub fn add(&self, notice: Notice) {
        let mut state = self.state();
        let key = (notice.room.clone(), notice.event.clone());
        if state.all.get(&key).is_some_and(|known| known.sealed || !notice.sealed) {
            return;
        }
        state.all.insert(key, notice);
        state.dirty = true;
        if state.all.len() > MOST {
            let oldest = state.all.iter().min_by_key(|(_, notice)| notice.at).map(|(key, _)| key.clone());
            oldest.and_then(|key| state.all.remove(&key));
        }
    }

    /// The one of a message.
    pub fn of(&self, room: &RoomId, event: &EventId) -> Option<Notice> {
        self.state().all.get(&(room.clone(), event.clone())).cloned()
    }

    /// Writes them where the ledger has them otherwise. They are on the disk when this returns.
    pub async fn keep(&self, vault: &Vault) -> Result<(), CoreError> {
        let write = {
            let mut state = self.state();
            if !std::mem::take(&mut state.dirty) {
                return Ok(());
            }
            // Under the lock: what is written last is what is so.
            ledger::put_list(vault, NAME, &state.all.values().collect::<Vec<_>>())
        };
        let kept = ledger::written(write).await;
        self.state().dirty |= kept.is_err();
        kept
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn notice(event: usize, sealed: bool) -> Notice {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(event as u64);
        Notice { room: RoomId("!a:b.example".into()), event: EventId(format!("${event}")), at, sealed }
    }

    #[test]
    fn what_came_in_clear_takes_no_place_of_what_did_not() {
        let notices = Notices::default();
        for (sealed, kept) in [(false, false), (true, true), (false, true)] {
            notices.add(notice(1, sealed));
            assert_eq!(notices.of(&notice(1, true).room, &notice(1, true).event), Some(notice(1, kept)));
        }
        assert_eq!(notices.of(&RoomId("!other:b.example".into()), &notice(1, true).event), None);
    }

    #[test]
    fn the_newest_are_kept() {
        let notices = Notices::default();
        (0..MOST + 1).for_each(|event| notices.add(notice(event, true)));
        let kept = |event| notices.of(&notice(event, true).room, &notice(event, true).event).is_some();
        assert_eq!([kept(0), kept(1), kept(MOST)], [false, true, true]);
    }
}

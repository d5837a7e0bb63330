//! What this account may do in a room, as a stream.

use std::sync::Arc;

use bulla_model::{Ability, Failure, Membership, RoomId};
use bulla_policy::{self as policy, Levels, Standing};
use ruma::{
    Int, UserId,
    events::{
        MessageLikeEventType, StateEventType,
        room::power_levels::{RoomPowerLevels, UserPowerLevel},
    },
};
use tokio::sync::{Mutex, watch};

use crate::{access, cancel::Cancel, failure::CoreError, session::SessionInner};

/// Tells what this account may do: first as it is, then whenever a role, a rule or the room's kind changes.
pub struct AbilityStream {
    session: Arc<SessionInner>,
    room: RoomId,
    told: Mutex<Told>,
    cancel: Cancel,
}

struct Told {
    abilities: Option<Vec<Ability>>,
    /// The server was asked for what the sync does not bring.
    asked: bool,
    book: watch::Receiver<u64>,
    rights: watch::Receiver<u64>,
}

impl AbilityStream {
    pub(crate) fn new(session: Arc<SessionInner>, room: RoomId) -> Self {
        let told = Told {
            abilities: None,
            asked: false,
            book: session.book().watch(),
            rights: session.shared.rights.subscribe(),
        };
        let cancel = session.cancel();
        Self { session, room, told: Mutex::new(told), cancel }
    }

    /// What may be done now, or none when the room was forgotten, the stream cancelled or its session closed.
    pub async fn next(&self) -> Result<Option<Vec<Ability>>, Failure> {
        Ok(self.cancel.or_end(self.abilities()).await.transpose()?.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn abilities(&self) -> Result<Option<Vec<Ability>>, CoreError> {
        let mut told = self.told.lock().await;
        let Told { abilities, asked, book, rights } = &mut *told;
        loop {
            if abilities.is_some() && !*asked {
                let room = self.session.sdk_room(&self.room).await?;
                self.session.shared.look_again(&room).await;
                *asked = true;
            } else if abilities.is_some() {
                let changed = tokio::select! {
                    changed = book.changed() => changed,
                    changed = rights.changed() => changed,
                };
                changed.map_err(|_| Failure::Closed)?;
            }
            book.mark_unchanged();
            rights.mark_unchanged();
            let now = match self.session.sdk_room(&self.room).await {
                Ok(room) => policy::abilities(&standing(&self.session, &room).await?),
                Err(CoreError::Said(Failure::NotFound { .. })) => return Ok(None),
                Err(error) => return Err(error),
            };
            if abilities.as_ref() != Some(&now) {
                *abilities = Some(now.clone());
                return Ok(Some(now));
            }
        }
    }
}

/// How this account stands in a room, as far as is known here.
pub(crate) async fn standing(session: &SessionInner, room: &matrix_sdk::Room) -> Result<Standing, CoreError> {
    let direct = !room.direct_targets().is_empty();
    let (kind, open_to_guests) = policy::room_kind(access::facts(room, direct).await);
    let powers = room.power_levels_or_default().await;
    Ok(Standing {
        joined: crate::summary::membership(room.state()) == Membership::Joined,
        guest: access::is_guest(&session.shared.deployment, room.own_user_id()),
        level: level(&powers, room.own_user_id()),
        kind,
        open_to_guests,
        levels: levels(&powers),
    })
}

/// The level of somebody; a creator who cannot lose it has the greatest there is.
pub(crate) fn level(powers: &RoomPowerLevels, user: &UserId) -> i64 {
    match powers.for_user(user) {
        UserPowerLevel::Infinite => i64::MAX,
        UserPowerLevel::Int(level) => level.into(),
        // What a later specification may add is taken for nothing.
        _ => 0,
    }
}

/// The level that each action takes.
pub(crate) fn levels(powers: &RoomPowerLevels) -> Levels {
    let number = |level: Int| i64::from(level);
    let state = |kind: StateEventType| number(powers.for_state(kind));
    Levels {
        // What is sent in an encrypted room is all of one type; the strictest of both counts.
        write: number(powers.for_message(MessageLikeEventType::RoomMessage))
            .max(number(powers.for_message(MessageLikeEventType::RoomEncrypted))),
        everybody: number(powers.notifications.room),
        redact: number(powers.redact),
        pin: state(StateEventType::RoomPinnedEvents),
        invite: number(powers.invite),
        remove: number(powers.kick),
        ban: number(powers.ban),
        roles: state(StateEventType::RoomPowerLevels),
        name: state(StateEventType::RoomName),
        topic: state(StateEventType::RoomTopic),
        avatar: state(StateEventType::RoomAvatar),
        access_rules: state(access::rules()),
        join_rules: state(StateEventType::RoomJoinRules),
        history: state(StateEventType::RoomHistoryVisibility),
        alias: state(StateEventType::RoomCanonicalAlias),
        tombstone: state(StateEventType::RoomTombstone),
        children: state(StateEventType::SpaceChild),
        ending: state(StateEventType::from(policy::ENDING)),
        retention: state(StateEventType::from(policy::RETENTION)),
    }
}

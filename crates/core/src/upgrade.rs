//! Rooms that another one took the place of (Matrix specification, "Room upgrades"): one conversation for the person.

use bulla_model::{Failure, Invited, Missing, RoomId, UpgradedRoom, UserId};
use matrix_sdk::{Room as SdkRoom, RoomMemberships, RoomState};
use ruma::{
    OwnedUserId,
    api::client::{
        discovery::get_capabilities::v3::Request as Capabilities, membership::leave_room::v3::Request as Leave,
        room::upgrade_room::v3::Request,
    },
};
use tokio::time::{Duration, timeout};

use crate::{failure::CoreError, room::Room};

/// How long the sync may take to tell that a room was left.
const TOLD: Duration = Duration::from_secs(5);

/// How many [`Room::invite_all`] takes.
const INVITED_AT_ONCE: usize = 1_000;

impl Room {
    /// Moves everybody into a new room of the version that the server makes rooms of.
    pub async fn upgrade(&self) -> Result<UpgradedRoom, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let client = room.client();
        // Before the old room closes: whoever is in it is to be asked into the new one.
        let members = room.members(RoomMemberships::ACTIVE).await.map_err(CoreError::from)?;
        let members: Vec<OwnedUserId> = members.iter().map(|member| member.user_id().to_owned()).collect();
        let known = client.send(Capabilities::new()).await.map_err(CoreError::from)?;
        let version = known.capabilities.room_versions.default;
        let request = Request::new(room.room_id().to_owned(), version);
        let made = client.send(request).await.map_err(CoreError::from)?.replacement_room;
        let successor = RoomId(made.to_string());
        // Who made it is in it; the SDK knows so only from the next sync on, or from this, and without it nobody can be invited.
        if client.get_room(&made).is_none() {
            let _ = client.join_room_by_id(&made).await;
        }
        let others = members.into_iter().filter(|member| member != room.own_user_id());
        let others = others.map(|member| UserId(member.to_string())).collect();
        let invited = Room::new(self.session.clone(), successor.clone()).invite_others(others).await;
        if let Some(made) = client.get_room(&made) {
            self.session.shared.look_again(&made).await;
        }
        self.session.refresh(&room).await;
        Ok(UpgradedRoom { successor, invited })
    }

    /// Goes on in the room that took this one's place.
    pub async fn follow(&self) -> Result<RoomId, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let successor = room.successor_room().ok_or(Failure::NotFound { what: Missing::Room })?.room_id;
        let client = room.client();
        if client.get_room(&successor).is_none_or(|room| room.state() != RoomState::Joined) {
            let via = room.route().await.map_err(CoreError::from)?;
            let joined = client.join_room_by_id_or_alias((&*successor).into(), &via).await.map_err(CoreError::from)?;
            // Whoever writes a tombstone may name any room: only one that says the same of this one is its successor.
            if joined.predecessor_room().is_some_and(|before| before.room_id != room.room_id()) {
                leave(&joined).await?;
                return Err(Failure::NotFound { what: Missing::Room });
            }
            self.session.shared.look_again(&joined).await;
        }
        self.session.refresh(&room).await;
        Ok(RoomId(successor.to_string()))
    }

    /// Invites those of the old room; one that fails stops no other.
    async fn invite_others(&self, users: Vec<UserId>) -> Vec<Invited> {
        let mut invited = Vec::with_capacity(users.len());
        for page in users.chunks(INVITED_AT_ONCE) {
            invited.extend(self.invite_all(page.to_vec()).await.unwrap_or_default());
        }
        invited
    }
}

/// Goes out of a room, and of those whose place it took: what was one conversation is left as one.
///
/// The SDK's `leave` goes out of every room that one names as the one before it, and follows a ring for ever. Whoever invites may name any room: it is
/// called only where each of them says the same.
pub(crate) async fn leave(room: &SdkRoom) -> Result<(), CoreError> {
    if took_their_places(room) {
        return Ok(room.leave().await?);
    }
    room.client().send(Leave::new(room.room_id().to_owned())).await?;
    let mut infos = room.subscribe_info();
    let left =
        async { while !matches!(room.state(), RoomState::Left | RoomState::Banned) && infos.next().await.is_some() {} };
    // The next sync tells.
    let _ = timeout(TOLD, left).await;
    Ok(())
}

/// Whether all rooms that stand before this one, as far as they are known here, say that it or its own predecessor took their place.
fn took_their_places(room: &SdkRoom) -> bool {
    let mut seen = vec![room.room_id().to_owned()];
    let mut room = room.clone();
    while let Some(before) = room.predecessor_room() {
        let Some(before) = room.client().get_room(&before.room_id) else { return true };
        let agreed = before.successor_room().is_some_and(|successor| successor.room_id == room.room_id());
        if !agreed || seen.iter().any(|id| id == before.room_id()) {
            return false;
        }
        seen.push(before.room_id().to_owned());
        room = before;
    }
    true
}

/// Whether this account is in the room that took this one's place, and both say so.
pub(crate) fn is_superseded(room: &SdkRoom) -> bool {
    let Some(successor) = room.successor_room() else { return false };
    let Some(successor) = room.client().get_room(&successor.room_id) else { return false };
    successor.state() == RoomState::Joined
        && successor.room_id() != room.room_id()
        && successor.predecessor_room().is_some_and(|before| before.room_id == room.room_id())
}

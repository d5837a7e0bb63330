//! Direct conversations, coming in and going out.

use std::time::Duration;

use bulla_model::{Failure, Field, FieldTrouble, Membership, Missing, RoomId, RoomKind, UserId};
use matrix_sdk::{Client, Room, RoomState};
use ruma::{RoomAliasId, RoomId as RoomIdRef, UserId as UserIdRef, events::direct::DirectEventContent};

use crate::{
    access, drafts,
    engine::Order,
    failure::CoreError,
    session::{Session, room_id, user_id},
    summary::membership,
    upgrade,
};

/// How long whoever comes in waits, beside that, to know who has invited them.
const PATIENCE: Duration = Duration::from_secs(3);

impl Session {
    /// The direct conversation with `user`: the one there is, the one they invite to, or a new one, encrypted.
    pub async fn create_direct(&self, user: &UserId) -> Result<RoomId, Failure> {
        let user = user_id(user)?;
        let client = self.inner.client().await?;
        let _one = self.inner.shared.direct.lock().await;
        if let Some(room) = direct_with(&client, &user).await? {
            return Ok(RoomId(room.room_id().to_string()));
        }
        let invitation = direct_invitation(&client, &user).await;
        let room = match invitation {
            Some(room) => {
                room.join().await.map_err(CoreError::from)?;
                room
            }
            None => {
                self.may_create(RoomKind::Direct)?;
                client.create_dm(&user).await.map_err(CoreError::from)?
            }
        };
        self.inner.refresh(&room).await;
        Ok(RoomId(room.room_id().to_string()))
    }

    /// Accepts an invitation, or joins a room that is open to this account.
    pub async fn join(&self, room: &RoomId) -> Result<(), Failure> {
        let id = room_id(room)?;
        let client = self.inner.client().await?;
        access::lets_in(&self.inner.shared.deployment, &client, &id)?;
        let (joined, ()) = tokio::join!(client.join_room_by_id(&id), meet_inviter(&client, &id));
        let joined = joined.map_err(CoreError::from)?;
        self.inner.shared.look_again(&joined).await;
        drop((joined, client));
        // The SDK's event cache never opens a room again that it has forgotten in the same run ("CacheStateAlreadyExists").
        match self.inner.book().has_come_back(room) {
            true => self.inner.order(Order::Reattach).await,
            false => Ok(()),
        }
    }

    /// Comes in by a room's address, such as a link gives it.
    pub async fn join_address(&self, address: &str) -> Result<RoomId, Failure> {
        let malformed = || Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed };
        let alias = RoomAliasId::parse(address.trim()).map_err(|_| malformed())?;
        let client = self.inner.client().await?;
        let room = client.resolve_room_alias(&alias).await.map_err(CoreError::from)?.room_id;
        let id = RoomId(room.to_string());
        if client.get_room(&room).is_none_or(|room| room.state() != RoomState::Joined) {
            access::lets_in(&self.inner.shared.deployment, &client, &room)?;
            let via = alias.server_name().to_owned();
            let joined = client.join_room_by_id_or_alias((&*alias).into(), &[via]).await.map_err(CoreError::from)?;
            self.inner.shared.look_again(&joined).await;
        }
        Ok(id)
    }

    /// Declines an invitation. Nothing happens where there is none any more.
    pub async fn decline(&self, room: &RoomId) -> Result<(), Failure> {
        let room = self.sdk_room_in(room, |membership| membership == Membership::Invited).await?;
        self.go_out(room).await
    }

    /// Leaves a room.
    pub async fn leave(&self, room: &RoomId) -> Result<(), Failure> {
        let room = self.sdk_room_in(room, |membership| membership == Membership::Joined).await?;
        self.go_out(room).await
    }

    /// Forgets a room that was left or declined: it goes from every list, with what was stored of it.
    pub async fn forget(&self, room: &RoomId) -> Result<(), Failure> {
        let gone = |membership| matches!(membership, Membership::Left | Membership::Banned);
        match self.sdk_room_in(room, gone).await {
            Ok(sdk_room) => {
                // What still waits to leave would be tried for ever in a room that is gone.
                sdk_room.send_queue().set_enabled(false);
                sdk_room.forget().await.map_err(CoreError::from)?;
            }
            // The SDK forgets an invitation by itself when it is declined.
            Err(Failure::NotFound { .. }) => {}
            Err(failure) => return Err(failure),
        }
        self.inner.book().forget(room).await;
        drafts::forget(&self.inner.shared.vault, room).await?;
        Ok(())
    }

    async fn go_out(&self, room: Room) -> Result<(), Failure> {
        if matches!(room.state(), RoomState::Left | RoomState::Banned) {
            return Ok(());
        }
        upgrade::leave(&room).await?;
        self.inner.refresh(&room).await;
        Ok(())
    }

    async fn sdk_room_in(&self, id: &RoomId, fits: impl Fn(Membership) -> bool) -> Result<Room, Failure> {
        let room = self.inner.sdk_room(id).await?;
        let now = membership(room.state());
        if fits(now) || matches!(now, Membership::Left) {
            Ok(room)
        } else if now == Membership::Banned {
            Err(Failure::NotFound { what: Missing::Room })
        } else {
            Err(Failure::Rejected { code: "WRONG_ROOM_STATE".to_owned() })
        }
    }
}

/// The direct conversation that this account is in with `user`: as the last sync told, or else as the server says now. Another
/// device, or a moment ago this one, may have made it.
async fn direct_with(client: &Client, user: &UserIdRef) -> Result<Option<Room>, CoreError> {
    if let Some(room) = client.get_dm_room(user) {
        return Ok(Some(room));
    }
    let direct = client.account().fetch_account_data_static::<DirectEventContent>().await?;
    let Some(Ok(direct)) = direct.map(|raw| raw.deserialize()) else { return Ok(None) };
    let rooms = direct.iter().filter(|(with, _)| with.as_str() == user.as_str()).flat_map(|(_, rooms)| rooms);
    let here = |room: &Room| room.state() == RoomState::Joined && room.active_members_count() <= 2;
    Ok(rooms.filter_map(|id| client.get_room(id)).find(here))
}

/// Asks who has invited this account: what they said before it came in is read when that is known. The SDK asks by itself, but not before the
/// server has answered the request that waits for keys, which takes it half a minute where there is nothing else.
async fn meet_inviter(client: &Client, room: &RoomIdRef) {
    let Some(room) = client.get_room(room).filter(|room| room.state() == RoomState::Invited) else { return };
    if let Ok(invitation) = room.invite_details().await {
        let encryption = client.encryption();
        _ = tokio::time::timeout(PATIENCE, encryption.request_user_identity(&invitation.inviter_id)).await;
    }
}

/// The invitation of `user` to a direct conversation.
async fn direct_invitation(client: &Client, user: &UserIdRef) -> Option<Room> {
    for room in client.invited_rooms() {
        let by_them = room.invite_details().await.is_ok_and(|invite| invite.inviter_id == *user);
        if by_them && room.is_direct().await.unwrap_or(false) {
            return Some(room);
        }
    }
    None
}

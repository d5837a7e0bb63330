//! One room: who is in it, what it is called, and its conversation.

use std::sync::Arc;

use bulla_model::{Failure, Member, Missing, RoomId, RoomSummary, UserId};
use bulla_policy as policy;
use matrix_sdk::notification_settings::{IsEncrypted, IsOneToOne, RoomNotificationMode};

use crate::{
    access,
    failure::CoreError,
    members::{self, MemberStream},
    room_stream::RoomStream,
    session::{SessionInner, user_id},
    threads::ThreadList,
    timeline::Timeline,
};

/// One room of an account.
#[derive(Clone)]
pub struct Room {
    pub(crate) session: Arc<SessionInner>,
    id: RoomId,
}

impl Room {
    pub(crate) fn new(session: Arc<SessionInner>, id: RoomId) -> Self {
        Self { session, id }
    }

    /// Which room.
    pub fn id(&self) -> RoomId {
        self.id.clone()
    }

    /// Its row.
    pub async fn summary(&self) -> Result<RoomSummary, Failure> {
        self.session.open()?;
        match self.session.book().row(&self.id).await? {
            Some(row) => Ok(Arc::unwrap_or_clone(row)),
            None => {
                let room = self.session.sdk_room(&self.id).await?;
                self.session.refresh(&room).await;
                let row = self.session.book().row(&self.id).await?;
                row.map(Arc::unwrap_or_clone).ok_or(Failure::NotFound { what: Missing::Room })
            }
        }
    }

    /// Its row, as a stream.
    pub fn changes(&self) -> Result<RoomStream, Failure> {
        self.session.open()?;
        Ok(RoomStream::new(self.session.shared.book.clone(), self.id.clone(), self.session.cancel()))
    }

    /// Its conversation.
    pub async fn timeline(&self) -> Result<Timeline, Failure> {
        self.session.open()?;
        Ok(Timeline::open(self.session.clone(), self.id.clone()).await?)
    }

    /// Who is in it or invited, by role and name. Asks the server where the list is not complete; offline, answers with what is known.
    pub async fn members(&self) -> Result<Vec<Member>, Failure> {
        Ok(members::members_of(self, true).await?)
    }

    /// The same as a stream, without waiting for the network.
    pub fn member_changes(&self) -> Result<MemberStream, Failure> {
        self.session.open()?;
        Ok(MemberStream::new(self.clone()))
    }

    /// Invites someone. A guest from outside is not, where the room is not open to guests.
    pub async fn invite(&self, user: &UserId) -> Result<(), Failure> {
        let user = user_id(user)?;
        let room = self.session.sdk_room(&self.id).await?;
        access::admits(&self.session.shared.deployment, &room, &user).await?;
        Ok(room.invite_user_by_id(&user).await.map_err(CoreError::from)?)
    }

    /// Gives it another name.
    pub async fn set_name(&self, name: &str) -> Result<(), Failure> {
        policy::check_name(name)?;
        let room = self.session.sdk_room(&self.id).await?;
        room.set_name(name.to_owned()).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Gives it another topic; an empty one removes it.
    pub async fn set_topic(&self, topic: &str) -> Result<(), Failure> {
        policy::check_topic(topic)?;
        let room = self.session.sdk_room(&self.id).await?;
        room.set_room_topic(topic).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Makes it a favourite of this account, or no longer.
    pub async fn set_favourite(&self, favourite: bool) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id).await?;
        Ok(room.set_is_favourite(favourite, None).await.map_err(CoreError::from)?)
    }

    /// Silences it for this account, or no longer.
    pub async fn set_muted(&self, muted: bool) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id).await?;
        let settings = room.client().notification_settings().await;
        let changed = if muted {
            settings.set_room_notification_mode(room.room_id(), RoomNotificationMode::Mute).await
        } else {
            let encrypted = IsEncrypted::from(room.encryption_state().is_encrypted());
            let one_to_one = IsOneToOne::from(room.active_members_count() == 2);
            settings.unmute_room(room.room_id(), encrypted, one_to_one).await
        };
        changed.map_err(|_| Failure::Offline)
    }

    /// Marks it as unread for this account, on all its devices, or no longer.
    pub async fn set_marked_unread(&self, unread: bool) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id).await?;
        Ok(room.set_unread_flag(unread).await.map_err(CoreError::from)?)
    }

    /// Its threads.
    pub fn threads(&self) -> Result<ThreadList, Failure> {
        self.session.open()?;
        Ok(ThreadList::new(self.clone()))
    }

    /// Tells the others that this person is typing, for a few seconds, or no longer.
    pub async fn set_typing(&self, typing: bool) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id).await?;
        Ok(room.typing_notice(typing).await.map_err(CoreError::from)?)
    }
}

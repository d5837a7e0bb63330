//! Who is in a room, as a stream.

use bulla_model::{Failure, Member};
use matrix_sdk::{
    RoomMemberships,
    room::{RoomMember, RoomMemberRole},
};
use ruma::events::room::member::MembershipState;
use tokio::sync::{Mutex, watch};

use crate::{abilities, access, cancel::Cancel, failure::CoreError, manifest::Deployment, room::Room};

/// Tells who is in a room or invited, by role and name: first as it is known here, then whenever it changes.
pub struct MemberStream {
    room: Room,
    told: Mutex<Told>,
    cancel: Cancel,
}

struct Told {
    members: Option<Vec<Member>>,
    /// The server was asked for those whom the sync has not brought.
    asked: bool,
    rights: watch::Receiver<u64>,
}

impl MemberStream {
    pub(crate) fn new(room: Room) -> Self {
        let told = Told { members: None, asked: false, rights: room.session.shared.rights.subscribe() };
        let cancel = room.session.cancel();
        Self { room, told: Mutex::new(told), cancel }
    }

    /// Who is in it now, or none when the stream was cancelled or its session closed.
    pub async fn next(&self) -> Result<Option<Vec<Member>>, Failure> {
        Ok(self.cancel.or_end(self.members()).await.transpose()?)
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn members(&self) -> Result<Vec<Member>, CoreError> {
        let mut told = self.told.lock().await;
        let Told { members, asked, rights } = &mut *told;
        loop {
            let ask = members.is_some() && !*asked;
            if members.is_some() && *asked {
                rights.changed().await.map_err(|_| Failure::Closed)?;
            }
            rights.mark_unchanged();
            let now = members_of(&self.room, ask).await?;
            *asked |= ask;
            if members.as_ref() != Some(&now) {
                *members = Some(now.clone());
                return Ok(now);
            }
        }
    }
}

/// Who is in a room or invited. `ask`: the server, where the list is not complete; offline, what is known counts.
pub(crate) async fn members_of(room: &Room, ask: bool) -> Result<Vec<Member>, CoreError> {
    let (deployment, room) = (&room.session.shared.deployment, room.session.sdk_room(&room.id()).await?);
    let asked = match ask {
        true => match room.members(RoomMemberships::ACTIVE).await.map_err(CoreError::from) {
            Ok(members) => Some(members),
            Err(error) => match Failure::from(error) {
                Failure::Offline => None,
                failure => return Err(failure.into()),
            },
        },
        false => None,
    };
    let members = match asked {
        Some(members) => members,
        None => room.members_no_sync(RoomMemberships::ACTIVE).await?,
    };
    let mut members = rows(deployment, &room, &members).await;
    members.sort_by(|a, b| (a.role as u8, &a.name, &a.user).cmp(&(b.role as u8, &b.name, &b.user)));
    Ok(members)
}

/// Our records of some members.
pub(crate) async fn rows(deployment: &Deployment, room: &matrix_sdk::Room, members: &[RoomMember]) -> Vec<Member> {
    let powers = room.power_levels_or_default().await;
    let mine = abilities::level(&powers, room.own_user_id());
    let row = |of: &RoomMember| {
        let below = abilities::level(&powers, of.user_id()) < mine;
        row(of, access::is_guest(deployment, of.user_id()), below)
    };
    members.iter().map(row).collect()
}

fn row(member: &RoomMember, guest: bool, below: bool) -> Member {
    use bulla_model::{MediaUri, MemberRole, Membership, UserId};
    Member {
        user: UserId(member.user_id().to_string()),
        name: member.display_name().map(str::to_owned),
        name_is_ambiguous: member.name_ambiguous(),
        avatar: member.avatar_url().map(|uri| MediaUri(uri.to_string())),
        membership: match member.membership() {
            MembershipState::Join => Membership::Joined,
            MembershipState::Invite => Membership::Invited,
            MembershipState::Knock => Membership::Knocked,
            MembershipState::Ban => Membership::Banned,
            _ => Membership::Left,
        },
        role: match member.suggested_role_for_power_level() {
            RoomMemberRole::Creator => MemberRole::Creator,
            RoomMemberRole::Administrator => MemberRole::Administrator,
            RoomMemberRole::Moderator => MemberRole::Moderator,
            RoomMemberRole::User => MemberRole::Participant,
        },
        guest,
        below,
    }
}

//! Who is in a room and with which role: inviting many, removing, banning, roles; and whom a room is open to.

use bulla_model::{Failure, Field, FieldTrouble, Invited, MemberRole, UserId};
use bulla_policy as policy;
use futures_util::{StreamExt as _, stream};
use matrix_sdk::RoomMemberships;
use ruma::{
    Int, RoomAliasId,
    api::client::state::get_state_event_for_key::v3::Request,
    events::{
        StateEventType,
        room::{join_rules::JoinRule, power_levels::RoomPowerLevelsEventContent},
    },
};

use crate::{
    abilities::{self, AbilityStream},
    access,
    failure::CoreError,
    room::Room,
    session::user_id,
};

/// How many invitations are on their way at once.
const INVITATIONS: usize = 4;
/// How many letters and digits of chance a link has.
const CHANCE: usize = 10;

impl Room {
    /// What this account may do in it, as a stream.
    pub fn abilities(&self) -> Result<AbilityStream, Failure> {
        self.session.open()?;
        Ok(AbilityStream::new(self.session.clone(), self.id()))
    }

    /// Invites several people. Each has a result of their own, in the order given; one that fails stops no other.
    pub async fn invite_all(&self, users: Vec<UserId>) -> Result<Vec<Invited>, Failure> {
        policy::check_page(u32::try_from(users.len()).unwrap_or(u32::MAX))?;
        self.session.open()?;
        let invite = |user: UserId| async move { Invited { failure: self.invite(&user).await.err(), user } };
        Ok(stream::iter(users).map(invite).buffered(INVITATIONS).collect().await)
    }

    /// Removes somebody, or takes an invitation back.
    pub async fn remove(&self, user: &UserId, reason: Option<&str>) -> Result<(), Failure> {
        let (room, user) = (self.session.sdk_room(&self.id()).await?, user_id(user)?);
        Ok(room.kick_user(&user, reason).await.map_err(CoreError::from)?)
    }

    /// Removes somebody and does not let them in again.
    pub async fn ban(&self, user: &UserId, reason: Option<&str>) -> Result<(), Failure> {
        let (room, user) = (self.session.sdk_room(&self.id()).await?, user_id(user)?);
        Ok(room.ban_user(&user, reason).await.map_err(CoreError::from)?)
    }

    /// Lets somebody in again who was banned; they have to be invited anew.
    pub async fn unban(&self, user: &UserId) -> Result<(), Failure> {
        let (room, user) = (self.session.sdk_room(&self.id()).await?, user_id(user)?);
        Ok(room.unban_user(&user, None).await.map_err(CoreError::from)?)
    }

    /// Gives somebody a role. A guest from outside is given none.
    pub async fn set_role(&self, user: &UserId, role: MemberRole) -> Result<(), Failure> {
        let level = policy::role_level(role);
        let level = level.ok_or(Failure::Invalid { field: Field::User, why: FieldTrouble::NotAllowed })?;
        let (room, user) = (self.session.sdk_room(&self.id()).await?, user_id(user)?);
        if level > 0 && access::is_guest(&self.session.shared.deployment, &user) {
            return Err(Failure::Forbidden { why: bulla_model::Barrier::Guest });
        }
        let level = Int::try_from(level).map_err(|_| CoreError::Defect("a role's level"))?;
        // Where two change roles at once, what the server has now is changed, not what this device remembers.
        let id = room.room_id().to_owned();
        let asked = Request::new(id, StateEventType::RoomPowerLevels, String::new());
        let answer = room.client().send(asked).await.map_err(CoreError::from)?;
        let powers = answer.into_content().deserialize_as_unchecked::<RoomPowerLevelsEventContent>();
        let mut powers = powers.map_err(|_| CoreError::Defect("power levels that are none"))?;
        powers.users.insert(user, level);
        room.send_state_event(powers).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Whether nobody could give roles any more once this account has left.
    pub async fn is_last_administrator(&self) -> Result<bool, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let powers = room.power_levels_or_default().await;
        let members = room.members_no_sync(RoomMemberships::JOIN).await.map_err(CoreError::from)?;
        let members =
            members.iter().map(|member| (member.user_id().as_str(), abilities::level(&powers, member.user_id())));
        Ok(policy::is_last_admin(room.own_user_id().as_str(), members, abilities::levels(&powers).roles))
    }

    /// Opens it to guests from outside. It cannot be undone.
    pub async fn open_to_guests(&self) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        // What the server froze at the creation has to be repeated, so that it is asked first.
        access::fetch(&room).await?;
        let opened = access::access(&room).await.unwrap_or_default().opened();
        room.send_state_event_raw(policy::ACCESS_RULES, "", opened.content()).await.map_err(CoreError::from)?;
        self.session.shared.look_again(&room).await;
        Ok(())
    }

    /// Lets everybody of the deployment in who has its link, which it answers; or no longer, and answers none.
    pub async fn set_link_access(&self, on: bool) -> Result<Option<String>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let settings = room.privacy_settings();
        if !on {
            settings.update_join_rule(JoinRule::Invite).await.map_err(CoreError::from)?;
            return Ok(None);
        }
        let alias = match room.canonical_alias() {
            Some(alias) => alias,
            None => {
                let mut chance = [0; CHANCE];
                getrandom::fill(&mut chance).map_err(|_| CoreError::Defect("no randomness"))?;
                let local = policy::link_name(room.name().as_deref().unwrap_or_default(), &chance);
                let server = room.own_user_id().server_name();
                let alias = RoomAliasId::parse(format!("#{local}:{server}"));
                let alias = alias.map_err(|_| CoreError::Defect("an alias that is none"))?;
                room.client().create_room_alias(&alias, room.room_id()).await.map_err(CoreError::from)?;
                settings.update_canonical_alias(Some(alias.clone()), Vec::new()).await.map_err(CoreError::from)?;
                alias
            }
        };
        settings.update_join_rule(JoinRule::Public).await.map_err(CoreError::from)?;
        Ok(Some(alias.matrix_to_uri().to_string()))
    }
}

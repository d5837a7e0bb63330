//! Finding rooms that one is not in: a server's directory, a look at one room, coming in or asking to.

use bulla_model::{
    DirectoryPage, Failure, Field, FieldTrouble, Link, Member, Membership, Missing, RoomAccess, RoomId, RoomOffer,
    UserId,
};
use bulla_policy as policy;
use matrix_sdk::{Client, RoomMemberships, room_preview::RoomPreview};
use ruma::{
    OwnedRoomOrAliasId, OwnedServerName, RoomOrAliasId, ServerName, UInt,
    api::client::directory::get_public_rooms_filtered::v3::Request,
    directory::Filter,
    events::room::join_rules::JoinRule,
    room::{JoinRuleKind, JoinRuleSummary, RoomType},
};

use crate::{
    access,
    body::cut,
    failure::CoreError,
    members,
    room::Room,
    session::{Session, room_id, user_id},
    summary::membership,
};

/// How many rooms a page has.
const PAGE: u32 = 50;
/// Servers beyond these are not asked for the way into a room.
pub(crate) const WAYS: usize = 5;
pub(crate) const TEXT_CHARS: usize = 255;
pub(crate) const TOPIC_CHARS: usize = 1_000;

impl Session {
    /// Whether this account may look through directories. Nothing is asked of a server.
    pub fn may_browse(&self) -> Result<(), Failure> {
        let user = user_id(&self.inner.shared.account.user)?;
        policy::may_browse(access::is_guest(&self.inner.shared.deployment, &user))
    }

    /// A page of what `server` lists, or this account's own, where `text` occurs.
    pub async fn directory(
        &self,
        text: &str,
        server: Option<&str>,
        after: Option<&str>,
    ) -> Result<DirectoryPage, Failure> {
        policy::check_topic(text)?;
        self.may_browse()?;
        let server = server.map(server_name).transpose()?;
        let client = self.inner.client().await?;
        let mut filter = Filter::new();
        filter.generic_search_term = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut request = Request::new();
        (request.server, request.filter) = (server.clone(), filter);
        (request.since, request.limit) = (after.map(str::to_owned), Some(UInt::from(PAGE)));
        let page = client.send(request).await.map_err(CoreError::from)?;
        let rooms = page.chunk.into_iter().map(|room| RoomOffer {
            membership: standing(&client, &room.room_id),
            via: server.iter().map(ToString::to_string).collect(),
            id: RoomId(room.room_id.to_string()),
            name: room.name.map(|text| cut(&text, TEXT_CHARS)),
            topic: room.topic.map(|text| cut(&text, TOPIC_CHARS)),
            alias: room.canonical_alias.map(|alias| alias.to_string()),
            avatar: room.avatar_url.map(|uri| bulla_model::MediaUri(uri.to_string())),
            members: u64::from(room.num_joined_members),
            space: room.room_type == Some(RoomType::Space),
            access: match room.join_rule {
                JoinRuleKind::Public => RoomAccess::Open,
                JoinRuleKind::Knock | JoinRuleKind::KnockRestricted => RoomAccess::Ask,
                _ => RoomAccess::Invited,
            },
        });
        Ok(DirectoryPage { rooms: rooms.collect(), next: page.next_batch })
    }

    /// A look at the room that a link names.
    pub async fn look_at(&self, link: &Link) -> Result<RoomOffer, Failure> {
        let (room, via) = target(link)?;
        let client = self.inner.client().await?;
        let preview = client.get_room_preview(&room, via.clone()).await;
        let preview = preview.map_err(|error| match Failure::from(CoreError::from(error)) {
            // Servers say so of rooms that nobody may look at from outside.
            Failure::Rejected { code } if code == "M_FORBIDDEN" => Failure::NotFound { what: Missing::Room },
            failure => failure,
        })?;
        Ok(offer(preview, via))
    }

    /// Comes into a room through servers that are in it.
    pub async fn join_through(&self, room: &RoomId, via: &[String]) -> Result<(), Failure> {
        let (id, via) = (room_id(room)?, servers(via)?);
        let client = self.inner.client().await?;
        access::lets_in(&self.inner.shared.deployment, &client, &id)?;
        let id = OwnedRoomOrAliasId::from(id);
        let joined = client.join_room_by_id_or_alias(&id, &via).await.map_err(CoreError::from)?;
        self.inner.shared.look_again(&joined).await;
        Ok(())
    }

    /// Asks those who are in a room to be let in.
    pub async fn knock(&self, room: &RoomId, via: &[String], reason: Option<&str>) -> Result<(), Failure> {
        policy::check_topic(reason.unwrap_or_default())?;
        let (id, via) = (room_id(room)?, servers(via)?);
        let client = self.inner.client().await?;
        let asked = client.knock(id.into(), reason.map(str::to_owned), via).await.map_err(CoreError::from)?;
        self.inner.shared.look_again(&asked).await;
        Ok(())
    }
}

impl Room {
    /// Lets people ask to come in, or only those who are invited.
    pub async fn set_knocking(&self, on: bool) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let rule = if on { JoinRule::Knock } else { JoinRule::Invite };
        room.privacy_settings().update_join_rule(rule).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Who asks to come in.
    pub async fn knocking(&self) -> Result<Vec<Member>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let asking = room.members(RoomMemberships::KNOCK).await.map_err(CoreError::from)?;
        Ok(members::rows(&self.session.shared.deployment, &room, &asking).await)
    }

    /// Lets in someone who asks, or does not.
    pub async fn answer_knock(&self, user: &UserId, let_in: bool) -> Result<(), Failure> {
        let (room, user) = (self.session.sdk_room(&self.id()).await?, user_id(user)?);
        let answered = match let_in {
            true => room.invite_user_by_id(&user).await,
            false => room.kick_user(&user, None).await,
        };
        Ok(answered.map_err(CoreError::from)?)
    }
}

fn offer(preview: RoomPreview, via: Vec<OwnedServerName>) -> RoomOffer {
    RoomOffer {
        id: RoomId(preview.room_id.to_string()),
        name: preview.name.map(|text| cut(&text, TEXT_CHARS)),
        topic: preview.topic.map(|text| cut(&text, TOPIC_CHARS)),
        alias: preview.canonical_alias.map(|alias| alias.to_string()),
        avatar: preview.avatar_url.map(|uri| bulla_model::MediaUri(uri.to_string())),
        members: preview.num_joined_members,
        space: preview.room_type == Some(RoomType::Space),
        access: match preview.join_rule {
            Some(JoinRuleSummary::Public) => RoomAccess::Open,
            Some(JoinRuleSummary::Knock | JoinRuleSummary::KnockRestricted(_)) => RoomAccess::Ask,
            _ => RoomAccess::Invited,
        },
        membership: preview.state.map(membership),
        via: via.iter().map(ToString::to_string).collect(),
    }
}

fn target(link: &Link) -> Result<(OwnedRoomOrAliasId, Vec<OwnedServerName>), Failure> {
    let malformed = || Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed };
    match link {
        Link::Room { room, via, .. } => Ok((OwnedRoomOrAliasId::from(room_id(room)?), servers(via)?)),
        Link::Alias { alias, .. } => {
            let alias = RoomOrAliasId::parse(alias).map_err(|_| malformed())?;
            let via = alias.server_name().map(ServerName::to_owned).into_iter().collect();
            Ok((alias, via))
        }
        Link::Person { .. } => Err(malformed()),
    }
}

pub(crate) fn standing(client: &Client, room: &ruma::RoomId) -> Option<Membership> {
    client.get_room(room).map(|room| membership(room.state()))
}

fn servers(names: &[String]) -> Result<Vec<OwnedServerName>, Failure> {
    names.iter().take(WAYS).map(|name| server_name(name)).collect()
}

fn server_name(name: &str) -> Result<OwnedServerName, Failure> {
    let malformed = || Failure::Invalid { field: Field::Homeserver, why: FieldTrouble::Malformed };
    ServerName::parse(name.trim()).map_err(|_| malformed())
}

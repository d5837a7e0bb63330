//! Members of a room, and people in general.

use crate::{MediaUri, Membership, UserId, opaque::opaque};

/// One person in a room.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// The name they chose, if any. Untrusted text: two members may have the same.
    pub name: Option<String>,
    /// Whether another member of the room has the same name, so that it must be told apart by the id.
    pub name_is_ambiguous: bool,
    /// Their avatar.
    pub avatar: Option<MediaUri>,
    /// Whether they are in, invited, or gone.
    pub membership: Membership,
    /// What they may do.
    pub role: MemberRole,
    /// Whether they are a guest from outside the deployment, who is given no role.
    pub guest: bool,
    /// Whether this account stands above them: nobody removes, bans or gives a role to their equals.
    pub below: bool,
}

/// A role by power level (Matrix specification, "m.room.power_levels").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum MemberRole {
    /// Made the room, with rights that cannot be taken (room version 12, MSC4289).
    Creator,
    /// Level 100 and more.
    Administrator,
    /// Level 50 to 99.
    Moderator,
    /// Anyone else.
    Participant,
}

/// How someone presents themselves. Untrusted text.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// The name they chose, if any.
    pub name: Option<String>,
    /// Their avatar.
    pub avatar: Option<MediaUri>,
}

opaque!(Member, Person);

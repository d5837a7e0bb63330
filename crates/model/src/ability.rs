//! What this account may do in a room, and where not, why: known before a button is shown.

use crate::MemberRole;

/// One thing that may be wanted in a room, and whether this account may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Ability {
    /// What.
    pub action: RoomAction,
    /// Why not; none: it may be done.
    pub refused: Option<Refusal>,
}

/// What may be wanted in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RoomAction {
    /// Write a message, answer one, react to one.
    Write,
    /// Mention everybody at once (`@room`).
    MentionEverybody,
    /// Delete what others wrote.
    RedactOthers,
    /// Pin messages.
    Pin,
    /// Invite people.
    Invite,
    /// Remove people.
    Remove,
    /// Ban people, and let them in again.
    Ban,
    /// Give and take roles.
    ChangeRoles,
    /// Change the name.
    Rename,
    /// Change the topic.
    ChangeTopic,
    /// Change the avatar.
    ChangeAvatar,
    /// Open it to people from outside. It cannot be undone.
    OpenToGuests,
    /// Let everybody of the deployment in who has the link, or no longer.
    ChangeLinkAccess,
    /// Change who reads what was said before they came.
    ChangeHistory,
    /// Give it an address, or take it away.
    ChangeAlias,
    /// Move everybody into a new room of the newest version.
    Upgrade,
    /// Put rooms into this space, and take them out.
    ChangeChildren,
    /// Change how long messages live where nothing else is said (`org.bulla.ending`).
    ChangeEnding,
    /// Change how long the room keeps what is said (`m.room.retention`).
    ChangeRetention,
}

/// Why something may not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Refusal {
    /// This account is not in the room.
    NotMember,
    /// It takes a higher role: this one at least.
    NeedsRole {
        /// Which.
        role: MemberRole,
    },
    /// Guests from outside may not.
    Guest,
    /// A room of this kind knows no such thing: a direct conversation stays between two, a forum stays public.
    Kind,
    /// It is so already.
    AlreadySo,
}

/// How one of several invitations went.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Invited {
    /// Who was to be invited.
    pub user: crate::UserId,
    /// Why they were not; none: they were.
    pub failure: Option<crate::Failure>,
}

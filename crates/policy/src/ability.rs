//! What somebody may do in a room, from their level, the room's kind, and whether they are a guest.

use bulla_model::{Ability, MemberRole, Refusal, RoomAction, RoomKind};

/// How somebody stands in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// They are in it.
    pub joined: bool,
    /// They are a guest from outside the deployment.
    pub guest: bool,
    /// Their level; a creator of room version 12 has the greatest there is.
    pub level: i64,
    /// What sort of room it is.
    pub kind: RoomKind,
    /// Guests may be invited already.
    pub open_to_guests: bool,
    /// The levels that the room asks for.
    pub levels: Levels,
}

/// The level that each action takes (Matrix specification, "m.room.power_levels").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "each is named after its action")]
pub struct Levels {
    pub write: i64,
    pub everybody: i64,
    pub redact: i64,
    pub pin: i64,
    pub invite: i64,
    pub remove: i64,
    pub ban: i64,
    pub roles: i64,
    pub name: i64,
    pub topic: i64,
    pub avatar: i64,
    pub access_rules: i64,
    pub join_rules: i64,
    pub history: i64,
    pub alias: i64,
    pub tombstone: i64,
    pub children: i64,
    pub ending: i64,
    pub retention: i64,
}

/// Every action, allowed or refused with a reason.
pub fn abilities(standing: &Standing) -> Vec<Ability> {
    use RoomAction as A;
    [
        A::Write,
        A::MentionEverybody,
        A::RedactOthers,
        A::Pin,
        A::Invite,
        A::Remove,
        A::Ban,
        A::ChangeRoles,
        A::Rename,
        A::ChangeTopic,
        A::ChangeAvatar,
        A::OpenToGuests,
        A::ChangeLinkAccess,
        A::ChangeHistory,
        A::ChangeAlias,
        A::Upgrade,
        A::ChangeChildren,
        A::ChangeEnding,
        A::ChangeRetention,
    ]
    .into_iter()
    .map(|action| Ability { action, refused: refused(standing, action) })
    .collect()
}

fn refused(standing: &Standing, action: RoomAction) -> Option<Refusal> {
    if !standing.joined {
        return Some(Refusal::NotMember);
    }
    if !knows(standing.kind, action) {
        return Some(Refusal::Kind);
    }
    if action == RoomAction::OpenToGuests && standing.open_to_guests {
        return Some(Refusal::AlreadySo);
    }
    let needed = level(&standing.levels, action);
    if standing.level >= needed {
        return None;
    }
    // A guest is never given a role, so that naming one would mislead.
    Some(if standing.guest { Refusal::Guest } else { Refusal::NeedsRole { role: role(needed) } })
}

/// Whether a room of this kind knows the action at all.
fn knows(kind: RoomKind, action: RoomAction) -> bool {
    use RoomAction as A;
    match kind {
        RoomKind::Direct => {
            matches!(action, A::Write | A::RedactOthers | A::Pin | A::MentionEverybody | A::ChangeEnding)
        }
        RoomKind::Forum => !matches!(action, A::OpenToGuests | A::ChangeLinkAccess | A::ChangeChildren),
        RoomKind::Space => !matches!(
            action,
            A::Write
                | A::MentionEverybody
                | A::RedactOthers
                | A::Pin
                | A::OpenToGuests
                | A::ChangeLinkAccess
                | A::ChangeHistory
                | A::Upgrade
                | A::ChangeEnding
                | A::ChangeRetention
        ),
        RoomKind::Private | RoomKind::PrivateWithGuests | RoomKind::PrivateUnencrypted => {
            !matches!(action, A::ChangeAlias | A::ChangeChildren)
        }
    }
}

fn level(levels: &Levels, action: RoomAction) -> i64 {
    match action {
        RoomAction::Write => levels.write,
        RoomAction::MentionEverybody => levels.everybody,
        RoomAction::RedactOthers => levels.redact,
        RoomAction::Pin => levels.pin,
        RoomAction::Invite => levels.invite,
        RoomAction::Remove => levels.remove,
        RoomAction::Ban => levels.ban,
        RoomAction::ChangeRoles => levels.roles,
        RoomAction::Rename => levels.name,
        RoomAction::ChangeTopic => levels.topic,
        RoomAction::ChangeAvatar => levels.avatar,
        RoomAction::OpenToGuests => levels.access_rules,
        RoomAction::ChangeLinkAccess => levels.join_rules,
        RoomAction::ChangeHistory => levels.history,
        RoomAction::ChangeAlias => levels.alias,
        RoomAction::Upgrade => levels.tombstone,
        RoomAction::ChangeChildren => levels.children,
        RoomAction::ChangeEnding => levels.ending,
        RoomAction::ChangeRetention => levels.retention,
    }
}

/// The role that has a level.
pub fn role(level: i64) -> MemberRole {
    match level {
        ..=0 => MemberRole::Participant,
        1..=50 => MemberRole::Moderator,
        51..=100 => MemberRole::Administrator,
        101.. => MemberRole::Creator,
    }
}

/// The level of a role that may be given; none for a creator, who is made by making the room.
pub fn role_level(role: MemberRole) -> Option<i64> {
    match role {
        MemberRole::Creator => None,
        MemberRole::Administrator => Some(100),
        MemberRole::Moderator => Some(50),
        MemberRole::Participant => Some(0),
    }
}

/// Whether nobody could give roles any more once `leaving` is gone: they have the right, others stay, and none of these has it.
/// `members`: who is in the room, with their level.
pub fn is_last_admin<'a>(leaving: &str, members: impl IntoIterator<Item = (&'a str, i64)>, roles: i64) -> bool {
    let (mut has_it, mut another, mut others) = (false, false, false);
    for (user, level) in members {
        if user == leaving {
            has_it = level >= roles;
        } else {
            others = true;
            another |= level >= roles;
        }
    }
    has_it && others && !another
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCHAP: Levels = Levels {
        write: 0,
        everybody: 50,
        redact: 50,
        pin: 50,
        invite: 50,
        remove: 50,
        ban: 50,
        roles: 100,
        name: 50,
        topic: 100,
        avatar: 50,
        access_rules: 100,
        join_rules: 100,
        history: 100,
        alias: 50,
        tombstone: 100,
        children: 50,
        ending: 50,
        retention: 100,
    };

    fn standing(level: i64, kind: RoomKind) -> Standing {
        Standing { joined: true, guest: false, level, kind, open_to_guests: false, levels: TCHAP }
    }

    fn of(standing: &Standing, action: RoomAction) -> Option<Refusal> {
        let found = abilities(standing).into_iter().find(|ability| ability.action == action);
        found.expect("every action is told").refused
    }

    #[test]
    fn members_moderators_and_administrators() {
        use RoomAction as A;
        let needs = |role| Some(Refusal::NeedsRole { role });
        let (moderator, administrator) = (needs(MemberRole::Moderator), needs(MemberRole::Administrator));
        for (action, member, moderating, administrating) in [
            (A::Write, None, None, None),
            (A::MentionEverybody, moderator, None, None),
            (A::RedactOthers, moderator, None, None),
            (A::Pin, moderator, None, None),
            (A::Invite, moderator, None, None),
            (A::Remove, moderator, None, None),
            (A::Ban, moderator, None, None),
            (A::ChangeRoles, administrator, administrator, None),
            (A::Rename, moderator, None, None),
            (A::ChangeTopic, administrator, administrator, None),
            (A::ChangeAvatar, moderator, None, None),
            (A::OpenToGuests, administrator, administrator, None),
            (A::ChangeLinkAccess, administrator, administrator, None),
            (A::ChangeHistory, administrator, administrator, None),
            (A::Upgrade, administrator, administrator, None),
            (A::ChangeEnding, moderator, None, None),
            (A::ChangeRetention, administrator, administrator, None),
        ] {
            for (level, wanted) in [(0, member), (50, moderating), (100, administrating), (i64::MAX, None)] {
                assert_eq!(of(&standing(level, RoomKind::Private), action), wanted, "{action:?} at {level}");
            }
        }
    }

    #[test]
    fn kinds_know_what_they_do_not() {
        use RoomAction as A;
        for (kind, action) in [
            (RoomKind::Direct, A::Invite),
            (RoomKind::Direct, A::Rename),
            (RoomKind::Direct, A::OpenToGuests),
            (RoomKind::Direct, A::ChangeRoles),
            (RoomKind::Forum, A::OpenToGuests),
            (RoomKind::Forum, A::ChangeLinkAccess),
            (RoomKind::Space, A::Write),
            (RoomKind::Space, A::Upgrade),
            (RoomKind::Space, A::ChangeEnding),
            (RoomKind::Direct, A::ChangeRetention),
            (RoomKind::Private, A::ChangeAlias),
            (RoomKind::Forum, A::ChangeChildren),
            (RoomKind::Direct, A::Upgrade),
        ] {
            assert_eq!(of(&standing(i64::MAX, kind), action), Some(Refusal::Kind), "{kind:?} {action:?}");
        }
    }

    #[test]
    fn guests_are_told_so_and_not_to_ask_for_a_role() {
        let guest = Standing { guest: true, open_to_guests: true, ..standing(0, RoomKind::PrivateWithGuests) };
        assert_eq!(of(&guest, RoomAction::Write), None);
        assert_eq!(of(&guest, RoomAction::Invite), Some(Refusal::Guest));
        assert_eq!(of(&guest, RoomAction::OpenToGuests), Some(Refusal::AlreadySo));
        let gone = Standing { joined: false, ..guest };
        assert!(abilities(&gone).iter().all(|ability| ability.refused == Some(Refusal::NotMember)));
    }

    #[test]
    fn the_last_administrator_is_known() {
        let members = [("@a:x", 100), ("@b:x", 50), ("@c:x", 0)];
        assert!(is_last_admin("@a:x", members, 100));
        assert!(!is_last_admin("@b:x", members, 100), "has not the right");
        assert!(!is_last_admin("@a:x", [("@a:x", 100)], 100), "nobody stays");
        assert!(!is_last_admin("@a:x", [("@a:x", 100), ("@b:x", i64::MAX)], 100), "a creator stays");
    }

    #[test]
    fn levels_and_roles_agree() {
        for role in [MemberRole::Participant, MemberRole::Moderator, MemberRole::Administrator] {
            assert_eq!(super::role(role_level(role).unwrap()), role);
        }
        assert_eq!((super::role(-5), super::role(101)), (MemberRole::Participant, MemberRole::Creator));
        assert_eq!(role_level(MemberRole::Creator), None);
    }
}

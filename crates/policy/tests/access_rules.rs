//! The rules of `im.vector.room.access_rules` as Tchap's servers keep them since 2026, which no published module does: what they would refuse is
//! never asked of them. Read from their module and its behaviour tests; the published one is run against in the core's tests.
#![allow(clippy::unwrap_used)]

use bulla_model::{Barrier, Failure, MemberRole, Refusal, RoomAction, RoomKind};
use bulla_policy::{
    Access, AccessRule, Levels, Standing, abilities, may_browse, may_come_in, may_create, may_invite_guest, role_level,
    room_plan,
};

const MADE: [RoomKind; 5] =
    [RoomKind::Private, RoomKind::PrivateWithGuests, RoomKind::PrivateUnencrypted, RoomKind::Forum, RoomKind::Space];
const EVERY: [RoomKind; 6] = [
    RoomKind::Direct,
    RoomKind::Private,
    RoomKind::PrivateWithGuests,
    RoomKind::PrivateUnencrypted,
    RoomKind::Forum,
    RoomKind::Space,
];
/// What the server fills in, or asks for.
const LEVELS: Levels = Levels {
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
    children: 100,
    ending: 50,
    retention: 100,
};

/// Whether the server takes a change: one way only, never in a public room, and nothing that it froze may differ.
fn changes(before: Access, after: Access) -> bool {
    before.rule == AccessRule::Restricted
        && after.rule == AccessRule::Unrestricted
        && !before.public
        && (before.public, before.unencrypted) == (after.public, after.unencrypted)
}

fn refused(kind: RoomKind, level: i64, guest: bool, action: RoomAction) -> Option<Refusal> {
    let open_to_guests = kind == RoomKind::PrivateWithGuests;
    let standing = Standing { joined: true, guest, level, kind, open_to_guests, levels: LEVELS };
    abilities(&standing).into_iter().find(|ability| ability.action == action).unwrap().refused
}

#[test]
fn what_is_made_is_what_the_server_lets_be_made() {
    for kind in MADE {
        let plan = room_plan(kind).unwrap();
        assert_eq!(plan.access.public, plan.public, "{kind:?}: the visibility that was asked for");
        assert_ne!(plan.access.rule, AccessRule::Direct, "{kind:?}: only what is marked as direct");
        assert!(!plan.public || plan.access.rule == AccessRule::Restricted, "{kind:?}: a forum is for agents");
        assert!(!(plan.public && plan.access.unencrypted), "{kind:?}: only of private rooms");
        // What is neither is encrypted by the server itself: a room must not turn out another than it was to be.
        assert!(plan.encrypted || plan.public || plan.access.unencrypted || plan.space, "{kind:?}");
        assert!(!(plan.encrypted && (plan.public || plan.access.unencrypted)), "{kind:?}: encryption is refused there");
        assert_eq!(plan.invite, if plan.public { 0 } else { 50 }, "{kind:?}: no lower than the server's own");
    }
}

#[test]
fn what_was_made_is_told_as_it_was_frozen() {
    for (kind, visibility, unencrypted) in [
        (RoomKind::Private, None, None),
        (RoomKind::PrivateWithGuests, None, None),
        (RoomKind::PrivateUnencrypted, None, Some(true)),
        (RoomKind::Forum, Some("public"), None),
        (RoomKind::Space, None, None),
    ] {
        let content = room_plan(kind).unwrap().access.content();
        assert_eq!(content.get("visibility").and_then(|it| it.as_str()), visibility, "{kind:?}");
        assert_eq!(content.get("force_unencrypted_at_creation").and_then(|it| it.as_bool()), unencrypted, "{kind:?}");
    }
}

#[test]
fn a_room_is_opened_only_as_the_server_takes_it() {
    for kind in MADE {
        let made = room_plan(kind).unwrap().access;
        let offered = refused(kind, 100, false, RoomAction::OpenToGuests).is_none();
        // A space is not offered to be opened, though a server would.
        assert_eq!(offered, changes(made, made.opened()) && kind != RoomKind::Space, "{kind:?}");
        // What a server sends back, read and opened, is the same but for the rule.
        let read = Access::parse(&made.content()).opened();
        assert_eq!(
            (read.public, read.unencrypted, read.rule),
            (made.public, made.unencrypted, AccessRule::Unrestricted)
        );
        assert!(!changes(read, made), "{kind:?}: never back");
    }
}

#[test]
fn who_may_change_what_a_room_is() {
    use RoomAction as A;
    let administrator = Some(Refusal::NeedsRole { role: MemberRole::Administrator });
    for (kind, action, moderator, admin) in [
        // Only administrators open a room, and a forum or a direct conversation never is.
        (RoomKind::Private, A::OpenToGuests, administrator, None),
        (RoomKind::PrivateUnencrypted, A::OpenToGuests, administrator, None),
        (RoomKind::PrivateWithGuests, A::OpenToGuests, Some(Refusal::AlreadySo), Some(Refusal::AlreadySo)),
        (RoomKind::Forum, A::OpenToGuests, Some(Refusal::Kind), Some(Refusal::Kind)),
        (RoomKind::Direct, A::OpenToGuests, Some(Refusal::Kind), Some(Refusal::Kind)),
        // Access by link: a private room's, both ways; a forum never stops being public.
        (RoomKind::Private, A::ChangeLinkAccess, administrator, None),
        (RoomKind::PrivateWithGuests, A::ChangeLinkAccess, administrator, None),
        (RoomKind::PrivateUnencrypted, A::ChangeLinkAccess, administrator, None),
        (RoomKind::Forum, A::ChangeLinkAccess, Some(Refusal::Kind), Some(Refusal::Kind)),
        (RoomKind::Direct, A::ChangeLinkAccess, Some(Refusal::Kind), Some(Refusal::Kind)),
        // A direct conversation has no name, no topic, no picture, and no third.
        (RoomKind::Direct, A::Rename, Some(Refusal::Kind), Some(Refusal::Kind)),
        (RoomKind::Direct, A::ChangeTopic, Some(Refusal::Kind), Some(Refusal::Kind)),
        (RoomKind::Direct, A::ChangeAvatar, Some(Refusal::Kind), Some(Refusal::Kind)),
        (RoomKind::Direct, A::Invite, Some(Refusal::Kind), Some(Refusal::Kind)),
        // Moderators invite and say what it is called; the rest of its state is the administrators'.
        (RoomKind::Private, A::Invite, None, None),
        (RoomKind::Private, A::Rename, None, None),
        (RoomKind::Private, A::ChangeAvatar, None, None),
        (RoomKind::Private, A::ChangeTopic, administrator, None),
        (RoomKind::Private, A::ChangeRoles, administrator, None),
        (RoomKind::Private, A::ChangeHistory, administrator, None),
        (RoomKind::Private, A::Upgrade, administrator, None),
    ] {
        let told = (refused(kind, 50, false, action), refused(kind, 100, false, action));
        assert_eq!(told, (moderator, admin), "{kind:?} {action:?}");
    }
}

#[test]
fn what_a_guest_may_not() {
    let no = || Err(Failure::Forbidden { why: Barrier::Guest });
    for kind in EVERY {
        assert_eq!(may_create(kind, true, |_| Some(true)), no(), "{kind:?}");
        let comes_in = kind == RoomKind::PrivateWithGuests || kind == RoomKind::Direct;
        assert_eq!(may_invite_guest(kind, kind == RoomKind::PrivateWithGuests).is_ok(), comes_in, "{kind:?}");
        for action in [RoomAction::Invite, RoomAction::ChangeRoles, RoomAction::Rename, RoomAction::ChangeLinkAccess] {
            let refusal = refused(kind, 0, true, action);
            assert!(matches!(refusal, Some(Refusal::Guest | Refusal::Kind)), "{kind:?} {action:?}: {refusal:?}");
        }
        if kind != RoomKind::Space {
            assert_eq!(refused(kind, 0, true, RoomAction::Write), None, "{kind:?}: writing is what they are there for");
        }
    }
    assert_eq!((may_browse(true), may_come_in(true, false), may_come_in(true, true)), (no(), no(), Ok(())));
    // The one role that a server lets a guest have.
    assert_eq!(role_level(MemberRole::Participant), Some(0));
}

//! The kinds of rooms: what each is made of, and which one a room is.
//!
//! They are told apart by the state event `im.vector.room.access_rules`, as Tchap's servers know and guard it:
//! `{"rule": "restricted"|"unrestricted"|"direct", "visibility": "public"|"private", "force_unencrypted_at_creation": bool}`.

use bulla_model::{Barrier, Failure, RoomKind};
use serde::Serialize;

/// The type of the state event; its key is empty.
pub const ACCESS_RULES: &str = "im.vector.room.access_rules";
/// The name by which a manifest allows rooms that are private and not encrypted.
pub const UNENCRYPTED_ROOMS: &str = "create_room_non_encrypted";
/// The name by which a manifest forbids forums, where it says false.
pub const FORUMS: &str = "forum";

/// Who may be in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessRule {
    /// People of the deployment only. What is not known is taken for it: it lets the fewest in.
    #[default]
    Restricted,
    /// Guests from outside too, by invitation.
    Unrestricted,
    /// The two whom it was made for.
    Direct,
}

/// The content of the state event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// Who may be in it.
    pub rule: AccessRule,
    /// It was made as a public room.
    pub public: bool,
    /// It was made to stay unencrypted.
    pub unencrypted: bool,
}

impl Access {
    /// From the event's content. What is missing or not understood counts as what lets the fewest in.
    pub fn parse(content: &serde_json::Value) -> Self {
        let text = |name: &str| content.get(name).and_then(serde_json::Value::as_str);
        Self {
            rule: match text("rule") {
                Some("unrestricted") => AccessRule::Unrestricted,
                Some("direct") => AccessRule::Direct,
                _ => AccessRule::Restricted,
            },
            public: text("visibility") == Some("public"),
            unencrypted: content.get("force_unencrypted_at_creation").and_then(serde_json::Value::as_bool)
                == Some(true),
        }
    }

    /// The event's content. What a server freezes at the creation is repeated with every change, as it wants it.
    pub fn content(self) -> serde_json::Value {
        let mut content = serde_json::json!({"rule": self.rule});
        if self.public {
            content["visibility"] = "public".into();
        }
        if self.unencrypted {
            content["force_unencrypted_at_creation"] = true.into();
        }
        content
    }

    /// The same room, open to guests.
    pub fn opened(self) -> Self {
        Self { rule: AccessRule::Unrestricted, ..self }
    }
}

/// What is known of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoomFacts {
    /// It is a space.
    pub space: bool,
    /// It is marked as a direct conversation.
    pub direct: bool,
    /// It is encrypted.
    pub encrypted: bool,
    /// Whoever knows it may come in (`join_rule: public`).
    pub open: bool,
    /// Its access rules, where it has any.
    pub access: Option<Access>,
}

/// Which kind a room is, and whether guests may be invited.
pub fn room_kind(facts: RoomFacts) -> (RoomKind, bool) {
    let access = facts.access.unwrap_or_default();
    let guests = access.rule == AccessRule::Unrestricted;
    if facts.space {
        return (RoomKind::Space, guests);
    }
    if facts.direct {
        return (RoomKind::Direct, false);
    }
    // What is said in it counts, whatever the rules claim: an encrypted room is none that everybody reads.
    let forum = facts.access.map_or(facts.open, |access| access.public);
    match (facts.encrypted, forum, guests) {
        (true, _, false) => (RoomKind::Private, false),
        (true, _, true) => (RoomKind::PrivateWithGuests, true),
        (false, true, _) => (RoomKind::Forum, false),
        (false, false, guests) => (RoomKind::PrivateUnencrypted, guests),
    }
}

/// What a room of a kind is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomPlan {
    /// It is public: listed, and whoever finds it may come in.
    pub public: bool,
    /// It is encrypted.
    pub encrypted: bool,
    /// It is a space.
    pub space: bool,
    /// Its access rules.
    pub access: Access,
    /// The level it takes to invite.
    pub invite: i64,
}

/// What a room of `kind` is made of. A direct conversation is not made this way.
pub fn room_plan(kind: RoomKind) -> Option<RoomPlan> {
    let private = |encrypted, guests: bool| RoomPlan {
        public: false,
        encrypted,
        space: false,
        access: Access {
            rule: if guests { AccessRule::Unrestricted } else { AccessRule::Restricted },
            public: false,
            unencrypted: !encrypted,
        },
        invite: 50,
    };
    match kind {
        RoomKind::Direct => None,
        RoomKind::Private => Some(private(true, false)),
        RoomKind::PrivateWithGuests => Some(private(true, true)),
        RoomKind::PrivateUnencrypted => Some(private(false, false)),
        RoomKind::Forum => Some(RoomPlan {
            public: true,
            encrypted: false,
            space: false,
            access: Access { rule: AccessRule::Restricted, public: true, unencrypted: false },
            invite: 0,
        }),
        // Nothing is said in a space, so that there is nothing to encrypt.
        RoomKind::Space => Some(RoomPlan { space: true, access: Access::default(), ..private(false, false) }),
    }
}

/// Whether somebody may make a room of `kind`. `guest`: they are from outside; `feature` tells what the manifest says of their server,
/// none where it says nothing.
pub fn may_create(kind: RoomKind, guest: bool, feature: impl Fn(&str) -> Option<bool>) -> Result<(), Failure> {
    let forbidden = |why| Err(Failure::Forbidden { why });
    match kind {
        _ if guest => forbidden(Barrier::Guest),
        RoomKind::PrivateUnencrypted if feature(UNENCRYPTED_ROOMS) != Some(true) => forbidden(Barrier::RoomKind),
        RoomKind::Forum if feature(FORUMS) == Some(false) => forbidden(Barrier::RoomKind),
        _ => Ok(()),
    }
}

/// Whether a guest from outside may be invited to a room of `kind` that is `open_to_guests` or not. A direct conversation is between the two
/// whom it was made for, whoever they are.
pub fn may_invite_guest(kind: RoomKind, open_to_guests: bool) -> Result<(), Failure> {
    match open_to_guests || kind == RoomKind::Direct {
        true => Ok(()),
        false => Err(Failure::Forbidden { why: Barrier::Guest }),
    }
}

/// Whether somebody may come into a room, `invited` to it or not. `guest`: they are from outside. A server that guards its rooms says the same, and
/// not where it is asked by another server, which the published module lets through.
pub fn may_come_in(guest: bool, invited: bool) -> Result<(), Failure> {
    match guest && !invited {
        true => Err(Failure::Forbidden { why: Barrier::Guest }),
        false => Ok(()),
    }
}

/// Whether somebody may look through directories of rooms. `guest`: they are from outside.
pub fn may_browse(guest: bool) -> Result<(), Failure> {
    match guest {
        true => Err(Failure::Forbidden { why: Barrier::Guest }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_is_recognised_as_it_was_made() {
        for kind in [
            RoomKind::Private,
            RoomKind::PrivateWithGuests,
            RoomKind::PrivateUnencrypted,
            RoomKind::Forum,
            RoomKind::Space,
        ] {
            let plan = room_plan(kind).unwrap();
            let facts = RoomFacts {
                space: plan.space,
                direct: false,
                encrypted: plan.encrypted,
                open: plan.public,
                access: Some(Access::parse(&plan.access.content())),
            };
            assert_eq!(room_kind(facts).0, kind);
        }
        assert_eq!(room_plan(RoomKind::Direct), None);
    }

    #[test]
    fn rooms_without_rules_are_taken_for_what_lets_the_fewest_in() {
        let facts = |encrypted, open| RoomFacts { encrypted, open, ..RoomFacts::default() };
        assert_eq!(room_kind(facts(true, false)), (RoomKind::Private, false));
        // By link, and still encrypted.
        assert_eq!(room_kind(facts(true, true)), (RoomKind::Private, false));
        assert_eq!(room_kind(facts(false, false)), (RoomKind::PrivateUnencrypted, false));
        assert_eq!(room_kind(facts(false, true)), (RoomKind::Forum, false));
        for content in
            [json!(null), json!([]), json!({"rule": 7}), json!({"rule": "everybody"}), json!({"visibility": 1})]
        {
            assert_eq!(Access::parse(&content), Access::default(), "{content}");
        }
    }

    #[test]
    fn a_private_room_by_link_is_no_forum() {
        let access = Some(Access { unencrypted: true, ..Access::default() });
        let facts = RoomFacts { open: true, access, ..RoomFacts::default() };
        assert_eq!(room_kind(facts).0, RoomKind::PrivateUnencrypted);
    }

    #[test]
    fn opening_repeats_what_is_frozen() {
        let made = room_plan(RoomKind::PrivateUnencrypted).unwrap().access;
        assert_eq!(made.opened().content(), json!({"rule": "unrestricted", "force_unencrypted_at_creation": true}));
        let facts = RoomFacts { access: Some(made.opened()), ..RoomFacts::default() };
        assert_eq!(room_kind(facts), (RoomKind::PrivateUnencrypted, true));
    }

    #[test]
    fn guests_come_only_into_rooms_that_are_open_to_them() {
        let refused = Err(Failure::Forbidden { why: Barrier::Guest });
        for (kind, open, expected) in [
            (RoomKind::Private, false, refused.clone()),
            (RoomKind::PrivateWithGuests, true, Ok(())),
            (RoomKind::PrivateUnencrypted, false, refused.clone()),
            (RoomKind::PrivateUnencrypted, true, Ok(())),
            (RoomKind::Forum, false, refused.clone()),
            (RoomKind::Space, false, refused.clone()),
            (RoomKind::Space, true, Ok(())),
            (RoomKind::Direct, false, Ok(())),
        ] {
            assert_eq!(may_invite_guest(kind, open), expected, "{kind:?}, open: {open}");
        }
        assert_eq!((may_browse(true), may_browse(false)), (refused.clone(), Ok(())));
        assert_eq!((may_come_in(true, false), may_come_in(true, true)), (refused, Ok(())));
        assert_eq!((may_come_in(false, false), may_come_in(false, true)), (Ok(()), Ok(())));
    }

    #[test]
    fn who_may_create_what() {
        let why = |kind, guest, feature: Option<bool>| may_create(kind, guest, |_| feature).err();
        let no = |why| Some(Failure::Forbidden { why });
        assert_eq!(why(RoomKind::Private, false, None), None);
        assert_eq!(why(RoomKind::Private, true, None), no(Barrier::Guest));
        assert_eq!(why(RoomKind::Forum, false, None), None);
        assert_eq!(why(RoomKind::Forum, false, Some(false)), no(Barrier::RoomKind));
        assert_eq!(why(RoomKind::PrivateUnencrypted, false, None), no(Barrier::RoomKind));
        assert_eq!(why(RoomKind::PrivateUnencrypted, false, Some(true)), None);
    }
}

//! State: settings of every kind, members, spaces, and keys that nobody would choose.

use serde_json::{Value, json};

use super::case::{Case, MAX, MIN, Place, deep, state};

/// A value of a type that no field has.
fn wrong() -> Value {
    let fields = "name topic url join_rule allow history_visibility guest_access pinned alias alt_aliases ban users events membership \
        displayname avatar_url replacement_room body via order deny algorithm rotation_period_ms predecessor room_version max_lifetime";
    fields
        .split_whitespace()
        .map(|field| (field.to_owned(), json!([{"x": 1.0 as i64}, null])))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub fn cases(place: &Place) -> Vec<Case> {
    [names(), rules(place), others(place), members(place), wrongs(), powers(place)].into_iter().flatten().collect()
}

fn names() -> Vec<Case> {
    let name = |case: &str, name: Value, shown| state(case, "m.room.name", "", json!({ "name": name }), shown);
    vec![
        name("odd name", json!("\u{202e}\u{0}\u{200b}moor"), "state Name"),
        name("long name", json!("n".repeat(60_000)), "state Name"),
        name("name of nothing", json!(""), "state Name"),
        name("name of no letter", json!("\u{200b}\u{2060}"), "state Name"),
        name("name of lines", json!("\n".repeat(1_000)), "state Name"),
        name("name of a tag", json!("<script>alert(1)</script>"), "state Name"),
        name("name of another room", json!("@room"), "state Name"),
        state("odd topic", "m.room.topic", "", json!({"topic": "\u{2067}\u{0}"}), "state Topic"),
        state("long topic", "m.room.topic", "", json!({"topic": "t".repeat(60_000)}), "state Topic"),
        state("topic of nothing", "m.room.topic", "", json!({"topic": ""}), "state Topic"),
        state(
            "topic in formats that nobody knows",
            "m.room.topic",
            "",
            json!({"topic": "x", "m.topic": {"m.text": [{"mimetype": 7, "body": []}]}}),
            "state Topic",
        ),
        state("name at a key", "m.room.name", "x", json!({"name": "x"}), "malformed"),
        state(
            "odd avatar",
            "m.room.avatar",
            "",
            json!({"url": "mxc://../../x?y#z", "info": {"w": MAX}}),
            "state Avatar",
        ),
        state("avatar from the web", "m.room.avatar", "", json!({"url": "https://evil.example/x.png"}), "state Avatar"),
        state("avatar of a script", "m.room.avatar", "", json!({"url": "javascript:alert(1)"}), "state Avatar"),
    ]
}

fn rules(place: &Place) -> Vec<Case> {
    vec![
        state(
            "custom join rules",
            "m.room.join_rules",
            "",
            json!({"join_rule": "org.example.handshake"}),
            "state JoinRules",
        ),
        state(
            "join rules without end",
            "m.room.join_rules",
            "",
            json!({"join_rule": "r".repeat(40_000)}),
            "state JoinRules",
        ),
        state(
            "restricted by nonsense",
            "m.room.join_rules",
            "",
            json!({"join_rule": "restricted", "allow": [{"type": 1}]}),
            "state JoinRules",
        ),
        state(
            "restricted to itself",
            "m.room.join_rules",
            "",
            json!({"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": place.room}]}),
            "state JoinRules",
        ),
        state(
            "restricted to what nobody knows",
            "m.room.join_rules",
            "",
            json!({"join_rule": "knock_restricted", "allow": [{"type": "org.example", "x": deep(80)}]}),
            "state JoinRules",
        ),
        state("invitation alone, again", "m.room.join_rules", "", json!({"join_rule": "invite"}), "state JoinRules"),
        state(
            "unknown history visibility",
            "m.room.history_visibility",
            "",
            json!({"history_visibility": "org.example"}),
            "state HistoryVisibility",
        ),
        state(
            "history for all, again",
            "m.room.history_visibility",
            "",
            json!({"history_visibility": "shared"}),
            "state HistoryVisibility",
        ),
        state(
            "unknown guest access",
            "m.room.guest_access",
            "",
            json!({"guest_access": "org.example"}),
            "state Visitors",
        ),
        state(
            "rules of access that nobody knows",
            "im.vector.room.access_rules",
            "",
            json!({"rule": "org.example"}),
            "state GuestAccess",
        ),
        state(
            "rules of access of nonsense",
            "im.vector.room.access_rules",
            "",
            json!({"rule": [MIN]}),
            "state GuestAccess",
        ),
        state(
            "server rules of nonsense",
            "m.room.server_acl",
            "",
            json!({"allow": ["*"], "deny": [], "allow_ip_literals": 7}),
            "malformed",
        ),
        state(
            "server rules of stars",
            "m.room.server_acl",
            "",
            json!({"allow": ["*", "*?*?*?*?*?*"], "deny": ["*?*?*?*?*!"]}),
            "malformed",
        ),
        state("pins of nonsense", "m.room.pinned_events", "", json!({"pinned": ["$x", "", "!y"]}), "malformed"),
        state(
            "pins of a thousand",
            "m.room.pinned_events",
            "",
            json!({"pinned": (0..1_000).map(|n| format!("$pin{n}")).collect::<Vec<_>>()}),
            "malformed",
        ),
        state("no pins", "m.room.pinned_events", "", json!({"pinned": []}), "state PinnedEvents"),
        state(
            "alias of null",
            "m.room.canonical_alias",
            "",
            json!({"alias": null, "alt_aliases": []}),
            "state Address",
        ),
        state("alias of nonsense", "m.room.canonical_alias", "", json!({"alias": "x"}), "refused malformed"),
    ]
}

fn others(place: &Place) -> Vec<Case> {
    vec![
        state("unknown state", "org.example.state", "", json!({"a": {"b": [1, 2, {}]}}), "unknown"),
        state("unknown state, deep", "org.example.state", "", deep(90), "unknown"),
        state("unknown state at a key without end", "org.example.state", &"k".repeat(255), json!({}), "unknown"),
        state("unknown state at a longer key", "org.example.state", &"k".repeat(256), json!({}), "refused unknown"),
        state("unknown state at overrides", "org.example.state", "\u{202e}\u{200b}", json!({}), "unknown"),
        state("a message as state", "m.room.message", "", json!({"msgtype": "m.text", "body": "x"}), "unknown"),
        state(
            "a reaction as state",
            "m.reaction",
            "",
            json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": place.his, "key": "x"}}),
            "unknown",
        ),
        state("a ciphertext as state", "m.room.encrypted", "", json!({"algorithm": "m.megolm.v1.aes-sha2"}), "unknown"),
        state("a space child", "m.space.child", "!not:a:room", json!({"via": 1, "order": MAX}), "malformed"),
        state(
            "a space in itself",
            "m.space.child",
            &place.room,
            json!({"via": ["a.example"], "order": "\u{0}"}),
            "state SpaceChild",
        ),
        state(
            "a parent that is itself",
            "m.space.parent",
            &place.room,
            json!({"via": ["a.example"], "canonical": true}),
            "state SpaceParent",
        ),
        // One of less than nothing has the server itself hide everything; what becomes of it here is in the rule's own table.
        state("a retention of no number", "m.room.retention", "", json!({"max_lifetime": "soon"}), "refused malformed"),
        state(
            "a beacon without end",
            "org.matrix.msc3672.beacon_info",
            &place.sender,
            json!({"timeout": MAX}),
            "malformed",
        ),
        state(
            "a call's member of nonsense",
            "org.matrix.msc3401.call.member",
            &place.sender,
            json!({"memberships": [7]}),
            "unknown",
        ),
        state(
            "third party invite",
            "m.room.third_party_invite",
            &"k".repeat(200),
            json!({"display_name": 1}),
            "malformed",
        ),
        state("third party invite of nothing", "m.room.third_party_invite", "", json!({}), "malformed"),
        state(
            "a policy of nonsense",
            "m.policy.rule.user",
            "x",
            json!({"entity": 7, "recommendation": []}),
            "malformed",
        ),
        state("a bridge that nobody has", "m.bridge", "x", json!({"protocol": deep(80)}), "unknown"),
        state(
            "widgets of a script",
            "im.vector.modular.widgets",
            "x",
            json!({"url": "javascript:alert(1)"}),
            "unknown",
        ),
        state(
            "a replacement by itself",
            "m.room.tombstone",
            "",
            json!({"body": "x", "replacement_room": place.room}),
            "refused state Replaced",
        ),
        state(
            "a replacement by nothing",
            "m.room.tombstone",
            "",
            json!({"body": "x", "replacement_room": "x"}),
            "malformed",
        ),
        state(
            "a replacement by what is not there",
            "m.room.tombstone",
            "",
            json!({"body": "x", "replacement_room": "!nowhere:evil.example"}),
            "malformed",
        ),
    ]
}

fn members(place: &Place) -> Vec<Case> {
    let member = |name: &str, content: Value, shown| state(name, "m.room.member", &place.sender, content, shown);
    vec![
        member(
            "a member of nonsense",
            json!({"membership": "join", "displayname": 7, "avatar_url": [], "reason": {}, "third_party_invite": 1}),
            "refused malformed",
        ),
        member(
            "a member with an odd name",
            json!({"membership": "join", "displayname": "\u{202e}\u{0}\u{200b}", "avatar_url": "javascript:x"}),
            "profile",
        ),
        member(
            "a member with a name without end",
            json!({"membership": "join", "displayname": "\u{202e}x\u{200b}".repeat(5_000)}),
            "refused member Joined",
        ),
        member("a member with no letter", json!({"membership": "join", "displayname": "\u{200b}"}), "profile"),
        member(
            "a member with another's id for a name",
            json!({"membership": "join", "displayname": "@admin:a.example"}),
            "profile",
        ),
        member(
            "a member with lines for a name",
            json!({"membership": "join", "displayname": "a\nb\u{2028}c"}),
            "profile",
        ),
        member(
            "a member with a reason without end",
            json!({"membership": "join", "displayname": "x", "reason": "r".repeat(40_000)}),
            "profile",
        ),
        member(
            "a member of a membership that nobody knows",
            json!({"membership": "org.example"}),
            "refused member Other",
        ),
        state(
            "somebody who is nobody",
            "m.room.member",
            "nobody",
            json!({"membership": "invite"}),
            "refused malformed",
        ),
        state("somebody of an odd server", "m.room.member", "@x:\u{202e}", json!({"membership": "ban"}), "malformed"),
        state(
            "somebody banned who never came",
            "m.room.member",
            "@never:evil.example",
            json!({"membership": "ban", "reason": "\u{202e}\u{0}"}),
            "member Banned",
        ),
        state(
            "and let back",
            "m.room.member",
            "@never:evil.example",
            json!({"membership": "leave", "reason": ""}),
            "member Unbanned",
        ),
    ]
}

/// Each setting with every field of another type, and with none. What comes after nonsense does not parse either: it holds what was before.
fn wrongs() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, wrongly, empty) in [
        ("m.room.name", "refused malformed", "refused malformed"),
        ("m.room.topic", "refused malformed", "refused malformed"),
        ("m.room.avatar", "malformed", "malformed"),
        ("m.room.join_rules", "malformed", "malformed"),
        ("m.room.history_visibility", "malformed", "malformed"),
        ("m.room.guest_access", "malformed", "malformed"),
        ("m.room.pinned_events", "malformed", "malformed"),
        ("m.room.tombstone", "malformed", "refused malformed"),
        ("m.space.parent", "malformed", "malformed"),
        ("m.room.encryption", "malformed", "malformed"),
    ] {
        cases.push(state(format!("{kind} of another type"), kind, "", wrong(), wrongly));
        cases.push(state(format!("{kind} of nothing"), kind, "", json!({}), empty));
    }
    cases
}

/// Last: what comes after is sent by one who still may.
fn powers(place: &Place) -> Vec<Case> {
    let powers = |name: &str, content: Value, shown| state(name, "m.room.power_levels", "", content, shown);
    let me = &place.sender;
    vec![
        powers(
            "extreme powers",
            json!({"users": {me: 100, "@a:b.example": MIN}, "users_default": 50, "events": {"org.example": MIN}, "notifications": {"room": MIN}}),
            "state PowerLevels",
        ),
        powers(
            "powers above one's own",
            json!({"users": {me: 100}, "users_default": 50, "events": {"org.example": MAX}}),
            "refused state PowerLevels",
        ),
        powers("powers of nobody", json!({"users": {me: 100, "nobody": 50}}), "refused malformed"),
        powers("powers of another type", json!({"users": {me: "100"}, "ban": "x"}), "refused malformed"),
        powers("powers above all", json!({"users": {me: u64::MAX}}), "refused malformed"),
        powers(
            "powers of a thousand",
            json!({"users": (0..1_000).map(|n| (format!("@p{n}:a.example"), json!(0))).chain([(me.clone(), json!(100))]).collect::<serde_json::Map<_, _>>(), "users_default": 50}),
            "state PowerLevels",
        ),
        powers(
            "powers at the bottom",
            json!({"users": {me: 100}, "users_default": 50, "ban": MIN, "kick": MIN, "invite": MIN, "redact": MIN, "state_default": 50, "events_default": MIN}),
            "state PowerLevels",
        ),
    ]
}

//! What an event says of its end, or of another's, and what is left of one that has ended.

use bulla_model::{EventId, MediaId, RoomId, UserId};
use bulla_policy as policy;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use ruma::{
    MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId, RoomId as RoomIdRef,
    canonical_json::redact_content_in_place, events::room::message::MessageType, room_version_rules::RedactionRules,
    serde::Raw,
};
use serde::Deserialize;
use serde_json::{Value, json, value::to_raw_value};

use crate::{attachment::Attachment, ending_entry::Found, endings::Endings, item::time};

/// Why nothing of an event is left.
#[derive(Clone, Copy)]
pub(crate) enum Gone {
    /// Its time was over: it leaves the conversation.
    Ended,
    /// Somebody deleted it: that it was there is still shown. The deletion itself may not have been stored yet.
    Deleted,
}

/// Notes what an event says of its own end, or of another's.
pub(crate) fn look_at(endings: &Endings, room: &RoomIdRef, event: &TimelineEvent) {
    let sealed = event.kind.encryption_info().is_some();
    note(endings, room, event.raw().json().get(), sealed);
}

/// The same of an event as it was sent; `sealed`: whether it was encrypted.
pub(crate) fn note(endings: &Endings, room: &RoomIdRef, raw: &str, sealed: bool) {
    if !raw.contains(policy::ENDING) {
        return;
    }
    let Ok(seen) = serde_json::from_str::<Seen>(raw) else { return };
    if seen.state_key.is_some() {
        return;
    }
    let (room, sender) = (RoomId(room.to_string()), UserId(seen.sender));
    let event = EventId(seen.event_id);
    if let Some(because) = seen.unsigned.get("redacted_because") {
        let reason = because.pointer("/content/reason").and_then(Value::as_str);
        let by = because.get("sender").and_then(Value::as_str);
        if reason == Some(policy::ENDING) && by == Some(&sender.0) {
            endings.is_over(event);
        }
        return;
    }
    let sent = time(seen.origin_server_ts);
    if seen.kind == policy::OPENED {
        if let Some(target) = seen.content.get("event_id").and_then(Value::as_str) {
            endings.opened(&room, &EventId(target.to_owned()), &sender, sent, sealed);
        }
        return;
    }
    let edits = seen.content.pointer("/m.relates_to/rel_type").and_then(Value::as_str) == Some("m.replace");
    if !edits && let Some(lifetime) = seen.content.get(policy::ENDING).and_then(policy::lifetime) {
        let media = media(&seen.content);
        endings.note(&room, Found { event, sender, sent, lifetime, sealed, media });
    }
}

/// Who deleted an event; none where nobody did.
pub(crate) fn deleted_by(event: &TimelineEvent) -> Option<OwnedUserId> {
    if !event.raw().json().get().contains("redacted_because") {
        return None;
    }
    let unsigned = event.raw().get_field::<Value>("unsigned").ok().flatten()?;
    ruma::UserId::parse(unsigned.pointer("/redacted_because/sender")?.as_str()?).ok()
}

/// The event that another one gives another text.
pub(crate) fn edited(event: &TimelineEvent) -> Option<OwnedEventId> {
    if !event.raw().json().get().contains("m.replace") {
        return None;
    }
    let content = event.raw().get_field::<Value>("content").ok().flatten()?;
    let relation = content.get("m.relates_to")?;
    let edits = relation.get("rel_type").and_then(Value::as_str) == Some("m.replace");
    relation.get("event_id").and_then(Value::as_str).filter(|_| edits).and_then(|id| OwnedEventId::try_from(id).ok())
}

/// Whether an event says something, as opposed to what a room is made of, or the deletion of another.
pub(crate) fn is_said(event: &TimelineEvent) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: String,
        state_key: Option<Value>,
    }
    let kind = event.raw().deserialize_as_unchecked::<Kind>();
    kind.is_ok_and(|kind| kind.state_key.is_none() && kind.kind != "m.room.redaction")
}

/// The files of an event.
pub(crate) fn files(event: &TimelineEvent) -> Vec<MediaId> {
    event.raw().get_field::<Value>("content").ok().flatten().map(|content| media(&content)).unwrap_or_default()
}

/// Whether nothing of an event is left. A server may say that it was deleted, and tell it all the same.
pub(crate) fn is_blank(event: &TimelineEvent) -> bool {
    let field = |name| event.raw().get_field::<Value>(name).ok().flatten();
    let empty = |content: Value| content.as_object().is_some_and(serde_json::Map::is_empty);
    deleted_by(event).is_some() && (field("state_key").is_some() || field("content").is_none_or(empty))
}

/// Leaves of an event that it was there, as a deletion does, and no more than the SDK needs to know it for one: how it was encrypted, and by which
/// device, takes more than a short text. False where nothing was left.
pub(crate) fn blank(event: &mut TimelineEvent, why: Gone) -> bool {
    let Ok(mut seen) = serde_json::from_str::<Value>(event.raw().json().get()) else { return false };
    let Some(all) = seen.as_object_mut() else { return false };
    if is_blank(event) {
        return false;
    }
    let content = match all.remove("content") {
        Some(content) if all.contains_key("state_key") => set(all.get("type"), content),
        _ => json!({}),
    };
    let because = match why {
        Gone::Ended => json!({ "sender": all.get("sender"), "content": { "reason": policy::ENDING } }),
        Gone::Deleted => json!({ "sender": all.get("sender") }),
    };
    all.retain(|name, _| matches!(name.as_str(), "event_id" | "sender" | "origin_server_ts" | "type" | "state_key"));
    all.insert("content".to_owned(), content);
    all.insert("unsigned".to_owned(), json!({ "redacted_because": because }));
    let Ok(raw) = to_raw_value(&seen) else { return false };
    event.kind = TimelineEventKind::PlainText { event: Raw::from_json(raw) };
    true
}

/// What the deletion of a setting leaves of it: what the room goes by (<https://spec.matrix.org/v1.16/rooms/v11/#redactions>).
fn set(kind: Option<&Value>, content: Value) -> Value {
    let kind = kind.and_then(Value::as_str).unwrap_or_default();
    let Ok(mut content) = serde_json::from_value(content) else { return json!({}) };
    redact_content_in_place(&mut content, &RedactionRules::V11, kind);
    serde_json::to_value(content).unwrap_or_default()
}

fn media(content: &Value) -> Vec<MediaId> {
    let Ok(kind) = serde_json::from_value::<MessageType>(content.clone()) else { return Vec::new() };
    let Some(file) = Attachment::of_message(&kind) else { return Vec::new() };
    std::iter::once(file.file.id()).chain(file.thumbnail().map(|thumbnail| thumbnail.id())).collect()
}

/// As much of an event as matters here.
#[derive(Deserialize)]
struct Seen {
    event_id: String,
    sender: String,
    origin_server_ts: MilliSecondsSinceUnixEpoch,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    unsigned: Value,
    state_key: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: Value) -> TimelineEvent {
        TimelineEvent::from_plaintext(Raw::from_json(to_raw_value(&json).expect("JSON")))
    }

    fn left(mut event: TimelineEvent, why: Gone) -> Option<Value> {
        blank(&mut event, why).then(|| event.raw().deserialize_as_unchecked().expect("JSON"))
    }

    #[test]
    fn nothing_is_left_of_a_message_but_that_it_was_there() {
        let said = json!({
            "type": "m.room.message", "event_id": "$a", "sender": "@a:b.example", "origin_server_ts": 1, "room_id": "!a:b.example",
            "content": {"msgtype": "m.text", "body": "secret"}, "unsigned": {"age": 4},
        });
        let gone = |because: Value| {
            Some(json!({
                "type": "m.room.message", "event_id": "$a", "sender": "@a:b.example", "origin_server_ts": 1, "content": {},
                "unsigned": { "redacted_because": because },
            }))
        };
        let ended = json!({"sender": "@a:b.example", "content": {"reason": "org.bulla.ending"}});
        assert_eq!(left(event(said.clone()), Gone::Ended), gone(ended));
        assert_eq!(left(event(said.clone()), Gone::Deleted), gone(json!({"sender": "@a:b.example"})));
        let mut once = event(said.clone());
        assert!(blank(&mut once, Gone::Ended) && !blank(&mut once, Gone::Ended), "once is enough");
        // Deleted, a server says, and tells it all the same; or says so of nobody.
        for because in [json!({"sender": "@m:b.example"}), json!({})] {
            let mut told = said.clone();
            told["unsigned"] = json!({ "redacted_because": because });
            assert!(!left(event(told), Gone::Deleted).expect("something goes").to_string().contains("secret"));
        }
    }

    #[test]
    fn a_setting_keeps_what_the_room_goes_by() {
        let member = json!({
            "type": "m.room.member", "state_key": "@a:b.example", "event_id": "$a", "sender": "@a:b.example", "origin_server_ts": 1,
            "content": {"membership": "join", "displayname": "Alice"},
        });
        let left = left(event(member), Gone::Deleted).expect("something goes");
        assert_eq!((&left["content"], &left["state_key"]), (&json!({"membership": "join"}), &json!("@a:b.example")));
    }
}

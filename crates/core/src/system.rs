//! What happens to a room, and calls, as rows show them.

use bulla_model::{CallKind, GalleryPart, MediaKind, MessageBody, StateKind};
use bulla_policy::{ACCESS_RULES, ENDING, RETENTION};
use matrix_sdk_ui::timeline::{AnyOtherStateEventContentChange, OtherState};
use ruma::events::{StateEventContentChange, StateEventType, rtc::notification::CallIntent};
use serde_json::{Map, Value};

use crate::body::{cut, unknown};

/// As many files as a gallery names.
const PARTS: usize = 30;
/// The longest value or name that is passed on, in characters.
const CHARS: usize = 1_000;

/// A setting of a room that changed.
pub(crate) fn state(state: &OtherState) -> MessageBody {
    use AnyOtherStateEventContentChange as Change;
    use StateEventContentChange::Original;
    let (kind, value) = match state.content() {
        Change::RoomName(Original { content, .. }) => (StateKind::Name, Some(content.name.clone())),
        Change::RoomTopic(Original { content, .. }) => (StateKind::Topic, Some(content.topic.clone())),
        Change::RoomJoinRules(Original { content, .. }) => {
            (StateKind::JoinRules, Some(content.join_rule.as_str().to_owned()))
        }
        Change::RoomHistoryVisibility(Original { content, .. }) => {
            (StateKind::HistoryVisibility, Some(content.history_visibility.as_str().to_owned()))
        }
        Change::RoomCanonicalAlias(Original { content, .. }) => {
            (StateKind::Address, content.alias.as_ref().map(ToString::to_string))
        }
        Change::RoomTombstone(Original { content, .. }) => (StateKind::Replaced, Some(content.body.clone())),
        Change::RoomGuestAccess(Original { content, .. }) => {
            (StateKind::Visitors, Some(content.guest_access.as_str().to_owned()))
        }
        Change::RoomCreate(_) => (StateKind::Created, None),
        Change::RoomName(_) => (StateKind::Name, None),
        Change::RoomTopic(_) => (StateKind::Topic, None),
        Change::RoomAvatar(_) => (StateKind::Avatar, None),
        Change::RoomEncryption(_) => (StateKind::Encryption, None),
        Change::RoomJoinRules(_) => (StateKind::JoinRules, None),
        Change::RoomHistoryVisibility(_) => (StateKind::HistoryVisibility, None),
        Change::RoomPowerLevels(_) => (StateKind::PowerLevels, None),
        Change::RoomPinnedEvents(_) => (StateKind::PinnedEvents, None),
        Change::RoomCanonicalAlias(_) => (StateKind::Address, None),
        Change::RoomTombstone(_) => (StateKind::Replaced, None),
        Change::RoomServerAcl(_) => (StateKind::ServerAccess, None),
        Change::RoomGuestAccess(_) => (StateKind::Visitors, None),
        Change::RoomThirdPartyInvite(_) => (StateKind::EmailInvitation, None),
        Change::SpaceChild(_) => (StateKind::SpaceChild, None),
        Change::SpaceParent(_) => (StateKind::SpaceParent, None),
        Change::PolicyRuleRoom(_) | Change::PolicyRuleServer(_) | Change::PolicyRuleUser(_) => {
            (StateKind::ModerationRule, None)
        }
        Change::_Custom { event_type } if event_type == ACCESS_RULES => (StateKind::GuestAccess, None),
        Change::_Custom { event_type } if event_type == ENDING => (StateKind::Ending, None),
        // By either of its names, which the SDK takes for one.
        Change::_Custom { event_type }
            if StateEventType::from(event_type.as_str()) == StateEventType::from(RETENTION) =>
        {
            (StateKind::Retention, None)
        }
        Change::_Custom { event_type } => return unknown(event_type.clone(), false),
    };
    MessageBody::State { kind, value: value.map(|text| cut(&text, CHARS)) }
}

/// What became of a call, by the type of an event that the SDK does not look into; none for any other.
pub(crate) fn call(event_type: &str) -> Option<MessageBody> {
    let kind = match event_type {
        "m.call.answer" => CallKind::Answered,
        "m.call.reject" => CallKind::Declined,
        "m.call.hangup" => CallKind::Ended,
        _ => return None,
    };
    Some(MessageBody::Call { kind, video: None, declined: 0 })
}

/// A call that begins.
pub(crate) fn begun(kind: CallKind, intent: Option<&CallIntent>, declined: usize) -> MessageBody {
    let video = match intent {
        Some(CallIntent::Video) => Some(true),
        Some(CallIntent::Audio) => Some(false),
        _ => None,
    };
    MessageBody::Call { kind, video, declined: u32::try_from(declined).unwrap_or(u32::MAX) }
}

/// Several files in one message (MSC4274), which the SDK does not know by itself; none for any other.
pub(crate) fn gallery(kind: &str, plain: &str, data: &Map<String, Value>) -> Option<MessageBody> {
    if !matches!(kind, "m.gallery" | "dm.filament.gallery") {
        return None;
    }
    let parts = data.get("itemtypes")?.as_array()?;
    let part = |part: &Value| {
        let text = |name: &str| part.get(name).and_then(Value::as_str);
        let kind = match text("itemtype")? {
            "m.image" => MediaKind::Image,
            "m.video" => MediaKind::Video,
            "m.audio" => MediaKind::Audio,
            "m.file" => MediaKind::File,
            _ => return None,
        };
        Some(GalleryPart { kind, name: cut(text("filename").or(text("body"))?, CHARS) })
    };
    let named: Vec<_> = parts.iter().take(PARTS).filter_map(part).collect();
    let more = u32::try_from(parts.len() - named.len()).unwrap_or(u32::MAX);
    Some(MessageBody::Gallery { plain: plain.to_owned(), parts: named, more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(data: Value) -> Option<(usize, u32)> {
        match gallery("dm.filament.gallery", "x", data.as_object()?)? {
            MessageBody::Gallery { parts, more, .. } => Some((parts.len(), more)),
            _ => None,
        }
    }

    #[test]
    fn a_gallery_is_bounded_and_names_what_it_knows() {
        let picture = json!({"itemtype": "m.image", "body": "a.png"});
        assert_eq!(shown(json!({"itemtypes": [picture, {"itemtype": "m.hologram", "body": "b"}, 7]})), Some((1, 2)));
        assert_eq!(shown(json!({"itemtypes": vec![picture; 1_000]})), Some((PARTS, 970)));
        assert_eq!(shown(json!({"itemtypes": {}})), None);
        assert!(gallery("m.text", "x", json!({"itemtypes": []}).as_object().unwrap()).is_none());
    }
}

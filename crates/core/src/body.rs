//! From the SDK's contents to what a row shows.

use bulla_model::{MembershipKind, MessageBody, StateKind, TextStyle, UndecryptableReason, UserId};
use bulla_policy::ACCESS_RULES;
use matrix_sdk_base::crypto::types::events::UtdCause;
use matrix_sdk_ui::timeline::{
    AnyOtherStateEventContentChange, EncryptedMessage, MembershipChange, Message, MsgLikeKind, OtherState,
    RoomMembershipChange, TimelineItemContent,
};
use ruma::{
    UserId as UserIdRef,
    events::{
        StateEventContentChange,
        room::message::{FormattedBody, MessageFormat, MessageType},
    },
};

use crate::{attachment::Attachment, html::safe, poll::poll};

/// The longest event type that is passed on.
const TYPE_CHARS: usize = 255;
/// The longest preview.
const PREVIEW_CHARS: usize = 256;

/// What a timeline item says or is, to `me` where it matters who asks.
pub(crate) fn body(content: &TimelineItemContent, me: Option<&UserIdRef>) -> MessageBody {
    match content {
        TimelineItemContent::MsgLike(like) => match &like.kind {
            MsgLikeKind::Message(message) => of_message(message),
            MsgLikeKind::Sticker(sticker) => Attachment::of_sticker(sticker.content()).body(),
            MsgLikeKind::Poll(state) => poll(state, me),
            MsgLikeKind::Redacted => MessageBody::Redacted,
            MsgLikeKind::UnableToDecrypt(event) => MessageBody::Undecryptable { why: reason(event) },
            MsgLikeKind::Other(other) => unknown(other.event_type().to_string(), false),
            MsgLikeKind::LiveLocation(_) => unknown("m.beacon_info".to_owned(), false),
        },
        TimelineItemContent::MembershipChange(change) => of_membership(change),
        TimelineItemContent::ProfileChange(change) => {
            let name = change.displayname_change();
            MessageBody::Profile {
                user: UserId(change.user_id().to_string()),
                old_name: name.and_then(|change| change.old.clone()),
                new_name: name.and_then(|change| change.new.clone()),
                avatar_changed: change.avatar_url_change().is_some(),
            }
        }
        TimelineItemContent::OtherState(state) => of_state(state),
        TimelineItemContent::FailedToParseMessageLike { event_type, .. } => unknown(event_type.to_string(), true),
        TimelineItemContent::FailedToParseState { event_type, .. } => unknown(event_type.to_string(), true),
        TimelineItemContent::CallInvite | TimelineItemContent::RtcNotification { .. } => MessageBody::Call,
    }
}

/// The same, short enough for a row of the conversation list.
pub(crate) fn preview(content: &TimelineItemContent) -> MessageBody {
    match body(content, None) {
        MessageBody::Text { style, plain, .. } => MessageBody::Text { style, plain: short(&plain), html: None },
        MessageBody::Media { kind, name, caption, size, details } => {
            let caption = caption.map(|text| short(&text));
            MessageBody::Media { kind, name: short(&name), caption, size, details }
        }
        MessageBody::Poll { question, max_choices, disclosed, voters, ended, .. } => {
            MessageBody::Poll { question: short(&question), answers: Vec::new(), max_choices, disclosed, voters, ended }
        }
        MessageBody::Location { plain, geo } => MessageBody::Location { plain: short(&plain), geo },
        other => other,
    }
}

fn short(text: &str) -> String {
    cut(text, PREVIEW_CHARS)
}

/// The first `chars` characters of a text that others wrote.
pub(crate) fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn unknown(event_type: String, malformed: bool) -> MessageBody {
    MessageBody::Unknown { event_type: cut(&event_type, TYPE_CHARS), malformed }
}

fn of_message(message: &Message) -> MessageBody {
    let text = |style, plain: &str, formatted: Option<&FormattedBody>| MessageBody::Text {
        style,
        plain: plain.to_owned(),
        html: formatted
            .filter(|formatted| formatted.format == MessageFormat::Html && formatted.body != plain)
            .and_then(|formatted| safe(&formatted.body)),
    };
    if let Some(attachment) = Attachment::of_message(message.msgtype()) {
        return attachment.body();
    }
    match message.msgtype() {
        MessageType::Text(said) => text(TextStyle::Said, &said.body, said.formatted.as_ref()),
        MessageType::Emote(emote) => text(TextStyle::Emote, &emote.body, emote.formatted.as_ref()),
        MessageType::Notice(notice) => text(TextStyle::Notice, &notice.body, notice.formatted.as_ref()),
        MessageType::ServerNotice(notice) => text(TextStyle::Notice, &notice.body, None),
        MessageType::Location(place) => MessageBody::Location { plain: place.body.clone(), geo: place.geo_uri.clone() },
        other => unknown(format!("m.room.message/{}", other.msgtype()), false),
    }
}

fn reason(event: &EncryptedMessage) -> UndecryptableReason {
    match event {
        EncryptedMessage::MegolmV1AesSha2 { cause, .. } => match cause {
            UtdCause::SentBeforeWeJoined => UndecryptableReason::BeforeJoining,
            UtdCause::VerificationViolation => UndecryptableReason::SenderChanged,
            UtdCause::UnsignedDevice | UtdCause::UnknownDevice => UndecryptableReason::SenderNotSigned,
            UtdCause::HistoricalMessageAndBackupIsDisabled | UtdCause::HistoricalMessageAndDeviceIsUnverified => {
                UndecryptableReason::BeforeThisDevice
            }
            UtdCause::WithheldForUnverifiedOrInsecureDevice | UtdCause::WithheldBySender => {
                UndecryptableReason::DeviceNotSigned
            }
            _ => UndecryptableReason::Waiting,
        },
        _ => UndecryptableReason::UnknownAlgorithm,
    }
}

fn of_membership(change: &RoomMembershipChange) -> MessageBody {
    let kind = match change.change() {
        Some(MembershipChange::Joined) => MembershipKind::Joined,
        Some(MembershipChange::Left) => MembershipKind::Left,
        Some(MembershipChange::Invited) => MembershipKind::Invited,
        Some(MembershipChange::InvitationAccepted) => MembershipKind::InvitationAccepted,
        Some(MembershipChange::InvitationRejected) => MembershipKind::InvitationDeclined,
        Some(MembershipChange::InvitationRevoked) => MembershipKind::InvitationRevoked,
        Some(MembershipChange::Kicked) => MembershipKind::Removed,
        Some(MembershipChange::Banned | MembershipChange::KickedAndBanned) => MembershipKind::Banned,
        Some(MembershipChange::Unbanned) => MembershipKind::Unbanned,
        Some(MembershipChange::Knocked) => MembershipKind::Knocked,
        Some(MembershipChange::KnockAccepted) => MembershipKind::KnockAccepted,
        Some(MembershipChange::KnockRetracted) => MembershipKind::KnockRetracted,
        Some(MembershipChange::KnockDenied) => MembershipKind::KnockDenied,
        _ => MembershipKind::Other,
    };
    let reason = match change.content() {
        StateEventContentChange::Original { content, .. } => content.reason.clone(),
        StateEventContentChange::Redacted(_) => None,
    };
    MessageBody::Member {
        user: UserId(change.user_id().to_string()),
        name: change.display_name(),
        change: kind,
        reason,
    }
}

fn of_state(state: &OtherState) -> MessageBody {
    use AnyOtherStateEventContentChange as Change;
    let (kind, value) = match state.content() {
        Change::RoomName(StateEventContentChange::Original { content, .. }) => {
            (StateKind::Name, Some(content.name.clone()))
        }
        Change::RoomTopic(StateEventContentChange::Original { content, .. }) => {
            (StateKind::Topic, Some(content.topic.clone()))
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
        Change::_Custom { event_type } if event_type == ACCESS_RULES => (StateKind::GuestAccess, None),
        Change::_Custom { event_type } => return unknown(event_type.clone(), false),
        _ => (StateKind::Other, None),
    };
    MessageBody::State { kind, value }
}

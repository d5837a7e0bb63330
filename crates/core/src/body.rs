//! From the SDK's contents to what a row shows.

use bulla_model::{CallKind, MembershipKind, MessageBody, TextStyle, UndecryptableReason, UserId};
use matrix_sdk_base::crypto::types::events::UtdCause;
use matrix_sdk_ui::timeline::{
    EncryptedMessage, MembershipChange, Message, MsgLikeKind, RoomMembershipChange, TimelineItemContent,
};
use ruma::{
    UserId as UserIdRef,
    events::{
        StateEventContentChange,
        room::message::{FormattedBody, MessageFormat, MessageType},
    },
};

use crate::{
    attachment::Attachment,
    html::{safe, words},
    place,
    poll::poll,
    system,
};

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
            MsgLikeKind::Other(other) => {
                let kind = other.event_type().to_string();
                system::call(&kind).unwrap_or_else(|| unknown(kind, false))
            }
            MsgLikeKind::LiveLocation(state) => place::live_location(state),
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
        TimelineItemContent::OtherState(state) => system::state(state),
        TimelineItemContent::FailedToParseMessageLike { event_type, .. } => unknown(event_type.to_string(), true),
        TimelineItemContent::FailedToParseState { event_type, .. } => unknown(event_type.to_string(), true),
        TimelineItemContent::CallInvite => system::begun(CallKind::Invited, None, 0),
        TimelineItemContent::RtcNotification { call_intent, declined_by, .. } => {
            system::begun(CallKind::Begun, call_intent.as_ref(), declined_by.len())
        }
    }
}

/// The same, short enough for a row of the conversation list.
pub(crate) fn preview(content: &TimelineItemContent) -> MessageBody {
    match body(content, None) {
        MessageBody::Text { style, plain, html } => {
            let unmarked = html.map(|html| words(&html)).filter(|text| !text.is_empty());
            MessageBody::Text { style, plain: short(&unmarked.unwrap_or(plain)), html: None }
        }
        MessageBody::Media { kind, name, caption, size, details } => {
            let caption = caption.map(|text| short(&text));
            MessageBody::Media { kind, name: short(&name), caption, size, details }
        }
        MessageBody::Poll { question, max_choices, disclosed, voters, ended, .. } => {
            MessageBody::Poll { question: short(&question), answers: Vec::new(), max_choices, disclosed, voters, ended }
        }
        MessageBody::Location { plain, geo, place, description } => MessageBody::Location {
            plain: short(&plain),
            geo,
            place,
            description: description.map(|text| short(&text)),
        },
        MessageBody::LiveLocation { description, since, until, place, place_at, ended } => MessageBody::LiveLocation {
            description: description.map(|text| short(&text)),
            since,
            until,
            place,
            place_at,
            ended,
        },
        MessageBody::Gallery { plain, parts, more } => {
            let left_out = parts.len() as u32;
            MessageBody::Gallery { plain: short(&plain), parts: Vec::new(), more: more.saturating_add(left_out) }
        }
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

pub(crate) fn unknown(event_type: String, malformed: bool) -> MessageBody {
    MessageBody::Unknown { event_type: cut(&event_type, TYPE_CHARS), malformed }
}

fn of_message(message: &Message) -> MessageBody {
    said(message.msgtype())
}

/// The body in the place of what is read once.
pub(crate) fn cover(body: MessageBody) -> MessageBody {
    let media = match body {
        MessageBody::Media { kind, .. } => Some(kind),
        _ => None,
    };
    MessageBody::Covered { media }
}

/// What a message says.
pub(crate) fn said(message: &MessageType) -> MessageBody {
    let text = |style, plain: &str, formatted: Option<&FormattedBody>| MessageBody::Text {
        style,
        plain: plain.to_owned(),
        html: formatted
            .filter(|formatted| formatted.format == MessageFormat::Html && formatted.body != plain)
            .and_then(|formatted| safe(&formatted.body)),
    };
    if let Some(attachment) = Attachment::of_message(message) {
        return attachment.body();
    }
    match message {
        MessageType::Text(said) => text(TextStyle::Said, &said.body, said.formatted.as_ref()),
        MessageType::Emote(emote) => text(TextStyle::Emote, &emote.body, emote.formatted.as_ref()),
        MessageType::Notice(notice) => text(TextStyle::Notice, &notice.body, notice.formatted.as_ref()),
        MessageType::ServerNotice(notice) => text(TextStyle::Notice, &notice.body, None),
        MessageType::Location(content) => place::location(content),
        other => system::gallery(other.msgtype(), other.body(), &other.data())
            .unwrap_or_else(|| unknown(format!("m.room.message/{}", other.msgtype()), false)),
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

//! From a room of the SDK to the row that a list shows.

use std::time::SystemTime;

use bulla_model::{
    EndingState, EventId, HistoryAccess, Lifetime, MediaUri, Membership, MessageBody, MessagePreview, RoomId,
    RoomNotifications, RoomSummary, RoomTitle, UserId,
};
use bulla_policy as policy;
use matrix_sdk::{Room, RoomDisplayName, RoomState, notification_settings::RoomNotificationMode};
use matrix_sdk_base::latest_event::LatestEventValue as BaseValue;
use matrix_sdk_ui::timeline::{LatestEventValue, LatestEventValueLocalState, RoomExt};
use ruma::events::room::history_visibility::HistoryVisibility;

use crate::{
    access,
    admission::is_said,
    body::{cover, preview},
    deletions::Deletion,
    ending_entry::Look,
    ending_event,
    endings::Endings,
    failure::CoreError,
    item::{profile, time},
    room_ending,
    shared::Shared,
    upgrade,
};

/// The row for `room`. `known` is the row as it was: a room without any message keeps the time it was first seen at.
pub(crate) async fn summarise(
    room: &Room,
    known: Option<&RoomSummary>,
    shared: &Shared,
) -> Result<RoomSummary, CoreError> {
    let membership = membership(room.state());
    let invited_by = match membership {
        Membership::Invited => room.invite_details().await.ok().map(|invite| UserId(invite.inviter_id.to_string())),
        _ => None,
    };
    let direct_with = match membership {
        // Before it is accepted, only the invitation says so.
        Membership::Invited if room.is_direct().await.unwrap_or(false) => invited_by.clone(),
        _ => room.direct_targets().iter().next().map(|target| UserId(target.as_str().to_owned())),
    };
    let is_direct = direct_with.is_some();
    let facts = access::facts(room, is_direct).await;
    let (kind, open_to_guests) = policy::room_kind(facts);
    let id = RoomId(room.room_id().to_string());
    let kept = room_ending::retention(room, &shared.deployment).await.effective;
    shared.endings.set_kept(&id, kept);
    let (last, at) = last(room, &shared.endings).await;
    let unread = room.num_unread_messages();
    let mode = room.cached_user_defined_notification_mode();
    Ok(RoomSummary {
        id,
        title: title(room).await?,
        topic: room.topic().filter(|topic| !topic.is_empty()),
        // A stranger shows nothing before they are let in.
        avatar: match membership {
            Membership::Invited => None,
            _ => avatar(room, is_direct).await,
        },
        kind,
        open_to_guests,
        link: room.canonical_alias().filter(|_| facts.open).map(|alias| alias.matrix_to_uri().to_string()),
        direct_with,
        members: small(room.joined_members_count()),
        unread: small(unread),
        mentions: small(room.num_unread_mentions()),
        marked_unread: room.is_marked_unread(),
        last,
        encrypted: room.encryption_state().is_encrypted(),
        membership,
        invited_by,
        favourite: room.is_favourite(),
        muted: mode == Some(RoomNotificationMode::Mute),
        notifications: mode.map_or(RoomNotifications::Standard, notifications),
        low_priority: room.is_low_priority(),
        history: history(&room.history_visibility_or_default()),
        alias: room.canonical_alias().map(|alias| alias.to_string()),
        successor: room.successor_room().map(|successor| RoomId(successor.room_id.to_string())),
        predecessor: room.predecessor_room().map(|before| RoomId(before.room_id.to_string())),
        superseded: upgrade::is_superseded(room),
        active_at: at.or(known.and_then(|known| known.active_at)).or_else(|| Some(SystemTime::now())),
        ending: room_ending::ending(room).await,
        retention: kept,
    })
}

/// Where this account stands in a room.
pub(crate) fn membership(state: RoomState) -> Membership {
    match state {
        RoomState::Joined => Membership::Joined,
        RoomState::Invited => Membership::Invited,
        RoomState::Knocked => Membership::Knocked,
        RoomState::Left => Membership::Left,
        RoomState::Banned => Membership::Banned,
    }
}

fn notifications(mode: RoomNotificationMode) -> RoomNotifications {
    match mode {
        RoomNotificationMode::AllMessages => RoomNotifications::All,
        RoomNotificationMode::MentionsAndKeywordsOnly => RoomNotifications::Mentions,
        RoomNotificationMode::Mute => RoomNotifications::Nothing,
    }
}

/// What a later specification may add is taken for the narrowest.
fn history(visibility: &HistoryVisibility) -> HistoryAccess {
    match visibility {
        HistoryVisibility::WorldReadable => HistoryAccess::Anyone,
        HistoryVisibility::Shared => HistoryAccess::Shared,
        HistoryVisibility::Invited => HistoryAccess::Invited,
        _ => HistoryAccess::Joined,
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

async fn title(room: &Room) -> Result<RoomTitle, CoreError> {
    let name = match room.cached_display_name() {
        Some(name) => name,
        None => room.display_name().await.map_err(matrix_sdk::Error::from)?,
    };
    Ok(match name {
        RoomDisplayName::Named(text) | RoomDisplayName::Aliased(text) => RoomTitle::Named { text },
        RoomDisplayName::Calculated(text) => {
            let mut names = heroes(room).await;
            if names.is_empty() {
                names.push(text);
            }
            let shown = names.len() as u64;
            let others = room.active_members_count().saturating_sub(1).saturating_sub(shown);
            RoomTitle::People { names, others: small(others) }
        }
        RoomDisplayName::EmptyWas(_) => RoomTitle::Empty { former: heroes(room).await },
        RoomDisplayName::Empty => RoomTitle::Empty { former: Vec::new() },
    })
}

async fn heroes(room: &Room) -> Vec<String> {
    let heroes = room.heroes().await;
    heroes
        .into_iter()
        .take(5)
        .map(|hero| hero.display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| hero.user_id.to_string()))
        .collect()
}

async fn avatar(room: &Room, is_direct: bool) -> Option<MediaUri> {
    if let Some(own) = room.avatar_url() {
        return Some(MediaUri(own.to_string()));
    }
    if !is_direct {
        return None;
    }
    let heroes = room.heroes().await;
    heroes.into_iter().next()?.avatar_url.map(|uri| MediaUri(uri.to_string()))
}

/// What happened last, and when. An invitation has a time and no message.
async fn last(room: &Room, endings: &Endings) -> (Option<MessagePreview>, Option<SystemTime>) {
    let latest = matrix_sdk_base::Room::latest_event(room);
    if let BaseValue::Remote(event) = &latest {
        ending_event::look_at(endings, room.room_id(), event);
    }
    let id = RoomId(room.room_id().to_string());
    if matches!(latest, BaseValue::Remote(_))
        && let Some(event) = latest.event_id().map(|event| EventId(event.to_string()))
        && endings.has_ended(&event)
    {
        // The SDK made it anew from what it has in memory.
        endings.deleted(Deletion { room: id.clone(), event, media: Vec::new(), sent: None });
    }
    let event = latest.event_id().map(|event| EventId(event.to_string()));
    let ends = event.as_ref().and_then(|event| endings.look(event));
    let (preview, at) = told(room).await;
    let preview = preview.filter(|_| !event.is_some_and(|event| endings.deletions.holds(&event)));
    let preview = preview.filter(|preview| !(is_said(&preview.body) && endings.is_old(&id, preview.at)));
    let preview = preview.and_then(|preview| covered(preview, ends, &latest));
    (preview, at)
}

/// What a preview shows of a message that ends.
fn covered(mut preview: MessagePreview, ends: Option<Look>, latest: &BaseValue) -> Option<MessagePreview> {
    preview.body = match ends {
        None if is_local_once(latest) => cover(preview.body),
        None => preview.body,
        Some(Look::Gone) => return None,
        Some(Look::Ends(ending)) => match ending.state {
            EndingState::Covered => cover(preview.body),
            EndingState::Opened => MessageBody::Opened,
            EndingState::NotBegun | EndingState::Due { .. } => preview.body,
        },
    };
    Some(preview)
}

/// Whether it is on its way out, and to be read once.
fn is_local_once(latest: &BaseValue) -> bool {
    let (BaseValue::LocalIsSending(local)
    | BaseValue::LocalHasBeenSent { value: local, .. }
    | BaseValue::LocalCannotBeSent(local)) = latest
    else {
        return false;
    };
    let said = local.content.raw().0.get_field::<serde_json::Value>(policy::ENDING).ok().flatten();
    said.as_ref().and_then(policy::lifetime) == Some(Lifetime::Once)
}

async fn told(room: &Room) -> (Option<MessagePreview>, Option<SystemTime>) {
    match RoomExt::latest_event(room).await {
        LatestEventValue::None => (None, None),
        LatestEventValue::RemoteInvite { timestamp, .. } => (None, Some(time(timestamp))),
        LatestEventValue::Remote { timestamp, sender, is_own, profile: details, content } => {
            let at = time(timestamp);
            let preview = MessagePreview {
                sender: UserId(sender.to_string()),
                sender_name: profile(&details).0,
                mine: is_own,
                body: preview(&content),
                at,
                sending: false,
            };
            (Some(preview), Some(at))
        }
        LatestEventValue::Local { timestamp, sender, profile: details, content, state } => {
            let at = time(timestamp);
            let preview = MessagePreview {
                sender: UserId(sender.to_string()),
                sender_name: profile(&details).0,
                mine: true,
                body: preview(&content),
                at,
                sending: !matches!(state, LatestEventValueLocalState::HasBeenSent),
            };
            (Some(preview), Some(at))
        }
    }
}

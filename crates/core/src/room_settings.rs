//! What is set for a room: who reads its past, its address, and what this account is notified of.

use bulla_model::{Failure, Field, FieldTrouble, HistoryAccess, RoomNotifications};
use bulla_policy as policy;
use matrix_sdk::notification_settings::RoomNotificationMode;
use ruma::{
    RoomAliasId,
    api::{client::state::get_state_event_for_key::v3::Request, error::ErrorKind},
    events::{StateEventType, room::history_visibility::HistoryVisibility},
};

use crate::{failure::CoreError, room::Room};

impl Room {
    /// Says what of it this account is notified of.
    pub async fn set_notifications(&self, notifications: RoomNotifications) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let settings = room.client().notification_settings().await;
        let mode = match notifications {
            RoomNotifications::Standard => None,
            RoomNotifications::All => Some(RoomNotificationMode::AllMessages),
            RoomNotifications::Mentions => Some(RoomNotificationMode::MentionsAndKeywordsOnly),
            RoomNotifications::Nothing => Some(RoomNotificationMode::Mute),
        };
        let changed = match mode {
            Some(mode) => settings.set_room_notification_mode(room.room_id(), mode).await,
            None => settings.delete_user_defined_room_rules(room.room_id()).await,
        };
        changed.map_err(|_| Failure::Offline)
    }

    /// Makes it one of low priority for this account, or no longer.
    pub async fn set_low_priority(&self, low: bool) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        Ok(room.set_is_low_priority(low, None).await.map_err(CoreError::from)?)
    }

    /// Says who reads what was said before they came. What was said before the change stays as it was.
    pub async fn set_history(&self, history: HistoryAccess) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let encrypted = history == HistoryAccess::Anyone && is_encrypted(&room).await?;
        let visibility = match history {
            HistoryAccess::Joined => HistoryVisibility::Joined,
            HistoryAccess::Invited => HistoryVisibility::Invited,
            HistoryAccess::Shared => HistoryVisibility::Shared,
            // Everybody would read along what was meant for those who are in it.
            HistoryAccess::Anyone if encrypted => {
                return Err(Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed });
            }
            HistoryAccess::Anyone => HistoryVisibility::WorldReadable,
        };
        room.privacy_settings().update_room_history_visibility(visibility).await.map_err(CoreError::from)?;
        Ok(())
    }

    /// Gives it an address on this account's server, or takes its address away. `name` is what stands between `#` and `:`.
    pub async fn set_alias(&self, name: Option<&str>) -> Result<Option<String>, Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        let settings = room.privacy_settings();
        let before = room.canonical_alias();
        let alias = match name {
            Some(name) => {
                let malformed = || Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed };
                let server = room.own_user_id().server_name();
                let alias =
                    RoomAliasId::parse(format!("#{}:{server}", policy::alias_name(name)?)).map_err(|_| malformed())?;
                if before.as_ref() != Some(&alias) {
                    settings.publish_room_alias_in_room_directory(&alias).await.map_err(CoreError::from)?;
                }
                Some(alias)
            }
            None => None,
        };
        settings.update_canonical_alias(alias.clone(), Vec::new()).await.map_err(CoreError::from)?;
        // The old one leads nowhere any more; where it is another server's, that is not ours to say.
        if let Some(before) = before.filter(|before| alias.as_ref() != Some(before)) {
            let _ = settings.remove_room_alias_from_room_directory(&before).await;
        }
        Ok(alias.map(|alias| alias.to_string()))
    }
}

/// Asked of the server where the sync has told nothing of it: it may not have come yet.
pub(crate) async fn is_encrypted(room: &matrix_sdk::Room) -> Result<bool, CoreError> {
    if room.encryption_state().is_encrypted() {
        return Ok(true);
    }
    let request = Request::new(room.room_id().to_owned(), StateEventType::RoomEncryption, String::new());
    match room.client().send(request).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.client_api_error_kind(), Some(ErrorKind::NotFound)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

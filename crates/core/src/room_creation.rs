//! Making rooms, each kind as the rules say.

use bulla_model::{Failure, Field, FieldTrouble, GroupDraft, RoomId, RoomKind};
use bulla_policy::{self as policy, Access, AccessRule, RoomPlan};
use ruma::{
    OwnedUserId,
    api::client::room::{
        Visibility,
        create_room::v3::{CreationContent, Request, RoomPreset},
    },
    events::{
        AnyInitialStateEvent, InitialStateEvent,
        room::{
            encryption::RoomEncryptionEventContent,
            guest_access::{GuestAccess, RoomGuestAccessEventContent},
            history_visibility::{HistoryVisibility, RoomHistoryVisibilityEventContent},
        },
    },
    room::RoomType,
    serde::Raw,
};
use serde_json::json;

use crate::{
    access,
    failure::CoreError,
    session::{Session, user_id},
};

/// Asked for by every kind: administrators alone change what a room is, moderators what it is called.
const STATE: i64 = 100;
const PRESENTATION: i64 = 50;

impl Session {
    /// Makes a room of the kind that the draft says.
    pub async fn create_group(&self, draft: GroupDraft) -> Result<RoomId, Failure> {
        policy::check_group(&draft)?;
        let kind = draft.kind.unwrap_or(RoomKind::Private);
        let not_so = Failure::Invalid { field: Field::Room, why: FieldTrouble::NotAllowed };
        let plan = policy::room_plan(kind).ok_or(not_so)?;
        self.may_create(kind)?;
        let invite: Vec<OwnedUserId> = draft.invite.iter().map(user_id).collect::<Result<_, _>>()?;
        if invite.iter().any(|user| access::is_guest(&self.inner.shared.deployment, user)) {
            policy::may_invite_guest(kind, plan.access.rule == AccessRule::Unrestricted)?;
        }
        let client = self.inner.client().await?;
        let ask = |plan: RoomPlan| {
            let mut request = request(plan)?;
            request.name = Some(draft.name.clone());
            request.topic = draft.topic.clone().filter(|topic| !topic.is_empty());
            request.invite = invite.clone();
            let mut creation = CreationContent::new();
            creation.federate = !draft.own_server_only;
            creation.room_type = plan.space.then_some(RoomType::Space);
            request.creation_content = Some(raw(&creation)?);
            Ok::<_, CoreError>(request)
        };
        let room = match client.create_room(ask(plan)?).await {
            // The module that guards rooms, in its published version, lets nobody lower who may invite, not even in a forum.
            Err(error) if plan.invite < PRESENTATION && is_bad_request(&error) => {
                client.create_room(ask(RoomPlan { invite: PRESENTATION, ..plan })?).await
            }
            made => made,
        };
        let room = room.map_err(CoreError::from)?;
        // The row is to say at once what was made, before the sync does.
        self.inner.shared.look_again(&room).await;
        Ok(RoomId(room.room_id().to_string()))
    }

    /// Which kinds of rooms this account may make, and why not the others. Nothing is asked of a server.
    pub fn may_create(&self, kind: RoomKind) -> Result<(), Failure> {
        let user = user_id(&self.inner.shared.account.user)?;
        let guest = access::is_guest(&self.inner.shared.deployment, &user);
        let manifest = self.inner.shared.deployment.manifest();
        let server = user.server_name().as_str();
        let of_server = manifest.as_ref().and_then(|manifest| policy::instance_of(manifest, server));
        policy::may_create(kind, guest, |feature| {
            of_server.and_then(|instance| instance.features.get(feature).copied())
        })
    }
}

fn is_bad_request(error: &matrix_sdk::Error) -> bool {
    error.as_client_api_error().is_some_and(|error| error.status_code.as_u16() == 400)
}

fn request(plan: RoomPlan) -> Result<Request, CoreError> {
    let mut request = Request::new();
    (request.preset, request.visibility) = match plan.public {
        true => (Some(RoomPreset::PublicChat), Visibility::Public),
        false => (Some(RoomPreset::PrivateChat), Visibility::Private),
    };
    let history = if plan.public { HistoryVisibility::Shared } else { HistoryVisibility::Invited };
    request.initial_state = vec![
        InitialStateEvent::with_empty_state_key(RoomHistoryVisibilityEventContent::new(history)).to_raw_any(),
        InitialStateEvent::with_empty_state_key(RoomGuestAccessEventContent::new(GuestAccess::Forbidden)).to_raw_any(),
        access_rules(plan.access)?,
    ];
    if plan.encrypted {
        let encryption = RoomEncryptionEventContent::with_recommended_defaults();
        request.initial_state.push(InitialStateEvent::with_empty_state_key(encryption).to_raw_any());
    }
    request.power_level_content_override = Some(
        raw(&json!({
            "state_default": STATE,
            "invite": plan.invite,
            "events": {
                "m.room.name": PRESENTATION,
                "m.room.avatar": PRESENTATION,
                "m.room.canonical_alias": PRESENTATION,
                "m.room.pinned_events": PRESENTATION,
                "m.room.power_levels": STATE,
                "m.room.history_visibility": STATE,
                "m.room.tombstone": STATE,
                "m.room.server_acl": STATE,
                "m.room.encryption": STATE,
                // Whoever is in it may share where they are and take part in a call.
                "m.beacon_info": 0,
                "org.matrix.msc3672.beacon_info": 0,
                "m.call.member": 0,
                "org.matrix.msc3401.call.member": 0,
            },
        }))?
        .cast_unchecked(),
    );
    Ok(request)
}

fn access_rules(access: Access) -> Result<Raw<AnyInitialStateEvent>, CoreError> {
    let event = json!({"type": policy::ACCESS_RULES, "state_key": "", "content": access.content()});
    Ok(raw(&event)?.cast_unchecked())
}

fn raw<T: serde::Serialize>(content: &T) -> Result<Raw<T>, CoreError> {
    Raw::new(content).map_err(|_| CoreError::Defect("a room's creation does not serialise"))
}

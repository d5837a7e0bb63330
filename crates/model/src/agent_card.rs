//! Who somebody is, at a glance.

use crate::{MediaUri, opaque::opaque};

/// Who the person of this account is, as their administration names them.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct AgentCard {
    /// Their name, without the organisation.
    pub name: String,
    /// Their organisation, where the name tells it.
    pub organisation: Option<String>,
    /// What their server is called in the manifest.
    pub instance: Option<String>,
    /// Whether they are a guest from outside.
    pub guest: bool,
    /// Their e-mail address, where the server tells it.
    pub email: Option<String>,
    /// Their name is the administration's to change.
    pub name_locked: bool,
    /// Their picture.
    pub avatar: Option<MediaUri>,
    /// Their picture is the administration's to change.
    pub avatar_locked: bool,
}

opaque!(AgentCard);

//! Who the person of this account is.

use bulla_model::{AgentCard, Failure};
use bulla_policy as policy;
use ruma::{api::client::discovery::get_capabilities::v3::Request, thirdparty::Medium};

use crate::{failure::CoreError, session::Session};

impl Session {
    /// Who the person of this account is, as the server has it now.
    pub async fn who_am_i(&self) -> Result<AgentCard, Failure> {
        let client = self.inner.client().await?;
        let profile = self.profile().await?;
        let capabilities = client.send(Request::new()).await.map_err(CoreError::from)?.capabilities;
        #[allow(deprecated)]
        let (may_change_name, may_change_avatar) = match &capabilities.profile_fields {
            Some(fields) => (fields.can_set_field(&"displayname".into()), fields.can_set_field(&"avatar_url".into())),
            None => (capabilities.set_displayname.enabled, capabilities.set_avatar_url.enabled),
        };
        // Where others keep the addresses, the server knows none.
        let addresses = client.account().get_3pids().await.map(|answer| answer.threepids).unwrap_or_default();
        let email = addresses.into_iter().find(|address| address.medium == Medium::Email).map(|email| email.address);
        let manifest = self.inner.shared.deployment.manifest();
        let (user, name) = (profile.user.as_str(), profile.name.as_deref());
        Ok(AgentCard {
            avatar: profile.avatar,
            avatar_locked: !may_change_avatar,
            ..policy::agent_card(user, name, email, !may_change_name, manifest.as_ref())
        })
    }
}

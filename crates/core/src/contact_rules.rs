//! Who may invite this account. The server keeps to it where it knows the rule, and the lists of this device always.

use std::sync::Arc;

use bulla_model::{ContactRules, Failure};
use bulla_policy::{INVITE_BLOCKING, INVITE_RULES, InviteRules};
use matrix_sdk::Client;
use ruma::{
    events::{AnyGlobalAccountDataEvent, AnyGlobalAccountDataEventContent},
    serde::Raw,
};
use serde_json::Value;
use tokio::sync::watch as channel;

use crate::{failure::CoreError, session::Session, shared::Shared};

impl Session {
    /// Who may invite this account, as the server has it now.
    pub async fn contact_rules(&self) -> Result<ContactRules, Failure> {
        let client = self.inner.client().await?;
        let (rules, blocking) = tokio::try_join!(fetch(&client, INVITE_RULES), fetch(&client, INVITE_BLOCKING))?;
        Ok(InviteRules::read(rules.as_ref(), blocking.as_ref()).told())
    }

    /// Changes who may.
    pub async fn set_contact_rules(&self, rules: &ContactRules) -> Result<(), Failure> {
        let rules = InviteRules::of(rules)?;
        let client = self.inner.client().await?;
        put(&client, INVITE_RULES, &rules.lists()).await?;
        // Synapse no longer looks at the lists once it has this, so that it is written only where it says more.
        if rules.blocks_all() || fetch(&client, INVITE_BLOCKING).await?.is_some() {
            put(&client, INVITE_BLOCKING, &rules.blocking()).await?;
        }
        Ok(())
    }
}

/// The rules as the sync last told them.
pub(crate) async fn known(client: &Client) -> InviteRules {
    let data = async |event: &str| value(client.account().account_data_raw(event.into()).await.ok().flatten());
    InviteRules::read(data(INVITE_RULES).await.as_ref(), data(INVITE_BLOCKING).await.as_ref())
}

/// Looks at every invitation again when the rules change, here or on another device.
pub(crate) async fn watch(shared: Arc<Shared>, client: Client) {
    let (changed, mut changes) = channel::channel(());
    let handler = client.add_event_handler(move |event: AnyGlobalAccountDataEvent| {
        if [INVITE_RULES, INVITE_BLOCKING].contains(&&*event.event_type().to_string()) {
            changed.send_replace(());
        }
        async {}
    });
    let _handler = client.event_handler_drop_guard(handler);
    while changes.changed().await.is_ok() {
        shared.refresh(&client.invited_rooms()).await;
    }
}

async fn fetch(client: &Client, event: &str) -> Result<Option<Value>, CoreError> {
    Ok(value(client.account().fetch_account_data(event.into()).await?))
}

async fn put(client: &Client, event: &str, content: &Value) -> Result<(), CoreError> {
    let content = Raw::from_json_string(content.to_string()).map_err(|_| CoreError::Defect("rules do not parse"))?;
    client.account().set_account_data_raw(event.into(), content).await?;
    Ok(())
}

fn value(data: Option<Raw<AnyGlobalAccountDataEventContent>>) -> Option<Value> {
    data.and_then(|data| data.deserialize_as_unchecked().ok())
}

//! A password that an administrator gave: nothing opens before the person has chosen their own. The account data
//! `org.bulla.temporary_password` `{"temporary": true}` says so; the administrator writes it with the password.

use bulla_model::Failure;
use matrix_sdk::Client;
use ruma::{events::AnyGlobalAccountDataEventContent, serde::Raw};
use zeroize::Zeroizing;

use crate::{failure::CoreError, vault::Vault};

const EVENT: &str = "org.bulla.temporary_password";
/// The ledger's name for what is known here: one of the two below, or nothing.
const KEPT: &str = "temporary_password";
const MUST_CHOOSE: &[u8] = b"must choose";
/// The person has chosen, and the server could not be told.
const CHOSEN: &[u8] = b"chosen";

/// Whether the server says so, now.
pub(crate) async fn ask(client: &Client) -> Result<bool, CoreError> {
    match client.account().fetch_account_data(EVENT.into()).await {
        Ok(data) => Ok(says_so(data)),
        // An account that has ended says nothing; that is told elsewhere.
        Err(error) => match Failure::from(CoreError::from(error)) {
            Failure::Rejected { .. } => Ok(false),
            failure => Err(failure.into()),
        },
    }
}

/// Whether a session that is open has to be held: what came with its sync says so, and the server, asked once more, too.
pub(crate) async fn has_come(client: &Client, vault: &Vault) -> bool {
    let heard = client.account().account_data_raw(EVENT.into()).await.is_ok_and(says_so);
    let chosen = async { matches!(kept(vault).await, Ok(Some(kept)) if *kept == CHOSEN) };
    heard && !chosen.await && matches!(ask(client).await, Ok(true))
}

/// Whether it is so as this device knows it.
pub(crate) async fn is_kept(vault: &Vault) -> Result<bool, CoreError> {
    Ok(kept(vault).await?.is_some_and(|kept| *kept == MUST_CHOOSE))
}

/// Remembers what the server says, over a restart too.
pub(crate) async fn keep(vault: &Vault, is_temporary: bool) -> Result<(), CoreError> {
    put(vault, is_temporary.then_some(MUST_CHOOSE)).await
}

/// The person has chosen: the server is told now, or by [`settle`].
pub(crate) async fn chosen(client: &Client, vault: &Vault) -> Result<(), CoreError> {
    put(vault, Some(CHOSEN)).await?;
    settle(client, vault).await;
    Ok(())
}

/// Tells the server what it could not be told before.
pub(crate) async fn settle(client: &Client, vault: &Vault) {
    let told = async {
        if kept(vault).await?.is_none_or(|kept| *kept != CHOSEN) {
            return Ok(());
        }
        let content = Raw::from_json_string(r#"{"temporary": false}"#.to_owned())
            .map_err(|_| CoreError::Defect("account data does not parse"))?;
        client.account().set_account_data_raw(EVENT.into(), content).await?;
        put(vault, None).await
    };
    if let Err(error) = told.await {
        tracing::warn!(kind = %Failure::from(error), "the server does not know yet that the password was chosen");
    }
}

fn says_so(data: Option<Raw<AnyGlobalAccountDataEventContent>>) -> bool {
    data.is_some_and(|data| matches!(data.get_field::<bool>("temporary"), Ok(Some(true))))
}

async fn kept(vault: &Vault) -> Result<Option<Zeroizing<Vec<u8>>>, CoreError> {
    vault.read(|store| store.ledger(KEPT)).await
}

async fn put(vault: &Vault, kept: Option<&[u8]>) -> Result<(), CoreError> {
    Ok(vault.store()?.put_ledger(KEPT, kept.map(|kept| Zeroizing::new(kept.to_vec()))).await?)
}

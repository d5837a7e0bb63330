//! Which server answers for an e-mail address: the directory services of the manifest are asked.

use std::time::Duration;

use bulla_model::{Discovery, Failure, Manifest, TrustTrouble};
use bulla_policy as policy;
use matrix_sdk::reqwest::Client;

use crate::{failure::CoreError, http, manifest::Deployment};

/// How long one host may take before the next is asked.
const HOST: Duration = Duration::from_secs(8);

/// Asks one directory service after another, in an order of chance; the first answer counts.
pub(crate) async fn discover(deployment: &Deployment, typed: &str) -> Result<Discovery, CoreError> {
    let email = policy::email(typed)?;
    let manifest = deployment.manifest().ok_or(Failure::Untrusted { why: TrustTrouble::NoManifest })?;
    let answer = whose(deployment, &manifest, &email).await?;
    Ok(policy::placed(email, answer, &manifest, &deployment.rules())?)
}

/// What the first directory service that answers says of an address.
pub(crate) async fn whose(
    deployment: &Deployment,
    manifest: &Manifest,
    email: &str,
) -> Result<policy::DirectoryAnswer, CoreError> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(|_| CoreError::Defect("no randomness"))?;
    let client = deployment.http();
    let mut trouble = Failure::Offline;
    for host in policy::shuffled(&manifest.discovery, u64::from_le_bytes(chance)) {
        match ask(&client, host, email).await {
            Ok(answer) => return Ok(answer),
            Err(error) => {
                trouble = error.into();
                tracing::info!(%trouble, "a directory service gives no answer");
            }
        }
    }
    Err(trouble.into())
}

async fn ask(client: &Client, host: &str, email: &str) -> Result<policy::DirectoryAnswer, CoreError> {
    let mut url = policy::under(host, policy::DIRECTORY_PATH)?;
    url.query_pairs_mut().append_pair("medium", "email").append_pair("address", email);
    let (status, body) = http::get(client, url, policy::DIRECTORY_LIMIT, HOST).await?;
    policy::directory_answer(status, &body)
        .ok_or(CoreError::Said(Failure::Rejected { code: "NOT_DIRECTORY".to_owned() }))
}

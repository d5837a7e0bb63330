//! Before a credential is sent anywhere: the server has to be the deployment's, and to prove it.

use std::time::{Duration, SystemTime};

use bulla_model::{Barrier, Failure, SignInWay, TrustTrouble};
use bulla_policy as policy;
use url::Url;

use crate::{failure::CoreError, http, manifest::Deployment};

const ANSWER: Duration = Duration::from_secs(15);

/// Whether this device may sign in at `homeserver` in this `way`. Where a manifest is in force the server is in it, allows the
/// way, and shows a proof that the deployment's key signed for it. Where none is, any server may.
pub(crate) async fn prove(deployment: &Deployment, homeserver: &Url, way: SignInWay) -> Result<(), CoreError> {
    let rules = deployment.rules();
    let Some(manifest) = deployment.manifest() else {
        return match rules.instance {
            // Its address would be the manifest's to tell.
            Some(_) => Err(Failure::Forbidden { why: Barrier::OtherInstance }.into()),
            None => Ok(()),
        };
    };
    let instance = policy::instance_at(&manifest, homeserver, way)?;
    policy::allowed(instance, &rules)?;
    let url = policy::under(&instance.base_url, policy::PROOF_PATH)?;
    let (status, body) = http::get(&deployment.http(), url, policy::PROOF_LIMIT, ANSWER).await?;
    match status {
        200 => {
            let jwt = String::from_utf8_lossy(&body);
            Ok(policy::proof(&jwt, &instance.server, &deployment.keys, SystemTime::now())?)
        }
        429 | 500..=599 => Err(Failure::Offline.into()),
        _ => Err(Failure::Untrusted { why: TrustTrouble::ProofMissing }.into()),
    }
}

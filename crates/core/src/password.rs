//! The account's password: what it must be, and changing it.

use std::time::Duration;

use bulla_model::{Failure, Field, FieldTrouble, Password, PasswordPolicy, PasswordStrength};
use bulla_policy as policy;
use matrix_sdk::Client;
use ruma::api::client::account::change_password::v3::Request;
use url::Url;

use crate::{failure::CoreError, http, manifest::Deployment, session::Session, temporary, uia};

const ANSWER: Duration = Duration::from_secs(15);

impl Session {
    /// What a new password must be: what the manifest and the server ask for, the stricter of each.
    pub async fn password_policy(&self) -> Result<PasswordPolicy, Failure> {
        let shared = &self.inner.shared;
        Ok(in_force(&shared.deployment, &shared.homeserver).await?)
    }

    /// Changes the password. Other devices stay signed in. After a temporary password the account opens.
    pub async fn change_password(&self, old: &Password, new: &Password) -> Result<(), Failure> {
        let client = self.inner.attached_in_any_order().await?.client;
        uia::signs_in_itself(&client)?;
        if old.expose().is_empty() {
            return Err(Failure::Invalid { field: Field::Password, why: FieldTrouble::Empty });
        }
        let policy = self.password_policy().await?;
        policy::check_password(new.expose(), &policy, &words(&client).await)?;
        if old.expose() == new.expose() {
            return Err(Failure::Invalid { field: Field::Password, why: FieldTrouble::NotAllowed });
        }
        let asked = uia::with_password(&client, Some(old), |auth| {
            let mut request = Request::new(new.expose().to_owned());
            request.auth = auth;
            request.logout_devices = false;
            client.send(request)
        });
        asked.await.map_err(refused)?;
        let shared = &self.inner.shared;
        if shared.upkeep.must_choose() {
            temporary::chosen(&client, &shared.vault).await?;
            shared.upkeep.set_must_choose(false);
            self.resume().await?;
        }
        Ok(())
    }
}

/// How hard a password is to guess for somebody who knows `words`.
pub fn password_strength(password: &Password, words: &[String]) -> PasswordStrength {
    policy::password_strength(password.expose(), words)
}

/// What a password must be at this server.
pub(crate) async fn in_force(deployment: &Deployment, homeserver: &Url) -> Result<PasswordPolicy, CoreError> {
    let url = policy::under(homeserver.as_str(), policy::PASSWORD_POLICY_PATH)?;
    let (status, body) = http::get(&deployment.http(), url, policy::PASSWORD_POLICY_LIMIT, ANSWER).await?;
    let rejected = |code: String| CoreError::Said(Failure::Rejected { code });
    let asked = match status {
        200 => policy::server_password_policy(&body).ok_or(rejected("NOT_MATRIX".to_owned()))?,
        // A server without such rules.
        400 | 404 | 405 => PasswordPolicy::default(),
        429 | 500..=599 => return Err(Failure::Offline.into()),
        _ => return Err(rejected(format!("HTTP_{status}"))),
    };
    let manifest = deployment.manifest().map(|manifest| manifest.password).unwrap_or_default();
    Ok(policy::stricter(&asked, &manifest))
}

/// A server's refusal of a new password, as what is wrong with it.
pub(crate) fn refused(error: CoreError) -> Failure {
    match Failure::from(error) {
        Failure::Rejected { code } => match policy::password_refusal(&code) {
            Some(why) => Failure::Invalid { field: Field::Password, why },
            None => Failure::Rejected { code },
        },
        other => other,
    }
}

/// What is known of the person, and no good in a password. Without the server's answer, their id.
async fn words(client: &Client) -> Vec<String> {
    let id = client.user_id().map(|id| id.localpart().to_owned());
    let name = client.account().get_display_name().await.ok().flatten();
    id.into_iter().chain(name).collect()
}

//! A forgotten password: the server sends a link to the person's e-mail address, and whoever has opened it may choose another
//! (Matrix specification, "Password management").

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use bulla_model::{Barrier, Failure, Missing, Password, SignInWay};
use bulla_policy as policy;
use matrix_sdk::{Client, HttpError, config::RequestConfig};
use ruma::{
    ClientSecret, OwnedClientSecret, OwnedSessionId, UInt,
    api::{
        client::{
            account::{change_password::v3::Request, request_password_change_token_via_email::v3 as mail},
            uiaa::AuthData,
        },
        error::ErrorKind,
    },
};
use serde_json::json;
use url::Url;

use crate::{accounts::Accounts, client, failure::CoreError, manifest::Deployment, password, proof};

/// A new password that waits for its link to be opened.
pub struct PasswordReset {
    deployment: Arc<Deployment>,
    homeserver: Url,
    email: String,
    secret: OwnedClientSecret,
    sid: OwnedSessionId,
    /// None when it has come to its end.
    client: Mutex<Option<Client>>,
    busy: AtomicBool,
}

impl PasswordReset {
    /// Has the server send the mail.
    pub async fn begin(accounts: &Accounts, homeserver: &str, email: &str) -> Result<Self, Failure> {
        let (homeserver, email) = (policy::homeserver(homeserver)?, policy::email(email)?);
        let deployment = accounts.deployed();
        proof::prove(&deployment, &homeserver, SignInWay::Password).await?;
        // Nobody signs in with it: its stores are in memory, and empty.
        let config = RequestConfig::new().timeout(client::REQUEST).retry_limit(1);
        let builder =
            Client::builder().homeserver_url(&homeserver).http_client(deployment.http()).request_config(config);
        let client = builder.build().await.map_err(CoreError::from)?;
        let secret = ClientSecret::new();
        let asked = client.send(mail::Request::new(secret.clone(), email.clone(), UInt::MIN)).await;
        let sid = asked.map_err(refused)?.sid;
        let (client, busy) = (Mutex::new(Some(client)), AtomicBool::new(false));
        Ok(Self { deployment, homeserver, email, secret, sid, client, busy })
    }

    /// Sets the new password, once the link was opened. It may be tried again.
    pub async fn finish(&self, new: &Password) -> Result<(), Failure> {
        let client = self.client().clone().ok_or(Failure::Closed)?;
        let policy = password::in_force(&self.deployment, &self.homeserver).await?;
        policy::check_password(new.expose(), &policy, std::slice::from_ref(&self.email))?;
        let request = |auth| {
            let mut request = Request::new(new.expose().to_owned());
            request.auth = auth;
            client.send(request)
        };
        if self.busy.swap(true, Ordering::AcqRel) {
            return Err(Failure::Closed);
        }
        let done = async {
            let refused = match request(None).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            let Some(info) = refused.as_uiaa_response() else { return Err(refused.into()) };
            let proof = json!({"threepid_creds": {"sid": self.sid, "client_secret": self.secret}});
            let proof = proof.as_object().cloned().unwrap_or_default();
            let proof = AuthData::new("m.login.email.identity", info.session.clone(), proof)
                .map_err(|_| CoreError::Defect("the proof does not serialise"))?;
            match request(Some(proof)).await {
                // Asked for a proof again: there is none before the link was opened.
                Err(error) if error.as_uiaa_response().is_some() => {
                    Err(Failure::Forbidden { why: Barrier::EmailNotConfirmed }.into())
                }
                other => Ok(other.map(drop)?),
            }
        };
        let done = done.await;
        self.busy.store(false, Ordering::Release);
        done.map_err(password::refused)?;
        self.cancel();
        Ok(())
    }

    /// Gives it up. The link in the mail leads nowhere then.
    pub fn cancel(&self) {
        self.client().take();
    }

    fn client(&self) -> MutexGuard<'_, Option<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(error: HttpError) -> Failure {
    match error.client_api_error_kind() {
        Some(ErrorKind::ThreepidNotFound) => Failure::NotFound { what: Missing::User },
        // A Matrix server that has no passwords.
        Some(ErrorKind::Unrecognized) => Failure::Forbidden { why: Barrier::Delegated },
        _ => client::at_sign_in(error.into()).into(),
    }
}

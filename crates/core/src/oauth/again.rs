//! Coming back through the browser after a soft logout: the same device, with its keys and all that is stored here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bulla_model::{Failure, Field, FieldTrouble, OauthApp, SessionState, SignInWay};
use bulla_policy::{self as policy, Answer, Asked};
use matrix_sdk::{Error, authentication::oauth::OAuthError};
use ruma::DeviceId;
use tokio::time::timeout;
use url::Url;

use super::{address, answer, issuer, log_out};
use crate::{
    accounts::CLOSING,
    client,
    engine::{Engine, Order},
    failure::CoreError,
    orders::unless,
    outbox, proof,
    session::Session,
};

/// A way back that waits for the browser.
pub struct Return {
    session: Session,
    pub(super) url: Url,
    /// None when it has come to its end.
    asked: Mutex<Option<Asked>>,
}

impl Return {
    pub(super) async fn begin(session: Session, app: &OauthApp) -> Result<Self, Failure> {
        let redirect = address(&app.callback)?;
        if session.state() != (SessionState::SignedOut { soft: true }) {
            return Err(Failure::Closed);
        }
        let shared = session.inner.shared.clone();
        let client = session.inner.attached_in_any_order().await?.client;
        if client.oauth().full_session().is_none() {
            return Err(Failure::Rejected { code: "OAUTH_UNSUPPORTED".to_owned() });
        }
        proof::prove(&shared.deployment, &shared.homeserver, SignInWay::Oauth).await?;
        let of = issuer(&client).await?.ok_or(Failure::Rejected { code: "OAUTH_UNSUPPORTED".to_owned() })?;
        let device = <&DeviceId>::from(shared.account.device.as_str()).to_owned();
        // The app is known there, and this device is.
        let mut asking = client.oauth().login(redirect.clone(), Some(device), None, None);
        if let Some(user) = client.user_id() {
            asking = asking.user_id_hint(user);
        }
        let data = asking.build().await.map_err(|error| client::at_sign_in(Error::from(error).into()))?;
        let asked = Asked { redirect, state: data.state.secret().clone(), of };
        Ok(Self { session, url: data.url, asked: Mutex::new(Some(asked)) })
    }

    pub(super) async fn finish(&self, callback: &str) -> Result<Session, Failure> {
        let (answer, state) = {
            let mut waiting = self.waiting();
            let asked = waiting.as_ref().ok_or(Failure::Closed)?;
            let answer = policy::callback(callback, asked)?;
            // Whoever comes second with the same answer finds nothing.
            (answer, waiting.take().ok_or(Failure::Closed)?.state)
        };
        let code = match answer {
            Answer::Code(code) => code,
            Answer::Refused(failure) => return Err(failure),
        };
        self.session.inner.order(|done| Order::ComeBack { code, state, done }).await?;
        Ok(self.session.clone())
    }

    pub(super) fn cancel(&self) {
        self.waiting().take();
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Takes up what the browser brought, if it is of the same person.
    pub async fn come_back(&mut self, code: &str, state: &str) -> Result<(), CoreError> {
        if self.paused {
            // The browser may be back before the app says that it is.
            self.resume().await?;
        }
        let attached = self.attached().ok_or(Failure::Closed)?;
        let (client, shared) = (attached.client.clone(), self.shared.clone());
        let mut urgent = shared.urgent.subscribe();
        let before = client.session_tokens();
        let query = answer(code, state);
        let signed = async {
            // Only the same person on the same device is let in here.
            client.oauth().finish_login(query).await.map_err(refused)?;
            client::keep_now(&client, &shared.vault).await
        };
        match unless(&mut urgent, signed).await {
            Ok(()) => {
                self.tell(SessionState::Attaching);
                (self.again, self.tries) = (None, 0);
                self.listen(&attached).await;
                outbox::go_on(&attached.client).await;
                Ok(())
            }
            Err(error) => {
                if client.session_tokens() != before {
                    // Somebody else's, or nobody knows whose: nobody is to use them.
                    let _ = timeout(CLOSING, log_out(&client)).await;
                    // What was kept is still what it was.
                    self.let_go().await?;
                    self.attach(None).await;
                }
                Err(error)
            }
        }
    }
}

fn refused(error: Error) -> CoreError {
    match &error {
        Error::OAuth(inner) if matches!(**inner, OAuthError::SessionMismatch) => {
            Failure::Invalid { field: Field::User, why: FieldTrouble::Wrong }.into()
        }
        _ => client::at_sign_in(error.into()),
    }
}

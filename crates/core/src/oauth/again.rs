//! Coming back through the browser after a soft logout: the same device, with its keys and all that is stored here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bulla_model::{Failure, Field, FieldTrouble, OauthApp, SessionState, SignInWay};
use bulla_policy::{self as policy, Answer, Asked, Source};
use matrix_sdk::{
    Client, Error, SessionMeta, SessionTokens,
    authentication::{matrix::MatrixSession, oauth::OAuthError},
};
use ruma::{
    DeviceId, OwnedDeviceId,
    api::client::session::login::v3::{LoginInfo, Request, Token},
};
use tokio::time::timeout;
use url::Url;

use super::{address, answer, ask_homeserver, issuer, log_out};
use crate::{
    accounts::CLOSING,
    client,
    engine::{Engine, Order},
    failure::CoreError,
    http,
    orders::unless,
    outbox, proof,
    session::Session,
    shared::{Attached, Shared},
};

const LOG_OUT_PATH: &str = "/_matrix/client/v3/logout";
const LOG_OUT_LIMIT: usize = 64 * 1024;

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
        let by_service = client.oauth().full_session().is_some();
        if !by_service && !client::came_by_single_sign_on(&shared.vault).await? {
            return Err(Failure::Rejected { code: "OAUTH_UNSUPPORTED".to_owned() });
        }
        proof::prove(&shared.deployment, &shared.homeserver, SignInWay::Oauth).await?;
        let (url, asked) = match by_service {
            true => ask_service(&client, &shared, redirect).await?,
            false => ask_homeserver(&client, redirect).await?,
        };
        Ok(Self { session, url, asked: Mutex::new(Some(asked)) })
    }

    pub(super) async fn finish(&self, callback: &str) -> Result<Session, Failure> {
        let (answer, asked) = {
            let mut waiting = self.waiting();
            let asked = waiting.as_ref().ok_or(Failure::Closed)?;
            let answer = policy::callback(callback, asked)?;
            // Whoever comes second with the same answer finds nothing.
            (answer, waiting.take().ok_or(Failure::Closed)?)
        };
        let code = match answer {
            Answer::Code(code) => code,
            Answer::Refused(failure) => return Err(failure),
        };
        self.session.inner.order(|done| Order::ComeBack { code, asked, done }).await?;
        Ok(self.session.clone())
    }

    pub(super) fn cancel(&self) {
        self.waiting().take();
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the browser is to open where an authentication service signs people in: it knows the app, and this device.
async fn ask_service(client: &Client, shared: &Shared, redirect: Url) -> Result<(Url, Asked), CoreError> {
    let of = issuer(client).await?.ok_or(Failure::Rejected { code: "OAUTH_UNSUPPORTED".to_owned() })?;
    let mut asking = client.oauth().login(redirect.clone(), Some(device(shared)), None, None);
    if let Some(user) = client.user_id() {
        asking = asking.user_id_hint(user);
    }
    let data = asking.build().await.map_err(|error| client::at_sign_in(Error::from(error).into()))?;
    let state = data.state.secret().clone();
    Ok((data.url, Asked { redirect, state, of }))
}

fn device(shared: &Shared) -> OwnedDeviceId {
    <&DeviceId>::from(shared.account.device.as_str()).to_owned()
}

impl Engine {
    /// Takes up what the browser brought, if it is of the same person.
    pub async fn come_back(&mut self, code: &str, asked: &Asked) -> Result<(), CoreError> {
        if self.paused {
            // The browser may be back before the app says that it is.
            self.resume().await?;
        }
        let attached = self.attached().ok_or(Failure::Closed)?;
        match &asked.of {
            Source::Oauth { .. } => self.by_code(attached, code, &asked.state).await,
            Source::SingleSignOn => self.by_token(attached, code).await,
        }
    }

    /// A token of the homeserver's single sign-on signs this device in anew. Whose it is, its answer tells first, so that the SDK
    /// hears of it only where it is the same person's.
    async fn by_token(&mut self, attached: Attached, token: &str) -> Result<(), CoreError> {
        let shared = self.shared.clone();
        let mut urgent = shared.urgent.subscribe();
        let mut request = Request::new(LoginInfo::Token(Token::new(token.to_owned())));
        request.device_id = Some(device(&shared));
        request.initial_device_display_name = Some(shared.device_name.clone());
        request.refresh_token = true;
        let signed = async { attached.client.send(request).await.map_err(|error| super::refused(error.into())) };
        let answer = unless(&mut urgent, signed).await?;
        if answer.user_id.as_str() != shared.account.user.as_str() {
            let url = policy::under(shared.homeserver.as_str(), LOG_OUT_PATH)?;
            // Nobody is to use it.
            let _ = http::post(attached.client.http_client(), url, &answer.access_token, LOG_OUT_LIMIT).await;
            return Err(Failure::Invalid { field: Field::User, why: FieldTrouble::Wrong }.into());
        }
        let session = MatrixSession {
            meta: SessionMeta { user_id: answer.user_id, device_id: answer.device_id },
            tokens: SessionTokens { access_token: answer.access_token, refresh_token: answer.refresh_token },
        };
        client::keep_session(session, &shared.vault).await?;
        drop(attached);
        self.let_go().await?;
        self.attach(None).await;
        Ok(())
    }

    async fn by_code(&mut self, attached: Attached, code: &str, state: &str) -> Result<(), CoreError> {
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

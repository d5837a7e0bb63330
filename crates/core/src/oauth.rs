//! Signing in through the system's browser: OAuth 2.0, authorization code with PKCE (Matrix specification, "OAuth 2.0 API"), and where a
//! server has only that, its single sign-on ("SSO client login").

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use bulla_model::{AccountId, Failure, Field, FieldTrouble, OauthApp, OauthStart, SignInWay};
use bulla_policy::{self as policy, Answer, Asked, Source};
use matrix_sdk::{
    Client,
    authentication::oauth::{
        OAuthError, OAuthSession,
        registration::{ApplicationType, ClientMetadata, Localized, OAuthGrantType},
    },
    utils::UrlOrQuery,
};
use ruma::{
    api::{
        client::{
            discovery::get_authorization_server_metadata::v1::{self as metadata, Prompt},
            session::get_login_types::v3::LoginType,
        },
        error::ErrorKind,
    },
    serde::Raw,
};
use tokio::time::timeout;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::{
    accounts::{Accounts, CLOSING},
    client::{self, Wired},
    failure::CoreError,
    http,
    session::Session,
};

mod again;

pub(crate) use matrix_sdk::authentication::oauth::ClientRegistrationData as Registration;

/// One sign-in that waits for the browser. It is in memory only: an app that is killed meanwhile begins anew. Dropping it gives
/// it up.
pub enum SignInAttempt {
    New(NewAccount),
    /// Of an account that is here, and whose session has ended softly.
    Again(again::Return),
}

impl SignInAttempt {
    /// Finds out who signs people in for `homeserver`, makes this app known there, and what the browser is to open.
    pub async fn begin(
        accounts: Arc<Accounts>,
        homeserver: &str,
        app: &OauthApp,
        start: &OauthStart,
    ) -> Result<Self, Failure> {
        NewAccount::begin(accounts, homeserver, app, start).await.map(Self::New)
    }

    /// The same for an account that is here, after a soft logout: nothing of it is lost.
    pub async fn begin_again(session: Session, app: &OauthApp) -> Result<Self, Failure> {
        again::Return::begin(session, app).await.map(Self::Again)
    }

    /// What the system's browser is to open.
    pub fn url(&self) -> String {
        match self {
            Self::New(account) => account.url.to_string(),
            Self::Again(way) => way.url.to_string(),
        }
    }

    /// Takes the address that the browser came back to. One that does not answer this attempt leaves it as it is; one that does
    /// ends it, in a session or a failure.
    pub async fn finish(&self, callback: &str) -> Result<Session, Failure> {
        match self {
            Self::New(account) => account.finish(callback).await,
            Self::Again(way) => way.finish(callback).await,
        }
    }

    /// Gives it up; nothing is left of it on the device.
    pub async fn cancel(&self) {
        match self {
            Self::New(account) => account.cancel().await,
            Self::Again(way) => way.cancel(),
        }
    }
}

/// A sign-in that leads to a new account here.
pub struct NewAccount {
    accounts: Arc<Accounts>,
    id: AccountId,
    url: Url,
    asked: Asked,
    /// None when it has come to its end.
    client: Mutex<Option<Wired>>,
    /// Finished or given up: its account is no longer a new one.
    settled: AtomicBool,
}

impl NewAccount {
    async fn begin(
        accounts: Arc<Accounts>,
        homeserver: &str,
        app: &OauthApp,
        start: &OauthStart,
    ) -> Result<Self, Failure> {
        let homeserver = policy::homeserver(homeserver)?;
        let redirect = address(&app.callback)?;
        let website = address(&app.website)?;
        accounts.may_sign_in(&homeserver, SignInWay::Oauth).await?;
        let id = accounts.new_account()?;
        let begun = async {
            let key = accounts.make_folder(&id)?;
            let client = client::client(&homeserver, &accounts.folder(&id)?, &key, &accounts.deployed()).await?;
            let (url, asked) = match issuer(&client).await? {
                Some(of) => ask_service(&client, app, website, redirect, start, of).await?,
                None => ask_homeserver(&client, redirect).await?,
            };
            Ok((client, url, asked))
        };
        match begun.await {
            Ok((client, url, asked)) => {
                let (client, settled) = (Mutex::new(Some(client)), AtomicBool::new(false));
                Ok(Self { accounts, id, url, asked, client, settled })
            }
            Err(error) => {
                accounts.forget_new(&id).await;
                Err(CoreError::into(error))
            }
        }
    }

    async fn finish(&self, callback: &str) -> Result<Session, Failure> {
        if self.waiting().is_none() {
            return Err(Failure::Closed);
        }
        let answer = policy::callback(callback, &self.asked)?;
        // Whoever comes second with the same answer finds nothing.
        let client = self.waiting().take().ok_or(Failure::Closed)?;
        let signed = match answer {
            Answer::Code(code) => self.exchange(client, &code).await,
            Answer::Refused(failure) => {
                drop(client);
                Err(failure.into())
            }
        };
        match signed {
            Ok(session) => {
                self.settled.store(true, Ordering::Release);
                self.accounts.no_longer_new(&self.id);
                Ok(session)
            }
            Err(error) => {
                self.settle().await;
                Err(error.into())
            }
        }
    }

    async fn cancel(&self) {
        let waiting = self.waiting().take();
        if waiting.is_some() {
            drop(waiting);
            self.settle().await;
        }
    }

    async fn exchange(&self, client: Wired, code: &str) -> Result<Session, CoreError> {
        match &self.asked.of {
            Source::Oauth { .. } => {
                let query = answer(code, &self.asked.state);
                client.oauth().finish_login(query).await.map_err(|error| client::at_sign_in(error.into()))?;
            }
            Source::SingleSignOn => {
                let login = client.matrix_auth().login_token(code);
                let login = login.initial_device_display_name(self.accounts.device_name()).request_refresh_token();
                login.send().await.map_err(|error| refused(error.into()))?;
            }
        }
        client::identify(&client).await;
        let vault = self.accounts.vault(&self.id).await?;
        if let Source::SingleSignOn = self.asked.of {
            client::keep_single_sign_on(&vault).await?;
        }
        match self.accounts.establish(&self.id, client.clone(), vault).await {
            Ok(session) => Ok(session),
            Err(error) => {
                // Nobody would ever use the device again.
                let _ = timeout(CLOSING, log_out(&client)).await;
                Err(error)
            }
        }
    }

    async fn settle(&self) {
        self.settled.store(true, Ordering::Release);
        self.accounts.forget_new(&self.id).await;
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Wired>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for NewAccount {
    /// What it leaves is no account, and cleared away when the accounts are listed.
    fn drop(&mut self) {
        if !self.settled.load(Ordering::Acquire) {
            self.accounts.no_longer_new(&self.id);
        }
    }
}

/// What the browser brought, for the SDK: only what was understood is handed on.
fn answer(code: &str, state: &str) -> UrlOrQuery {
    let query = [("code", code), ("state", state)];
    UrlOrQuery::Query(form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish())
}

/// Ends a session on its server: both tokens and the device. The SDK's own way revokes at `https` only, on loopback too, so that
/// nothing could try it; this asks the same of the same address (RFC 7009, section 2.1).
pub(crate) async fn log_out(client: &Client) -> Result<(), CoreError> {
    let oauth = client.oauth();
    let Some(OAuthSession { client_id, user }) = oauth.full_session() else { return Ok(client.logout().await?) };
    let metadata = oauth.server_metadata().await.map_err(|error| matrix_sdk::Error::from(OAuthError::from(error)))?;
    let (token, kind) = match user.tokens.refresh_token {
        // The access token may be over, and unknown by now.
        Some(token) => (token, "refresh_token"),
        None => (user.tokens.access_token, "access_token"),
    };
    let form = [("token", token.as_str()), ("token_type_hint", kind), ("client_id", client_id.as_str())];
    let form = Zeroizing::new(form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish());
    let status = http::post_form(client.http_client(), metadata.revocation_endpoint, form.as_bytes().to_vec()).await?;
    match status {
        200..=299 => Ok(()),
        429 | 500..=599 => Err(Failure::Offline.into()),
        _ => Err(Failure::Rejected { code: "OAUTH_REFUSED".to_owned() }.into()),
    }
}

/// What the browser is to open where an authentication service signs people in.
async fn ask_service(
    client: &Client,
    app: &OauthApp,
    website: Url,
    redirect: Url,
    start: &OauthStart,
    of: Source,
) -> Result<(Url, Asked), CoreError> {
    let oauth = client.oauth();
    let mut asking = oauth.login(redirect.clone(), None, Some(registration(app, website)?.into()), None);
    if start.sign_up {
        asking = asking.prompt(vec![Prompt::Create]);
    }
    if let Some(hint) = &start.hint {
        asking = asking.login_hint(hint.clone());
    }
    let data = asking.build().await.map_err(|error| client::at_sign_in(matrix_sdk::Error::from(error).into()))?;
    let state = data.state.secret().clone();
    Ok((data.url, Asked { redirect, state, of }))
}

/// The same where the homeserver has a single sign-on of its own. It carries no state, so that the address to come back to does.
async fn ask_homeserver(client: &Client, redirect: Url) -> Result<(Url, Asked), CoreError> {
    let auth = client.matrix_auth();
    let ways = auth.get_login_types().await.map_err(|error| client::at_sign_in(error.into()))?;
    if !ways.flows.iter().any(|way| matches!(way, LoginType::Sso(_))) {
        // A server that signs people in itself.
        return Err(Failure::Rejected { code: "OAUTH_UNSUPPORTED".to_owned() }.into());
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| CoreError::Defect("no randomness"))?;
    let state: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut back = redirect.clone();
    back.query_pairs_mut().append_pair("state", &state);
    let url = auth.get_sso_login_url(back.as_str(), None).await.map_err(|error| client::at_sign_in(error.into()))?;
    let url = Url::parse(&url).map_err(|_| CoreError::Defect("the SDK makes addresses"))?;
    Ok((url, Asked { redirect, state, of: Source::SingleSignOn }))
}

/// What a refusal of a token from the browser means: it was no good, and no password was.
fn refused(error: CoreError) -> CoreError {
    match Failure::from(client::at_sign_in(error)) {
        Failure::Invalid { .. } => Failure::Rejected { code: "OAUTH_REFUSED".to_owned() }.into(),
        other => other.into(),
    }
}

/// Who signs people in for this homeserver, and whether it says that it names itself in its answers (RFC 9207, section 3), which
/// the SDK does not read. None where nobody else does.
async fn issuer(client: &Client) -> Result<Option<Source>, CoreError> {
    let answer = match client.send(metadata::Request::new()).await {
        Ok(answer) => answer,
        Err(error) if matches!(error.client_api_error_kind(), Some(ErrorKind::Unrecognized)) => return Ok(None),
        Err(error) => return Err(client::at_sign_in(error.into())),
    };
    let field = |error| CoreError::Sdk(matrix_sdk::Error::SerdeJson(error));
    let issuer: Option<String> = answer.metadata.get_field("issuer").map_err(field)?;
    let named = answer.metadata.get_field("authorization_response_iss_parameter_supported").map_err(field)?;
    let issuer = issuer.ok_or(Failure::Rejected { code: "NOT_MATRIX".to_owned() })?;
    Ok(Some(Source::Oauth { issuer, names_issuer: named.unwrap_or(false) }))
}

fn registration(app: &OauthApp, website: Url) -> Result<Raw<ClientMetadata>, CoreError> {
    let grants =
        vec![OAuthGrantType::AuthorizationCode { redirect_uris: vec![policy::to_register(&address(&app.callback)?)] }];
    let mut client = ClientMetadata::new(ApplicationType::Native, grants, Localized::new(website, []));
    client.client_name = Some(Localized::new(app.name.clone(), []));
    Raw::new(&client).map_err(|_| CoreError::Defect("the registration does not serialise"))
}

/// The same for an app that another device lets in, and no browser calls back.
pub(crate) fn registration_by_device(app: &OauthApp) -> Result<Raw<ClientMetadata>, CoreError> {
    let website = Localized::new(address(&app.website)?, []);
    let mut client = ClientMetadata::new(ApplicationType::Native, vec![OAuthGrantType::DeviceCode], website);
    client.client_name = Some(Localized::new(app.name.clone(), []));
    Raw::new(&client).map_err(|_| CoreError::Defect("the registration does not serialise"))
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|_| Failure::Invalid { field: Field::Link, why: FieldTrouble::Malformed })
}

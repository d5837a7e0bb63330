//! A stand-in of an authentication service: what the Matrix specification, "OAuth 2.0 API", asks of one, and what Synapse asks in its delegated
//! mode. It keeps nothing on disk.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::task;
use url::{Url, form_urlencoded};

use super::{
    device_grant::DeviceGrant,
    identity_provider::IdentityProvider,
    localpart, pkce,
    sessions::{Session, Tokens},
};
use crate::{
    error::{Doing, Error, Result},
    http, random,
};

mod device;

const DEVICE: [&str; 2] = ["urn:matrix:client:device:", "urn:matrix:org.matrix.msc2967.client:device:"];
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Its port, taken before it can serve: others have to know it first.
pub struct Listener(TcpListener, u16);

pub fn listen() -> Result<Listener> {
    let bound = || -> io::Result<Listener> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Listener(listener, port))
    };
    bound().doing(|| "start the authentication service's stand-in".into())
}

impl Listener {
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}/", self.1)
    }
}

/// The stand-in, serving.
#[derive(Clone, Debug)]
pub struct Authentication(Arc<Service>);

#[derive(Debug)]
struct Service {
    issuer: String,
    homeserver: String,
    /// What the homeserver and this know each other by.
    secret: String,
    provider: IdentityProvider,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    /// Clients' redirect URIs, by client id.
    clients: HashMap<String, Vec<String>>,
    /// Sign-ins that are at the identity provider, by the state given to it.
    pending: HashMap<String, Pending>,
    /// Sign-ins that are done, by code.
    codes: HashMap<String, Granted>,
    /// Devices that wait for somebody to let them in.
    devices: Vec<DeviceGrant>,
    /// People who are at the identity provider to let one in, by the state given to it.
    links: HashMap<String, device::Link>,
    sessions: Vec<Session>,
    token_seconds: HashMap<String, u64>,
}

/// What an app asked for.
#[derive(Debug)]
struct Pending {
    client: String,
    redirect: Url,
    /// The answer goes behind `#`, not `?`.
    in_fragment: bool,
    state: String,
    scope: String,
    device: String,
    challenge: String,
    nonce: String,
    verifier: String,
}

#[derive(Debug)]
struct Granted {
    asked: Pending,
    localpart: String,
}

type Fields = HashMap<String, String>;

impl Authentication {
    /// Serves in the current runtime.
    pub fn serve(listener: Listener, provider: IdentityProvider, homeserver: String, secret: String) -> Self {
        let issuer = listener.issuer();
        let service = Self(Arc::new(Service { issuer, homeserver, secret, provider, books: Mutex::default() }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/account", get(account))
            .route("/account/end", post(end))
            .route("/authorize", get(authorize))
            .route("/upstream/callback", get(signed_in))
            .route("/link", get(device::link))
            .route("/linked", get(device::linked))
            .route("/oauth2/device", post(device::begin))
            .route("/oauth2/registration", post(register))
            .route("/oauth2/token", post(token))
            .route("/oauth2/revoke", post(revoke))
            .route("/oauth2/introspect", post(introspect))
            .with_state(service.0.clone());
        task::spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener.0)?;
            axum::serve(listener, router).await
        });
        service
    }

    pub fn identity_provider(&self) -> &IdentityProvider {
        &self.0.provider
    }

    /// How long the access tokens of somebody's next sign-in live.
    pub fn set_token_seconds(&self, localpart: &str, seconds: u64) {
        self.0.books().token_seconds.insert(localpart.into(), seconds);
    }
}

impl Service {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of the ways that Synapse opens to an authentication service. Blocks.
    fn homeserver(&self, what: &str, body: &Value) -> Result<()> {
        let url = format!("{}/_synapse/mas/{what}", self.homeserver);
        http::expect("POST", &url, Some(&self.secret), Some(body)).map(drop)
    }

    /// Who has signed in, now with an account and a device on the homeserver. Blocks.
    fn provision(&self, code: &str, nonce: &str, verifier: &str, device: &str) -> Result<String> {
        let claims = self.provider.exchange(code, nonce, verifier)?;
        let localpart = localpart(&claims.email);
        let name = format!("{} {} [{}]", claims.given_name, claims.usual_name, claims.siret);
        let user = json!({"localpart": localpart, "set_displayname": name, "set_emails": [claims.email]});
        self.homeserver("provision_user", &user)?;
        self.homeserver("upsert_device", &json!({"localpart": localpart, "device_id": device}))?;
        Ok(localpart)
    }
}

async fn metadata(State(service): State<Arc<Service>>) -> Json<Value> {
    let issuer = &service.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}authorize"),
        "token_endpoint": format!("{issuer}oauth2/token"),
        "registration_endpoint": format!("{issuer}oauth2/registration"),
        "device_authorization_endpoint": format!("{issuer}oauth2/device"),
        "revocation_endpoint": format!("{issuer}oauth2/revoke"),
        "introspection_endpoint": format!("{issuer}oauth2/introspect"),
        "account_management_uri": format!("{issuer}account"),
        "account_management_actions_supported": ["org.matrix.profile", "org.matrix.sessions_list"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["create"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn account() -> Html<&'static str> {
    Html("<!doctype html><title>Account (stand-in)</title><p>A stand-in of an authentication service.")
}

async fn register(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let uris = asked["redirect_uris"].as_array().into_iter().flatten();
    let uris: Vec<_> = uris.filter_map(Value::as_str).map(str::to_owned).collect();
    let grants = asked["grant_types"].as_array().into_iter().flatten();
    let by_device_alone =
        grants.clone().any(|one| one == DEVICE_CODE) && !grants.clone().any(|one| one == "authorization_code");
    // As MAS has it: a client says whose it is.
    if (uris.is_empty() && !by_device_alone)
        || !asked["client_uri"].as_str().is_some_and(|uri| uri.starts_with("https://"))
    {
        return refuse("invalid_client_metadata");
    }
    let client = random::hex(8);
    service.books().clients.insert(client.clone(), uris);
    let mut answer = asked;
    answer["client_id"] = client.into();
    (StatusCode::CREATED, Json(answer)).into_response()
}

async fn authorize(State(service): State<Arc<Service>>, RawQuery(query): RawQuery) -> Response {
    let query = fields(query.unwrap_or_default().as_bytes());
    let field = |name: &str| query.get(name).cloned().unwrap_or_default();
    let redirect = Url::parse(&field("redirect_uri")).ok();
    let known = |redirect: &Url| {
        let clients = &service.books().clients;
        clients.get(&field("client_id")).is_some_and(|of| of.iter().any(|registered| leads_to(registered, redirect)))
    };
    let Some(redirect) = redirect.filter(known) else {
        return refuse("invalid_request");
    };
    let scope = field("scope");
    let asked = Pending {
        client: field("client_id"),
        redirect,
        in_fragment: field("response_mode") == "fragment",
        state: field("state"),
        device: device_in(&scope).to_owned(),
        scope,
        challenge: field("code_challenge"),
        nonce: random::hex(16),
        verifier: random::hex(32),
    };
    let well = field("response_type") == "code" && field("code_challenge_method") == "S256";
    if !well || asked.challenge.is_empty() || asked.device.is_empty() {
        return back(&service, &asked, &[("error", "invalid_request")]);
    }
    let upstream = random::hex(16);
    let hint = query.get("login_hint").map(String::as_str);
    match service.provider.authorize(&upstream, &asked.nonce, &asked.verifier, hint) {
        Ok(url) => {
            service.books().pending.insert(upstream, asked);
            redirect_to(&url)
        }
        Err(error) => failed(&error),
    }
}

/// Where the identity provider sends people back to.
async fn signed_in(State(service): State<Arc<Service>>, RawQuery(query): RawQuery) -> Response {
    let query = fields(query.unwrap_or_default().as_bytes());
    let state = query.get("state").map(String::as_str).unwrap_or_default();
    let link = service.books().links.remove(state);
    if let Some(link) = link {
        return device::decided(service, link, &query).await;
    }
    let asked = service.books().pending.remove(state);
    let Some(asked) = asked else { return refuse("invalid_request") };
    let Some(code) = query.get("code").cloned() else {
        let error = query.get("error").map_or("server_error", String::as_str);
        return back(&service, &asked, &[("error", error)]);
    };
    let working = service.clone();
    let provisioned =
        task::spawn_blocking(move || (working.provision(&code, &asked.nonce, &asked.verifier, &asked.device), asked))
            .await;
    match provisioned {
        Ok((Ok(localpart), asked)) => {
            let code = random::hex(16);
            let answer = back(&service, &asked, &[("code", &code)]);
            service.books().codes.insert(code, Granted { asked, localpart });
            answer
        }
        Ok((Err(error), _)) => failed(&error),
        Err(error) => failed(&Error::BadInput(error.to_string())),
    }
}

async fn token(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let form = fields(&body);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (mut books, now) = (service.books(), Instant::now());
    let (tokens, scope) = match field("grant_type") {
        "authorization_code" => {
            // A code serves once, also where it does not fit.
            let granted = books.codes.remove(field("code")).filter(|Granted { asked, .. }| {
                asked.client == field("client_id")
                    && asked.redirect.as_str() == field("redirect_uri")
                    && asked.challenge == pkce::challenge(field("code_verifier"))
            });
            let Some(Granted { asked, localpart }) = granted else { return refuse("invalid_grant") };
            let seconds = books.token_seconds.get(&localpart).copied();
            let (session, tokens) = Session::new(&asked.client, &localpart, &asked.device, &asked.scope, seconds, now);
            books.sessions.push(session);
            (tokens, asked.scope)
        }
        DEVICE_CODE => {
            let (code, client) = (field("device_code"), field("client_id"));
            let waiting = |grant: &DeviceGrant| grant.device_code == code && grant.client == client;
            let Some(at) = books.devices.iter().position(waiting) else { return refuse("invalid_grant") };
            let localpart = match books.devices[at].poll(now) {
                Ok(localpart) => localpart,
                Err(error) => return refuse(error),
            };
            // A code serves once.
            let grant = books.devices.swap_remove(at);
            let seconds = books.token_seconds.get(&localpart).copied();
            let (session, tokens) = Session::new(&grant.client, &localpart, &grant.device, &grant.scope, seconds, now);
            books.sessions.push(session);
            (tokens, grant.scope)
        }
        "refresh_token" => {
            let (refresh, client) = (field("refresh_token"), field("client_id"));
            let renewed = books.sessions.iter_mut().find_map(|session| {
                let tokens = session.renew(refresh, client, now)?;
                Some((tokens, session.scope.clone()))
            });
            let Some(renewed) = renewed else { return refuse("invalid_grant") };
            renewed
        }
        _ => return refuse("unsupported_grant_type"),
    };
    let Tokens { access, refresh, lifetime } = tokens;
    Json(json!({
        "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": lifetime.as_secs(),
        "scope": scope,
    }))
    .into_response()
}

/// Ends the session of a token, and its device on the homeserver (RFC 7009).
async fn revoke(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let form = fields(&body);
    let token = form.get("token").map(String::as_str).unwrap_or_default();
    end_those(&service, |session| session.has(token)).await
}

/// Ends every session of a person, as they would on the account's page. A stand-in asks nobody whether they may.
async fn end(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let form = fields(&body);
    let of = form.get("email").map(|email| localpart(email)).unwrap_or_default();
    end_those(&service, |session| session.localpart == of).await
}

async fn end_those(service: &Arc<Service>, which: impl Fn(&Session) -> bool) -> Response {
    let ended: Vec<_> = {
        let mut books = service.books();
        let (ended, others) = std::mem::take(&mut books.sessions).into_iter().partition(|session| which(session));
        books.sessions = others;
        ended
    };
    for Session { localpart, device, .. } in ended {
        let (working, body) = (service.clone(), json!({"localpart": localpart, "device_id": device}));
        match task::spawn_blocking(move || working.homeserver("delete_device", &body)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return failed(&error),
            Err(error) => return failed(&Error::BadInput(error.to_string())),
        }
    }
    StatusCode::OK.into_response()
}

/// For the homeserver alone (RFC 7662).
async fn introspect(State(service): State<Arc<Service>>, headers: HeaderMap, body: Bytes) -> Response {
    let expected = format!("Bearer {}", service.secret);
    if headers.get("Authorization").is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let form = fields(&body);
    let token = form.get("token").map(String::as_str).unwrap_or_default();
    let now = Instant::now();
    let answer = service.books().sessions.iter_mut().find_map(|session| {
        let left = session.used(token, now)?;
        Some(json!({
            "active": true, "scope": session.scope, "username": session.localpart, "device_id": session.device,
            "client_id": session.client, "expires_in": left.as_secs(),
        }))
    });
    Json(answer.unwrap_or(json!({"active": false}))).into_response()
}

/// The device that a scope is for; nothing where it names none.
fn device_in(scope: &str) -> &str {
    scope.split(' ').find_map(|one| DEVICE.iter().find_map(|prefix| one.strip_prefix(prefix))).unwrap_or_default()
}

/// Whether a client that registered this may come back there: on its device's loopback any port will do (RFC 8252, section 7.3).
fn leads_to(registered: &str, redirect: &Url) -> bool {
    let mut wanted = redirect.clone();
    if redirect.scheme() == "http" && redirect.host_str() == Some("127.0.0.1") {
        // An `http` address with a host takes one away.
        let _ = wanted.set_port(None);
    }
    registered == wanted.as_str()
}

/// Back to the app, with its state and who answers (RFC 9207).
fn back(service: &Service, asked: &Pending, answer: &[(&str, &str)]) -> Response {
    let mut url = asked.redirect.clone();
    let more = [("state", asked.state.as_str()), ("iss", &service.issuer)];
    if asked.in_fragment {
        let pairs = answer.iter().chain(&more);
        url.set_fragment(Some(&form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()));
    } else {
        url.query_pairs_mut().extend_pairs(answer).extend_pairs(more);
    }
    redirect_to(&url)
}

fn redirect_to(url: &Url) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, url.to_string())]).into_response()
}

fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}

fn failed(error: &Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"error": "server_error", "error_description": error.to_string()})))
        .into_response()
}

fn fields(form: &[u8]) -> Fields {
    form_urlencoded::parse(form).into_owned().collect()
}

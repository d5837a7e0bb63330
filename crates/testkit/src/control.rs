use std::{
    collections::HashMap,
    io,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task};

use crate::{
    deployment::{Servers, describe},
    description::Server,
    error::Error,
    fault::Fault,
    homeserver::User,
    identity_server::IdentityPlace,
    mail::{self, Mail},
    plaintext::Hit,
    proxy::Proxy,
    sovereign::{self, NewPerson, Person, SovereignPlace},
    stats::Stats,
};

use offices::Opened;

mod offices;

/// `POST /users`: without a localpart the user gets a name that nobody has.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub server: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub localpart: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default)]
    pub admin: bool,
}

/// `POST /proxies`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProxy {
    pub server: usize,
    /// Before the homeserver that relies on the authentication service instead.
    #[serde(default)]
    pub sovereign: bool,
}

/// What `POST /proxies` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProxyAddress {
    pub id: u64,
    pub url: String,
}

/// `POST /users/logout`, `POST /users/deactivate` and `POST /users/ended`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingUser {
    pub user_id: String,
}

/// What `POST /users/ended` answers: whether the account has ended for good.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    pub ended: bool,
}

/// `POST /users/email`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersEmail {
    pub user_id: String,
    pub email: String,
}

/// `POST /users/validity`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersValidity {
    pub user_id: String,
    pub seconds: i64,
}

/// `POST /mails`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailsTo {
    pub to: String,
}

/// `POST /mails/follow`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailLink {
    pub link: String,
}

/// `POST /rooms/delete`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomOnServer {
    pub server: usize,
    pub room_id: String,
}

/// `POST /search`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub texts: Vec<String>,
}

/// `POST /identity/bind`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Binding {
    #[serde(flatten)]
    pub user: User,
    pub email: String,
}

/// What `POST /scanner` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct ScannerAddress {
    pub url: String,
}

/// `POST /sovereign/browse`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browse {
    pub url: String,
    pub email: String,
    pub allow: bool,
}

/// What `POST /sovereign/browse` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Callback {
    pub callback: String,
}

/// Serves the control endpoint on a free loopback port, in the current runtime, and returns its URL.
pub(crate) async fn serve(servers: Arc<Servers>) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let control =
        Arc::new(Control { servers, proxies: Mutex::default(), offices: Mutex::default(), next: AtomicU64::new(1) });
    let router = Router::new()
        .route("/users", post(new_user))
        .route("/users/logout", post(log_out))
        .route("/users/deactivate", post(deactivate))
        .route("/users/ended", post(has_ended))
        .route("/users/email", post(set_email))
        .route("/users/validity", post(set_validity))
        .route("/users/temporary", post(set_temporary))
        .route("/mails", post(mails))
        .route("/mails/follow", post(follow))
        .route("/rooms/delete", post(delete_room))
        .route("/search", post(search))
        .route("/proxies", post(new_proxy))
        .route("/proxies/{id}", get(proxy_stats).delete(end_proxy))
        .route("/proxies/{id}/fault", put(set_fault))
        .route("/offices", post(offices::open))
        .route("/offices/{id}", get(offices::stats).delete(offices::close))
        .route("/offices/{id}/manifest", post(offices::manifest))
        .route("/offices/{id}/directory", put(offices::list))
        .route("/offices/{id}/fault", put(offices::set_fault))
        .route("/scanner", post(start_scanner))
        .route("/guarded", post(start_guarded))
        .route("/guarded/users", post(new_guarded_user))
        .route("/identity", post(start_identity))
        .route("/identity/bind", post(bind))
        .route("/sovereign", post(start_sovereign))
        .route("/sovereign/people", post(new_person))
        .route("/sovereign/browse", post(browse))
        .with_state(control);
    task::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

struct Control {
    servers: Arc<Servers>,
    proxies: Mutex<HashMap<u64, Arc<Proxy>>>,
    offices: Mutex<HashMap<u64, Arc<Opened>>>,
    next: AtomicU64,
}

type Shared = State<Arc<Control>>;

async fn new_user(State(control): Shared, body: Bytes) -> Result<Json<User>, Refusal> {
    let wanted: NewUser = read(&body)?;
    let user = control.ask(move |servers| {
        let server = servers.at(wanted.server)?;
        match (wanted.localpart, wanted.password) {
            (Some(localpart), Some(password)) => server.register(&localpart, &password, wanted.admin),
            (None, None) => server.new_user("user"),
            _ => Err(Error::BadInput("localpart and password go together".into())),
        }
    });
    user.await.map(Json)
}

async fn log_out(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let ExistingUser { user_id } = read(&body)?;
    control.ask(move |servers| servers.of(&user_id)?.logout_everywhere(&user_id)).await.map(done)
}

async fn deactivate(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let ExistingUser { user_id } = read(&body)?;
    control.ask(move |servers| servers.of(&user_id)?.deactivate(&user_id)).await.map(done)
}

async fn has_ended(State(control): Shared, body: Bytes) -> Result<Json<Ended>, Refusal> {
    let ExistingUser { user_id } = read(&body)?;
    let ended = control.ask(move |servers| servers.of(&user_id)?.is_deactivated(&user_id));
    Ok(Json(Ended { ended: ended.await? }))
}

async fn set_email(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let UsersEmail { user_id, email } = read(&body)?;
    control.ask(move |servers| servers.of(&user_id)?.set_email(&user_id, &email)).await.map(done)
}

async fn set_validity(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let UsersValidity { user_id, seconds } = read(&body)?;
    control.ask(move |servers| servers.of(&user_id)?.set_validity(&user_id, seconds)).await.map(done)
}

async fn set_temporary(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let ExistingUser { user_id } = read(&body)?;
    control.ask(move |servers| servers.of(&user_id)?.set_temporary(&user_id)).await.map(done)
}

async fn mails(State(control): Shared, body: Bytes) -> Result<Json<Vec<Mail>>, Refusal> {
    let MailsTo { to } = read(&body)?;
    Ok(Json(control.servers.mail.to(&to)))
}

async fn follow(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let MailLink { link } = read(&body)?;
    control.ask(move |_| mail::follow(&link)).await.map(done)
}

async fn delete_room(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let RoomOnServer { server, room_id } = read(&body)?;
    control.ask(move |servers| servers.at(server)?.delete_room(&room_id)).await.map(done)
}

async fn search(State(control): Shared, body: Bytes) -> Result<Json<Vec<Hit>>, Refusal> {
    let Search { texts } = read(&body)?;
    control.ask(move |servers| servers.search(&texts)).await.map(Json)
}

async fn start_scanner(State(control): Shared) -> Result<Json<ScannerAddress>, Refusal> {
    let url = control.ask(|servers| servers.scanner()).await?;
    Ok(Json(ScannerAddress { url }))
}

async fn start_guarded(State(control): Shared) -> Result<Json<Server>, Refusal> {
    control.ask(|servers| Ok(describe(servers.guarded()?))).await.map(Json)
}

async fn new_guarded_user(State(control): Shared) -> Result<Json<User>, Refusal> {
    control.ask(|servers| servers.guarded()?.new_user("user")).await.map(Json)
}

async fn start_identity(State(control): Shared) -> Result<Json<IdentityPlace>, Refusal> {
    control.ask(Servers::identity).await.map(Json)
}

async fn bind(State(control): Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Binding { user, email } = read(&body)?;
    control.ask(move |servers| servers.bind(&user, &email)).await.map(done)
}

async fn start_sovereign(State(control): Shared) -> Result<Json<SovereignPlace>, Refusal> {
    control.ask(|servers| Ok(servers.sovereign()?.place.clone())).await.map(Json)
}

async fn new_person(State(control): Shared, body: Bytes) -> Result<Json<Person>, Refusal> {
    let wanted: NewPerson = read(&body)?;
    control.ask(move |servers| servers.sovereign()?.new_person(&wanted)).await.map(Json)
}

async fn browse(State(control): Shared, body: Bytes) -> Result<Json<Callback>, Refusal> {
    let Browse { url, email, allow } = read(&body)?;
    let browsed = control.ask(move |_| sovereign::browse(&url, &email, allow));
    Ok(Json(Callback { callback: browsed.await? }))
}

async fn new_proxy(State(control): Shared, body: Bytes) -> Result<Json<ProxyAddress>, Refusal> {
    let NewProxy { server, sovereign } = read(&body)?;
    let behind = control.ask(move |servers| match sovereign {
        true => Ok(servers.sovereign()?.place.client_url.clone()),
        false => Ok(servers.at(server)?.client_url.clone()),
    });
    let proxy = Proxy::before(&behind.await?)?;
    let address = ProxyAddress { id: control.number(), url: proxy.url() };
    control.proxies().insert(address.id, Arc::new(proxy));
    Ok(Json(address))
}

async fn proxy_stats(State(control): Shared, Path(id): Path<u64>) -> Result<Json<Stats>, Refusal> {
    Ok(Json(control.proxy(id)?.stats()))
}

async fn set_fault(State(control): Shared, Path(id): Path<u64>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let fault: Fault = read(&body)?;
    control.proxy(id)?.set(fault).await;
    Ok(done(()))
}

async fn end_proxy(State(control): Shared, Path(id): Path<u64>) -> Result<Json<Value>, Refusal> {
    let ended = control.proxies().remove(&id);
    ended.map(|_| done(())).ok_or_else(|| no_such_proxy(id))
}

impl Control {
    fn proxies(&self) -> MutexGuard<'_, HashMap<u64, Arc<Proxy>>> {
        self.proxies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn proxy(&self, id: u64) -> Result<Arc<Proxy>, Refusal> {
        self.proxies().get(&id).cloned().ok_or_else(|| no_such_proxy(id))
    }

    fn offices(&self) -> MutexGuard<'_, HashMap<u64, Arc<Opened>>> {
        self.offices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn office(&self, id: u64) -> Result<Arc<Opened>, Refusal> {
        self.offices().get(&id).cloned().ok_or_else(|| offices::no_such_office(id))
    }

    /// For what comes next.
    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Asks the servers, which blocks.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Servers) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let servers = self.servers.clone();
        match task::spawn_blocking(move || question(&servers)).await {
            Ok(answer) => Ok(answer?),
            Err(error) => Err(Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
        }
    }
}

/// What the control endpoint says no with: `{"error": "..."}`.
struct Refusal(StatusCode, String);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::BadInput(_) => StatusCode::BAD_REQUEST,
            Error::MissingTool { .. } => StatusCode::NOT_IMPLEMENTED,
            // A homeserver's own refusal, such as that of a name in use, keeps its status.
            Error::Refused { status, .. } => StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Error::BadInput(error.to_string()).into())
}

fn done((): ()) -> Json<Value> {
    Json(json!({}))
}

fn no_such_proxy(id: u64) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, format!("there is no proxy {id}"))
}

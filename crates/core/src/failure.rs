//! From everything that can go wrong inside to the one [`Failure`] an app meets. The only place that converts.

use std::{error::Error as StdError, time::Duration};

use bulla_model::{Failure, Field, FieldTrouble, Missing, SendTrouble, StorageTrouble, TrustTrouble, UserId};
use bulla_policy::EXPIRED_ACCOUNT;
use bulla_store::StoreError;
use matrix_sdk::authentication::oauth::{
    OAuthError,
    error::{
        BasicErrorResponseType, OAuthAuthorizationCodeError, OAuthClientRegistrationError, OAuthDiscoveryError,
        OAuthTokenRevocationError, RequestTokenError,
    },
    qrcode::{QRCodeGrantLoginError, QRCodeLoginError},
};
use matrix_sdk::{ClientBuildError, HttpError, QueueWedgeError, RefreshTokenError, event_cache::EventCacheError};
use matrix_sdk_ui::{encryption_sync_service, room_list_service, timeline};
use ruma::api::error::{ErrorBody, ErrorKind, FromHttpResponseError, RetryAfter, StandardErrorBody};

use crate::tls::NotPinned;

mod qr;

/// What a 429 without a time is taken for.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// What goes wrong inside the core.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// Already in the app's terms.
    #[error(transparent)]
    Said(#[from] Failure),
    /// The SDK.
    #[error(transparent)]
    Sdk(#[from] matrix_sdk::Error),
    /// A sign-in by QR code.
    #[error(transparent)]
    QrSignIn(#[from] QRCodeLoginError),
    /// Letting a device in by QR code.
    #[error(transparent)]
    QrGrant(#[from] QRCodeGrantLoginError),
    /// A request.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A request of our own.
    #[error(transparent)]
    Request(#[from] matrix_sdk::reqwest::Error),
    /// Making a client.
    #[error(transparent)]
    Build(#[from] ClientBuildError),
    /// A timeline.
    #[error(transparent)]
    Timeline(#[from] timeline::Error),
    /// Our store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Something that cannot be, named in code.
    #[error("{0}")]
    Defect(&'static str),
}

impl CoreError {
    /// Work beside that did not come to its end. A panic in it goes on here, so that it becomes what every panic becomes.
    pub(crate) fn unfinished(error: tokio::task::JoinError, what: &'static str) -> Self {
        match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Self::Defect(what),
        }
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        match &error {
            CoreError::Said(failure) => failure.clone(),
            CoreError::Sdk(sdk) => of_sdk(sdk),
            CoreError::QrSignIn(error) => qr::of_sign_in(error),
            CoreError::QrGrant(error) => qr::of_grant(error),
            CoreError::Http(http) => of_http(http),
            CoreError::Request(request) => of_request(request),
            CoreError::Build(ClientBuildError::Http(http)) => of_http(http),
            CoreError::Build(ClientBuildError::SqliteStore(store)) => of_stores(store),
            CoreError::Build(ClientBuildError::Url(_)) => {
                Self::Invalid { field: Field::Homeserver, why: FieldTrouble::Malformed }
            }
            CoreError::Build(other) => of_chain(other),
            CoreError::Timeline(timeline) => of_timeline(timeline),
            CoreError::Store(store) => of_store(store),
            CoreError::Io(io) => of_io(io),
            CoreError::Defect(what) => unexpected(what),
        }
    }
}

/// Why a message did not leave, from the error the send queue met.
pub(crate) fn send_trouble(error: &matrix_sdk::Error) -> SendTrouble {
    if let matrix_sdk::Error::SendQueueWedgeError(wedge) = error {
        return of_wedge(wedge);
    }
    let wedge = QueueWedgeError::from(error);
    if !matches!(wedge, QueueWedgeError::GenericApiError { .. }) {
        return of_wedge(&wedge);
    }
    match of_sdk(error) {
        Failure::Offline => SendTrouble::Offline,
        Failure::Wait { retry_after } => SendTrouble::Wait { retry_after: Some(retry_after) },
        Failure::Rejected { code } if code == "M_TOO_LARGE" => SendTrouble::TooLarge,
        Failure::Rejected { code } => SendTrouble::Rejected { code },
        Failure::NotFound { .. } => SendTrouble::Rejected { code: "M_NOT_FOUND".to_owned() },
        _ => SendTrouble::Other,
    }
}

fn of_wedge(wedge: &QueueWedgeError) -> SendTrouble {
    let ids = |users: Vec<&ruma::OwnedUserId>| users.into_iter().map(|id| UserId(id.to_string())).collect();
    match wedge {
        QueueWedgeError::InsecureDevices { user_device_map } => {
            SendTrouble::UnsignedDevices { users: ids(user_device_map.keys().collect()) }
        }
        QueueWedgeError::IdentityViolations { users } => {
            SendTrouble::IdentityChanged { users: ids(users.iter().collect()) }
        }
        QueueWedgeError::CrossVerificationRequired => SendTrouble::DeviceNotSigned,
        // The SDK keeps no more than a text of it across a restart; only the code in brackets is of use.
        QueueWedgeError::GenericApiError { msg } => match msg.split(&['/', ']'][..]).nth(1).map(str::trim) {
            Some("M_TOO_LARGE") => SendTrouble::TooLarge,
            Some(code) if code.starts_with("M_") => SendTrouble::Rejected { code: code.to_owned() },
            _ => SendTrouble::Other,
        },
        _ => SendTrouble::Other,
    }
}

fn of_sdk(error: &matrix_sdk::Error) -> Failure {
    use matrix_sdk::Error;
    match error {
        Error::Http(http) => of_http(http),
        // Another request had the same fate; the SDK does not say which. They are all key requests, which pass or not with the network.
        Error::ConcurrentRequestFailed => Failure::Offline,
        Error::AuthenticationRequired => Failure::SignInAgain { soft: false },
        Error::Io(io) => of_io(io),
        Error::WrongRoomState(_) => Failure::Rejected { code: "WRONG_ROOM_STATE".to_owned() },
        Error::Identifier(_) | Error::Url(_) => Failure::Invalid { field: Field::Room, why: FieldTrouble::Malformed },
        Error::OAuth(oauth) => of_oauth(oauth),
        other => of_chain(other),
    }
}

/// What OAuth 2.0 met. Only the authorization server's own word that the tokens are no good ends a session.
fn of_oauth(error: &OAuthError) -> Failure {
    let rejected = |code: &str| Failure::Rejected { code: code.to_owned() };
    match error {
        OAuthError::Discovery(OAuthDiscoveryError::Http(http)) => of_http(http),
        // Nobody to sign in with, or nobody that this can.
        OAuthError::Discovery(
            OAuthDiscoveryError::NotSupported | OAuthDiscoveryError::Json(_) | OAuthDiscoveryError::Validation(_),
        )
        | OAuthError::ClientRegistration(OAuthClientRegistrationError::NotSupported) => rejected("OAUTH_UNSUPPORTED"),
        OAuthError::RefreshToken(RequestTokenError::ServerResponse(answer))
            if *answer.error() == BasicErrorResponseType::InvalidGrant =>
        {
            Failure::SignInAgain { soft: true }
        }
        OAuthError::ClientRegistration(OAuthClientRegistrationError::OAuth(RequestTokenError::ServerResponse(_)))
        | OAuthError::AuthorizationCode(OAuthAuthorizationCodeError::RequestToken(
            RequestTokenError::ServerResponse(_),
        ))
        | OAuthError::Logout(OAuthTokenRevocationError::Revoke(RequestTokenError::ServerResponse(_))) => {
            rejected("OAUTH_REFUSED")
        }
        OAuthError::NotAuthenticated => Failure::SignInAgain { soft: false },
        other => of_authorization_server(other),
    }
}

/// No answer of an authorization server's: no network, a portal, a proxy whose server is down, or a part of an answer.
fn of_authorization_server(error: &OAuthError) -> Failure {
    let mut at: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = at {
        let boxed = cause.downcast_ref::<Box<matrix_sdk::reqwest::Error>>().map(AsRef::as_ref);
        if let Some(request) = cause.downcast_ref().or(boxed) {
            return of_request(request);
        }
        at = cause.source();
    }
    Failure::Offline
}

fn of_http(error: &HttpError) -> Failure {
    match error {
        HttpError::Cached(inner) => of_http(inner),
        HttpError::RefreshToken(RefreshTokenError::MatrixAuth(inner)) => match of_http(inner) {
            Failure::Rejected { .. } => Failure::SignInAgain { soft: true },
            other => other,
        },
        HttpError::RefreshToken(RefreshTokenError::OAuth(inner)) => of_oauth(inner),
        HttpError::RefreshToken(_) => Failure::SignInAgain { soft: true },
        HttpError::Api(api) => match api.as_ref() {
            FromHttpResponseError::Server(_) => match error.as_client_api_error() {
                Some(answer) => of_answer(answer.status_code.as_u16(), &answer.body),
                // A question for more proof (UIA) where the core cannot give any.
                None => Failure::Rejected { code: "M_UNAUTHORIZED".to_owned() },
            },
            _ => Failure::Rejected { code: "NOT_MATRIX".to_owned() },
        },
        HttpError::Reqwest(request) => of_request(request),
        HttpError::IntoHttp(_) => unexpected("request"),
    }
}

fn of_answer(status: u16, body: &ErrorBody) -> Failure {
    let ErrorBody::Standard(StandardErrorBody { kind, .. }) = body else {
        return match status {
            429 => Failure::Wait { retry_after: USUAL_WAIT },
            502..=504 | 520..=530 => Failure::Offline,
            _ => Failure::Rejected { code: format!("HTTP_{status}") },
        };
    };
    match kind {
        ErrorKind::LimitExceeded(limit) => {
            let retry_after = match limit.retry_after {
                Some(RetryAfter::Delay(delay)) => delay,
                Some(RetryAfter::DateTime(at)) => {
                    at.duration_since(std::time::SystemTime::now()).unwrap_or(Duration::ZERO)
                }
                None => USUAL_WAIT,
            };
            Failure::Wait { retry_after }
        }
        ErrorKind::UnknownToken(data) => Failure::SignInAgain { soft: data.soft_logout },
        ErrorKind::MissingToken => Failure::SignInAgain { soft: false },
        ErrorKind::NotFound => Failure::NotFound { what: Missing::Room },
        _ if status == 429 => Failure::Wait { retry_after: USUAL_WAIT },
        // A 502 with a Matrix answer speaks of another server: the one of the room that is joined, say.
        _ if matches!(status, 503 | 504) => Failure::Offline,
        kind => Failure::Rejected { code: kind.errcode().to_string() },
    }
}

fn of_timeline(error: &timeline::Error) -> Failure {
    use timeline::Error;
    match error {
        Error::Sdk(sdk) => of_sdk(sdk),
        Error::EventNotInTimeline(_) | Error::RedactError(_) | Error::FailedToToggleReaction => {
            Failure::NotFound { what: Missing::Event }
        }
        Error::EditError(_) | Error::ReplyError(_) | Error::UnsupportedEvent => {
            Failure::Invalid { field: Field::Event, why: FieldTrouble::NotAllowed }
        }
        Error::SendQueueError(queue) => of_queue(queue),
        Error::EventCacheError(EventCacheError::PaginationError(sdk)) => of_sdk(sdk),
        other => of_chain(other),
    }
}

/// From an error of the loop that listens for rooms.
pub(crate) fn of_list(error: &room_list_service::Error) -> Failure {
    match error {
        room_list_service::Error::SlidingSync(sdk) => of_sdk(sdk),
        other => of_chain(other),
    }
}

/// From an error of the loop that listens for keys.
pub(crate) fn of_encryption(error: &encryption_sync_service::Error) -> Failure {
    use encryption_sync_service::Error;
    match error {
        Error::SlidingSync(sdk) | Error::LockError(sdk) | Error::ClientError(sdk) => of_sdk(sdk),
    }
}

/// From an error of the send queue.
pub(crate) fn of_queue(error: &matrix_sdk::send_queue::RoomSendQueueError) -> Failure {
    use matrix_sdk::send_queue::RoomSendQueueError;
    match error {
        RoomSendQueueError::RoomNotJoined => Failure::Rejected { code: "WRONG_ROOM_STATE".to_owned() },
        RoomSendQueueError::RoomDisappeared => Failure::Closed,
        other => of_chain(other),
    }
}

fn of_store(error: &StoreError) -> Failure {
    let trouble = match error {
        StoreError::Full => StorageTrouble::Full,
        StoreError::Corrupt => StorageTrouble::Corrupt,
        StoreError::WrongKey => StorageTrouble::WrongKey,
        StoreError::Locked => StorageTrouble::Locked,
        StoreError::TooNew => StorageTrouble::TooNew,
        StoreError::Io(_) => StorageTrouble::Unavailable,
        StoreError::Closed => return Failure::Closed,
        _ => return unexpected("store"),
    };
    Failure::Storage { trouble }
}

fn of_io(error: &std::io::Error) -> Failure {
    let trouble = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StorageTrouble::Full,
        _ => StorageTrouble::Unavailable,
    };
    Failure::Storage { trouble }
}

/// The SDK's stores: their errors are known by their text only.
fn of_stores(error: &(dyn StdError + 'static)) -> Failure {
    match of_chain(error) {
        Failure::Unexpected { .. } => Failure::Storage { trouble: StorageTrouble::Corrupt },
        other => other,
    }
}

/// Looks down the chain of causes for one that says what it is. Texts are read here and never shown.
fn of_chain(error: &(dyn StdError + 'static)) -> Failure {
    let mut at = Some(error);
    while let Some(cause) = at {
        if let Some(http) = cause.downcast_ref::<HttpError>() {
            return of_http(http);
        }
        if let Some(sdk) = cause.downcast_ref::<matrix_sdk::Error>()
            && let matrix_sdk::Error::Http(http) = sdk
        {
            return of_http(http);
        }
        if let Some(request) = cause.downcast_ref::<matrix_sdk::reqwest::Error>() {
            return of_request(request);
        }
        let text = cause.to_string();
        if text.contains("database or disk is full") {
            return Failure::Storage { trouble: StorageTrouble::Full };
        }
        if text.contains("malformed") && text.contains("database") || text.contains("not a database") {
            return Failure::Storage { trouble: StorageTrouble::Corrupt };
        }
        if text.contains("store is closed") || text.contains("StoreClosed") {
            return Failure::Closed;
        }
        at = cause.source();
    }
    unexpected("sdk")
}

/// A request that got no answer.
fn of_request(error: &matrix_sdk::reqwest::Error) -> Failure {
    if error.is_builder() {
        return unexpected("request");
    }
    // Refused by our own rule: nothing that follows would be the server's answer.
    if error.is_redirect() {
        return Failure::Rejected { code: "NOT_MATRIX".to_owned() };
    }
    let mut at: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = at {
        if let Some(why) = distrust(cause) {
            return Failure::Untrusted { why };
        }
        // The platform's verifiers have errors of their own.
        if cause.to_string().contains("certificate") {
            return Failure::Untrusted { why: TrustTrouble::Certificate };
        }
        at = cause.source();
    }
    Failure::Offline
}

/// What failed where TLS did: somebody else's certificate, ours, or the version.
fn distrust(cause: &(dyn StdError + 'static)) -> Option<TrustTrouble> {
    use rustls::{AlertDescription as Alert, CertificateError, Error};
    // It hides in errors of I/O, which do not call it their source.
    if let Some(io) = cause.downcast_ref::<std::io::Error>() {
        return io.get_ref().and_then(|inner| distrust(inner));
    }
    match cause.downcast_ref::<Error>()? {
        Error::InvalidCertificate(CertificateError::Other(other)) if other.0.is::<NotPinned>() => {
            Some(TrustTrouble::Pin)
        }
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => Some(TrustTrouble::Certificate),
        // Whatever a server finds in a certificate, it finds in the one of this device.
        Error::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError,
        ) => Some(TrustTrouble::DeviceCertificate),
        Error::AlertReceived(Alert::ProtocolVersion) | Error::PeerIncompatible(_) => Some(TrustTrouble::TlsVersion),
        _ => None,
    }
}

/// Whether the resolver knows of no such host. A device without a network may hear the same, so that only a sign-in asks.
pub(crate) fn is_unknown_host(error: &(dyn StdError + 'static)) -> bool {
    const WORDS: [&str; 4] = ["not known", "nodename nor servname", "No address associated", "No such host"];
    let mut at = Some(error);
    while let Some(cause) = at {
        let text = cause.to_string();
        if text.contains("lookup address") && WORDS.iter().any(|word| text.contains(word)) {
            return true;
        }
        at = cause.source();
    }
    false
}

/// Whether a message that met this leaves later without the person's help, though the SDK takes it for a refusal: an answer
/// that no Matrix server gave, a session that is to be signed in again, files closed by a pause, a full disk.
pub(crate) fn passes(error: &matrix_sdk::Error) -> bool {
    if let matrix_sdk::Error::SendQueueWedgeError(wedge) = error {
        return wedge_passes(wedge);
    }
    match of_sdk(error) {
        Failure::Rejected { code } => code == "NOT_MATRIX" || code.starts_with("HTTP_5") || code == EXPIRED_ACCOUNT,
        failure => matches!(
            failure,
            Failure::Offline
                | Failure::Wait { .. }
                | Failure::Closed
                | Failure::SignInAgain { .. }
                | Failure::Storage { .. }
        ),
    }
}

/// The same, from what the SDK keeps of it.
pub(crate) fn wedge_passes(wedge: &QueueWedgeError) -> bool {
    const WORDS: [&str; 7] =
        ["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", EXPIRED_ACCOUNT, "deserialization", "is closed", "disk is full", "JSON"];
    match wedge {
        QueueWedgeError::GenericApiError { msg } => WORDS.iter().any(|word| msg.contains(word)),
        _ => false,
    }
}

/// A defect: logged with a reference that the app can show.
fn unexpected(what: &str) -> Failure {
    let mut bytes = [0; 4];
    let _ = getrandom::fill(&mut bytes);
    let reference = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    tracing::error!(what, reference, "unexpected");
    Failure::Unexpected { reference }
}

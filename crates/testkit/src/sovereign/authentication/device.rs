//! Letting in a device by another one: the device authorization grant (RFC 8628), as MSC4108 uses it for a sign-in by QR code.

use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde_json::json;
use tokio::task;
use url::Url;

use super::{Fields, Service, device_in, failed, fields, redirect_to, refuse};
use crate::{
    error::Error,
    random,
    sovereign::device_grant::{Decision, DeviceGrant, INTERVAL, LIFETIME},
};

/// Somebody who is at the identity provider because of a device.
#[derive(Debug)]
pub struct Link {
    user_code: String,
    device: String,
    nonce: String,
    verifier: String,
}

/// Where a device begins to wait.
pub async fn begin(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let form = fields(&body);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (client, scope, device) = (field("client_id"), field("scope"), device_in(field("scope")));
    let mut books = service.books();
    if !books.clients.contains_key(client) {
        return refuse("invalid_client");
    }
    if device.is_empty() {
        return refuse("invalid_scope");
    }
    let grant = DeviceGrant::new(client, device, scope, Instant::now());
    let page = format!("{}link", service.issuer);
    let answer = json!({
        "device_code": grant.device_code, "user_code": grant.user_code,
        "verification_uri": page, "verification_uri_complete": format!("{page}?code={}", grant.user_code),
        "expires_in": LIFETIME.as_secs(), "interval": INTERVAL.as_secs(),
    });
    books.devices.push(grant);
    Json(answer).into_response()
}

/// The page where somebody lets a device in: they say who they are at the identity provider, and there yes or no.
pub async fn link(State(service): State<Arc<Service>>, RawQuery(query): RawQuery) -> Response {
    let query = fields(query.unwrap_or_default().as_bytes());
    let code = query.get("code").map(String::as_str).unwrap_or_default();
    let now = Instant::now();
    let waiting = |grant: &&DeviceGrant| grant.user_code == code && grant.is_open(now);
    let device = service.books().devices.iter().find(waiting).map(|grant| grant.device.clone());
    let Some(device) = device else { return refuse("invalid_request") };
    let link = Link { user_code: code.into(), device, nonce: random::hex(16), verifier: random::hex(32) };
    let state = random::hex(16);
    match service.provider.authorize(&state, &link.nonce, &link.verifier, None) {
        Ok(url) => {
            service.books().links.insert(state, link);
            redirect_to(&url)
        }
        Err(error) => failed(&error),
    }
}

/// Back from the identity provider.
pub async fn decided(service: Arc<Service>, link: Link, query: &Fields) -> Response {
    let user_code = link.user_code.clone();
    let decision = match query.get("code").cloned() {
        None => Decision::Denied,
        Some(code) => {
            let working = service.clone();
            let provisioned =
                task::spawn_blocking(move || working.provision(&code, &link.nonce, &link.verifier, &link.device)).await;
            match provisioned {
                Ok(Ok(localpart)) => Decision::Allowed { localpart },
                Ok(Err(error)) => return failed(&error),
                Err(error) => return failed(&Error::BadInput(error.to_string())),
            }
        }
    };
    let (mut books, now) = (service.books(), Instant::now());
    let decided =
        books.devices.iter_mut().any(|grant| grant.user_code == user_code && grant.decide(decision.clone(), now));
    drop(books);
    match (decided, Url::parse(&format!("{}linked", service.issuer))) {
        (true, Ok(url)) => redirect_to(&url),
        _ => refuse("invalid_request"),
    }
}

/// The last page.
pub async fn linked() -> (StatusCode, Html<&'static str>) {
    (StatusCode::OK, Html("<!doctype html><title>Device (stand-in)</title><p>You may close this page."))
}

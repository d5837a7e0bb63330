//! A deployment's offices of a test's own: a directory, a proof and a manifest before one server.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Refusal, Shared, done, read};
use crate::{
    fault::Fault,
    office::{Office, Place},
    proxy::Proxy,
    stats::Stats,
};

/// `POST /offices`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOffice {
    pub server: usize,
}

/// What `POST /offices` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfficeAddress {
    pub id: u64,
    /// The name of the server behind it.
    pub server: String,
    /// What stands before the server.
    pub url: String,
    /// The public key that an app of this deployment ships with.
    pub key: String,
    /// The signed manifest.
    pub manifest: String,
}

/// `PUT /offices/{id}/directory`: what the directory answers for an address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub address: String,
    pub answer: Value,
}

/// An office before one server.
pub struct Opened {
    office: Office,
    server: String,
}

impl Opened {
    fn front(&self) -> Result<&Proxy, Refusal> {
        self.office
            .front(&self.server)
            .ok_or_else(|| Refusal(StatusCode::INTERNAL_SERVER_ERROR, "an office without a front".into()))
    }
}

pub async fn open(State(control): Shared, body: Bytes) -> Result<Json<OfficeAddress>, Refusal> {
    let NewOffice { server } = read(&body)?;
    let homeserver = control.servers.at(server)?;
    let (server, client_url) = (homeserver.name.clone(), homeserver.client_url.clone());
    let place = Place { server: server.clone(), client_url, label: "Agents".into(), way: "password" };
    let opened = Opened { office: Office::open(vec![place])?, server: server.clone() };
    let (url, key, manifest) = (opened.front()?.url(), opened.office.public_key(), opened.office.manifest(1));
    let id = control.number();
    control.offices().insert(id, Arc::new(opened));
    Ok(Json(OfficeAddress { id, server, url, key, manifest }))
}

pub async fn list(State(control): Shared, Path(id): Path<u64>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Listing { address, answer } = read(&body)?;
    control.office(id)?.office.list(&address, answer);
    Ok(done(()))
}

pub async fn set_fault(State(control): Shared, Path(id): Path<u64>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let fault: Fault = read(&body)?;
    control.office(id)?.front()?.set(fault).await;
    Ok(done(()))
}

pub async fn stats(State(control): Shared, Path(id): Path<u64>) -> Result<Json<Stats>, Refusal> {
    Ok(Json(control.office(id)?.front()?.stats()))
}

pub async fn close(State(control): Shared, Path(id): Path<u64>) -> Result<Json<Value>, Refusal> {
    let closed = control.offices().remove(&id);
    closed.map(|_| done(())).ok_or_else(|| no_such_office(id))
}

pub fn no_such_office(id: u64) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, format!("there is no office {id}"))
}

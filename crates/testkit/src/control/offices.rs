//! A deployment's offices of a test's own: a directory, a proof and a manifest before one server.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Refusal, Shared, done, read};
use crate::{
    error::Error,
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
    /// The server whose people are from outside, if one is.
    #[serde(default)]
    pub guests: Option<usize>,
}

/// What `POST /offices` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfficeAddress {
    pub id: u64,
    /// The name of the server behind it.
    pub server: String,
    /// What stands before the server.
    pub url: String,
    /// What stands before the server of people from outside.
    pub guests_url: Option<String>,
    /// The name of that server.
    pub guests: Option<String>,
    /// The public key that an app of this deployment ships with.
    pub key: String,
    /// The signed manifest.
    pub manifest: String,
}

/// `POST /offices/{id}/manifest`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub version: u64,
    pub fields: Map<String, Value>,
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
    let NewOffice { server, guests } = read(&body)?;
    let place = |index, label: &str, guests| {
        let of = control.servers.at(index)?;
        let (server, client_url) = (of.name.clone(), of.client_url.clone());
        Ok::<_, Error>(Place { server, client_url, label: label.into(), way: "password", guests })
    };
    let own = place(server, "Agents", false)?;
    let guests = guests.map(|index| place(index, "Partenaires", true)).transpose()?;
    let (server, theirs) = (own.server.clone(), guests.as_ref().map(|place| place.server.clone()));
    let places = std::iter::once(own).chain(guests).collect();
    let opened = Opened { office: Office::open(places)?, server: server.clone() };
    let guests_url = theirs.as_deref().and_then(|name| opened.office.front(name)).map(Proxy::url);
    let (url, key, manifest) = (opened.front()?.url(), opened.office.public_key(), opened.office.manifest(1));
    let id = control.number();
    control.offices().insert(id, Arc::new(opened));
    Ok(Json(OfficeAddress { id, server, url, guests_url, guests: theirs, key, manifest }))
}

pub async fn manifest(State(control): Shared, Path(id): Path<u64>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Wanted { version, fields } = read(&body)?;
    let fields: Vec<(&str, Value)> = fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    Ok(Json(json!({"manifest": control.office(id)?.office.manifest_saying(version, &fields)})))
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

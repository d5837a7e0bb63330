//! The one HTTP client: ours and the SDK's requests go through it.

use std::time::Duration;

use bulla_model::{DeviceCertificate, Failure, TlsTrust};
use matrix_sdk::reqwest::{Client, RequestBuilder, redirect};
use url::Url;

use crate::{failure::CoreError, lines::Lines, tls};

pub(crate) const CONNECT: Duration = Duration::from_secs(15);
const REDIRECTS: usize = 5;

/// A client for servers that `trust` speaks of; `device` is shown to those that ask. It follows no redirect to another
/// origin: a request may hold a token, and what was proven was proven of one server. What it connects to goes over `lines`.
pub(crate) fn client(
    trust: &TlsTrust,
    device: Option<&DeviceCertificate>,
    lines: Option<Lines>,
) -> Result<Client, CoreError> {
    let redirects = redirect::Policy::custom(|attempt| {
        let from = attempt.previous().last().map(Url::origin);
        if attempt.previous().len() > REDIRECTS {
            return attempt.error("too many redirects");
        }
        match from == Some(attempt.url().origin()) {
            true => attempt.follow(),
            false => attempt.error("a redirect to another origin"),
        }
    });
    let mut client = Client::builder()
        .user_agent("Bulla")
        .connect_timeout(CONNECT)
        .redirect(redirects)
        .tls_backend_preconfigured(tls::config(trust, device)?);
    if let Some(lines) = lines {
        client = client.connector_layer(lines);
    }
    Ok(client.build()?)
}

/// The status of what a form is answered with. What it says may be secret, and an error's text does not say it.
pub(crate) async fn post_form(client: &Client, url: Url, form: Vec<u8>) -> Result<u16, CoreError> {
    let request = client.post(url).timeout(CONNECT).header("Content-Type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.map_err(|error| error.without_url())?;
    Ok(answer.status().as_u16())
}

/// The status and the body of what an empty request in the name of `token` is answered with, if that is no longer than `limit`.
pub(crate) async fn post(client: &Client, url: Url, token: &str, limit: usize) -> Result<(u16, Vec<u8>), CoreError> {
    let request = client.post(url).timeout(CONNECT).bearer_auth(token).body("{}");
    answer(request.header("Content-Type", "application/json"), limit).await
}

/// The status and the body of what `body` is answered with, in the name of `token` where one is given, if that is no longer than `limit`.
pub(crate) async fn post_json(
    client: &Client,
    url: Url,
    token: Option<&str>,
    body: &serde_json::Value,
    limit: usize,
) -> Result<(u16, Vec<u8>), CoreError> {
    let request = client.post(url).timeout(CONNECT).header("Content-Type", "application/json").body(body.to_string());
    answer(token.into_iter().fold(request, RequestBuilder::bearer_auth), limit).await
}

/// The status and the body of what is at `url`, if it is here within `timeout` and no longer than `limit`. For questions that
/// are ours; the SDK reads its answers itself.
pub(crate) async fn get(
    client: &Client,
    url: Url,
    limit: usize,
    timeout: Duration,
) -> Result<(u16, Vec<u8>), CoreError> {
    answer(client.get(url).timeout(timeout), limit).await
}

/// The same in the name of `token`.
pub(crate) async fn get_as(
    client: &Client,
    url: Url,
    token: &str,
    limit: usize,
    timeout: Duration,
) -> Result<(u16, Vec<u8>), CoreError> {
    answer(client.get(url).bearer_auth(token).timeout(timeout), limit).await
}

async fn answer(request: RequestBuilder, limit: usize) -> Result<(u16, Vec<u8>), CoreError> {
    // The address may name a person, and an error's text must not.
    let nameless = |error: matrix_sdk::reqwest::Error| CoreError::from(error.without_url());
    let mut answer = request.send().await.map_err(nameless)?;
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(nameless)? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::Rejected { code: "NOT_MATRIX".to_owned() }.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, body))
}

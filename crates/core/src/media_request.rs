//! Requests for files: in the account's name, and read as they come.

use std::time::Duration;

use bulla_model::{Failure, Missing};
use bulla_policy as policy;
use matrix_sdk::{
    Client,
    reqwest::{RequestBuilder, Response},
};
use tokio::time::timeout;

use crate::failure::CoreError;

/// How long a server may take until it begins to answer, and between two parts of its answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The longest answer that is no file.
const ANSWER: usize = 64 * 1024;

/// What a request in the name of this account is answered with. A token that is over is renewed once.
pub(crate) async fn send_as(
    client: &Client,
    request: impl Fn() -> Result<RequestBuilder, CoreError>,
) -> Result<Response, CoreError> {
    for renewed in [false, true] {
        let token = client.access_token().ok_or(CoreError::Said(Failure::SignInAgain { soft: true }))?;
        let answer = send(request()?.bearer_auth(token)).await?;
        if renewed || answer.status().as_u16() != 401 || client.refresh_access_token().await.is_err() {
            return Ok(answer);
        }
    }
    Err(CoreError::Defect("a request was not sent"))
}

/// What a request is answered with. Its address may name a file, and an error's text must not.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, CoreError> {
    let answer = timeout(PATIENCE, request.send()).await.map_err(|_| CoreError::Said(Failure::Offline))?;
    Ok(answer.map_err(|error| error.without_url())?)
}

/// The next part of an answer, or none at its end.
pub(crate) async fn next(answer: &mut Response) -> Result<Option<Vec<u8>>, CoreError> {
    let part = timeout(PATIENCE, answer.chunk()).await.map_err(|_| CoreError::Said(Failure::Offline))?;
    Ok(part.map_err(|error| error.without_url())?.map(Vec::from))
}

/// All of an answer that is no file; empty where it is longer than such an answer is.
pub(crate) async fn short(mut answer: Response) -> Result<Vec<u8>, CoreError> {
    let mut body = Vec::new();
    while let Some(part) = next(&mut answer).await? {
        body.extend(part);
        if body.len() > ANSWER {
            return Ok(Vec::new());
        }
    }
    Ok(body)
}

/// What an answer that is not 200 means.
pub(crate) fn refusal(status: u16, body: &[u8]) -> Failure {
    match (status, policy::error_code(body)) {
        (401, _) => Failure::SignInAgain { soft: true },
        (429, _) => Failure::Wait { retry_after: Duration::from_secs(5) },
        (404, _) => Failure::NotFound { what: Missing::Media },
        (413, _) => Failure::Rejected { code: "M_TOO_LARGE".to_owned() },
        (502..=504 | 520..=530, _) => Failure::Offline,
        (_, Some(code)) => Failure::Rejected { code },
        (status, None) => Failure::Rejected { code: format!("HTTP_{status}") },
    }
}

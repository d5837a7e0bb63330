//! An account that has ended: the person asks for a mail, and renews it by the link in there.

use std::{sync::PoisonError, time::Instant};

use bulla_model::Failure;
use bulla_policy as policy;
use matrix_sdk::{Client, HttpError};

use crate::{failure::CoreError, http, session::Session};

impl Session {
    /// Has the server send a mail with a link that renews the account.
    pub async fn send_renewal_mail(&self) -> Result<(), Failure> {
        let client = self.inner.attached_in_any_order().await?.client;
        let before = {
            let mut last = self.inner.shared.upkeep.renewal.lock().unwrap_or_else(PoisonError::into_inner);
            policy::may_send_renewal(last.map(|last| last.elapsed()))?;
            last.replace(Instant::now())
        };
        let sent = ask(&client).await;
        if sent.is_err() {
            *self.inner.shared.upkeep.renewal.lock().unwrap_or_else(PoisonError::into_inner) = before;
        }
        Ok(sent?)
    }
}

/// Accounts that have ended may ask this, and nothing else.
async fn ask(client: &Client) -> Result<(), CoreError> {
    let mut answer = post(client).await?;
    if answer.0 == 401 {
        // The access token is over; it is renewed as for any other request.
        client.refresh_access_token().await.map_err(HttpError::RefreshToken)?;
        answer = post(client).await?;
    }
    let (status, body) = answer;
    Err(CoreError::Said(match status {
        200..=299 => return Ok(()),
        401 => Failure::SignInAgain { soft: true },
        429 => Failure::Wait { retry_after: policy::RENEWAL_PAUSE },
        500..=599 => Failure::Offline,
        _ => Failure::Rejected { code: policy::error_code(&body).unwrap_or(format!("HTTP_{status}")) },
    }))
}

async fn post(client: &Client) -> Result<(u16, Vec<u8>), CoreError> {
    let url = policy::under(client.homeserver().as_str(), policy::RENEWAL_MAIL_PATH)?;
    let token = client.access_token().ok_or(CoreError::Defect("not signed in"))?;
    http::post(client.http_client(), url, &token, policy::RENEWAL_MAIL_LIMIT).await
}

//! Erasing what is here because the server no longer knows the device: only after it was asked twice, some time apart, and said so
//! both times in so many words.

use std::time::Duration;

use bulla_model::{Failure, SessionState};
use bulla_policy as policy;
use matrix_sdk::{Client, HttpError};
use tokio::time::{Instant, sleep};

use crate::{
    engine::{Engine, Next, Notice},
    failure::CoreError,
    http,
    shared::Shared,
};

/// Between the two questions: what a network in between makes up does not last.
const CALM: Duration = Duration::from_secs(10);
/// How long until the second is asked again where the answer was of no use.
const UNCERTAIN: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(15);

impl Engine {
    /// Asks once more before everything is erased. The answer comes as a notice.
    pub fn make_sure(&mut self) {
        self.ask_after(CALM);
    }

    /// Hears that answer.
    pub async fn sure(&mut self, gone: Option<bool>) -> Next {
        if self.paused || *self.shared.state.borrow() != (SessionState::SignedOut { soft: false }) {
            return Next::Go;
        }
        match gone {
            Some(true) => {
                self.wipe_as_told().await;
                return Next::Stop;
            }
            Some(false) => {
                self.tell(SessionState::Attaching);
                self.again = Some(Instant::now());
            }
            None => self.ask_after(UNCERTAIN),
        }
        Next::Go
    }

    fn ask_after(&mut self, pause: Duration) {
        let Some(attached) = self.attached() else { return };
        let (shared, notices) = (self.shared.clone(), self.notices.0.clone());
        self.watchers.spawn(async move {
            sleep(pause).await;
            let _ = notices.send(Notice::Sure(is_gone(&shared, &attached.client).await));
        });
    }

    /// The last state tells it.
    async fn wipe_as_told(&mut self) {
        match self.wipe().await {
            Ok(()) => _ = self.tell(SessionState::Erased),
            // The mark is there: the next start goes on.
            Err(error) => tracing::warn!(kind = %Failure::from(error), "not all of an account was erased"),
        }
        self.shared.closed.send_replace(true);
    }
}

/// Whether the server says, in so many words, that it does not know the device and its data may go (Matrix specification, "Soft
/// logout"); none where it says nothing of the kind. Where signing in is left to another service, that one has to refuse to renew the
/// tokens, too (`invalid_grant`: RFC 6749, section 5.2): a token that is over says no more than that.
async fn is_gone(shared: &Shared, client: &Client) -> Option<bool> {
    if client.oauth().full_session().is_some() {
        match client.refresh_access_token().await {
            Ok(()) => return Some(false),
            Err(error) => match Failure::from(CoreError::from(HttpError::RefreshToken(error))) {
                Failure::SignInAgain { .. } => {}
                _ => return None,
            },
        }
    }
    // Not by the SDK, which would renew the token and tell of that instead.
    let token = client.access_token()?;
    let url = policy::under(shared.homeserver.as_str(), policy::WHO_AM_I_PATH).ok()?;
    let asked = http::get_as(&shared.deployment.http(), url, &token, policy::WHO_AM_I_LIMIT, ANSWER).await;
    let (status, body) = asked.ok()?;
    policy::is_gone(status, &body, shared.account.user.as_str())
}

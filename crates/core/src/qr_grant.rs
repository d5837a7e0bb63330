//! A device that is signed in lets a new one in: it shows a QR code, asks for the two digits that the new one shows, and sends the account's
//! secrets once the person has let it in (MSC4108).

use std::sync::Arc;

use bulla_model::{Failure, Field, FieldTrouble, QrGrantState};
use futures_util::StreamExt;
use matrix_sdk::{
    Client,
    authentication::oauth::qrcode::{
        CheckCodeSender, ContinuationMessageSender, GeneratedQrProgress, GrantLoginProgress,
    },
};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};
use url::Url;

use crate::{
    cancel::Cancel,
    failure::CoreError,
    session::{Session, SessionInner},
};

/// What the other side waits for.
#[derive(Default)]
struct Waiting {
    digits: Option<CheckCodeSender>,
    consent: Option<ContinuationMessageSender>,
}

/// One device that is being let in. Dropping it gives it up.
pub struct QrGrant {
    seen: Mutex<watch::Receiver<QrGrantState>>,
    waiting: Arc<Mutex<Waiting>>,
    stream: Cancel,
    given_up: watch::Sender<bool>,
    work: Mutex<Option<JoinHandle<Result<(), Failure>>>>,
}

impl Session {
    /// Whether the account's authentication service lets devices in by other ones. A server that a password signs in to has none.
    pub async fn may_link_devices(&self) -> Result<bool, Failure> {
        let client = self.inner.client().await?;
        if client.oauth().full_session().is_none() {
            return Ok(false);
        }
        let metadata = client.oauth().server_metadata().await.map_err(discovery)?;
        Ok(metadata.device_authorization_endpoint.is_some())
    }

    /// Begins to let a new device in.
    pub async fn link_device(&self) -> Result<QrGrant, Failure> {
        if !self.may_link_devices().await? {
            return Err(Failure::Rejected { code: "QR_UNSUPPORTED".to_owned() });
        }
        let client = self.inner.client().await?;
        let issuer = client.oauth().server_metadata().await.map_err(discovery)?.issuer;
        Ok(QrGrant::begin(&self.inner, client, issuer))
    }
}

impl QrGrant {
    fn begin(session: &SessionInner, client: Client, issuer: Url) -> Self {
        let (states, mut seen) = watch::channel(QrGrantState::Connecting);
        seen.mark_changed();
        let waiting = Arc::<Mutex<Waiting>>::default();
        let (given_up, mut ends) = watch::channel(false);
        let (shared, mut closed) = (waiting.clone(), session.shared.closed.subscribe());
        let work = tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = ends.wait_for(|given_up| *given_up) => Err(Failure::Closed),
                _ = closed.wait_for(|closed| *closed) => Err(Failure::Closed),
                granted = grant(&client, &issuer, &states, &shared) => granted.map_err(CoreError::into),
            }
        });
        let stream = session.cancel();
        Self { seen: Mutex::new(seen), waiting, stream, given_up, work: Mutex::new(Some(work)) }
    }

    /// How it stands: first as it is, then every change; none when it has come to its end, which `finish` tells.
    pub async fn next(&self) -> Option<QrGrantState> {
        let next = self.stream.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(seen.borrow_and_update().clone())
        });
        next.await.flatten()
    }

    /// The two digits that the new device shows. Wrong ones end it: `finish` then fails with `Rejected` (`QR_CHECK_CODE`).
    pub async fn enter_check_code(&self, digits: &str) -> Result<(), Failure> {
        let invalid = Failure::Invalid { field: Field::Count, why: FieldTrouble::Malformed };
        let digits = digits.trim();
        let code = match digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse().map_err(|_| invalid)?,
            false => return Err(invalid),
        };
        let sender = self.waiting.lock().await.digits.take().ok_or(Failure::Closed)?;
        sender.send(code).await.map_err(|_| Failure::Closed)
    }

    /// The person wants to let the device in: it may wait for them now, while they do so in the browser.
    pub async fn confirm(&self) -> Result<(), Failure> {
        let sender = self.waiting.lock().await.consent.take().ok_or(Failure::Closed)?;
        sender.confirm().await.map_err(|_| Failure::Closed)
    }

    /// Waits for its end. Once.
    pub async fn finish(&self) -> Result<(), Failure> {
        let work = self.work.lock().await.take().ok_or(Failure::Closed)?;
        work.await.map_err(|error| CoreError::unfinished(error, "letting a device in did not end"))?
    }

    /// Gives it up. The other device is not told, and finds nobody when the meeting place is over.
    pub fn cancel(&self) {
        self.given_up.send_replace(true);
        self.stream.cancel();
    }
}

async fn grant(
    client: &Client,
    issuer: &Url,
    states: &watch::Sender<QrGrantState>,
    waiting: &Mutex<Waiting>,
) -> Result<(), CoreError> {
    let oauth = client.oauth();
    let grant = oauth.grant_login_with_qr_code().generate();
    let mut progress = grant.subscribe_to_progress();
    let telling = async {
        while let Some(step) = progress.next().await {
            let state = match step {
                GrantLoginProgress::Starting => continue,
                GrantLoginProgress::EstablishingSecureChannel(GeneratedQrProgress::QrReady(code)) => {
                    QrGrantState::ShowCode { bytes: code.to_bytes() }
                }
                GrantLoginProgress::EstablishingSecureChannel(GeneratedQrProgress::QrScanned(sender)) => {
                    waiting.lock().await.digits = Some(sender);
                    QrGrantState::EnterCheckCode
                }
                GrantLoginProgress::WaitingForAuth { verification_uri, continuation_sender } => {
                    // The new device told it: a page of anybody else's would ask the person for what it likes.
                    if verification_uri.origin() != issuer.origin() {
                        return Failure::Rejected { code: "OAUTH_ISSUER".to_owned() };
                    }
                    waiting.lock().await.consent = Some(continuation_sender);
                    QrGrantState::Approve { url: verification_uri.into() }
                }
                GrantLoginProgress::SyncingSecrets => QrGrantState::Sending,
                GrantLoginProgress::Done => continue,
            };
            states.send_replace(state);
        }
        // It ends when the granting does, whose result counts.
        std::future::pending().await
    };
    tokio::select! {
        granted = grant.into_future() => granted?,
        refused = telling => return Err(refused.into()),
    }
    states.send_replace(QrGrantState::Done);
    Ok(())
}

fn discovery(error: matrix_sdk::authentication::oauth::error::OAuthDiscoveryError) -> CoreError {
    CoreError::Sdk(matrix_sdk::authentication::oauth::OAuthError::from(error).into())
}

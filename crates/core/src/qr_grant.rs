//! A device that is signed in lets a new one in (MSC4108): it shows a QR code, or reads the new one's, and sends the account's secrets once the
//! person has let it in.

use std::sync::Arc;

use bulla_model::{Failure, Field, FieldTrouble, QrGrantState};
use futures_util::{
    StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use matrix_sdk::{
    Client,
    authentication::oauth::qrcode::{
        CheckCodeSender, ContinuationMessageSender, GeneratedQrProgress, GrantLoginProgress, Msc4108IntentData,
        QRCodeGrantLoginError, QrCodeData, QrCodeIntentData, QrProgress,
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
    qr_digits,
    session::{Session, SessionInner},
};

/// What the other side waits for.
#[derive(Default)]
struct Waiting {
    digits: Mutex<Option<CheckCodeSender>>,
    consent: Mutex<Option<ContinuationMessageSender>>,
}

/// One device that is being let in. Dropping it gives it up.
pub struct QrGrant {
    seen: Mutex<watch::Receiver<QrGrantState>>,
    waiting: Arc<Waiting>,
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

    /// Begins to let a new device in, which reads the code that this one shows.
    pub async fn link_device(&self) -> Result<QrGrant, Failure> {
        self.let_in(None).await
    }

    /// Begins to let the new device in whose code was read.
    pub async fn link_shown_device(&self, code: &[u8]) -> Result<QrGrant, Failure> {
        let code = read(code, &self.inner.client().await?.homeserver())?;
        self.let_in(Some(code)).await
    }

    async fn let_in(&self, code: Option<QrCodeData>) -> Result<QrGrant, Failure> {
        if !self.may_link_devices().await? {
            return Err(Failure::Rejected { code: "QR_UNSUPPORTED".to_owned() });
        }
        let client = self.inner.client().await?;
        let issuer = client.oauth().server_metadata().await.map_err(discovery)?.issuer;
        Ok(QrGrant::begin(&self.inner, client, issuer, code))
    }
}

impl QrGrant {
    fn begin(session: &SessionInner, client: Client, issuer: Url, code: Option<QrCodeData>) -> Self {
        let (states, mut seen) = watch::channel(QrGrantState::Connecting);
        seen.mark_changed();
        let waiting = Arc::<Waiting>::default();
        let (given_up, mut ends) = watch::channel(false);
        let (shared, mut closed) = (waiting.clone(), session.shared.closed.subscribe());
        let work = tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = ends.wait_for(|given_up| *given_up) => Err(Failure::Closed),
                _ = closed.wait_for(|closed| *closed) => Err(Failure::Closed),
                granted = grant(&client, code.as_ref(), &issuer, &states, &shared) => granted.map_err(CoreError::into),
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
        qr_digits::send(digits, &self.waiting.digits).await
    }

    /// The person wants to let the device in: it may wait for them now, while they do so in the browser.
    pub async fn confirm(&self) -> Result<(), Failure> {
        let sender = self.waiting.consent.lock().await.take().ok_or(Failure::Closed)?;
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
    code: Option<&QrCodeData>,
    issuer: &Url,
    states: &watch::Sender<QrGrantState>,
    waiting: &Waiting,
) -> Result<(), CoreError> {
    let oauth = client.oauth();
    let grant = oauth.grant_login_with_qr_code();
    let (mut grant, mut steps): (BoxFuture<'_, Result<(), QRCodeGrantLoginError>>, BoxStream<'_, Step>) = match code {
        Some(code) => {
            let grant = grant.scan(code);
            let steps = grant.subscribe_to_progress().flat_map(|step| stream::iter(told(step, of_read)));
            (grant.into_future(), steps.boxed())
        }
        None => {
            let grant = grant.generate();
            let steps = grant.subscribe_to_progress().flat_map(|step| stream::iter(told(step, of_shown)));
            (grant.into_future(), steps.boxed())
        }
    };
    loop {
        let step = tokio::select! {
            biased;
            Some(step) = steps.next() => step,
            granted = &mut grant => break granted?,
        };
        states.send_replace(match step {
            Step::Told(state) => state,
            Step::Digits(sender) => {
                *waiting.digits.lock().await = Some(sender);
                QrGrantState::EnterCheckCode
            }
            Step::Consent(url, sender) => {
                // The new device told it: a page of anybody else's would ask the person for what it likes.
                if url.origin() != issuer.origin() {
                    return Err(Failure::Rejected { code: "OAUTH_ISSUER".to_owned() }.into());
                }
                *waiting.consent.lock().await = Some(sender);
                QrGrantState::Approve { url: url.into() }
            }
        });
    }
    states.send_replace(QrGrantState::Done);
    Ok(())
}

/// What the SDK's progress means here.
enum Step {
    Told(QrGrantState),
    Digits(CheckCodeSender),
    Consent(Url, ContinuationMessageSender),
}

fn told<Q>(step: GrantLoginProgress<Q>, channel: fn(Q) -> Step) -> Option<Step> {
    match step {
        GrantLoginProgress::Starting | GrantLoginProgress::Done => None,
        GrantLoginProgress::EstablishingSecureChannel(step) => Some(channel(step)),
        GrantLoginProgress::WaitingForAuth { verification_uri, continuation_sender } => {
            Some(Step::Consent(verification_uri, continuation_sender))
        }
        GrantLoginProgress::SyncingSecrets => Some(Step::Told(QrGrantState::Sending)),
    }
}

fn of_read(QrProgress { check_code }: QrProgress) -> Step {
    Step::Told(QrGrantState::ShowCheckCode { code: check_code })
}

fn of_shown(step: GeneratedQrProgress) -> Step {
    match step {
        GeneratedQrProgress::QrReady(code) => Step::Told(QrGrantState::ShowCode { bytes: code.to_bytes() }),
        GeneratedQrProgress::QrScanned(sender) => Step::Digits(sender),
    }
}

/// What a new device's code holds. The place where the devices meet has to be of the account's own homeserver: a code may lead anywhere, and
/// this device would follow.
fn read(bytes: &[u8], homeserver: &Url) -> Result<QrCodeData, Failure> {
    let invalid = |why| Failure::Invalid { field: Field::Link, why };
    let code = QrCodeData::from_bytes(bytes).map_err(|_| invalid(FieldTrouble::Malformed))?;
    match code.intent_data() {
        QrCodeIntentData::Msc4108 { data: Msc4108IntentData::Login, rendezvous_url }
            if rendezvous_url.origin() == homeserver.origin() =>
        {
            Ok(code)
        }
        // Of a device that is signed in itself, of another server, or of a draft that the SDK cannot follow.
        _ => Err(invalid(FieldTrouble::NotAllowed)),
    }
}

fn discovery(error: matrix_sdk::authentication::oauth::error::OAuthDiscoveryError) -> CoreError {
    CoreError::Sdk(matrix_sdk::authentication::oauth::OAuthError::from(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a new device shows, as MSC4108 lays it out.
    fn code(place: &str) -> Vec<u8> {
        let mut bytes = b"MATRIX\x02\x03".to_vec();
        bytes.extend([0x42; 32]);
        bytes.extend(u16::try_from(place.len()).unwrap().to_be_bytes());
        bytes.extend(place.as_bytes());
        bytes
    }

    #[test]
    fn a_code_leads_to_the_accounts_own_server_alone() {
        let own = Url::parse("https://one.example/").unwrap();
        assert!(read(&code("https://one.example/session"), &own).is_ok());
        let refused = |bytes: &[u8]| match read(bytes, &own) {
            Err(Failure::Invalid { field: Field::Link, why }) => why,
            _ => panic!("accepted"),
        };
        for elsewhere in
            ["https://two.example/session", "http://one.example/session", "https://one.example:444/session"]
        {
            assert_eq!(refused(&code(elsewhere)), FieldTrouble::NotAllowed, "{elsewhere}");
        }
        let whole = code("https://one.example/session");
        for length in 0..whole.len() {
            assert_eq!(refused(&whole[..length]), FieldTrouble::Malformed, "{length} bytes");
        }
        let mut of_signed_in = b"MATRIX\x02\x04".to_vec();
        of_signed_in.extend(&whole[8..]);
        let server = "https://one.example/";
        of_signed_in.extend(u16::try_from(server.len()).unwrap().to_be_bytes());
        of_signed_in.extend(server.as_bytes());
        assert_eq!(refused(&of_signed_in), FieldTrouble::NotAllowed);
    }
}

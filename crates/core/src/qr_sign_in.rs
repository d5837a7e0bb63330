//! A new device that signs in by a QR code, with the help of one which is signed in (MSC4108). Either reads the code that the other one shows.
//! Where the new one reads, the code says which homeserver; where it shows, the person does. That server is asked for its proof before anything
//! is sent to it.

use std::sync::Arc;

use bulla_model::{AccountId, Failure, Field, FieldTrouble, OauthApp, QrSignInState, SignInWay};
use bulla_policy as policy;
use futures_util::{
    StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use matrix_sdk::authentication::oauth::qrcode::{
    CheckCodeSender, GeneratedQrProgress, LoginProgress, Msc4108IntentData, QRCodeLoginError, QrCodeData,
    QrCodeIntentData, QrProgress,
};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::timeout,
};
use url::Url;

use crate::{
    accounts::{Accounts, CLOSING},
    cancel::Cancel,
    client::{self, Wired},
    failure::CoreError,
    oauth, qr_digits,
    session::Session,
};

type Digits = Arc<Mutex<Option<CheckCodeSender>>>;

/// One sign-in by QR code. It is in memory only; dropping it gives it up.
pub struct QrSignIn {
    seen: Mutex<watch::Receiver<QrSignInState>>,
    /// What waits for the digits of the other device.
    digits: Digits,
    stream: Cancel,
    /// The work behind ends when this is true, or gone.
    given_up: watch::Sender<bool>,
    work: Mutex<Option<JoinHandle<Result<Session, Failure>>>>,
}

impl QrSignIn {
    /// Goes to where `code` leads. Fails with `Invalid` (`Link`) where it is none that an existing device shows for this.
    pub async fn begin(accounts: Arc<Accounts>, app: &OauthApp, code: &[u8]) -> Result<Self, Failure> {
        let (code, homeserver) = read(code)?;
        Self::start(accounts, app, homeserver, Some(code)).await
    }

    /// Shows a code for `homeserver`, which the other device reads.
    pub async fn show(accounts: Arc<Accounts>, app: &OauthApp, homeserver: &str) -> Result<Self, Failure> {
        Self::start(accounts, app, policy::homeserver(homeserver)?, None).await
    }

    async fn start(
        accounts: Arc<Accounts>,
        app: &OauthApp,
        homeserver: Url,
        code: Option<QrCodeData>,
    ) -> Result<Self, Failure> {
        let registration = oauth::registration_by_device(app)?;
        accounts.may_sign_in(&homeserver, SignInWay::Oauth).await?;
        let id = accounts.new_account()?;
        let (states, mut seen) = watch::channel(QrSignInState::Connecting);
        seen.mark_changed();
        let (given_up, mut ends) = watch::channel(false);
        let digits = Digits::default();
        let asked = digits.clone();
        let work = tokio::spawn(async move {
            let attempt = Attempt { accounts: &accounts, id: &id, states: &states, digits: &asked };
            let ended = async {
                // The sender may be gone instead.
                let _ = ends.wait_for(|given_up| *given_up).await;
            };
            let signed = attempt.run(&homeserver, code.as_ref(), registration.into(), ended).await;
            match signed {
                Ok(session) => {
                    accounts.no_longer_new(&id);
                    states.send_replace(QrSignInState::Done);
                    Ok(session)
                }
                Err(error) => {
                    accounts.forget_new(&id).await;
                    Err(CoreError::into(error))
                }
            }
        });
        let stream = Cancel::new(given_up.subscribe());
        Ok(Self { seen: Mutex::new(seen), digits, stream, given_up, work: Mutex::new(Some(work)) })
    }

    /// How it stands: first as it is, then every change; none when it has come to its end, which `finish` tells.
    pub async fn next(&self) -> Option<QrSignInState> {
        let next = self.stream.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(seen.borrow_and_update().clone())
        });
        next.await.flatten()
    }

    /// The two digits that the other device shows, which has read the code. Wrong ones end it: `finish` then fails with `Rejected`
    /// (`QR_CHECK_CODE`).
    pub async fn enter_check_code(&self, digits: &str) -> Result<(), Failure> {
        qr_digits::send(digits, &self.digits).await
    }

    /// Waits for its end: the session, or why there is none. Once.
    pub async fn finish(&self) -> Result<Session, Failure> {
        let work = self.work.lock().await.take().ok_or(Failure::Closed)?;
        work.await.map_err(|error| CoreError::unfinished(error, "a sign-in by QR code did not end"))?
    }

    /// Gives it up, and waits until nothing is left of it here. Whoever waits in `finish` is told `Closed`.
    pub async fn cancel(&self) {
        self.given_up.send_replace(true);
        let work = self.work.lock().await.take();
        if let Some(work) = work
            && let Ok(Ok(session)) = work.await
        {
            // It was in already: the person has an account now, and signs out of it as of any other.
            drop(session);
        }
    }
}

struct Attempt<'a> {
    accounts: &'a Accounts,
    id: &'a AccountId,
    states: &'a watch::Sender<QrSignInState>,
    digits: &'a Mutex<Option<CheckCodeSender>>,
}

impl Attempt<'_> {
    async fn run(
        &self,
        homeserver: &Url,
        code: Option<&QrCodeData>,
        registration: oauth::Registration,
        ended: impl Future<Output = ()>,
    ) -> Result<Session, CoreError> {
        let key = self.accounts.make_folder(self.id)?;
        let folder = self.accounts.folder(self.id)?;
        let client = client::client(homeserver, &folder, &key, &self.accounts.deployed()).await?;
        let signed = tokio::select! {
            biased;
            () = ended => Err(Failure::Closed.into()),
            signed = self.sign_in(&client, homeserver, code, &registration) => signed,
        };
        if signed.is_err() && client.session_meta().is_some() {
            // Nobody would ever use the device again.
            let _ = timeout(CLOSING, oauth::log_out(&client)).await;
        }
        signed
    }

    async fn sign_in(
        &self,
        client: &Wired,
        homeserver: &Url,
        code: Option<&QrCodeData>,
        registration: &oauth::Registration,
    ) -> Result<Session, CoreError> {
        let oauth = client.oauth();
        let login = oauth.login_with_qr_code(Some(registration));
        let (mut login, mut steps): (BoxFuture<'_, Result<(), QRCodeLoginError>>, BoxStream<'_, Step>) = match code {
            Some(code) => {
                let login = login.scan(code);
                let steps = login.subscribe_to_progress().flat_map(|step| stream::iter(told(step, of_read)));
                (login.into_future(), steps.boxed())
            }
            None => {
                let login = login.generate();
                let steps = login.subscribe_to_progress().flat_map(|step| stream::iter(told(step, of_shown)));
                (login.into_future(), steps.boxed())
            }
        };
        loop {
            tokio::select! {
                biased;
                // The sign-in does not go on before this is done.
                Some(step) = steps.next() => self.step(step, client, homeserver).await?,
                signed = &mut login => break signed?,
            }
        }
        client::identify(client).await;
        let vault = self.accounts.vault(self.id).await?;
        self.accounts.establish(self.id, client.clone(), vault).await
    }

    async fn step(&self, step: Step, client: &Wired, homeserver: &Url) -> Result<(), CoreError> {
        let state = match step {
            Step::Digits(sender) => {
                *self.digits.lock().await = Some(sender);
                QrSignInState::EnterCheckCode
            }
            // The other device named the server. No other one than this has proven what it is, and nobody has signed in yet.
            Step::Told(QrSignInState::WaitingForApproval { .. }) if client.homeserver() != *homeserver => {
                return Err(Failure::Rejected { code: "QR_OTHER_SERVER".to_owned() }.into());
            }
            Step::Told(state) => state,
        };
        self.states.send_replace(state);
        Ok(())
    }
}

/// What the SDK's progress means here.
enum Step {
    Told(QrSignInState),
    Digits(CheckCodeSender),
}

fn told<Q>(step: LoginProgress<Q>, channel: fn(Q) -> Step) -> Option<Step> {
    match step {
        // It is done when it is kept here too.
        LoginProgress::Starting | LoginProgress::Done => None,
        LoginProgress::EstablishingSecureChannel(step) => Some(channel(step)),
        LoginProgress::WaitingForToken { user_code } => {
            Some(Step::Told(QrSignInState::WaitingForApproval { user_code }))
        }
        LoginProgress::SyncingSecrets => Some(Step::Told(QrSignInState::Receiving)),
    }
}

fn of_read(QrProgress { check_code }: QrProgress) -> Step {
    Step::Told(QrSignInState::ShowCheckCode { code: check_code })
}

fn of_shown(step: GeneratedQrProgress) -> Step {
    match step {
        GeneratedQrProgress::QrReady(code) => Step::Told(QrSignInState::ShowCode { bytes: code.to_bytes() }),
        GeneratedQrProgress::QrScanned(sender) => Step::Digits(sender),
    }
}

/// What a code holds, and which homeserver it leads to. The place where the devices meet has to be that server's own: nothing has proven
/// any other.
fn read(bytes: &[u8]) -> Result<(QrCodeData, Url), Failure> {
    let invalid = |why| Failure::Invalid { field: Field::Link, why };
    let code = QrCodeData::from_bytes(bytes).map_err(|_| invalid(FieldTrouble::Malformed))?;
    let (homeserver, place) = match code.intent_data() {
        QrCodeIntentData::Msc4108 { data: Msc4108IntentData::Reciprocate { server_name }, rendezvous_url } => {
            (policy::homeserver(server_name).map_err(|_| invalid(FieldTrouble::Malformed))?, rendezvous_url)
        }
        // Of a device that wants to be let in itself, or of a draft that the SDK cannot follow.
        _ => return Err(invalid(FieldTrouble::NotAllowed)),
    };
    match homeserver.origin() == place.origin() {
        true => Ok((code, homeserver)),
        false => Err(invalid(FieldTrouble::NotAllowed)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What an existing device shows, as MSC4108 lays it out.
    fn code(place: &str, server: &str) -> Vec<u8> {
        let mut bytes = b"MATRIX\x02\x04".to_vec();
        bytes.extend([0x42; 32]);
        for text in [place, server] {
            bytes.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes
    }

    #[test]
    fn a_code_leads_to_one_server_alone() {
        let (_, homeserver) = read(&code("https://one.example/session", "https://one.example/")).unwrap();
        assert_eq!(homeserver.as_str(), "https://one.example/");
        let refused = |bytes: &[u8]| match read(bytes) {
            Err(Failure::Invalid { field: Field::Link, why }) => why,
            _ => panic!("accepted"),
        };
        assert_eq!(refused(&code("https://two.example/s", "https://one.example/")), FieldTrouble::NotAllowed);
        assert_eq!(refused(&code("https://one.example/s", "http://one.example/")), FieldTrouble::Malformed);
        let whole = code("https://one.example/s", "https://one.example/");
        for length in 0..whole.len() {
            assert_eq!(refused(&whole[..length]), FieldTrouble::Malformed, "{length} bytes");
        }
        let mut of_new_device = b"MATRIX\x02\x03".to_vec();
        of_new_device.extend(&whole[8..40 + 2 + "https://one.example/s".len()]);
        assert_eq!(refused(&of_new_device), FieldTrouble::NotAllowed);
    }

    proptest! {
        #[test]
        fn no_code_ends_in_a_panic(tail in proptest::collection::vec(any::<u8>(), 0..200), known in any::<bool>()) {
            let mut bytes = if known { b"MATRIX\x02\x04".to_vec() } else { Vec::new() };
            bytes.extend(tail);
            let _ = read(&bytes);
        }
    }
}

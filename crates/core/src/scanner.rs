//! The antivirus of a deployment: what it says of a file, and the way to fetch one through it (matrix-content-scanner).

use std::time::SystemTime;

use bulla_model::{Barrier, Failure, Missing, ScanState};
use bulla_policy::{self as policy, ScanAnswer, Verdict};
use matrix_sdk::{
    Client,
    reqwest::{RequestBuilder, Response},
};
use matrix_sdk_base::crypto::vodozemac::{Curve25519PublicKey, base64_encode, pk_encryption::PkEncryption};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use crate::{
    attachment::Source,
    failure::CoreError,
    media_request::{refusal, send, send_as, short},
    media_store::Tracked,
    session::SessionInner,
};

const BASE: &str = "_matrix/media_proxy/unstable";

/// A file that may be shown: the deployment's antivirus has found nothing in it, or there is none. Nothing else can be fetched or opened,
/// and only this file makes one.
pub(crate) struct Clean {
    source: Source,
    by: Option<Scanner>,
}

impl Clean {
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Through whom it is fetched, if not from the homeserver.
    pub fn by(&self) -> Option<&Scanner> {
        self.by.as_ref()
    }
}

/// An antivirus, and whether it is told who asks.
#[derive(Clone)]
pub(crate) struct Scanner {
    at: Url,
    token: bool,
}

/// What is asked of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Verdict,
    File,
}

impl SessionInner {
    /// What the antivirus says of a file, and the right to open it where it says so. A verdict that was given before counts.
    pub async fn scanned(&self, source: &Source, tracked: &Tracked) -> Result<Clean, CoreError> {
        self.open()?;
        let Some(scanner) = self.scanner()? else {
            tracked.change(|state| state.scan = ScanState::Clean);
            return Ok(Clean { source: source.clone(), by: None });
        };
        let kept = self.verdict(tracked, &scanner).await;
        let state = match kept {
            Some(state) => state,
            None => {
                tracked.change(|state| state.scan = ScanState::Waiting);
                let state = self.ask(&scanner, source).await;
                self.keep_verdict(tracked, &scanner, state).await;
                state
            }
        };
        tracked.change(|now| now.scan = state);
        match barred(state) {
            None => Ok(Clean { source: source.clone(), by: Some(scanner) }),
            Some(failure) => Err(failure.into()),
        }
    }

    /// Fetches a file through the scanner. What it refuses is no longer clean.
    pub async fn through(&self, clean: &Clean, scanner: &Scanner, tracked: &Tracked) -> Result<Response, CoreError> {
        let client = self.client().await?;
        for again in [false, true] {
            let answer = self.request(&client, scanner, Wanted::File, &clean.source).await?;
            let status = answer.status().as_u16();
            if status == 200 {
                return Ok(answer);
            }
            let body = short(answer).await?;
            match policy::scan_answer(status, &body) {
                ScanAnswer::OtherKey if !again => *self.shared.media.scanner.lock().await = None,
                ScanAnswer::Said(state) => {
                    tracked.change(|now| now.scan = state);
                    self.keep_verdict(tracked, scanner, state).await;
                    return Err(barred(state).unwrap_or_else(|| refusal(status, &body)).into());
                }
                ScanAnswer::OtherKey | ScanAnswer::Token => {
                    tracked.change(|now| now.scan = ScanState::Unavailable);
                    return Err(Failure::Forbidden { why: Barrier::NotScanned }.into());
                }
            }
        }
        Err(CoreError::Defect("a file was not asked for"))
    }

    /// The antivirus of the manifest in force.
    fn scanner(&self) -> Result<Option<Scanner>, CoreError> {
        let Some(manifest) = self.shared.deployment.manifest() else { return Ok(None) };
        let Some(at) = &manifest.media_scanner else { return Ok(None) };
        let at = policy::homeserver(at)?;
        let token = policy::may_hear_token(&at, &self.shared.homeserver, manifest.media_scanner_token);
        Ok(Some(Scanner { at, token }))
    }

    async fn ask(&self, scanner: &Scanner, source: &Source) -> ScanState {
        let Ok(client) = self.client().await else { return ScanState::Unavailable };
        for _ in 0..2 {
            let answer = async {
                let answer = self.request(&client, scanner, Wanted::Verdict, source).await?;
                let status = answer.status().as_u16();
                Ok::<_, CoreError>(policy::scan_answer(status, &short(answer).await?))
            };
            match answer.await {
                Ok(ScanAnswer::Said(state)) => return state,
                Ok(ScanAnswer::OtherKey) => *self.shared.media.scanner.lock().await = None,
                Ok(ScanAnswer::Token) | Err(_) => return ScanState::Unavailable,
            }
        }
        ScanState::Unavailable
    }

    async fn request(
        &self,
        client: &Client,
        scanner: &Scanner,
        wanted: Wanted,
        source: &Source,
    ) -> Result<Response, CoreError> {
        let http = client.http_client();
        let whole = |path: String| policy::under(scanner.at.as_str(), &format!("{BASE}/{path}"));
        let asked: Box<dyn Fn() -> Result<RequestBuilder, CoreError> + Send + Sync> = match &source.encrypted {
            Some(file) => {
                let path = if wanted == Wanted::Verdict { "scan_encrypted" } else { "download_encrypted" };
                let (url, body) = (whole(path.to_owned())?, Zeroizing::new(json!({"file": file}).to_string()));
                let key = self.scanner_key(client, scanner).await?;
                let post = move || http.post(url.clone()).header("Content-Type", "application/json");
                Box::new(move || Ok(post().body(sealed(&key, &body)?)))
            }
            None => {
                let (server, name) = source.place()?;
                let mut url = match (wanted, source.side) {
                    (Wanted::Verdict, _) => whole(format!("scan/{server}/{name}"))?,
                    (Wanted::File, None) => whole(format!("download/{server}/{name}"))?,
                    (Wanted::File, Some(_)) => whole(format!("thumbnail/{server}/{name}"))?,
                };
                if let (Wanted::File, Some(side)) = (wanted, source.side) {
                    url.set_query(Some(&thumbnail_query(side)));
                }
                Box::new(move || Ok(http.get(url.clone())))
            }
        };
        match scanner.token {
            true => send_as(client, asked).await,
            false => send(asked()?).await,
        }
    }

    /// The key that the scanner reads with. Asked once, and again when it turns out to be another.
    async fn scanner_key(&self, client: &Client, scanner: &Scanner) -> Result<Curve25519PublicKey, CoreError> {
        #[derive(Deserialize)]
        struct Key {
            public_key: String,
        }

        let mut kept = self.shared.media.scanner.lock().await;
        let unusable = || CoreError::Said(Failure::Forbidden { why: Barrier::NotScanned });
        let key = match &*kept {
            Some(key) => key.clone(),
            None => {
                let url = policy::under(scanner.at.as_str(), &format!("{BASE}/public_key"))?;
                let answer = send(client.http_client().get(url)).await?;
                let Key { public_key } = serde_json::from_slice(&short(answer).await?).map_err(|_| unusable())?;
                public_key
            }
        };
        let read = Curve25519PublicKey::from_base64(&key).map_err(|_| unusable())?;
        *kept = Some(key);
        Ok(read)
    }

    async fn verdict(&self, tracked: &Tracked, scanner: &Scanner) -> Option<ScanState> {
        let name = verdict_name(tracked);
        let kept = self.shared.vault.read(move |store| store.ledger(&name)).await.ok()??;
        let verdict: Verdict = serde_json::from_slice(&kept).ok()?;
        policy::verdict_counts(&verdict, scanner.at.as_str(), SystemTime::now()).then_some(verdict.state)
    }

    async fn keep_verdict(&self, tracked: &Tracked, scanner: &Scanner, state: ScanState) {
        let verdict = Verdict { state, by: scanner.at.to_string(), at: SystemTime::now() };
        if !policy::verdict_counts(&verdict, scanner.at.as_str(), verdict.at) {
            return;
        }
        let Ok(bytes) = serde_json::to_vec(&verdict) else { return };
        let name = verdict_name(tracked);
        self.shared.vault.write("verdict", move |store| store.put_ledger(&name, Some(Zeroizing::new(bytes)))).await;
    }
}

/// The size that a server is asked for a picture in.
pub(crate) fn thumbnail_query(side: u32) -> String {
    format!("width={side}&height={side}&method=scale")
}

/// Why a file cannot be opened.
fn barred(state: ScanState) -> Option<Failure> {
    match state {
        ScanState::Clean => None,
        ScanState::Infected => Some(Failure::Forbidden { why: Barrier::Infected }),
        ScanState::TypeNotAllowed => Some(Failure::Forbidden { why: Barrier::MediaType }),
        ScanState::Gone => Some(Failure::NotFound { what: Missing::Media }),
        ScanState::Waiting | ScanState::Unavailable => Some(Failure::Forbidden { why: Barrier::NotScanned }),
    }
}

fn verdict_name(tracked: &Tracked) -> String {
    format!("scan:{}", tracked.id.as_str())
}

/// What only the scanner reads.
fn sealed(key: &Curve25519PublicKey, body: &str) -> Result<String, CoreError> {
    let sealed = PkEncryption::from_key(*key).encrypt(body.as_bytes());
    let sealed = sealed.map_err(|_| CoreError::Said(Failure::Forbidden { why: Barrier::NotScanned }))?;
    let body = json!({"encrypted_body": {
        "ciphertext": base64_encode(&sealed.ciphertext),
        "mac": base64_encode(&sealed.mac),
        "ephemeral": sealed.ephemeral_key.to_base64(),
    }});
    Ok(body.to_string())
}

//! Sends files on their way out, one after another: as a stream from the disk, and then as a message through the outbox, once.

use std::{
    io::SeekFrom,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use bulla_model::{Failure, Missing, OfflineCause, SendTrouble, SessionState, UploadId};
use bulla_policy as policy;
use futures_util::stream;
use matrix_sdk::{
    Client, Room, deserialized_responses::TimelineEvent, reqwest::Body, room::MessagesOptions,
    send_queue::LocalEchoContent,
};
use ruma::{UInt, serde::Raw};
use serde::Deserialize;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    attachment::{FileKey, Source},
    failure::{CoreError, of_queue},
    item::time,
    media_request::{refusal, short},
    sealed::{PART, cipher},
    session::room_id,
    shared::Shared,
    upload_content::{content, encrypted_file},
    uploads::{Row, Staged},
};

/// How long an upload may not move before it counts as lost.
const STILL: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_secs(2);
/// How far back a message is looked for that may have left: pages of 100.
const PAGES: usize = 20;

/// Sends what waits, now and whenever something comes.
pub(crate) fn start(tasks: &mut JoinSet<()>, shared: &Arc<Shared>, client: &Client) {
    let (shared, client) = (shared.clone(), client.clone());
    tasks.spawn(async move {
        let (mut states, mut rows) = (shared.state.subscribe(), shared.uploads.rows.subscribe());
        let (mut tries, mut furthest) = (0, 0);
        loop {
            if states.wait_for(|state| *state == SessionState::Live).await.is_err() {
                return;
            }
            let Some(row) = shared.uploads.next() else {
                (tries, furthest) = (0, 0);
                if rows.wait_for(|rows| rows.iter().any(|row| row.failed.is_none())).await.is_err() {
                    return;
                }
                continue;
            };
            let (far, done) = one(&shared, &client, &row).await;
            match done {
                Ok(()) => (tries, furthest) = (0, 0),
                Err(error) => {
                    // A network that carries it further each time is worth asking soon.
                    if far > furthest {
                        (tries, furthest) = (0, far);
                    }
                    let failure = Failure::from(error);
                    tracing::info!(kind = %failure, "a file did not leave");
                    match trouble(&failure) {
                        Some(why) => fail(&shared, &row.id, why).await,
                        None => {
                            let asked = match failure {
                                Failure::Wait { retry_after } => Some(retry_after),
                                _ => None,
                            };
                            let pause = policy::pause_before(tries, asked, 1.0);
                            tries = tries.saturating_add(1);
                            // The network that is back does not wait.
                            let _ = timeout(pause, states.wait_for(|state| *state != SessionState::Live)).await;
                        }
                    }
                }
            }
        }
    });
}

/// Sends one, unless it is taken back meanwhile, and says how many bytes of it had moved.
async fn one(shared: &Arc<Shared>, client: &Client, row: &Row) -> (u64, Result<(), CoreError>) {
    shared.uploads.show(&row.id, |row| row.uploading = true);
    let mut rows = shared.uploads.rows.subscribe();
    let done = tokio::select! {
        _ = rows.wait_for(|rows| !rows.iter().any(|there| there.id == row.id)) => Ok(()),
        done = push(shared, client, row.clone()) => done,
    };
    let mut far = 0;
    // The next try begins with the first byte.
    shared.uploads.show(&row.id, |row| (far, row.sent, row.uploading) = (row.sent, 0, false));
    (far, done)
}

async fn push(shared: &Arc<Shared>, client: &Client, mut row: Row) -> Result<(), CoreError> {
    let room = client.get_room(&room_id(&row.room)?).ok_or(Failure::NotFound { what: Missing::Room })?;
    let (uploads, vault) = (&shared.uploads, &shared.vault);
    let before = Arc::new(AtomicU64::new(0));
    if let Some(thumbnail) = &mut row.thumbnail {
        if thumbnail.staged.mxc.is_none() {
            let (staged, mime) = (&thumbnail.staged, &thumbnail.mime);
            let mxc = connected(shared, upload(shared, client, &row.id, staged, row.encrypted, mime, &before)).await?;
            thumbnail.staged.mxc = Some(mxc.clone());
            let keep = |row: &mut Row| _ = row.thumbnail.as_mut().map(|it| it.staged.mxc = Some(mxc));
            uploads.change(vault, &row.id, keep).await?;
        }
        before.store(thumbnail.staged.size, Ordering::Relaxed);
    }
    if row.body.mxc.is_none() {
        let sending = upload(shared, client, &row.id, &row.body, row.encrypted, &row.mime, &before);
        let mxc = connected(shared, sending).await?;
        row.body.mxc = Some(mxc.clone());
        uploads.change(vault, &row.id, |row| row.body.mxc = Some(mxc)).await?;
    }
    // What a run before this one began to hand over may have been handed over.
    if !(row.leaving && connected(shared, has_left(client, &room, &row)).await?) {
        let content = Raw::new(&content(&row)?).map_err(|_| CoreError::Defect("a message does not serialise"))?;
        uploads.change(vault, &row.id, |row| row.leaving = true).await?;
        // Taken back at the last moment.
        if uploads.row(&row.id).is_none() {
            return Ok(());
        }
        let queue = room.send_queue();
        queue
            .send_raw(content.cast_unchecked(), "m.room.message".to_owned())
            .await
            .map_err(|error| of_queue(&error))?;
    }
    adopt(shared, &row);
    uploads.remove(vault, &shared.media, &row.id).await?;
    Ok(())
}

/// What `work` gives, or `Offline` as soon as the platform says that there is no network: what goes out waits for the next one then. A server
/// that does not answer others may still take what is on its way, and is given up only when nothing moves.
async fn connected<T>(shared: &Shared, work: impl Future<Output = Result<T, CoreError>>) -> Result<T, CoreError> {
    let mut states = shared.state.subscribe();
    let lost = |state: &SessionState| matches!(state, SessionState::Offline { cause: OfflineCause::NoNetwork, .. });
    tokio::select! {
        biased;
        done = work => done,
        _ = states.wait_for(lost) => Err(Failure::Offline.into()),
    }
}

/// Sends one file, and returns where the server has it.
async fn upload(
    shared: &Arc<Shared>,
    client: &Client,
    id: &UploadId,
    staged: &Staged,
    encrypted: bool,
    mime: &str,
    before: &Arc<AtomicU64>,
) -> Result<String, CoreError> {
    #[derive(Deserialize)]
    struct Answer {
        content_uri: String,
    }

    let source =
        Source { mxc: "mxc://a/a".into(), encrypted: Some(Box::new(encrypted_file(staged, "mxc://a/a")?)), side: None };
    let key = source.key()?.ok_or(CoreError::Defect("a staged file without a key"))?;
    let url = policy::under(client.homeserver().as_str(), "_matrix/media/v3/upload")?;
    let mime = if encrypted { "application/octet-stream" } else { mime };
    for renewed in [false, true] {
        let moved = Arc::new(AtomicU64::new(0));
        let body = body(shared, id, staged, (!encrypted).then_some(&key), before, &moved).await?;
        let token = client.access_token().ok_or(CoreError::Said(Failure::SignInAgain { soft: true }))?;
        let request = client.http_client().post(url.clone()).bearer_auth(token);
        let request = request.header("Content-Type", mime).header("Content-Length", staged.size).body(body);
        let answer = tokio::select! {
            answer = request.send() => answer.map_err(|error| error.without_url())?,
            () = still(&moved) => return Err(Failure::Offline.into()),
        };
        let status = answer.status().as_u16();
        let said = short(answer).await?;
        if status == 401 && !renewed && client.refresh_access_token().await.is_ok() {
            continue;
        }
        if status != 200 {
            return Err(refusal(status, &said).into());
        }
        let Answer { content_uri } = serde_json::from_slice(&said).map_err(|_| no_matrix())?;
        return match ruma::OwnedMxcUri::from(content_uri.as_str()).is_valid() {
            true => Ok(content_uri),
            false => Err(no_matrix().into()),
        };
    }
    Err(CoreError::Defect("a file was not sent"))
}

/// A file part by part, as it is read: encrypted as it lies, or with `key` in clear.
async fn body(
    shared: &Arc<Shared>,
    id: &UploadId,
    staged: &Staged,
    key: Option<&FileKey>,
    before: &Arc<AtomicU64>,
    moved: &Arc<AtomicU64>,
) -> Result<Body, CoreError> {
    let mut file = File::open(shared.media.out(&staged.file)).await?;
    file.seek(SeekFrom::Start(0)).await?;
    let cipher = key.map(|key| cipher(&key.key, &key.iv));
    let told = (shared.clone(), id.clone(), before.clone(), moved.clone());
    let parts = stream::try_unfold((file, cipher, told), |(mut file, mut cipher, told)| async move {
        let mut part = vec![0; PART];
        let count = file.read(&mut part).await?;
        if count == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        part.truncate(count);
        if let Some(cipher) = &mut cipher {
            ctr::cipher::StreamCipher::apply_keystream(cipher, &mut part);
        }
        let (shared, id, before, moved) = &told;
        let sent = moved.fetch_add(count as u64, Ordering::Relaxed) + count as u64 + before.load(Ordering::Relaxed);
        shared.uploads.show(id, |row| row.sent = sent);
        Ok(Some((part, (file, cipher, told))))
    });
    Ok(Body::wrap_stream(parts))
}

/// Returns when nothing has moved for a while.
async fn still(moved: &AtomicU64) {
    let (mut last, mut since) = (0, Instant::now());
    loop {
        sleep_until(Instant::now() + TICK).await;
        let now = moved.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > STILL {
            return;
        }
    }
}

/// Whether the message of a row waits in the outbox, or is in the room.
async fn has_left(client: &Client, room: &Room, row: &Row) -> Result<bool, CoreError> {
    let Some(mxc) = row.body.mxc.as_deref() else { return Ok(false) };
    let waiting = client.send_queue().local_echoes().await.map_err(|error| of_queue(&error))?;
    let waits = waiting.get(room.room_id()).into_iter().flatten().any(|echo| match &echo.content {
        LocalEchoContent::Event { serialized_event, .. } => serialized_event.raw().0.json().get().contains(mxc),
        _ => false,
    });
    if waits {
        return Ok(true);
    }
    let day = Duration::from_secs(24 * 3600);
    let before = |at: SystemTime, by| at.checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH);
    // This device's clock may have been set, by a year too: a week of the room is looked through in any case.
    let (mut since, mut from) = (before(row.at, day), None);
    for _ in 0..PAGES {
        let mut options = MessagesOptions::backward().from(from.as_deref());
        options.limit = UInt::from(100_u32);
        let page = room.messages(options).await?;
        if page.chunk.iter().any(|event| holds(event, mxc)) {
            return Ok(true);
        }
        if from.is_none()
            && let Some(newest) = page.chunk.first().and_then(TimelineEvent::timestamp)
        {
            since = since.min(before(time(newest), 7 * day));
        }
        let older = |event: &TimelineEvent| event.timestamp().is_some_and(|at| time(at) < since);
        from = page.end;
        if from.is_none() || page.chunk.last().is_some_and(older) {
            break;
        }
    }
    Ok(false)
}

fn holds(event: &TimelineEvent, mxc: &str) -> bool {
    event.raw().json().get().contains(mxc)
}

/// What was sent is here already: it need not come back.
fn adopt(shared: &Shared, row: &Row) {
    let thumbnail = row.thumbnail.as_ref().map(|thumbnail| &thumbnail.staged);
    for staged in std::iter::once(&row.body).chain(thumbnail).filter(|_| row.encrypted) {
        let Some(mxc) = staged.mxc.as_deref() else { continue };
        let Ok(file) = encrypted_file(staged, mxc) else { continue };
        let source = Source { mxc: mxc.into(), encrypted: Some(Box::new(file)), side: None };
        if let Ok(path) = shared.media.path(&source.id()) {
            let _ = std::fs::rename(shared.media.out(&staged.file), path);
        }
    }
}

async fn fail(shared: &Shared, id: &UploadId, why: SendTrouble) {
    let failed = shared.uploads.change(&shared.vault, id, |row| (row.failed, row.sent) = (Some(why), 0)).await;
    if let Err(error) = failed {
        tracing::warn!(kind = %Failure::from(error), "not kept that a file did not leave");
    }
}

/// What stops it; none where it passes by itself.
fn trouble(failure: &Failure) -> Option<SendTrouble> {
    match failure {
        Failure::Offline
        | Failure::Wait { .. }
        | Failure::Closed
        | Failure::SignInAgain { .. }
        | Failure::Untrusted { .. } => None,
        Failure::Rejected { code } if code == "NOT_MATRIX" || code.starts_with("HTTP_5") => None,
        Failure::Rejected { code } if code == "M_TOO_LARGE" => Some(SendTrouble::TooLarge),
        Failure::Rejected { code } => Some(SendTrouble::Rejected { code: code.clone() }),
        Failure::NotFound { .. } => Some(SendTrouble::Rejected { code: "M_NOT_FOUND".to_owned() }),
        _ => Some(SendTrouble::Other),
    }
}

fn no_matrix() -> Failure {
    Failure::Rejected { code: "NOT_MATRIX".to_owned() }
}

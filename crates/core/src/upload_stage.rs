//! Taking a file in that is to be sent: looked at, made ready, and laid down encrypted, so that it can leave whatever becomes of the original.

use std::{
    fs::{self, File},
    io::{self, BufReader, Cursor, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bulla_model::{
    EventId, Failure, Field, FieldTrouble, ItemId, MediaDetails, MediaDraft, MediaKind, SessionState, UploadId,
};
use bulla_policy as policy;
use matrix_sdk_base::crypto::AttachmentEncryptor;
use matrix_sdk_ui::timeline::TimelineEventItemId;
use tokio::{task::spawn_blocking, time::timeout};
use zeroize::Zeroizing;

use crate::{
    attachment::hex,
    failure::CoreError,
    message::not_there,
    photo::{self, Drawn},
    room_settings::is_encrypted,
    sealed::PART,
    session::{Session, SessionInner},
    timeline::Timeline,
    uploads::{Row, Staged, Thumbnail},
};

/// The ledger's name for how large a file the server takes.
const LIMIT: &str = "media_limit";
/// As long as taking a file in waits for the server.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest picture that is made anew. One that is larger leaves as a file.
const PICTURE: u64 = 100 << 20;

impl Timeline {
    /// Sends a file: into its thread, where this is one. When this returns, the original is no longer needed.
    pub async fn send_media(&self, draft: MediaDraft) -> Result<UploadId, Failure> {
        policy::check_media(&draft)?;
        let live = self.live().await?;
        let lifetime = self.lifetime(&live, draft.lifetime).await?;
        let session = self.session().clone();
        let reply_to = draft.reply_to.as_ref().map(|to: &ItemId| match live.target(to)? {
            TimelineEventItemId::EventId(event) => Ok(EventId(event.to_string())),
            TimelineEventItemId::TransactionId(_) => Err(not_there()),
        });
        let reply_to = reply_to.transpose()?;
        let most = session.media_limit().await;
        // Nothing leaves in clear because the sync has not told yet: where nobody can be asked, or answers, the file is encrypted.
        let asked = timeout(PATIENCE, is_encrypted(live.timeline.room())).await;
        let encrypted = asked.map_or(true, |answer| answer.unwrap_or(true));
        let id = UploadId(new_id()?);
        let out =
            Out { body: session.shared.media.out(&id.0), thumbnail: session.shared.media.out(&format!("{}t", id.0)) };
        let staged = spawn_blocking(move || stage(&draft, most, out)).await;
        let staged = staged.map_err(|error| CoreError::unfinished(error, "taking a file in did not end"))??;
        let row = Row {
            id: id.clone(),
            room: live.timeline.room().room_id().as_str().into(),
            thread: self.thread_root(),
            reply_to,
            kind: staged.kind,
            name: staged.name,
            mime: staged.mime,
            caption: staged.caption,
            details: staged.details,
            body: staged.body,
            thumbnail: staged.thumbnail,
            encrypted,
            lifetime,
            at: SystemTime::now(),
            leaving: false,
            failed: None,
            sent: 0,
            uploading: false,
        };
        session.shared.uploads.add(&session.shared.vault, row).await?;
        Ok(id)
    }
}

impl Session {
    /// How many bytes a file may have that is sent; none where the server has not said so yet.
    pub async fn media_limit(&self) -> Result<Option<u64>, Failure> {
        self.inner.open()?;
        Ok(self.inner.media_limit().await)
    }
}

impl SessionInner {
    /// What the server says, or said when it was last asked.
    async fn media_limit(&self) -> Option<u64> {
        let live = *self.shared.state.borrow() == SessionState::Live;
        let asked = async { Some(u64::from(self.client().await.ok()?.load_or_fetch_max_upload_size().await.ok()?)) };
        // Nobody waits for a network that is not there, or for one that stands still.
        if let Some(limit) = if live { timeout(PATIENCE, asked).await.ok().flatten() } else { None } {
            let bytes = Zeroizing::new(limit.to_be_bytes().to_vec());
            self.shared.vault.write("limit", move |store| store.put_ledger(LIMIT, Some(bytes))).await;
            return Some(limit);
        }
        let kept = self.shared.vault.read(|store| store.ledger(LIMIT)).await.ok()??;
        Some(u64::from_be_bytes(kept.as_slice().try_into().ok()?))
    }
}

/// Where it is laid down.
struct Out {
    body: PathBuf,
    thumbnail: PathBuf,
}

struct Ready {
    kind: MediaKind,
    name: String,
    mime: String,
    caption: Option<String>,
    details: MediaDetails,
    body: Staged,
    thumbnail: Option<Thumbnail>,
}

/// Looks at a file and lays it down. Where it fails nothing is left.
fn stage(draft: &MediaDraft, most: Option<u64>, out: Out) -> Result<Ready, CoreError> {
    let staged = lay_out(draft, most, &out);
    if staged.is_err() {
        let _ = (fs::remove_file(&out.body), fs::remove_file(&out.thumbnail));
    }
    staged
}

fn lay_out(draft: &MediaDraft, most: Option<u64>, out: &Out) -> Result<Ready, CoreError> {
    let path = Path::new(&draft.path);
    let refused = |why| Failure::Invalid { field: Field::Media, why };
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => CoreError::Said(refused(FieldTrouble::Wrong)),
        _ => error.into(),
    })?;
    if !about.is_file() {
        return Err(refused(FieldTrouble::NotAllowed).into());
    }
    policy::check_media_size(about.len(), most)?;
    let named = draft.name.clone().or_else(|| Some(path.file_name()?.to_string_lossy().into_owned()));
    let mut name = policy::file_name(&named.unwrap_or_default());
    let mut mime = draft.mime.as_deref().and_then(policy::media_type);
    let mut details = MediaDetails {
        width: draft.width,
        height: draft.height,
        duration: draft.duration,
        waveform: draft.waveform.clone().unwrap_or_default(),
        ..MediaDetails::default()
    };
    let mut poster = None;
    let body = match draft.kind {
        MediaKind::Image if about.len() <= PICTURE => {
            let made = photo::in_turn(|| Ok::<_, CoreError>(photo::photo(fs::read(path)?)?))?;
            (details.width, details.height) = (Some(made.whole.width), Some(made.whole.height));
            (details.blurhash, poster) = (made.blurhash, made.thumbnail);
            mime = Some(made.whole.mime.to_owned());
            name = ending(&name, made.whole.mime);
            policy::check_media_size(made.whole.bytes.len() as u64, most)?;
            lay(&mut Cursor::new(made.whole.bytes), &out.body)?
        }
        MediaKind::Image => return Err(refused(FieldTrouble::TooLong).into()),
        _ => {
            if let Some(picture) = draft.poster.as_deref() {
                let (made, blurhash) = photo::in_turn(|| photo::poster(picture))?;
                (details.blurhash, poster) = (blurhash, Some(made));
            }
            let staged = lay(&mut BufReader::with_capacity(PART, File::open(path)?), &out.body)?;
            // It may have grown while it was read.
            policy::check_media_size(staged.size, most)?;
            staged
        }
    };
    let thumbnail = poster.map(|Drawn { bytes, mime, width, height }| {
        let staged = lay(&mut Cursor::new(bytes), &out.thumbnail)?;
        Ok::<_, CoreError>(Thumbnail { staged, mime: mime.to_owned(), width, height })
    });
    let thumbnail = thumbnail.transpose()?;
    details.has_thumbnail = thumbnail.is_some() || draft.kind == MediaKind::Image;
    let mime = mime.unwrap_or_else(|| policy::type_of_name(&name).to_owned());
    details.mime = Some(mime.clone());
    let caption = draft.caption.clone().filter(|caption| !caption.trim().is_empty());
    Ok(Ready { kind: draft.kind, name, mime, caption, details, body, thumbnail })
}

/// Writes a file encrypted, part by part.
fn lay(from: &mut impl Read, to: &Path) -> Result<Staged, CoreError> {
    let (mut out, mut part, mut size) = (File::create(to)?, vec![0; PART], 0);
    let mut encrypting = AttachmentEncryptor::new(from);
    loop {
        let count = encrypting.read(&mut part)?;
        if count == 0 {
            break;
        }
        out.write_all(&part[..count])?;
        size += count as u64;
    }
    out.sync_all()?;
    let key = serde_json::to_value(encrypting.finish()).map_err(|_| CoreError::Defect("a key does not serialise"))?;
    let file = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Staged { file, size, key, mxc: None })
}

/// A picture's name with the ending of what it became.
fn ending(name: &str, mime: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match mime {
        _ if policy::type_of_name(name) == mime => name.to_owned(),
        "image/png" => format!("{stem}.png"),
        "image/gif" => format!("{stem}.gif"),
        _ => format!("{stem}.jpg"),
    }
}

fn new_id() -> Result<String, CoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| CoreError::Defect("no randomness"))?;
    Ok(hex(&bytes))
}

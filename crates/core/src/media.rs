//! The file of a message: whether it may be shown, how it comes, and opening it.

use std::sync::Arc;

use bulla_model::{
    EventId, Failure, ItemId, Lifetime, MediaId, MediaRetention, MediaState, MediaStorage, Missing, ScanState,
};
use matrix_sdk_ui::timeline::TimelineEventItemId;
use ruma::events::{AnyMessageLikeEventContent, AnySyncTimelineEvent};
use tokio::{
    sync::{Mutex, watch},
    task::spawn_blocking,
};
use zeroize::Zeroizing;

use crate::{
    attachment::{Attachment, Source},
    cancel::Cancel,
    ending_entry::Look,
    ending_event,
    failure::CoreError,
    live::Live,
    media_fetch::RETENTION,
    media_file::MediaFile,
    media_store::Tracked,
    photo,
    session::{Session, SessionInner},
    timeline::Timeline,
};

/// What is fetched to be shown small, at most.
const SMALL: u64 = 20 << 20;

/// The file of a message.
#[derive(Clone)]
pub struct Media {
    session: Arc<SessionInner>,
    attachment: Arc<Attachment>,
    tracked: Arc<Tracked>,
}

impl Timeline {
    /// The file of a message, shown or quoted.
    pub async fn media(&self, item: &ItemId) -> Result<Media, Failure> {
        let live = self.live().await?;
        if self.refuse_covered(&live, item).is_err() {
            return Err(Failure::NotFound { what: Missing::Media });
        }
        let attachment = Box::pin(attachment(&live, item, self.session())).await?;
        Ok(Media::new(self.session().clone(), attachment))
    }
}

impl Media {
    pub(crate) fn new(session: Arc<SessionInner>, attachment: Attachment) -> Self {
        let tracked = session.shared.media.track(&attachment.file.id());
        Self { session, attachment: Arc::new(attachment), tracked }
    }

    /// What names the content.
    pub fn id(&self) -> MediaId {
        self.tracked.id.clone()
    }

    /// Where it stands, as a stream.
    pub fn states(&self) -> MediaStream {
        let mut seen = self.tracked.state.subscribe();
        seen.mark_changed();
        MediaStream { seen: Mutex::new(seen), _tracked: self.tracked.clone(), cancel: self.session.cancel() }
    }

    /// Asks the antivirus, unless its answer is known.
    pub async fn check(&self) -> Result<ScanState, Failure> {
        self.session.open()?;
        match self.session.scanned(&self.attachment.file, &self.tracked).await {
            Ok(_) => Ok(ScanState::Clean),
            Err(error) => match (Failure::from(error), self.tracked.state.borrow().scan) {
                (failure, ScanState::Waiting | ScanState::Clean) => Err(failure),
                (_, state) => Ok(state),
            },
        }
    }

    /// A picture of it that fits into `side` pixels a side, made anew.
    pub async fn thumbnail(&self, side: u32) -> Result<Vec<u8>, Failure> {
        let source = self.attachment.thumbnail().ok_or(Failure::NotFound { what: Missing::Picture })?;
        let bytes = self.session.small(&source).await?;
        Ok(photo::made(move || photo::fitted(&bytes, side)).await?)
    }

    /// The whole of it, fetched where it is not here. Dropping this cancels it.
    pub async fn open(&self) -> Result<MediaFile, Failure> {
        let clean = self.session.scanned(&self.attachment.file, &self.tracked).await?;
        let sealed = self.session.fetched(&clean, &self.tracked, None).await?;
        Ok(MediaFile::open(self.session.clone(), &self.attachment, self.tracked.clone(), sealed).await?)
    }
}

impl Session {
    /// What files take up here.
    pub async fn media_storage(&self) -> Result<MediaStorage, Failure> {
        self.inner.open()?;
        let media = self.inner.shared.media.clone();
        let counted = spawn_blocking(move || media.storage()).await;
        Ok(counted.map_err(|error| CoreError::unfinished(error, "counting did not end"))??)
    }

    /// Removes every file that nobody shows.
    pub async fn clear_media(&self) -> Result<(), Failure> {
        self.inner.open()?;
        let media = self.inner.shared.media.clone();
        let cleared = spawn_blocking(move || media.clear()).await;
        Ok(cleared.map_err(|error| CoreError::unfinished(error, "clearing did not end"))??)
    }

    /// How long files are kept.
    pub async fn media_retention(&self) -> Result<MediaRetention, Failure> {
        self.inner.open()?;
        Ok(self.inner.shared.media_retention().await?)
    }

    /// Keeps them so from now on.
    pub async fn set_media_retention(&self, retention: MediaRetention) -> Result<(), Failure> {
        self.inner.open()?;
        let bytes = serde_json::to_vec(&retention).map_err(|_| CoreError::Defect("a retention does not serialise"))?;
        let store = self.inner.shared.vault.store()?;
        store.put_ledger(RETENTION, Some(Zeroizing::new(bytes))).await.map_err(CoreError::from)?;
        Ok(self.inner.shared.tidy_media().await?)
    }
}

impl SessionInner {
    /// All of a small file, in memory.
    pub async fn small(&self, source: &Source) -> Result<Vec<u8>, CoreError> {
        let tracked = self.shared.media.track(&source.id());
        let clean = self.scanned(source, &tracked).await?;
        let sealed = self.fetched(&clean, &tracked, Some(SMALL)).await?;
        let read = spawn_blocking(move || sealed.read(0, usize::MAX)).await;
        Ok(read.map_err(|error| CoreError::unfinished(error, "reading a file did not end"))??)
    }
}

/// Where a file stands, as a stream.
pub struct MediaStream {
    seen: Mutex<watch::Receiver<MediaState>>,
    _tracked: Arc<Tracked>,
    cancel: Cancel,
}

impl MediaStream {
    /// The next state, or none when it was cancelled or its session closed. The first is the state as it is.
    pub async fn next(&self) -> Result<Option<MediaState>, Failure> {
        let next = self.cancel.or_end(async {
            let mut seen = self.seen.lock().await;
            seen.changed().await.ok()?;
            Some(seen.borrow_and_update().clone())
        });
        Ok(next.await.flatten())
    }

    /// Ends the stream.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// The file of a row, or of an event that a row quotes.
async fn attachment(live: &Live, item: &ItemId, session: &SessionInner) -> Result<Attachment, CoreError> {
    let none = || CoreError::Said(Failure::NotFound { what: Missing::Media });
    let target = live.target(item)?;
    let items = live.timeline.items().await;
    let shown = items.iter().filter_map(|item| item.as_event()).find(|event| event.identifier() == target);
    if let Some(event) = shown {
        return Attachment::of(event.content()).ok_or_else(none);
    }
    let TimelineEventItemId::EventId(event) = target else { return Err(none()) };
    let event = live.timeline.room().load_or_fetch_event(&event, None).await.map_err(CoreError::from)?;
    // Nobody may have seen it before: what is quoted may be read once.
    let (endings, room) = (&session.shared.endings, live.timeline.room().room_id());
    ending_event::look_at(endings, room, &event);
    let id = event.event_id().map(|id| EventId(id.to_string()));
    match id.and_then(|id| endings.look(&id)) {
        Some(Look::Gone) => return Err(none()),
        Some(Look::Ends(ending)) if ending.lifetime == Lifetime::Once => return Err(none()),
        Some(Look::Ends(_)) | None => {}
    }
    let event: AnySyncTimelineEvent = event.raw().deserialize().map_err(|_| none())?;
    let AnySyncTimelineEvent::MessageLike(event) = event else { return Err(none()) };
    match event.original_content().ok_or_else(none)? {
        AnyMessageLikeEventContent::RoomMessage(content) => Attachment::of_message(&content.msgtype).ok_or_else(none),
        AnyMessageLikeEventContent::Sticker(sticker) => Ok(Attachment::of_sticker(&sticker)),
        _ => Err(none()),
    }
}

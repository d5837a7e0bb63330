//! Files of messages: whether they may be shown, how they come, opening and sending them, and what they take up.

use std::sync::Arc;

use bulla_model::{
    Failure, ItemId, MediaDraft, MediaId, MediaRetention, MediaState, MediaStorage, ScanState, Upload, UploadId,
};

use crate::{
    live::{Counted, Kind},
    runtime::{Inside, command, query},
    session::Session,
    timeline::Timeline,
};

#[uniffi::export]
impl Timeline {
    /// The file of a row whose body is [`bulla_model::MessageBody::Media`], or of the event that a row answers, by its id. Nothing is
    /// fetched yet. A query.
    ///
    /// Fails with `NotFound` (`Media`) where there is no file, `NotFound` (`Event`) where there is no such row.
    pub async fn media(&self, item: ItemId) -> Result<Arc<Media>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.media(&item).await }).await.map(Media::new)
    }

    /// Sends a file. It is taken in before this returns (the original is not needed any more), kept encrypted over a restart, shown
    /// by [`Session::uploads`], and sent when the network is there; then it leaves as a message, once. In a thread's timeline it is said
    /// in the thread. A command.
    ///
    /// Fails with `Invalid` (`Media`): `Empty`, `TooLong` where it is larger than [`Session::media_limit`], `Wrong` where there is no such
    /// file, `NotAllowed` where it is none or a sticker; `Invalid` (`Picture`) where a picture cannot be read: offer to send it as
    /// a file; `Storage` (`Full`) where there is no room for it here.
    pub async fn send_media(&self, draft: MediaDraft) -> Result<UploadId, Failure> {
        let core = (*self.core).clone();
        command(async move { core.send_media(draft).await }).await
    }
}

#[uniffi::export]
impl Session {
    /// How many bytes a file that is sent may have, as the server says or last said; none where it never did. A query.
    pub async fn media_limit(&self) -> Result<Option<u64>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.media_limit().await }).await
    }

    /// The files on their way out, of all rooms, in the order in which they leave: first as they are, then every change.
    pub fn uploads(&self) -> Result<Arc<UploadStream>, Failure> {
        Ok(UploadStream::new(self.core.uploads()?))
    }

    /// Sends a file again that the server did not take. A command.
    ///
    /// Fails with `NotFound` (`Media`) when it is no longer on its way.
    pub async fn retry_upload(&self, upload: UploadId) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.retry_upload(&upload).await }).await
    }

    /// Takes a file back that has not left; false when it was too late. A command.
    pub async fn cancel_upload(&self, upload: UploadId) -> Result<bool, Failure> {
        let core = (*self.core).clone();
        command(async move { core.cancel_upload(&upload).await }).await
    }

    /// What files take up on this device. A query.
    pub async fn media_storage(&self) -> Result<MediaStorage, Failure> {
        let core = (*self.core).clone();
        query(async move { core.media_storage().await }).await
    }

    /// Removes every file from this device that is not open and of which no [`Media`] is held. A command.
    pub async fn clear_media(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.clear_media().await }).await
    }

    /// How long files are kept on this device: half a gigabyte and thirty days where nothing else was set. A query.
    pub async fn media_retention(&self) -> Result<MediaRetention, Failure> {
        let core = (*self.core).clone();
        query(async move { core.media_retention().await }).await
    }

    /// Keeps files so from now on, and removes at once what is too much or too old. A command.
    pub async fn set_media_retention(&self, retention: MediaRetention) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_media_retention(retention).await }).await
    }
}

/// The file of a message. While it is held, what is here of it is not removed.
#[derive(uniffi::Object)]
pub struct Media {
    core: Inside<bulla_core::Media>,
    _counted: Counted,
}

impl Media {
    pub(crate) fn new(core: bulla_core::Media) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(core), _counted: Counted::new(Kind::Media) })
    }
}

#[uniffi::export]
impl Media {
    /// What names its content.
    pub fn id(&self) -> MediaId {
        self.core.id()
    }

    /// Where it stands: first as it is, then every change, also while it comes. It asks nobody: [`Media::check`] and [`Media::open`] do.
    pub fn states(&self) -> Arc<MediaStream> {
        MediaStream::new(self.core.states())
    }

    /// What the antivirus says of it. An answer that was given before counts; `Unavailable` is asked again. Without an antivirus in the
    /// deployment everything is `Clean`. A query.
    pub async fn check(&self) -> Result<ScanState, Failure> {
        let core = (*self.core).clone();
        query(async move { core.check().await }).await
    }

    /// A picture of it that fits into `side` pixels a side, 16 to 2,048, as JPEG or PNG. It is made anew: nothing that a stranger wrote
    /// reaches a decoder of the platform's. Worth asking where [`bulla_model::MediaDetails::has_thumbnail`]. A query.
    ///
    /// Fails with `Forbidden` (`Infected`, `MediaType`, or `NotScanned` where the antivirus gives no answer), `NotFound` (`Picture`) where
    /// it has none, `NotFound` (`Media`) where the server no longer has it, `Invalid` (`Picture`) where it is no picture.
    pub async fn thumbnail(&self, side: u32) -> Result<Vec<u8>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.thumbnail(side).await }).await
    }

    /// The whole of it: fetched where it is not here, checked, and opened. A query: whoever goes away cancels what comes.
    ///
    /// Fails as [`Media::thumbnail`] does; with `Rejected` (`MEDIA_CHANGED`) where what came is not what was sent, `Storage` (`Full`) where
    /// there is no room for it, `Offline` where the network went: ask again.
    pub async fn open(&self) -> Result<Arc<MediaFile>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.open().await }).await.map(MediaFile::new)
    }
}

/// Where a file stands, as a stream.
#[derive(uniffi::Object)]
pub struct MediaStream {
    core: Arc<bulla_core::MediaStream>,
    _counted: Counted,
}

impl MediaStream {
    fn new(core: bulla_core::MediaStream) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(core), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl MediaStream {
    /// The next state, or none when the stream was cancelled or its session closed. The first is the state as it is. A query.
    pub async fn next(&self) -> Result<Option<MediaState>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

/// A file that is open: it lies encrypted on the device, and is in clear in memory only, part by part. Nothing can be read from it any more
/// once it is released, or its session closed: at sign-out and when the app locks, too.
#[derive(uniffi::Object)]
pub struct MediaFile {
    core: Inside<Arc<bulla_core::MediaFile>>,
    _counted: Counted,
}

impl MediaFile {
    fn new(core: bulla_core::MediaFile) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Media) })
    }
}

#[uniffi::export]
impl MediaFile {
    /// A name for it that is safe in a folder: the sender's, without path, hidden signs or endings of directions.
    pub fn name(&self) -> String {
        self.core.name()
    }

    /// Its type as its first bytes show it, whatever the sender said: `application/octet-stream` where something that is to be shown or
    /// played is of no form that is known.
    pub fn mime(&self) -> String {
        self.core.mime()
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.core.size()
    }

    /// Up to `length` bytes from `offset` on, 8 MiB at most; none at its end. A query.
    ///
    /// Fails with `Closed` when it was released.
    pub async fn read(&self, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.read(offset, length).await }).await
    }

    /// Writes all of it to a file, in clear and for good: only where the person asked for it. A command.
    ///
    /// Fails with `Forbidden` (`NoExport`) where the deployment or the device's management says so, with `Closed` when it was released.
    pub async fn save(&self, path: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.save(&path).await }).await
    }

    /// Lets it go. Closing or dropping it does the same.
    pub fn release(&self) {
        self.core.release();
    }
}

/// Files on their way out, as a stream.
#[derive(uniffi::Object)]
pub struct UploadStream {
    core: Arc<bulla_core::UploadStream>,
    _counted: Counted,
}

impl UploadStream {
    fn new(core: bulla_core::UploadStream) -> Arc<Self> {
        Arc::new(Self { core: Arc::new(core), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl UploadStream {
    /// All of them, or none when the stream was cancelled or its session closed. The first is the state as it is. A query.
    pub async fn next(&self) -> Result<Option<Vec<Upload>>, Failure> {
        let core = self.core.clone();
        query(async move { core.next().await }).await
    }

    /// Ends the stream: a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}

/// The picture that a BlurHash stands for (MSC2448), as PNG, to be stretched over the place of what is not there yet; at most 64 pixels a
/// side.
///
/// Fails with `Invalid` (`Picture`) where it is none.
#[uniffi::export]
pub fn blurhash_picture(hash: String, width: u32, height: u32) -> Result<Vec<u8>, Failure> {
    bulla_core::blurhash_picture(&hash, width, height)
}

//! Files in conversations: what is known of one, where it stands, and what is on its way out.

use std::time::Duration;

use crate::{EventId, ItemId, Lifetime, MediaId, MediaKind, RoomId, SendTrouble, UploadId, opaque::opaque};

/// What the sender says of a file, beside its name and size. Nothing of it is checked: it may lie.
#[derive(Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct MediaDetails {
    /// What names the content. None in a row that an earlier version of the library stored.
    pub id: Option<MediaId>,
    /// Its type, such as `image/jpeg`, at most 100 characters.
    pub mime: Option<String>,
    /// Its width in pixels.
    pub width: Option<u32>,
    /// Its height in pixels.
    pub height: Option<u32>,
    /// How long it plays.
    pub duration: Option<Duration>,
    /// How loud it is over its time (MSC3245), each from 0 to 100, at most 120 of them. Empty where nothing was said.
    pub waveform: Vec<u8>,
    /// A few colours to show until the picture is there (MSC2448): `blurhash_picture` draws them.
    pub blurhash: Option<String>,
    /// Whether `Media.thumbnail` is worth asking: it is a picture, or has one.
    pub has_thumbnail: bool,
}

/// What the deployment's antivirus says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum ScanState {
    /// Nobody has asked yet, or the answer is awaited: `Media.check` asks.
    Waiting,
    /// It may be opened: nothing was found, or the deployment has no antivirus.
    Clean,
    /// Something was found: it cannot be opened.
    Infected,
    /// The deployment lets no files of this type pass.
    TypeNotAllowed,
    /// The server no longer has it.
    Gone,
    /// The antivirus gave no answer of use. `Media.check` asks again.
    Unavailable,
}

/// Where a file stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct MediaState {
    /// What the antivirus says.
    pub scan: ScanState,
    /// Whether it is on this device: opening it needs no network.
    pub here: bool,
    /// How it comes, while it does.
    pub transfer: Option<Transfer>,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Transfer {
    /// How many bytes are over.
    pub done: u64,
    /// Of how many, where that is known.
    pub total: Option<u64>,
}

/// A file to be sent.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct MediaDraft {
    /// Where it is on this device. It is read before `Timeline.send_media` returns, and not needed afterwards.
    pub path: String,
    /// What it is. A picture is turned upright and written anew, without what the camera noted beside it, such as the place; everything else
    /// leaves as it is. A sticker cannot be sent.
    pub kind: MediaKind,
    /// What others see as its name; none: the last part of `path`.
    #[uniffi(default = None)]
    pub name: Option<String>,
    /// Its type, such as `video/mp4`; none: what the name says.
    #[uniffi(default = None)]
    pub mime: Option<String>,
    /// What is written under it.
    #[uniffi(default = None)]
    pub caption: Option<String>,
    /// The width of a film in pixels. That of a picture is measured.
    #[uniffi(default = None)]
    pub width: Option<u32>,
    /// The height of a film in pixels.
    #[uniffi(default = None)]
    pub height: Option<u32>,
    /// How long it plays.
    #[uniffi(default = None)]
    pub duration: Option<Duration>,
    /// How loud a voice message is over its time, each from 0 to 100, at most 120.
    #[uniffi(default = None)]
    pub waveform: Option<Vec<u8>>,
    /// A picture that stands for a film (JPEG, PNG, WebP or GIF). That of a picture is made.
    #[uniffi(default = None)]
    pub poster: Option<Vec<u8>>,
    /// The message that it answers.
    #[uniffi(default = None)]
    pub reply_to: Option<ItemId>,
    /// How long it lives; none: as the room says.
    #[uniffi(default = None)]
    pub lifetime: Option<Lifetime>,
}

/// A file on its way out. When it has arrived, the row is gone and the message is in the conversation.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Upload {
    /// Its name.
    pub id: UploadId,
    /// Where it goes.
    pub room: RoomId,
    /// In which thread, by its first message.
    pub thread: Option<EventId>,
    /// What it is.
    pub kind: MediaKind,
    /// What it is called.
    pub name: String,
    /// What is written under it.
    pub caption: Option<String>,
    /// How many bytes leave in all.
    pub size: u64,
    /// How many have left.
    pub sent: u64,
    /// What is known of it.
    pub details: MediaDetails,
    /// Where it stands.
    pub state: UploadState,
    /// How long it lives once it is a message; none: for ever.
    #[uniffi(default = None)]
    pub lifetime: Option<Lifetime>,
}

/// Where a file stands on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum UploadState {
    /// Kept on this device: it leaves when the ones before it have, and the network is there. It survives a restart.
    Waiting,
    /// It leaves.
    Uploading,
    /// The server does not take it: `Session.retry_upload` or `Session.cancel_upload`. What comes after it goes on.
    Failed {
        /// What stops it.
        why: SendTrouble,
    },
}

/// What files take up on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct MediaStorage {
    /// How many are kept.
    pub files: u32,
    /// How many bytes they have together.
    pub bytes: u64,
}

/// How long files are kept on this device. They can be fetched again as long as the server has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct MediaRetention {
    /// How many bytes at most. What was not looked at for the longest time goes first.
    pub max_bytes: u64,
    /// How long after it was last looked at.
    pub max_age: Duration,
}

opaque!(MediaDetails, MediaDraft, Upload);

//! The file of a message: what the sender says of it, and where it is.

use std::time::Duration;

use bulla_model::{Failure, Field, FieldTrouble, MediaDetails, MediaId, MediaKind, MessageBody};
use bulla_policy as policy;
use matrix_sdk_ui::timeline::{MsgLikeKind, TimelineItemContent};
use ruma::{
    OwnedMxcUri, UInt,
    events::{
        room::{
            EncryptedFile, EncryptedFileHash, EncryptedFileHashAlgorithm, EncryptedFileInfo, ImageInfo, MediaSource,
            message::{AudioMessageEventContent, MessageType},
        },
        sticker::StickerEventContent,
    },
};
use sha2::{Digest, Sha256};

use crate::{body::cut, secret::Secret};

/// The longest name and BlurHash that are told.
const NAME_CHARS: usize = 255;
const HASH_CHARS: usize = 170;
/// What is fetched to be shown small, at most.
const SMALL: u64 = 20 << 20;

/// The file of a message.
#[derive(Clone)]
pub(crate) struct Attachment {
    pub kind: MediaKind,
    pub name: String,
    pub caption: Option<String>,
    pub size: Option<u64>,
    pub details: MediaDetails,
    pub file: Source,
    thumbnail: Option<Source>,
}

/// Where a file is, and the key to it.
#[derive(Clone)]
pub(crate) struct Source {
    pub mxc: OwnedMxcUri,
    pub encrypted: Option<Box<EncryptedFile>>,
    /// As a picture that the server makes smaller, of so many pixels a side.
    pub side: Option<u32>,
}

/// What opens an encrypted file.
pub(crate) struct FileKey {
    pub key: Secret,
    pub iv: [u8; 16],
    /// Of what is encrypted (SHA-256).
    pub hash: [u8; 32],
}

impl Attachment {
    /// The file of a row; none where it has none.
    pub fn of(content: &TimelineItemContent) -> Option<Self> {
        let TimelineItemContent::MsgLike(like) = content else { return None };
        match &like.kind {
            MsgLikeKind::Message(message) => Self::of_message(message.msgtype()),
            MsgLikeKind::Sticker(sticker) => Some(Self::of_sticker(sticker.content())),
            _ => None,
        }
    }

    pub fn of_message(kind: &MessageType) -> Option<Self> {
        match kind {
            MessageType::Image(image) => {
                let info = image.info.as_deref();
                let made = Self::new(MediaKind::Image, image.filename(), image.caption(), &image.source);
                Some(made.pictured(info))
            }
            MessageType::Video(video) => {
                let mut made = Self::new(MediaKind::Video, video.filename(), video.caption(), &video.source);
                if let Some(info) = &video.info {
                    made.said(info.size, info.mimetype.as_deref(), info.duration);
                    made.measured(info.width, info.height, info.blurhash.as_deref());
                    made.thumbnail = info.thumbnail_source.as_ref().map(Source::new);
                }
                Some(made.whole())
            }
            MessageType::Audio(audio) => Some(Self::of_sound(audio)),
            MessageType::File(file) => {
                let mut made = Self::new(MediaKind::File, file.filename(), file.caption(), &file.source);
                if let Some(info) = &file.info {
                    made.said(info.size, info.mimetype.as_deref(), None);
                    made.thumbnail = info.thumbnail_source.as_ref().map(Source::new);
                }
                Some(made.whole())
            }
            _ => None,
        }
    }

    pub fn of_sticker(sticker: &StickerEventContent) -> Self {
        let source = MediaSource::from(sticker.source.clone());
        Self::new(MediaKind::Sticker, &sticker.body, None, &source).pictured(Some(&sticker.info))
    }

    /// What a row shows of it.
    pub fn body(self) -> MessageBody {
        let Self { kind, name, caption, size, details, .. } = self;
        MessageBody::Media { kind, name, caption, size, details }
    }

    /// What stands for it in small: its own thumbnail, or for a picture one that the server makes, or the picture itself where nobody else
    /// can read it and it is not large.
    pub fn thumbnail(&self) -> Option<Source> {
        let small = self.size.is_none_or(|size| size <= SMALL);
        match (&self.thumbnail, self.kind) {
            (Some(thumbnail), _) => Some(thumbnail.clone()),
            (None, MediaKind::Image | MediaKind::Sticker) if self.file.encrypted.is_none() => {
                Some(Source { side: Some(THUMBNAIL), ..self.file.clone() })
            }
            (None, MediaKind::Image | MediaKind::Sticker) if small => Some(self.file.clone()),
            _ => None,
        }
    }

    fn new(kind: MediaKind, name: &str, caption: Option<&str>, source: &MediaSource) -> Self {
        let file = Source::new(source);
        let details = MediaDetails { id: Some(file.id()), ..MediaDetails::default() };
        let (name, caption) = (cut(name, NAME_CHARS), caption.map(str::to_owned));
        Self { kind, name, caption, size: None, details, file, thumbnail: None }
    }

    fn pictured(mut self, info: Option<&ImageInfo>) -> Self {
        if let Some(info) = info {
            self.said(info.size, info.mimetype.as_deref(), None);
            self.measured(info.width, info.height, info.blurhash.as_deref());
            self.thumbnail = info.thumbnail_source.as_ref().map(Source::new);
        }
        self.whole()
    }

    fn of_sound(audio: &AudioMessageEventContent) -> Self {
        let kind = if audio.voice.is_some() { MediaKind::Voice } else { MediaKind::Audio };
        let mut made = Self::new(kind, audio.filename(), audio.caption(), &audio.source);
        if let Some(info) = &audio.info {
            made.said(info.size, info.mimetype.as_deref(), info.duration);
        }
        if let Some(sound) = &audio.audio {
            made.details.duration = Some(sound.duration);
            let waveform = sound.waveform.iter().map(|part| u16::try_from(u64::from(part.get())).unwrap_or(u16::MAX));
            made.details.waveform = policy::loudness(&waveform.collect::<Vec<_>>());
        }
        made
    }

    fn said(&mut self, size: Option<UInt>, mime: Option<&str>, duration: Option<Duration>) {
        self.size = size.map(u64::from);
        self.details.mime = mime.and_then(policy::media_type);
        self.details.duration = duration;
    }

    fn measured(&mut self, width: Option<UInt>, height: Option<UInt>, blurhash: Option<&str>) {
        let pixels = |side: Option<UInt>| side.and_then(|side| u32::try_from(u64::from(side)).ok());
        (self.details.width, self.details.height) = (pixels(width), pixels(height));
        self.details.blurhash = blurhash.filter(|hash| hash.len() <= HASH_CHARS).map(str::to_owned);
    }

    fn whole(mut self) -> Self {
        self.details.has_thumbnail = self.thumbnail().is_some();
        self
    }
}

/// The side of a thumbnail that a server is asked for.
const THUMBNAIL: u32 = 800;

impl Source {
    pub fn new(media: &MediaSource) -> Self {
        match media {
            MediaSource::Plain(mxc) => Self { mxc: mxc.clone(), encrypted: None, side: None },
            MediaSource::Encrypted(file) => Self { mxc: file.url.clone(), encrypted: Some(file.clone()), side: None },
        }
    }

    /// What names the content.
    pub fn id(&self) -> MediaId {
        let mut named = Sha256::new().chain_update(self.mxc.as_str());
        if let Some(file) = &self.encrypted {
            let hash = file.hashes.get(&EncryptedFileHashAlgorithm::Sha256);
            // The key belongs to it: who is told another key is told other content.
            if let EncryptedFileInfo::V2(info) = &file.info {
                named = named.chain_update([0]).chain_update(info.k.as_inner()).chain_update(info.iv.as_inner());
            }
            named = named.chain_update(hash.map(EncryptedFileHash::as_bytes).unwrap_or_default());
        }
        if let Some(side) = self.side {
            named = named.chain_update([1]).chain_update(side.to_be_bytes());
        }
        MediaId(hex(&named.finalize()[..16]))
    }

    /// The server and the name that the address is made of.
    pub fn place(&self) -> Result<(String, String), Failure> {
        let malformed = |_| Failure::Invalid { field: Field::Media, why: FieldTrouble::Malformed };
        let (server, name) = self.mxc.parts().map_err(malformed)?;
        Ok((server.to_string(), name.to_owned()))
    }

    /// What opens it, if it is encrypted. A way of encrypting that is not known opens nothing.
    pub fn key(&self) -> Result<Option<FileKey>, Failure> {
        let malformed = || Failure::Invalid { field: Field::Media, why: FieldTrouble::Malformed };
        let Some(file) = &self.encrypted else { return Ok(None) };
        let EncryptedFileInfo::V2(info) = &file.info else { return Err(malformed()) };
        let Some(EncryptedFileHash::Sha256(hash)) = file.hashes.get(&EncryptedFileHashAlgorithm::Sha256) else {
            return Err(malformed());
        };
        let key = Secret::of(info.k.as_inner()).ok_or_else(malformed)?;
        Ok(Some(FileKey { key, iv: *info.iv.as_inner(), hash: *hash.as_inner() }))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

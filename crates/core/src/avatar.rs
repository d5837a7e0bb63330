//! Pictures of people and rooms. They are not encrypted end to end on Matrix: whoever has the address and an account can get them.

use bulla_model::{Barrier, Failure, Field, FieldTrouble, MediaUri, Missing};
use matrix_sdk::media::{MediaFormat, MediaRequestParameters, MediaThumbnailSettings};
use mime::Mime;
use ruma::{OwnedMxcUri, UInt, events::room::MediaSource, media::Method};
use tokio::task::spawn_blocking;

use crate::{
    failure::CoreError,
    picture::{self, Portrait},
    room::Room,
    session::{Session, SessionInner},
};

/// The sides of the thumbnails that are asked for: few, so that the same few are kept.
const THUMBNAILS: [u32; 2] = [96, 320];

impl Session {
    /// The picture at `uri` as a square PNG of about `size` pixels a side.
    pub async fn avatar(&self, uri: &MediaUri, size: u32) -> Result<Vec<u8>, Failure> {
        let malformed = Failure::Invalid { field: Field::Picture, why: FieldTrouble::Malformed };
        let mxc = OwnedMxcUri::from(uri.as_str());
        if !mxc.is_valid() {
            return Err(malformed);
        }
        self.inner.scanned()?;
        let client = self.inner.client().await?;
        let bytes = client.media().get_media_content(&thumbnail(mxc, size), true).await;
        let bytes = bytes.map_err(|error| match Failure::from(CoreError::from(error)) {
            Failure::NotFound { .. } => Failure::NotFound { what: Missing::Picture },
            failure => failure,
        })?;
        processed(move || picture::avatar(&bytes, size)).await
    }

    /// Shows this picture of the person to others, or none.
    pub async fn set_avatar(&self, picture: Option<Vec<u8>>) -> Result<(), Failure> {
        let client = self.inner.client().await?;
        match picture {
            Some(picture) => {
                let (mime, bytes) = uploadable(picture).await?;
                client.account().upload_avatar(&mime, bytes).await.map_err(CoreError::from)?;
            }
            None => client.account().set_avatar_url(None).await.map_err(CoreError::from)?,
        }
        Ok(())
    }
}

impl Room {
    /// Gives it another picture, or none.
    pub async fn set_avatar(&self, picture: Option<Vec<u8>>) -> Result<(), Failure> {
        let room = self.session.sdk_room(&self.id()).await?;
        match picture {
            Some(picture) => {
                let (mime, bytes) = uploadable(picture).await?;
                room.upload_avatar(&mime, bytes, None).await.map_err(CoreError::from)?;
            }
            None => {
                room.remove_avatar().await.map_err(CoreError::from)?;
            }
        }
        Ok(())
    }
}

impl SessionInner {
    /// Fails where the deployment has media looked at for viruses first: that is not there yet, and nothing goes round it.
    fn scanned(&self) -> Result<(), Failure> {
        match self.shared.deployment.manifest().is_some_and(|manifest| manifest.media_scanner.is_some()) {
            true => Err(Failure::Forbidden { why: Barrier::NotScanned }),
            false => Ok(()),
        }
    }
}

fn thumbnail(mxc: OwnedMxcUri, size: u32) -> MediaRequestParameters {
    let [small, large] = THUMBNAILS;
    let side = UInt::from(if size <= small { small } else { large });
    MediaRequestParameters {
        source: MediaSource::Plain(mxc),
        format: MediaFormat::Thumbnail(MediaThumbnailSettings::with_method(Method::Crop, side, side)),
    }
}

async fn uploadable(picture: Vec<u8>) -> Result<(Mime, Vec<u8>), Failure> {
    let Portrait { bytes, mime } = processed(move || picture::portrait(&picture)).await?;
    let mime = mime.parse().map_err(|_| CoreError::Defect("a type of media"))?;
    Ok((mime, bytes))
}

/// A picture keeps a processor busy: not one of those that everything else runs on.
async fn processed<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| CoreError::unfinished(error, "making a picture did not end"))?
}

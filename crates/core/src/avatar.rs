//! Pictures of people and rooms. They are not encrypted end to end on Matrix: whoever has the address and an account can get them.

use bulla_model::{Failure, Field, FieldTrouble, MediaUri, Missing};
use mime::Mime;
use ruma::OwnedMxcUri;

use crate::{
    attachment::Source,
    failure::CoreError,
    photo::made,
    picture::{self, Portrait},
    room::Room,
    session::Session,
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
        let bytes = self.inner.small(&thumbnail(mxc, size)).await;
        let bytes = bytes.map_err(|error| match Failure::from(error) {
            Failure::NotFound { .. } => Failure::NotFound { what: Missing::Picture },
            failure => failure,
        })?;
        Ok(made(move || picture::avatar(&bytes, size)).await?)
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

fn thumbnail(mxc: OwnedMxcUri, size: u32) -> Source {
    let [small, large] = THUMBNAILS;
    Source { mxc, encrypted: None, side: Some(if size <= small { small } else { large }) }
}

async fn uploadable(picture: Vec<u8>) -> Result<(Mime, Vec<u8>), Failure> {
    let Portrait { bytes, mime } = made(move || picture::portrait(&picture)).await?;
    let mime = mime.parse().map_err(|_| CoreError::Defect("a type of media"))?;
    Ok((mime, bytes))
}

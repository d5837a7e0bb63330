//! Pictures of people and rooms.

use bulla_model::{Failure, MediaUri};

use crate::{
    room::Room,
    runtime::{command, query},
    session::Session,
};

#[uniffi::export]
impl Session {
    /// The picture of a person or a room, such as [`Person`](bulla_model::Person)'s `avatar`: the middle of it as a square PNG, made anew by the
    /// library, so that no file of a stranger reaches the platform's decoders. `size` is its side in pixels, from 16 to 640. What was
    /// fetched once is kept, encrypted, and answered offline too. A query.
    ///
    /// Where the manifest names a media scanner it comes through it. Fails with `Forbidden` (`NotScanned`, `Infected`, `MediaType`) where that
    /// gives no answer or refuses it. With `Invalid` `Picture` where there is no picture, or one that is too large to be looked at safely, and
    /// `NotFound` where the server has it no more. Show initials then.
    pub async fn avatar(&self, uri: MediaUri, size: u32) -> Result<Vec<u8>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.avatar(&uri, size).await }).await
    }

    /// Shows a picture of the person to others, or none. `picture` is a PNG, JPEG, WebP or GIF file: its middle is uploaded, upright, of 640
    /// pixels a side at most, without what the file says of place and camera. It is not encrypted. A command.
    ///
    /// Fails with `Invalid` `Picture` where it cannot be read (`Malformed`) or has more than some 60 million pixels (`TooLong`), and with
    /// `Rejected` where the administration keeps pictures to itself ([`AgentCard`](bulla_model::AgentCard)'s `avatar_locked`).
    pub async fn set_avatar(&self, picture: Option<Vec<u8>>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_avatar(picture).await }).await
    }
}

#[uniffi::export]
impl Room {
    /// Gives it another picture, or none, as [`Session::set_avatar`] does for the person. A command.
    ///
    /// Fails with `Rejected` where this account may not (`RoomAction` `ChangeAvatar` says so before).
    pub async fn set_avatar(&self, picture: Option<Vec<u8>>) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.set_avatar(picture).await }).await
    }
}

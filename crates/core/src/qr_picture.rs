//! QR codes as pictures.

use bulla_model::Failure;
use tokio::task::spawn_blocking;

use crate::failure::CoreError;

pub use bulla_policy::draw_qr;

/// What the QR code in a grey picture holds.
pub async fn read_qr(width: u32, luma: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let read = spawn_blocking(move || bulla_policy::read_qr(width, &luma)).await;
    read.map_err(|error| CoreError::unfinished(error, "reading a picture did not end"))?
}

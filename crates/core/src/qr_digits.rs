//! The two digits by which a person tells two devices that nobody is in between (MSC4108): the device that showed the QR code asks for those of
//! the one that read it.

use bulla_model::{Failure, Field, FieldTrouble};
use matrix_sdk::authentication::oauth::qrcode::CheckCodeSender;
use tokio::sync::Mutex;

/// Hands them on to whatever waits for them. Fails with `Closed` where nothing does.
pub(crate) async fn send(digits: &str, waiting: &Mutex<Option<CheckCodeSender>>) -> Result<(), Failure> {
    let invalid = Failure::Invalid { field: Field::Count, why: FieldTrouble::Malformed };
    let digits = digits.trim();
    let code = match digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => digits.parse().map_err(|_| invalid)?,
        false => return Err(invalid),
    };
    let sender = waiting.lock().await.take().ok_or(Failure::Closed)?;
    sender.send(code).await.map_err(|_| Failure::Closed)
}

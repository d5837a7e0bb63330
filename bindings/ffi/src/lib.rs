//! The exported objects. A method is: convert in, one core call, convert out. No rule lives here.
// What the SDK makes of a message is deep.
#![recursion_limit = "256"]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod account_life;
mod app_lock;
mod avatar;
mod bulla;
mod command;
mod contact;
mod devices;
mod directory;
mod email_invitation;
mod ending;
mod export;
mod link;
mod live;
mod log;
mod media;
mod message;
mod moderation;
mod moments;
mod oauth;
mod password;
mod password_reset;
mod qr;
mod reading;
mod room;
mod rooms;
mod runtime;
mod scheduled;
mod session;
mod space;
mod stream;
mod suggestions;
mod timeline;

pub use app_lock::{AppLock, AppLockStream};
pub use bulla::Bulla;
pub use devices::DeviceListStream;
pub use ending::{OpenedMessage, ending_limits};
pub use export::Export;
pub use link::parse_link;
pub use live::live_objects;
pub use log::{set_log_level, set_log_sink};
pub use media::{Media, MediaFile, MediaStream, UploadStream, blurhash_picture};
pub use moderation::{AbilityStream, MemberStream};
pub use moments::ThreadList;
pub use oauth::SignInAttempt;
pub use password_reset::PasswordReset;
pub use qr::{QrGrant, QrSignIn};
pub use reading::MarkAllRead;
pub use room::Room;
pub use rooms::RoomListStream;
pub use session::Session;
pub use stream::{RoomStream, StateStream, TimelineStream};
pub use suggestions::{emoji_groups, name_doubt, suggest_emoji};
pub use timeline::Timeline;

uniffi::setup_scaffolding!("bulla");

/// The version of the library, such as `0.1.0`.
#[uniffi::export]
pub fn library_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

//! Use cases of an encrypted messenger on matrix-sdk: accounts, sync, rooms, timelines. The way of a message is told in
//! `crates/README.md`. Everything here runs inside a tokio runtime that the caller owns.
#![forbid(unsafe_code)]
// The SDK's futures are deep.
#![recursion_limit = "256"]

mod abilities;
mod access;
mod account_management;
mod accounts;
mod agent_card;
mod app_lock;
mod app_lock_stream;
mod body;
mod book;
mod cancel;
mod client;
mod deactivation;
mod devices;
mod discovery;
mod durable;
mod engine;
mod failure;
mod feed;
mod http;
mod identity;
mod item;
mod keyring;
mod keys;
mod latest;
mod link;
mod live;
mod lock_cipher;
mod lock_file;
mod log;
mod manifest;
mod members;
mod moderation;
mod oauth;
mod orders;
mod outbox;
mod password;
mod password_reset;
mod people;
mod pin;
mod poll;
mod proof;
mod remote_wipe;
mod room;
mod room_creation;
mod room_list;
mod room_stream;
mod rooms;
mod rows;
mod secret;
mod session;
mod shared;
mod shown;
mod state_stream;
mod summary;
mod sync;
mod temporary;
mod timeline;
mod timeline_stream;
mod tls;
mod uia;
mod upkeep;
mod validity;
mod vault;
mod watchers;
mod whole_store;
mod wipe;

/// How much stack each thread of the caller's runtime needs, in bytes. Reserved, not used, as a rule: the SDK's HTML tree
/// drops its nodes one inside another, and a single message of 64 KB can hold 30,000 of them.
pub const THREAD_STACK: usize = 32 * 1024 * 1024;

pub use abilities::AbilityStream;
pub use accounts::Accounts;
pub use app_lock::Moment;
pub use app_lock_stream::AppLockStream;
pub use devices::DeviceList;
pub use failure::CoreError;
pub use link::parse_link;
pub use log::{set_level as set_log_level, set_sink as set_log_sink};
pub use members::MemberStream;
pub use oauth::SignInAttempt;
pub use password::password_strength;
pub use password_reset::PasswordReset;
pub use room::Room;
pub use room_list::RoomList;
pub use room_stream::RoomStream;
pub use session::Session;
pub use state_stream::StateStream;
pub use timeline::Timeline;
pub use timeline_stream::TimelineStream;

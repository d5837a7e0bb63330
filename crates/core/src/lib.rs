//! Use cases of an encrypted messenger on matrix-sdk: accounts, sync, rooms, timelines. The way of a message is told in
//! `crates/README.md`. Everything here runs inside a tokio runtime that the caller owns.
#![forbid(unsafe_code)]

mod accounts;
mod body;
mod book;
mod cancel;
mod client;
mod engine;
mod failure;
mod item;
mod keys;
mod log;
mod outbox;
mod room;
mod room_list;
mod rooms;
mod rows;
mod session;
mod state_stream;
mod summary;
mod timeline;
mod timeline_stream;
mod vault;
mod watchers;

pub use accounts::Accounts;
pub use failure::CoreError;
pub use log::{set_level as set_log_level, set_sink as set_log_sink};
pub use room::Room;
pub use room_list::RoomList;
pub use session::Session;
pub use state_stream::StateStream;
pub use timeline::Timeline;
pub use timeline_stream::TimelineStream;

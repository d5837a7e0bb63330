//! The encrypted read model: what a screen shows before the network answers, and the few things that cannot be fetched again.
//!
//! Two SQLCipher files side by side, both under one raw key: the *projection* (rooms, tails of conversations), which can be
//! made anew at any time, and the *ledger* (session, account), which a [`Store::rebuild`] keeps. Reads run on the caller's
//! thread; writes are queued to one writer thread. This is the only crate that names rusqlite.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod checkpoint;
mod connection;
mod endings;
mod error;
mod files;
mod fresh;
mod job;
mod key;
mod ledger;
mod lock;
mod probe;
mod queue;
mod readers;
mod rebuild;
mod rooms;
mod schema;
mod splice;
mod store;
mod tail;
mod write;
mod writer;

pub use checkpoint::empty_log;
pub use endings::EndingRow;
pub use error::StoreError;
pub use key::StoreKey;
pub use rebuild::Rebuilt;
pub use rooms::RoomPage;
pub use store::Store;
pub use write::Write;

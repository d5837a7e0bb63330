//! A deployment's manifest, its directory and its servers' proofs, against servers of the tests' own that do as they are told:
//! the real ones are in `real`.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

mod authority;
mod device;
mod discovery;
mod lock;
mod manifest;
mod proof;
mod server;
mod signed;
mod tls;

//! The core against real homeservers that federate.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

mod account;
mod agent;
mod avatar;
mod devices;
mod disk;
mod full;
mod hostile;
mod kill;
mod lock;
mod log;
mod many;
mod message;
mod moderation;
mod oauth;
mod office;
mod password;
mod plain;
mod poll;
mod qr;
mod restart;
mod rooms;
mod send;
mod space;
mod start;
mod sync;
mod talk;
mod temporary;
mod trace;
mod upkeep;
mod wipe;

//! The core against real homeservers that federate.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

mod account;
mod agent;
mod avatar;
mod contact;
mod devices;
mod disk;
mod export;
mod full;
mod hostile;
mod interop;
mod items;
mod kill;
mod lock;
mod log;
mod lost;
mod many;
mod masses;
mod media;
mod media_faults;
mod media_scan;
mod message;
mod moderation;
mod oauth;
mod office;
mod password;
mod plain;
mod poll;
mod qr;
mod reading;
mod restart;
mod rooms;
mod scheduled;
mod send;
mod space;
mod start;
mod sync;
mod talk;
mod temporary;
mod trace;
mod upkeep;
mod wipe;

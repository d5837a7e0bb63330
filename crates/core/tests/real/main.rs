//! The core against real homeservers that federate.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

mod account;
mod agent;
mod avatar;
mod command;
mod contact;
mod devices;
mod disk;
mod email_invitation;
mod endings;
mod endings_erased;
mod endings_faults;
mod endings_kill;
mod endings_late;
mod export;
mod full;
mod guarded;
mod guests;
mod hostile;
mod interop;
mod items;
mod kill;
mod late;
mod live_place;
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
#[path = "../../../store/tests/store/pages.rs"]
mod pages;
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

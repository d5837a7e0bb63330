//! The deployment, tried over plain HTTP. All tests share one, as the tests of other crates do.
#![allow(clippy::unwrap_used)]

mod client;
mod device_grant;
mod endings;
mod faults;
mod servers;
mod sovereign;
mod upkeep;

//! The deployment, tried over plain HTTP. All tests share one, as the tests of other crates do.

mod client;
mod endings;
mod faults;
mod servers;

//! The rules of a deployment, with keys and signatures as they are used.
#![allow(clippy::unwrap_used)]

mod discovery;
mod managed;
mod manifest;
mod proof;
mod signed;

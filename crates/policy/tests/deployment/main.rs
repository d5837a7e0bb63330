//! The rules of a deployment, with keys and signatures as they are used.

mod discovery;
mod managed;
mod manifest;
mod proof;
mod signed;

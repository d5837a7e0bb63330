//! The core against real homeservers that federate.
#![recursion_limit = "256"]

mod agent;
mod talk;

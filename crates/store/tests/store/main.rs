//! The store from outside: right answers, and what happens when the world is against it.
#![allow(clippy::unwrap_used)]

mod bounds;
mod child;
mod damage;
mod disk;
mod endings;
mod erased;
mod exit;
mod fixture;
mod keys;
mod kill;
mod life;
mod pages;
mod reference;
mod sample;
mod secrecy;

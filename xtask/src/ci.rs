//! `cargo xtask ci`: what has to hold before a change goes in, cheap checks first.

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::process::{answer, run as run_command, say};
use crate::test::Selection;
use crate::toolchain::cargo;
use crate::workspace::Workspace;
use crate::{api, interrupt, size, strings, test, tidy};

type Check = fn(&Workspace) -> Result<Outcome>;

enum Outcome {
    Done,
    Skipped(&'static str),
}

const DENY: [&str; 6] = ["deny", "--workspace", "--config", ".deny.toml", "--log-level", "error"];

const CHECKS: [(&str, Check); 9] = [
    ("formatting", |workspace| command(workspace, &["fmt", "--all", "--check"])),
    ("tidy", |workspace| tidy::run(workspace).map(|()| Outcome::Done)),
    ("words", |workspace| strings::run(workspace, true).map(|()| Outcome::Done)),
    ("dependencies (cargo-deny)", deny),
    ("advisories (cargo-deny)", advisories),
    ("clippy", |workspace| {
        let clippy = ["clippy", "--workspace", "--all-targets", "--ignore-rust-version", "--", "-D", "warnings"];
        command(workspace, &clippy)
    }),
    ("public surface", |workspace| api::run(workspace, true).map(|()| Outcome::Done)),
    ("size", |workspace| size::run(workspace, true).map(|()| Outcome::Done)),
    // The README's test command.
    ("tests", |workspace| test::run(workspace, &Selection::parse(&[])?).map(|()| Outcome::Done)),
];

/// Runs every check, and stops at the first that fails.
pub fn run(workspace: &Workspace) -> Result<()> {
    for (name, check) in CHECKS {
        if interrupt::asked() {
            bail!("interrupted");
        }
        say(format!("ci: {name}"));
        let begun = Instant::now();
        let outcome = check(workspace).with_context(|| format!("ci: {name}"))?;
        let seconds = begun.elapsed().as_secs();
        // To stderr: the last line of the output is the tests' count.
        match outcome {
            Outcome::Done => say(format!("ci: {name}: ok ({seconds} s)")),
            Outcome::Skipped(why) => say(format!("SKIPPED {name}: {why}")),
        }
    }
    Ok(())
}

fn command(workspace: &Workspace, arguments: &[&str]) -> Result<Outcome> {
    let label = format!("cargo {}", arguments.first().unwrap_or(&""));
    run_command(&label, &mut cargo(workspace, arguments))?;
    Ok(Outcome::Done)
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    if answer("cargo", &["deny", "--version"]).is_none() {
        return Ok(Outcome::Skipped("cargo-deny is not installed: `cargo install cargo-deny --locked`"));
    }
    command(workspace, &[&DENY[..], &["check", "bans", "licenses", "sources"]].concat())
}

/// Apart from the rest: it asks for a database that is not everywhere to be had.
fn advisories(workspace: &Workspace) -> Result<Outcome> {
    if answer("cargo", &[&DENY[..], &["fetch", "db"]].concat()).is_none() {
        return Ok(Outcome::Skipped("no cargo-deny, or its advisory database cannot be fetched here"));
    }
    command(workspace, &[&DENY[..], &["check", "advisories"]].concat())
}

//! `cargo xtask`: every task of the project. What CI runs is what a person runs.
#![forbid(unsafe_code)]

mod android;
mod api;
mod bench;
mod bindings;
mod ci;
mod count;
mod declaration;
mod demo;
mod deploy;
mod desktop;
mod difference;
mod errors;
mod files;
mod interrupt;
mod ios;
mod manifest;
mod maven_output;
mod minutes;
mod pictures;
mod process;
mod size;
mod stale;
mod strings;
mod surface;
mod test;
mod tidy;
mod toolchain;
mod ui;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

const USAGE: &str = "cargo xtask <command>

  demo                  two agents, in Kotlin and in Swift, on two servers, talk; then the app in two windows, or its pictures
  desktop [URL]         the app in a window on a server; without one, two agents in two windows
  minutes               a person's first ten minutes, played on the window by key presses and clicks
  pictures              draw every screen in its main states
  test [what]           tests: rust, kotlin, swift, ui, android, ios, minutes, all (the default)
       [--homeserver URL --user @name:server:password ...]   against somebody else's server
  ci                    everything that has to hold before a change goes in
  android               build the Android app without its SDK and test it under Robolectric
  manifest ...          make a deployment's key and manifest, sign it, check one
  ios [--check]         check the iOS app's sources and, on a Mac, build the library for it
  bindings              build the library and generate the Kotlin and Swift code from it
  api [--check]         write the dump of the public surface, or check it
  strings [--check]     write what the apps say from the catalogue of words, or check it, too
  tidy                  check the rules of the house
  deploy                start the local servers and leave them up until Ctrl-C
  bench [row]           benchmarks
  size [--check]        record the size of the release library, or check it
";

fn main() -> ExitCode {
    interrupt::listen();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if interrupt::asked() => {
            eprintln!("xtask: interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => bail!("say what to do\n\n{USAGE}"),
    };
    match command {
        "demo" => none(rest).and_then(|()| demo::run(&workspace)),
        "test" => test::run(&workspace, &test::Selection::parse(rest)?),
        "ci" => none(rest).and_then(|()| ci::run(&workspace)),
        "android" => none(rest).and_then(|()| android::run(&workspace)),
        "ios" => ios::run(&workspace, flag(rest, "--check")?),
        "manifest" => manifest::run(rest),
        "bindings" => none(rest).and_then(|()| bindings::generate(&workspace).map(drop)),
        "api" => api::run(&workspace, flag(rest, "--check")?),
        "strings" => strings::run(&workspace, flag(rest, "--check")?),
        "tidy" => none(rest).and_then(|()| tidy::run(&workspace)),
        "desktop" => desktop::run(&workspace, at_most_one(rest)?),
        "pictures" => none(rest).and_then(|()| pictures::run(&workspace)),
        "minutes" => none(rest).and_then(|()| minutes::run(&workspace)),
        "deploy" => none(rest).and_then(|()| deploy::run(&workspace)),
        "bench" => bench::run(&workspace, at_most_one(rest)?),
        "size" => size::run(&workspace, flag(rest, "--check")?),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

fn none(rest: &[String]) -> Result<()> {
    match rest.first() {
        Some(extra) => bail!("`{extra}` is one argument too many\n\n{USAGE}"),
        None => Ok(()),
    }
}

fn flag(rest: &[String], name: &str) -> Result<bool> {
    match rest {
        [] => Ok(false),
        [only] if only == name => Ok(true),
        _ => bail!("`{}` is not understood\n\n{USAGE}", rest.join(" ")),
    }
}

fn at_most_one(rest: &[String]) -> Result<Option<&str>> {
    match rest {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => bail!("`{}` is not understood\n\n{USAGE}", rest.join(" ")),
    }
}

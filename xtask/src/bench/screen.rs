//! Row 12: the program of `android/bench` draws the screens over accounts that are filled, without a display.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Prepared, collect, fill_start, fixtures, prepare, rust};
use crate::process::{follow, say, succeed};
use crate::workspace::Workspace;
use crate::{maven_output, strings, ui};

/// Builds it. `BULLA_BENCH_PROFILE=debug` measures the library for development: to try the bench, not to record it.
pub fn command(workspace: &Workspace) -> Result<Command> {
    let profile = std::env::var("BULLA_BENCH_PROFILE").unwrap_or_else(|_| "release".into());
    let Prepared { folder, libraries } = prepare(workspace, &profile)?;
    strings::run(workspace, false)?;
    fill_start(workspace, "100,1000,10000")?;
    if !fixtures(workspace).join("conversation/complete").exists() {
        say("filling an account with a conversation of 10,000 events");
        collect(rust(workspace, "conversation").env("BULLA_BENCH_N", "1"))?;
    }
    let built = workspace.target.join("bench/screen");
    let mut maven = ui::maven(workspace, "../bindings/kotlin,ui,bench", &["--activate-profiles", "bench", "compile"])?;
    maven
        .arg(format!("-Dbulla.bench.folder={}", built.display()))
        .arg(format!("-Dbulla.peer.folder={}", folder.join("generated").display()));
    succeed("mvn compile", follow("mvn compile", &mut maven, maven_output::show)?)?;
    let jars = fs::read_to_string(built.join("classpath.txt")).context("the class path")?;
    let classes = [built, workspace.target.join("ui"), workspace.target.join("kotlin")].map(|it| it.join("classes"));
    let classes = classes.iter().map(|it| it.display().to_string()).chain([jars.trim().to_owned()]);
    let mut java = Command::new("java");
    java.arg(format!("-Djna.library.path={}", libraries.display()))
        .args(["-Djava.awt.headless=true", "-Xmx1g", "-cp", &classes.collect::<Vec<_>>().join(":")])
        .arg("org.bulla.bench.ScreenBenchKt")
        .arg(fixtures(workspace));
    Ok(java)
}

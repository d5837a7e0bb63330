//! `cargo xtask demo`: two agents, in Kotlin and in Swift, on two homeservers, talk.

use std::time::Instant;

use anyhow::{Result, bail};
use bulla_testkit::Deployment;

use crate::process::say;
use crate::workspace::Workspace;
use crate::{bindings, deploy, toolchain};

/// Sets everything up, lets the agents talk, and writes `target/demo/transcript.json`.
pub fn run(workspace: &Workspace) -> Result<()> {
    let begun = Instant::now();
    toolchain::need_kotlin()?;
    let swift = toolchain::swift(workspace);
    if swift.is_none() {
        say(format!("{}. A second Kotlin agent takes the place of the Swift one", toolchain::SWIFT));
    }
    bindings::generate(workspace)?;
    let deployment = deploy::start(workspace)?;
    talk(workspace, &deployment, swift.as_deref())?;
    say(format!("the demo took {:.0} s", begun.elapsed().as_secs_f32()));
    Ok(())
}

/// The conversation itself.
fn talk(_workspace: &Workspace, _deployment: &Deployment, _swift: Option<&std::path::Path>) -> Result<()> {
    bail!("the agents of the demo are not written yet")
}

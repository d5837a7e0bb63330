//! `cargo xtask pictures`: every screen in its main states, drawn without a display from what the real core and servers say.

use anyhow::{Result, bail};

use crate::process::say;
use crate::workspace::Workspace;
use crate::{bindings, deploy, strings, ui};

/// Draws them to `target/pictures`, with a page that shows all.
pub fn run(workspace: &Workspace) -> Result<()> {
    bindings::generate(workspace)?;
    strings::run(workspace, false)?;
    let deployment = deploy::start(workspace)?;
    let (status, count) =
        ui::test(workspace, &["-Dtest=*PicturesTest", "-Dsurefire.failIfNoSpecifiedTests=false"], |command| {
            command.env("BULLA_DEPLOYMENT", deployment.description_file());
        })?;
    if !status.success() || !count.any_ran() {
        bail!("the pictures were not drawn ({status})");
    }
    say(format!("the pictures are in {}", ui::pictures(workspace).join("index.html").display()));
    Ok(())
}

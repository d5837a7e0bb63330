//! `cargo xtask android`: builds the Android app without the Android SDK and runs its tests under Robolectric, with the library of this machine.

use std::process::{Command, ExitStatus};

use anyhow::{Result, bail};

use crate::count::Count;
use crate::process::{answer, say};
use crate::workspace::Workspace;
use crate::{bindings, deploy, maven_output, strings, ui};

/// What to say where `aapt2` is not there: the other tests need none.
pub const AAPT: &str = "aapt2 is missing: install it (Debian: `apt install aapt`)";

/// Whether the app can be built here.
pub fn can_build() -> bool {
    answer("aapt2", &["version"]).is_some()
}

/// Generates what is generated, starts a deployment, and builds and tests the app against it.
pub fn run(workspace: &Workspace) -> Result<()> {
    if !can_build() {
        bail!(AAPT);
    }
    bindings::generate(workspace)?;
    strings::run(workspace, false)?;
    let deployment = deploy::start(workspace)?;
    let (status, count) = test(workspace, |command| {
        command.env("BULLA_DEPLOYMENT", deployment.description_file());
    })?;
    println!("android: {count}");
    if !status.success() || !count.any_ran() {
        bail!("android failed ({status})");
    }
    Ok(())
}

/// The tests of the app alone; `give` tells them of the deployment.
pub fn test(workspace: &Workspace, give: impl FnOnce(&mut Command)) -> Result<(ExitStatus, Count)> {
    say("Android tests (the first time downloads a gigabyte, which takes some minutes)");
    let projects = "../bindings/kotlin,androidx,androidx-test,app";
    let mut command = ui::maven(workspace, projects, &["--activate-profiles", "android", "test"])?;
    give(&mut command);
    maven_output::tests(&mut command)
}

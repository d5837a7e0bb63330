//! The screens that every platform shares, built and tested by Maven on this machine.

use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use anyhow::Result;

use crate::count::Count;
use crate::process::say;
use crate::workspace::Workspace;
use crate::{maven_output, stale, toolchain};

/// `mvn` over the screens and what they stand on, with its output in the target folder.
pub fn maven(workspace: &Workspace, projects: &str, arguments: &[&str]) -> Result<Command> {
    toolchain::need_kotlin()?;
    stale::clear(workspace)?;
    let folder = |name: &str| workspace.target.join(name).display().to_string();
    let mut command = Command::new("mvn");
    command
        .args(["--batch-mode", "--no-transfer-progress", "-Dstyle.color=never"])
        .arg(format!("-Dbulla.library.folder={}", workspace.library_folder("debug").display()))
        .arg(format!("-Dbulla.build.folder={}", folder("kotlin")))
        .arg(format!("-Dbulla.ui.folder={}", folder("ui")))
        .arg(format!("-Dbulla.desktop.folder={}", folder("desktop")))
        .arg(format!("-Dbulla.pictures.folder={}", pictures(workspace).display()))
        // The module below has tests and a runner of its own.
        .arg("-Dbulla.skip.tests=true")
        .args(["--projects", projects])
        .args(arguments)
        .current_dir(workspace.root.join("android"));
    Ok(command)
}

/// Where the pictures of the screens go.
pub fn pictures(workspace: &Workspace) -> PathBuf {
    workspace.target.join("pictures")
}

/// The tests of the screens, their models and the desktop's keys; `give` tells them of the deployment.
pub fn test(workspace: &Workspace, arguments: &[&str], give: impl FnOnce(&mut Command)) -> Result<(ExitStatus, Count)> {
    say("tests of the screens and their models");
    let goals: Vec<&str> = arguments.iter().copied().chain(["test"]).collect();
    let mut command = maven(workspace, "../bindings/kotlin,ui,desktop", &goals)?;
    give(&mut command);
    maven_output::tests(&mut command)
}

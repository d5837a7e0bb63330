//! `cargo xtask desktop`: the app in a window, on the local deployment or on a server that is given.

use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{follow, say, succeed};
use crate::workspace::Workspace;
use crate::{bindings, deploy, interrupt, maven_output, strings, ui};

const LOOK: Duration = Duration::from_millis(200);

/// Whether a window can be opened here.
pub fn has_display() -> bool {
    cfg!(not(target_os = "linux"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()))
}

/// One window on `server`; without one, two windows with an agent each on the local deployment, until they are closed or Ctrl-C.
pub fn run(workspace: &Workspace, server: Option<&str>) -> Result<()> {
    if !has_display() {
        bail!("there is no display to open a window on: `cargo xtask pictures` draws the screens without one");
    }
    let classpath = build(workspace)?;
    let Some(server) = server else { return two_agents(workspace, &classpath) };
    let mut windows =
        vec![window(workspace, &classpath, &["--server", server]).spawn().context("starting the window")?];
    wait(&mut windows)
}

fn two_agents(workspace: &Workspace, classpath: &str) -> Result<()> {
    let deployment = deploy::start(workspace)?;
    let root = workspace.target.join("desktop-agents");
    if root.exists() {
        fs::remove_dir_all(&root).context("clearing the folder of the last windows")?;
    }
    let mut windows = Vec::new();
    for (server, (name, side)) in deployment.servers().iter().zip([("aicha", "--left"), ("bilal", "--right")]) {
        let user = server.new_user(name).with_context(|| format!("making a user on {}", server.name))?;
        println!("{name} is {}", user.user_id);
        let folder = root.join(name).display().to_string();
        let arguments = ["--folder", &folder, "--server", &server.client_url, "--user", &user.user_id, side];
        let mut command = window(workspace, classpath, &arguments);
        command.env("BULLA_DEMO_PASSWORD", &user.password);
        windows.push(command.spawn().context("starting a window")?);
    }
    wait(&mut windows)?;
    drop(deployment);
    Ok(())
}

fn build(workspace: &Workspace) -> Result<String> {
    bindings::generate(workspace)?;
    compile(workspace)
}

/// Compiles the window's program over the bindings that are there. Returns its class path.
pub fn compile(workspace: &Workspace) -> Result<String> {
    strings::run(workspace, false)?;
    say("building the desktop app");
    let mut command = ui::maven(workspace, "../bindings/kotlin,ui,desktop", &["compile"])?;
    succeed("mvn compile", follow("mvn compile", &mut command, maven_output::show)?)?;
    let libraries = fs::read_to_string(workspace.target.join("desktop/classpath.txt")).context("the class path")?;
    let classes = ["desktop", "ui", "kotlin"].map(|it| workspace.target.join(it).join("classes").display().to_string());
    Ok(format!("{}:{}", classes.join(":"), libraries.trim()))
}

/// The window's process.
pub fn window(workspace: &Workspace, classpath: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("java");
    command
        .args(["-cp", classpath])
        .arg(format!("-Djna.library.path={}", workspace.library_folder("debug").display()))
        .arg("org.bulla.desktop.MainKt")
        .args(arguments);
    command
}

fn wait(windows: &mut [Child]) -> Result<()> {
    loop {
        let mut open = false;
        for window in windows.iter_mut() {
            open |= window.try_wait()?.is_none();
        }
        if !open {
            return Ok(());
        }
        if interrupt::asked() {
            for window in windows.iter_mut() {
                drop(window.kill());
                drop(window.wait());
            }
            return Ok(());
        }
        sleep(LOOK);
    }
}

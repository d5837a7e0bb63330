//! `cargo xtask minutes`: a person's first ten minutes with the app, played on the desktop window by key presses and clicks on a virtual display.
//!
//! What the window shows is read from its pixels; what it did, from a colleague's agent on the other server and from the files on disk.

mod display;
mod hand;
mod picture;
mod story;

use std::fs;
use std::process::{Child, Command};

use anyhow::{Context, Result, bail};
use bulla_testkit::Handle;

use self::display::Display;
use self::hand::Hand;
use crate::demo::{self, Agent};
use crate::process::say;
use crate::workspace::Workspace;
use crate::{bindings, deploy, desktop};

/// What to say where there is no virtual display: the other tests need none.
pub const DISPLAY: &str = "Xvfb and xdotool play a person at the window, and one of them is missing: install both (Debian: `apt install xvfb xdotool`)";

/// Whether a window can be shown and touched here.
pub fn can_play() -> bool {
    Display::is_there()
}

/// Builds the window and the colleague, starts a deployment, plays the story and writes `target/minutes/minutes.md`.
pub fn run(workspace: &Workspace) -> Result<()> {
    if !can_play() {
        bail!(DISPLAY);
    }
    bindings::generate(workspace)?;
    let deployment = deploy::start(workspace)?;
    play(workspace, &deployment.handle())
}

/// Plays them on a deployment that is there, with the bindings generated.
pub fn play(workspace: &Workspace, deployment: &Handle) -> Result<()> {
    let classpath = desktop::compile(workspace)?;
    demo::build_kotlin(workspace)?;
    let folder = workspace.target.join("minutes");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("clearing the folder of the last minutes")?;
    }
    fs::create_dir_all(&folder).context("the folder of the minutes")?;
    say("the first ten minutes, by key presses and clicks");
    let display = Display::start(&folder)?;
    let home = folder.join("home");
    let open = || -> Result<Child> {
        let mut command = desktop::window(workspace, &classpath, &["--folder", &home.display().to_string()]);
        // Keys in a file: a person's own secret service is not for trials.
        command.env("DISPLAY", display.name()).env_remove("DBUS_SESSION_BUS_ADDRESS");
        let log = fs::File::options().create(true).append(true).open(folder.join("window.log"))?;
        command.stderr(log).spawn().context("starting the window")
    };
    let agents = fs::read_to_string(workspace.target.join("kotlin/classpath.txt")).context("Kotlin's class path")?;
    let agent: Command = demo::kotlin_agent(workspace, agents.trim());
    let bilal = Agent::start(agent, "Bilal", "Kotlin", &deployment.servers()[1].name, &folder.join("bilal.log"))?;
    let mut hand = Hand::new(&display, &folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let told = runtime.block_on(story::play(deployment, story::Cast { open: &open, home: &home, bilal }, &mut hand));
    let table = hand.table();
    println!("\n{table}");
    let file = folder.join("minutes.md");
    fs::write(&file, table).context("writing the table")?;
    say(format!("the table and a picture of each step are in {}", folder.display()));
    told
}

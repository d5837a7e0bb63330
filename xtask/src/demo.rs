//! `cargo xtask demo`: two agents, in Kotlin and in Swift, on two homeservers, talk.

mod agent;
mod ending;
mod files;
mod guest;
mod offices;
mod story;
mod transcript;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

pub use self::agent::Agent;
use self::story::Cast;
use self::transcript::Transcript;
use crate::process::{follow, run as run_command, say, succeed};
use crate::toolchain::{maven, swift_package};
use crate::workspace::Workspace;
use crate::{bindings, deploy, desktop, maven_output, pictures, toolchain};

/// Sets everything up, lets the agents talk, and writes `target/demo/transcript.json`.
pub fn run(workspace: &Workspace) -> Result<()> {
    let begun = Instant::now();
    toolchain::need_kotlin()?;
    toolchain::need_python()?;
    let swift = toolchain::swift(workspace);
    if swift.is_none() {
        say(format!("{}. A second Kotlin agent takes the place of the Swift one", toolchain::SWIFT));
    }
    bindings::generate(workspace)?;
    build_kotlin(workspace)?;
    if let Some(swift) = &swift {
        say("building the Swift agent");
        let arguments = ["build", "--product", "bulla-agent"];
        run_command("swift build", &mut swift_package(workspace, swift, "debug", &arguments))?;
    }

    let folder = workspace.target.join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("clearing the folder of the last demo")?;
    }
    fs::create_dir_all(&folder).context("the demo's folder")?;
    let classpath = fs::read_to_string(workspace.target.join("kotlin/classpath.txt")).context("Kotlin's class path")?;
    let kotlin = || kotlin_agent(workspace, classpath.trim());
    let program = workspace.target.join("swift/debug/bulla-agent");
    let swift_agent = || swift_agent(workspace, &program);
    let cast = match &swift {
        Some(_) => Cast { kotlin: &kotlin, other: &swift_agent, other_language: "Swift", folder: folder.clone() },
        None => Cast { kotlin: &kotlin, other: &kotlin, other_language: "Kotlin", folder: folder.clone() },
    };

    // The third is where people from outside are.
    let deployment = deploy::start_with(workspace, 3)?;
    let mut transcript = Transcript::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let told = runtime.block_on(story::tell(&deployment, &cast, &mut transcript));
    transcript.table();
    let file = folder.join("transcript.json");
    transcript.write(&file)?;
    say(format!("the transcript is in {}", file.display()));
    told?;
    transcript.verdict()?;
    println!("servers_saw_plaintext: false");
    say(format!("the demo took {:.0} s", begun.elapsed().as_secs_f32()));
    drop(deployment);
    // The same library under the app: for a person to try where there is a display, to look at where there is none.
    if desktop::has_display() { desktop::run(workspace, None) } else { pictures::run(workspace) }
}

/// Compiles the Kotlin agent.
pub fn build_kotlin(workspace: &Workspace) -> Result<()> {
    say("building the Kotlin agent");
    let mut command = maven(workspace, "debug", &["test-compile"])?;
    let status = follow("mvn test-compile", &mut command, maven_output::show)?;
    succeed("mvn test-compile", status)
}

/// The Kotlin agent's process; `classpath` is what it needs beside its own classes.
pub fn kotlin_agent(workspace: &Workspace, classpath: &str) -> Command {
    let classes = ["test-classes", "classes"].map(|folder| workspace.target.join("kotlin").join(folder));
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(format!("{}:{}:{classpath}", classes[0].display(), classes[1].display()))
        .arg(format!("-Djna.library.path={}", workspace.library_folder("debug").display()))
        .args(["-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstdin.encoding=UTF-8"])
        .arg("org.bulla.demo.AgentKt");
    command
}

fn swift_agent(workspace: &Workspace, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", workspace.library_folder("debug"));
    command
}

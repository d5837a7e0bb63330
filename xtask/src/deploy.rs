//! `cargo xtask deploy`: the local deployment, until Ctrl-C.

use std::process;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bulla_testkit::{Deployment, Options};

use crate::interrupt;
use crate::process::say;
use crate::toolchain::need_python;
use crate::workspace::Workspace;

const LOOK: Duration = Duration::from_millis(200);

/// Starts two servers that federate, in a folder of their own.
pub fn start(workspace: &Workspace) -> Result<Deployment> {
    start_with(workspace, Options::default().servers)
}

/// The same with as many servers as it says.
pub fn start_with(workspace: &Workspace, servers: usize) -> Result<Deployment> {
    need_python()?;
    say("starting the deployment (the first time downloads Synapse, which takes a minute or two)");
    let begun = Instant::now();
    let root = workspace.target.join(format!("deployment/xtask-{}-{}", process::id(), seconds()));
    let deployment =
        Deployment::start(Options { root, servers, ..Options::default() }).context("starting the deployment")?;
    if interrupt::asked() {
        anyhow::bail!("interrupted");
    }
    say(format!("the deployment is up after {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(deployment)
}

/// Keeps a deployment up and says how to reach it.
pub fn run(workspace: &Workspace) -> Result<()> {
    let deployment = start(workspace)?;
    println!();
    for server in deployment.servers() {
        let user = server.new_user("guest").with_context(|| format!("making a user on {}", server.name))?;
        println!("{}", server.name);
        println!("  client API   {}", server.client_url);
        println!("  over TLS     {} (the certificate does not verify)", server.tls_url);
        println!("  a user       {} with password {}", user.user_id, user.password);
    }
    if let Some(control) = &deployment.description().control {
        println!("control endpoint {control}");
    }
    println!("description      BULLA_DEPLOYMENT={}", deployment.description_file().display());
    println!("\nCtrl-C ends it.");
    while !interrupt::asked() {
        sleep(LOOK);
    }
    say("ending the deployment");
    drop(deployment);
    Ok(())
}

fn seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |it| it.as_secs())
}

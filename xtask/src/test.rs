//! `cargo xtask test`: every test runner against one deployment, and one count at the end.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};
use bulla_testkit::{Deployment, Description};

use crate::count::{Cargo, Count, Surefire, Swift, Tally};
use crate::process::{follow, follow_stdout, say};
use crate::toolchain::{self, cargo, maven, swift_package};
use crate::workspace::Workspace;
use crate::{android, bindings, deploy, maven_output, strings};

/// What to run, and where.
#[derive(Default)]
pub struct Selection {
    runners: Vec<Runner>,
    homeserver: Option<String>,
    users: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    Rust,
    Kotlin,
    Swift,
    Ui,
    Android,
}

impl Selection {
    /// From `[rust|kotlin|swift|ui|android|all] [--homeserver URL --user id:password ...]`.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut selection = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "rust" => selection.runners.push(Runner::Rust),
                "kotlin" => selection.runners.push(Runner::Kotlin),
                "swift" => selection.runners.push(Runner::Swift),
                "ui" => selection.runners.push(Runner::Ui),
                "android" => selection.runners.push(Runner::Android),
                "all" => selection.runners.extend(ALL),
                "--homeserver" => selection.homeserver = Some(rest.next().context("--homeserver URL")?.clone()),
                "--user" => selection.users.push(rest.next().context("--user @name:server:password")?.clone()),
                other => bail!(
                    "`{other}` is not understood: rust, kotlin, swift, ui, android, all, --homeserver URL, --user id:password"
                ),
            }
        }
        if selection.runners.is_empty() {
            selection.runners.extend(ALL);
        }
        if selection.homeserver.is_none() && !selection.users.is_empty() {
            bail!("--user goes with --homeserver URL");
        }
        Ok(selection)
    }
}

const ALL: [Runner; 5] = [Runner::Rust, Runner::Kotlin, Runner::Swift, Runner::Ui, Runner::Android];

/// Runs what was asked for. The last line is the sum of the runners' own counts.
pub fn run(workspace: &Workspace, selection: &Selection) -> Result<()> {
    let wants = |runner| selection.runners.contains(&runner);
    if wants(Runner::Kotlin) {
        toolchain::need_kotlin()?;
    }
    let swift = if wants(Runner::Swift) { toolchain::swift(workspace) } else { None };
    let android = wants(Runner::Android) && android::can_build() && selection.homeserver.is_none();
    if android {
        strings::run(workspace, false)?;
    }
    if wants(Runner::Kotlin) || swift.is_some() || android {
        bindings::generate(workspace)?;
    }
    let stage = Stage::start(workspace, selection)?;
    let mut report = Report::default();
    if wants(Runner::Rust) {
        report.add("rust", rust(workspace, &stage)?);
    }
    if wants(Runner::Kotlin) {
        report.add("kotlin", kotlin(workspace, &stage)?);
    }
    match &swift {
        Some(program) => report.add("swift", run_swift(workspace, program, &stage)?),
        None if wants(Runner::Swift) => report.skip("swift", toolchain::SWIFT),
        None => {}
    }
    if wants(Runner::Ui) {
        report.skip("ui", "comes with the app issue");
    }
    match selection.homeserver {
        _ if android => report.add("android", android::test(workspace, |command| stage.give(command))?),
        Some(_) if wants(Runner::Android) => report.skip("android", "needs a deployment of our own"),
        None if wants(Runner::Android) => report.skip("android", android::AAPT),
        _ => {}
    }
    drop(stage);
    report.close()
}

/// What the tests talk to: our own deployment, or a description of somebody else's server.
struct Stage {
    description: PathBuf,
    _deployment: Option<Deployment>,
}

impl Stage {
    fn start(workspace: &Workspace, selection: &Selection) -> Result<Self> {
        if let Some(homeserver) = &selection.homeserver {
            say(format!("testing against {homeserver}"));
            let description = workspace.target.join("foreign.json");
            Description::foreign(homeserver, &selection.users)?.write(&description)?;
            return Ok(Self { description, _deployment: None });
        }
        if selection.runners == [Runner::Ui] {
            return Ok(Self { description: PathBuf::new(), _deployment: None });
        }
        let deployment = deploy::start(workspace)?;
        Ok(Self { description: deployment.description_file(), _deployment: Some(deployment) })
    }

    fn give(&self, command: &mut Command) {
        command.env("BULLA_DEPLOYMENT", &self.description);
    }
}

type Outcome = (ExitStatus, Count);

fn rust(workspace: &Workspace, stage: &Stage) -> Result<Outcome> {
    say("Rust tests");
    let mut command = cargo(workspace, &["test", "--workspace", "--ignore-rust-version", "--no-fail-fast"]);
    stage.give(&mut command);
    let mut tally = Cargo::default();
    let status = follow_stdout("cargo test", &mut command, |line| {
        println!("{line}");
        tally.line(line);
    })?;
    Ok((status, tally.count()))
}

fn kotlin(workspace: &Workspace, stage: &Stage) -> Result<Outcome> {
    say("Kotlin tests");
    let mut command = maven(workspace, "debug", &["test"])?;
    stage.give(&mut command);
    let mut tally = Surefire::default();
    let status = follow("mvn test", &mut command, |line| {
        maven_output::show(line);
        tally.line(line);
    })?;
    Ok((status, tally.count()))
}

fn run_swift(workspace: &Workspace, program: &Path, stage: &Stage) -> Result<Outcome> {
    say("Swift tests");
    let mut command = swift_package(workspace, program, "debug", &["test"]);
    stage.give(&mut command);
    let mut tally = Swift::default();
    let status = follow("swift test", &mut command, |line| {
        println!("{line}");
        tally.line(line);
    })?;
    Ok((status, tally.count()))
}

#[derive(Default)]
struct Report {
    sum: Count,
    lines: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    fn add(&mut self, name: &str, (status, count): Outcome) {
        self.sum += count;
        self.lines.push(format!("{name}: {count}"));
        if !status.success() || count.failed > 0 {
            self.failures.push(format!("{name} failed ({status})"));
        } else if !count.any_ran() {
            self.failures.push(format!("{name} ran no test"));
        }
    }

    fn skip(&mut self, name: &str, why: &str) {
        self.lines.push(format!("SKIPPED {name}: {why}"));
    }

    fn close(self) -> Result<()> {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("{}", self.sum);
        if !self.failures.is_empty() {
            bail!("{}", self.failures.join("; "));
        }
        Ok(())
    }
}

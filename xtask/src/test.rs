//! `cargo xtask test`: every test runner against one deployment, and one count at the end.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};
use bulla_testkit::{Deployment, Description, Handle};

use crate::count::{Cargo, Count, Swift, Tally};
use crate::process::{follow, follow_stdout, say};
use crate::toolchain::{self, cargo, maven, swift_package};
use crate::workspace::Workspace;
use crate::{android, bindings, deploy, ios, maven_output, minutes, strings, ui};

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
    Ios,
    Minutes,
}

impl Selection {
    /// From `[rust|kotlin|swift|ui|android|ios|minutes|all] [--homeserver URL --user id:password ...]`.
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
                "ios" => selection.runners.push(Runner::Ios),
                "minutes" => selection.runners.push(Runner::Minutes),
                "all" => selection.runners.extend(ALL),
                "--homeserver" => selection.homeserver = Some(rest.next().context("--homeserver URL")?.clone()),
                "--user" => selection.users.push(rest.next().context("--user @name:server:password")?.clone()),
                other => bail!(
                    "`{other}` is not understood: rust, kotlin, swift, ui, android, ios, minutes, all, --homeserver URL, --user id:password"
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

const ALL: [Runner; 7] =
    [Runner::Rust, Runner::Kotlin, Runner::Swift, Runner::Ui, Runner::Android, Runner::Ios, Runner::Minutes];

/// Runs what was asked for. The last line is the sum of the runners' own counts.
pub fn run(workspace: &Workspace, selection: &Selection) -> Result<()> {
    let wants = |runner| selection.runners.contains(&runner);
    if wants(Runner::Kotlin) {
        toolchain::need_kotlin()?;
    }
    let swift = if wants(Runner::Swift) || wants(Runner::Ios) { toolchain::swift(workspace) } else { None };
    let android = wants(Runner::Android) && android::can_build() && selection.homeserver.is_none();
    if android || wants(Runner::Ui) || wants(Runner::Ios) {
        strings::run(workspace, false)?;
    }
    let minutes = wants(Runner::Minutes) && minutes::can_play() && selection.homeserver.is_none();
    if wants(Runner::Kotlin) || swift.is_some() || android || wants(Runner::Ui) || minutes {
        bindings::generate(workspace)?;
    }
    let mut stage = Stage::start(workspace, selection)?;
    let mut report = Report::default();
    if wants(Runner::Rust) {
        match stage.turn() {
            true => {
                let (outcome, why) = rust(workspace, &stage)?;
                report.add("rust", outcome);
                report.lines.extend(why);
            }
            false => report.skip("rust", TWO_USERS),
        }
    }
    if wants(Runner::Kotlin) {
        match stage.turn() {
            true => report.add("kotlin", kotlin(workspace, &stage)?),
            false => report.skip("kotlin", TWO_USERS),
        }
    }
    match &swift {
        _ if !wants(Runner::Swift) => {}
        Some(_) if !stage.turn() => report.skip("swift", TWO_USERS),
        Some(program) => report.add("swift", run_swift(workspace, program, &stage)?),
        None => report.skip("swift", toolchain::SWIFT),
    }
    if wants(Runner::Ui) {
        match selection.homeserver {
            None => report.add("ui", ui::test(workspace, &[], |command| stage.give(command))?),
            Some(_) => report.skip("ui", "needs a deployment of our own"),
        }
    }
    match selection.homeserver {
        _ if android => report.add("android", android::test(workspace, |command| stage.give(command))?),
        Some(_) if wants(Runner::Android) => report.skip("android", "needs a deployment of our own"),
        None if wants(Runner::Android) => report.skip("android", android::AAPT),
        _ => {}
    }
    match &swift {
        _ if !wants(Runner::Ios) => {}
        _ if stage.is_foreign => report.skip("ios", "needs a deployment of our own"),
        Some(program) => report.add("ios", ios::test(workspace, program, |command| stage.give(command))?),
        None => report.skip("ios", toolchain::SWIFT),
    }
    if wants(Runner::Minutes) {
        match selection.homeserver {
            Some(_) => report.skip("minutes", "needs a deployment of our own"),
            None if !minutes::can_play() => report.skip("minutes", minutes::DISPLAY),
            None => report
                .story("minutes", minutes::play(workspace, &Handle::attach(Description::read(&stage.description)?))),
        }
    }
    drop(stage);
    report.close()
}

/// A second device of a user cannot be verified yet, so that nobody would send it keys.
const TWO_USERS: &str =
    "needs two users of its own on somebody else's server, which never signed in with a client that encrypts";

/// What the tests talk to: our own deployment, or a description of somebody else's server.
struct Stage {
    description: PathBuf,
    is_foreign: bool,
    /// Descriptions for the runners that follow, on somebody else's server.
    pairs: VecDeque<PathBuf>,
    _deployment: Option<Deployment>,
}

impl Stage {
    fn start(workspace: &Workspace, selection: &Selection) -> Result<Self> {
        if let Some(homeserver) = &selection.homeserver {
            say(format!("testing against {homeserver}"));
            let mut pairs = VecDeque::new();
            for (number, pair) in selection.users.chunks_exact(2).enumerate() {
                let description = workspace.target.join(format!("foreign-{number}.json"));
                Description::foreign(homeserver, pair)?.write(&description)?;
                pairs.push_back(description);
            }
            return Ok(Self { description: PathBuf::new(), is_foreign: true, pairs, _deployment: None });
        }
        let (is_foreign, pairs) = Default::default();
        let deployment = deploy::start(workspace)?;
        Ok(Self { description: deployment.description_file(), is_foreign, pairs, _deployment: Some(deployment) })
    }

    /// Turns to the next runner: false where there are no users left for it.
    fn turn(&mut self) -> bool {
        if !self.is_foreign {
            return true;
        }
        self.pairs.pop_front().is_some_and(|next| {
            self.description = next;
            true
        })
    }

    fn give(&self, command: &mut Command) {
        command.env("BULLA_DEPLOYMENT", &self.description);
    }
}

type Outcome = (ExitStatus, Count);

/// The outcome, and what each test that failed has said: it is far up in the output, which nobody keeps whole.
fn rust(workspace: &Workspace, stage: &Stage) -> Result<(Outcome, Vec<String>)> {
    say("Rust tests");
    let mut tally = Cargo::default();
    let outcome = match stage.is_foreign {
        true => rust_elsewhere(workspace, stage, &mut tally)?,
        false => {
            let status = cargo_test(workspace, stage, &["--workspace", "--no-fail-fast"], &mut tally)?;
            (status, tally.count())
        }
    };
    Ok((outcome, tally.why()))
}

/// What needs no server at all, and the one story that any two accounts can tell. Everything else breaks servers, proxies and
/// passwords that have to be ours.
fn rust_elsewhere(workspace: &Workspace, stage: &Stage, tally: &mut Cargo) -> Result<Outcome> {
    const STORY: &str = "talk::a_whole_conversation";
    let without = ["--workspace", "--exclude", "bulla-core", "--exclude", "bulla-testkit", "--no-fail-fast"];
    let first = cargo_test(workspace, stage, &without, tally)?;
    let core = ["--package", "bulla-core", "--lib", "--test", "real"];
    let second = cargo_test(workspace, stage, &[&core[..], &["--", "--exact", STORY]].concat(), tally)?;
    let mut left_out = 0;
    let list = ["test", "--package", "bulla-core", "--test", "real", "--ignore-rust-version", "--", "--list"];
    follow_stdout("listing", &mut cargo(workspace, &list), |line| {
        if let Some(name) = line.strip_suffix(": test").filter(|name| *name != STORY) {
            println!("SKIPPED {name}: needs servers of our own");
            left_out += 1;
        }
    })?;
    let mut count = tally.count();
    count.skipped += left_out;
    Ok((if first.success() { second } else { first }, count))
}

fn cargo_test(workspace: &Workspace, stage: &Stage, which: &[&str], tally: &mut Cargo) -> Result<ExitStatus> {
    let mut command = cargo(workspace, &[&["test", "--ignore-rust-version"], which].concat());
    stage.give(&mut command);
    follow_stdout("cargo test", &mut command, |line| {
        println!("{line}");
        tally.line(line);
    })
}

fn kotlin(workspace: &Workspace, stage: &Stage) -> Result<Outcome> {
    say("Kotlin tests");
    let mut command = maven(workspace, "debug", &["test"])?;
    stage.give(&mut command);
    maven_output::tests(&mut command)
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

    /// One story, which is told to its end or not.
    fn story(&mut self, name: &str, told: Result<()>) {
        let count = Count { passed: told.is_ok().into(), failed: told.is_err().into(), ..Count::default() };
        self.sum += count;
        self.lines.push(format!("{name}: {count}"));
        self.failures.extend(told.err().map(|why| format!("{name} failed ({why:#})")));
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

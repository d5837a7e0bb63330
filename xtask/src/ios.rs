//! `cargo xtask ios`: the library for iPhone and iPad, which only a Mac can build; everywhere, the tests of the screens' models and what can be
//! checked of the rest.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::count::{Count, Swift, Tally};
use crate::files::files;
use crate::process::{follow, run as run_command, say};
use crate::toolchain::{self, cargo};
use crate::workspace::Workspace;
use crate::{bindings, strings};

const DEVICE: &str = "aarch64-apple-ios";
const SIMULATORS: [&str; 2] = ["aarch64-apple-ios-sim", "x86_64-apple-ios"];
/// The oldest iOS that the app runs on: also in `ios/project.yml` and `ios/Package.swift`.
const OLDEST: &str = "17.0";

/// Checks the sources; then builds the XCFramework on a Mac, and elsewhere says what a Mac would do.
pub fn run(workspace: &Workspace, only_check: bool) -> Result<()> {
    let Some(swift) = toolchain::swift(workspace) else {
        bail!(toolchain::SWIFT);
    };
    check(workspace, &swift)?;
    if only_check {
        return Ok(());
    }
    let steps = steps(workspace);
    if cfg!(target_os = "macos") {
        bindings::generate(workspace)?;
        strings::run(workspace, false)?;
        prepare(workspace)?;
        for mut step in steps {
            run_command(&line(&step), &mut step)?;
        }
        say(format!("{} is there: see ios/README.md", workspace.short(&framework(workspace))));
    } else {
        say("only a Mac has Apple's SDK; there, this would be done:");
        println!("cargo xtask bindings\ncargo xtask strings");
        println!("rm -rf {}", workspace.short(&framework(workspace)));
        println!("mkdir -p {}", workspace.short(&simulators(workspace)));
        steps.iter().for_each(|step| println!("{}", line(step)));
    }
    Ok(())
}

/// Parses every Swift source of the app, also what no compiler sees here, and checks its format.
pub fn check(workspace: &Workspace, swift: &Path) -> Result<()> {
    let sources = sources(workspace)?;
    say(format!("parsing {} Swift files of ios/ and checking their format", sources.len()));
    for source in &sources {
        let mut parse = Command::new(swift.with_file_name("swiftc"));
        parse.args(["-frontend", "-parse", "-parse-as-library", "-swift-version", "6"]).arg(source);
        run_command(&format!("parsing {}", workspace.short(source)), &mut parse)?;
    }
    let mut format = Command::new(swift);
    format.args(["format", "lint", "--strict"]).args(&sources);
    run_command("swift format lint", &mut format)
}

/// The check, then the tests of the screens' models; `give` tells them of the deployment.
pub fn test(workspace: &Workspace, swift: &Path, give: impl FnOnce(&mut Command)) -> Result<(ExitStatus, Count)> {
    check(workspace, swift)?;
    say("tests of the iOS screens' models");
    let folder = workspace.root.join("ios");
    let mut command = Command::new(swift);
    command
        .args(["test", "--package-path"])
        .arg(&folder)
        .arg("--scratch-path")
        .arg(workspace.target.join("ios"))
        .env("BULLA_LIBRARY_FOLDER", workspace.library_folder("debug"))
        .current_dir(&folder);
    give(&mut command);
    let mut tally = Swift::default();
    let status = follow("swift test", &mut command, |line| {
        println!("{line}");
        tally.line(line);
    })?;
    Ok((status, tally.count()))
}

/// Every source of the app but what is generated, and what belongs to the tests of the bindings.
fn sources(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join("ios");
    let mut found = vec![folder.join("Package.swift")];
    for part in ["App", "NotificationExtension", "Sources", "Tests"] {
        found.extend(files(&folder.join(part))?.into_iter().filter(|path| {
            let has = |name: &str| path.components().any(|it| it.as_os_str() == name);
            path.extension().is_some_and(|it| it == "swift") && !has("Generated") && !has("Support")
        }));
    }
    Ok(found)
}

/// One static library for devices and one for simulators, in one framework.
fn steps(workspace: &Workspace) -> Vec<Command> {
    let built = |target: &str| workspace.target.join(target).join("release/libbulla.a");
    let simulators = simulators(workspace).join("libbulla.a");
    let mut steps: Vec<Command> = [DEVICE].iter().chain(&SIMULATORS).map(|target| library(workspace, target)).collect();
    let mut lipo = Command::new("lipo");
    lipo.arg("-create").args(SIMULATORS.map(built)).arg("-output").arg(&simulators);
    let mut framework_step = Command::new("xcodebuild");
    framework_step.arg("-create-xcframework").arg("-library").arg(built(DEVICE));
    framework_step.arg("-library").arg(&simulators).arg("-output").arg(framework(workspace));
    steps.extend([lipo, framework_step]);
    steps
}

fn library(workspace: &Workspace, target: &str) -> Command {
    let what = ["rustc", "--package", "bulla-ffi", "--lib", "--crate-type", "staticlib", "--release"];
    let mut command = cargo(workspace, &what);
    command.args(["--target", target]).env("IPHONEOS_DEPLOYMENT_TARGET", OLDEST);
    command
}

fn prepare(workspace: &Workspace) -> Result<()> {
    let (old, folder) = (framework(workspace), simulators(workspace));
    if old.exists() {
        fs::remove_dir_all(&old).with_context(|| format!("removing {}", old.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))
}

fn framework(workspace: &Workspace) -> PathBuf {
    workspace.root.join("ios/BullaFFI.xcframework")
}

fn simulators(workspace: &Workspace) -> PathBuf {
    workspace.target.join("ios-simulators")
}

/// A command as a person would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().map(OsString::from).unwrap_or_default();
    let oldest = command.get_envs().find(|(name, _)| *name == "IPHONEOS_DEPLOYMENT_TARGET");
    let words = std::iter::once(program.as_os_str()).chain(command.get_args()).map(|it| it.to_string_lossy());
    let line = words.collect::<Vec<_>>().join(" ");
    match oldest {
        Some((name, Some(value))) => format!("{}={} {line}", name.to_string_lossy(), value.to_string_lossy()),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_builds_three_libraries_and_one_framework() {
        let workspace = Workspace { root: PathBuf::from("/bulla"), target: PathBuf::from("/built") };
        let lines: Vec<String> = steps(&workspace).iter().map(line).collect();
        assert_eq!(lines.len(), 5);
        assert!(lines[0].starts_with("IPHONEOS_DEPLOYMENT_TARGET=17.0 cargo rustc "), "{}", lines[0]);
        for (line, target) in lines.iter().zip([DEVICE].iter().chain(&SIMULATORS)) {
            assert!(line.ends_with(&format!("--crate-type staticlib --release --target {target}")), "{line}");
        }
        assert_eq!(
            lines[3],
            "lipo -create /built/aarch64-apple-ios-sim/release/libbulla.a /built/x86_64-apple-ios/release/libbulla.a \
             -output /built/ios-simulators/libbulla.a"
        );
        assert_eq!(
            lines[4],
            "xcodebuild -create-xcframework -library /built/aarch64-apple-ios/release/libbulla.a \
             -library /built/ios-simulators/libbulla.a -output /bulla/ios/BullaFFI.xcframework"
        );
    }
}

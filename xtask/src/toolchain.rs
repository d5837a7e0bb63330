//! The tools that are not Rust: which ones there are, and how to install the ones that are not.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{answer, say};
use crate::stale;
use crate::workspace::Workspace;

const JDK: &str = "JDK 17 or newer is missing: install it (Debian: `apt install openjdk-17-jdk-headless`, \
    macOS: `brew install openjdk@17`) and see that `javac -version` answers";
const MAVEN: &str = "Maven is missing: install it (Debian: `apt install maven`, macOS: `brew install maven`)";
const PYTHON: &str = "Python 3.11 or newer is missing: install it (Debian: `apt install python3 python3-venv`, \
    macOS: `brew install python@3.11`)";
/// What to say where Swift is not there: it is never an error.
pub const SWIFT: &str = "Swift 6 was not found: install it from swift.org, or set BULLA_SWIFT to the folder of `swift`";

/// `cargo`, the same one that runs this, with the same target folder.
pub fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&workspace.root).env("CARGO_TARGET_DIR", &workspace.target);
    command
}

/// `mvn` in the Kotlin project, quiet, with the library of `profile` on JNA's path and its output in the target folder.
pub fn maven(workspace: &Workspace, profile: &str, goals: &[&str]) -> Result<Command> {
    need_kotlin()?;
    stale::clear(workspace)?;
    let mut command = Command::new("mvn");
    command
        .args(["--batch-mode", "--no-transfer-progress", "-Dstyle.color=never"])
        .arg(format!("-Dbulla.library.folder={}", workspace.library_folder(profile).display()))
        .arg(format!("-Dbulla.build.folder={}", workspace.target.join("kotlin").display()))
        .args(goals)
        .current_dir(workspace.kotlin());
    Ok(command)
}

/// An error that says how to install what Kotlin needs where it is missing.
pub fn need_kotlin() -> Result<()> {
    match answer("javac", &["-version"]).and_then(|text| first_number(&text)) {
        Some(version) if version >= 17 => {}
        Some(version) => bail!("JDK {version} is too old. {JDK}"),
        None => bail!(JDK),
    }
    if answer("mvn", &["--version"]).is_none() {
        bail!(MAVEN);
    }
    Ok(())
}

/// An error that says how to install Python 3.11 where it is missing.
pub fn need_python() -> Result<()> {
    let found = answer("python3", &["-c", "import sys; print(int(sys.version_info >= (3, 11)))"]);
    if found.as_deref() != Some("1") {
        bail!(PYTHON);
    }
    Ok(())
}

/// `swift`, or `None` where there is none: in the folder `BULLA_SWIFT` (`none` does without), on PATH, or unpacked beside the clone.
pub fn swift(workspace: &Workspace) -> Option<PathBuf> {
    let named = std::env::var_os("BULLA_SWIFT").map(PathBuf::from);
    if named.as_deref() == Some(Path::new("none")) {
        return None;
    }
    if let Some(swift) = named.map(|folder| folder.join("swift")).filter(|it| it.exists()) {
        return Some(swift);
    }
    if answer("swift", &["--version"]).is_some() {
        return Some(PathBuf::from("swift"));
    }
    let installer = workspace.root.join("../shared/toolchains/install-swift");
    if !installer.exists() {
        return None;
    }
    say("unpacking the Swift toolchain that lies beside the clone");
    let folder = answer(&installer.to_string_lossy(), &[])?;
    let swift = PathBuf::from(folder.lines().last()?).join("swift");
    swift.exists().then_some(swift)
}

/// `swift` in the Swift package, linked against the library of `profile`, with its output in the target folder.
pub fn swift_package(workspace: &Workspace, swift: &Path, profile: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(swift);
    command
        .args(arguments)
        .arg("--package-path")
        .arg(workspace.swift())
        .arg("--scratch-path")
        .arg(workspace.target.join("swift"))
        .env("BULLA_LIBRARY_FOLDER", workspace.library_folder(profile))
        .current_dir(workspace.swift());
    command
}

/// 17 of `javac 17.0.15`.
fn first_number(text: &str) -> Option<u32> {
    let digits = text.split(|it: char| !it.is_ascii_digit()).find(|it| !it.is_empty())?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_jdk_is_its_first_number() {
        assert_eq!(first_number("javac 17.0.15"), Some(17));
        assert_eq!(first_number("javac 25-ea"), Some(25));
        assert_eq!(first_number("no"), None);
    }
}

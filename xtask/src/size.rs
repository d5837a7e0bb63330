//! `cargo xtask size`: how large the library is, in a file that CI checks.
//!
//! A release build takes long, so the check compares only where one of the same commit is there, and says so elsewhere.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::bindings;
use crate::files::files;
use crate::process::{answer, say};
use crate::workspace::Workspace;

const ALLOWED: f64 = 1.01;

/// What the file holds.
pub struct Size {
    /// The library as an app ships it: release, stripped.
    pub bytes: u64,
    target: String,
}

/// Builds and records, or with `check` compares.
pub fn run(workspace: &Workspace, check: bool) -> Result<()> {
    if check {
        return compare(workspace);
    }
    let library = bindings::release(workspace)?;
    bindings::generate(workspace)?;
    let bytes = fs::metadata(&library).with_context(|| format!("looking at {}", library.display()))?.len();
    let before = recorded(workspace).ok();
    let (target, rustc) = compiler()?;
    let commit = head();
    let text = serde_json::to_string_pretty(&json!({
        "target": target,
        "commit": commit,
        "rustc": rustc,
        "bytes": bytes,
        "generated_kotlin_lines": lines(bindings::kotlin_folder(workspace))?,
        "generated_swift_lines": lines(bindings::swift_folder(workspace))?,
    }))?;
    let path = path(workspace);
    fs::write(&path, text + "\n").with_context(|| format!("writing {}", path.display()))?;
    fs::write(stamp(workspace), commit.unwrap_or_default())?;
    let was = before.map_or(String::new(), |it| format!(", was {}", it.bytes));
    say(format!("{bytes} bytes{was}; written to {}", workspace.short(&path)));
    Ok(())
}

/// What was recorded last.
pub fn recorded(workspace: &Workspace) -> Result<Size> {
    let path = path(workspace);
    let text =
        fs::read_to_string(&path).with_context(|| format!("reading {}: run `cargo xtask size`", path.display()))?;
    let value: Value = serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    let word = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| value.get(name).and_then(Value::as_u64).filter(|it| *it > 0);
    let well_formed = word("rustc").is_some()
        && number("generated_kotlin_lines").is_some()
        && number("generated_swift_lines").is_some();
    match (number("bytes"), word("target")) {
        (Some(bytes), Some(target)) if well_formed => Ok(Size { bytes, target }),
        _ => bail!("{} is not well-formed: run `cargo xtask size`", path.display()),
    }
}

fn compare(workspace: &Workspace) -> Result<()> {
    if !path(workspace).exists() {
        say("SKIPPED size: nothing is recorded yet; `cargo xtask size` makes a release build and records it");
        return Ok(());
    }
    let size = recorded(workspace)?;
    let library = workspace.library("release");
    let same = fs::read_to_string(stamp(workspace)).ok().zip(head()).is_some_and(|(built, head)| built == head);
    let (target, _) = compiler()?;
    if !same || target != size.target || !library.exists() {
        say(format!(
            "no release build of this commit here to compare with the recorded {} bytes; the file is well-formed",
            size.bytes
        ));
        return Ok(());
    }
    let bytes = fs::metadata(&library)?.len();
    if bytes as f64 > size.bytes as f64 * ALLOWED {
        bail!(
            "the library has {bytes} bytes, more than 1 % over the recorded {}: find out why, or record it",
            size.bytes
        );
    }
    say(format!("{bytes} bytes, recorded {}", size.bytes));
    Ok(())
}

fn lines(folder: PathBuf) -> Result<usize> {
    let mut sum = 0;
    for file in files(&folder)? {
        sum += fs::read_to_string(&file)?.lines().count();
    }
    Ok(sum)
}

fn compiler() -> Result<(String, String)> {
    let text = answer("rustc", &["--version", "--verbose"]).context("rustc does not answer")?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(|it| it.trim().to_owned());
    Ok((field("host:").context("rustc names no host")?, field("release:").context("rustc names no release")?))
}

fn head() -> Option<String> {
    answer("git", &["rev-parse", "--short", "HEAD"])
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root.join("bindings/api/size.json")
}

fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.library_folder("release").join("bulla-commit")
}

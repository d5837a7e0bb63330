//! `cargo xtask tidy`: the rules of the house that a machine can check. Each subject has a file and tests of its own.

mod layout;
mod manifest;
mod markdown;
mod rust;
mod source;
mod tested;
mod versions;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::say;
use crate::workspace::Workspace;

/// What the rules look at: a file by its path from the root, with `/`, and its text.
pub struct File {
    pub path: String,
    pub text: String,
}

/// What the rules found.
#[derive(Default)]
pub struct Findings {
    /// Breaks a rule.
    pub errors: Vec<String>,
    /// Worth a look.
    pub warnings: Vec<String>,
}

impl Findings {
    fn error(&mut self, path: &str, what: impl std::fmt::Display) {
        self.errors.push(format!("{path}: {what}"));
    }

    fn warning(&mut self, path: &str, what: impl std::fmt::Display) {
        self.warnings.push(format!("{path}: {what}"));
    }
}

/// Checks every file that git knows or would add.
pub fn run(workspace: &Workspace) -> Result<()> {
    let files = tree(&workspace.root)?;
    let findings = check(&files);
    for warning in &findings.warnings {
        eprintln!("note: {warning}");
    }
    if !findings.errors.is_empty() {
        bail!("against the rules of the house:\n  {}", findings.errors.join("\n  "));
    }
    say(format!("tidy: {} files, {} notes", files.len(), findings.warnings.len()));
    Ok(())
}

/// Every rule on every file.
fn check(files: &[File]) -> Findings {
    let mut findings = Findings::default();
    layout::check(files, &mut findings);
    rust::check(files, &mut findings);
    manifest::check(files, &mut findings);
    markdown::check(files, &mut findings);
    tested::check(files, &mut findings);
    versions::check(files, &mut findings);
    findings
}

fn tree(root: &Path) -> Result<Vec<File>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("asking git for the files")?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let mut files = Vec::new();
    for path in String::from_utf8_lossy(&output.stdout).split('\0').filter(|it| !it.is_empty()) {
        // Deleted but not committed yet, or a picture: its place counts, its bytes do not.
        let text = match fs::read(root.join(path)) {
            Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Err(_) => continue,
        };
        files.push(File { path: path.to_owned(), text });
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    Ok(files)
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

/// What `rule` says of `files`.
#[cfg(test)]
fn errors(rule: fn(&[File], &mut Findings), files: &[File]) -> Vec<String> {
    let mut findings = Findings::default();
    rule(files, &mut findings);
    findings.errors
}

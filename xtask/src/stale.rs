//! Class files of sources that are no more.
//!
//! kotlin-maven-plugin has the old classes on the path while it compiles: what a test calls is taken from them where an old signature fits
//! better than the new one, and an incremental build does not see what has changed below it. So when any Kotlin source or POM differs from
//! the last time, every class file is made anew.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::files::files;
use crate::workspace::Workspace;

/// What Maven leaves in a build folder and would read again.
const MADE: [&str; 3] = ["classes", "test-classes", "kotlin-ic"];

/// Removes the class files of all Kotlin modules if they are not of the sources as they are now. Before every Maven build.
pub fn clear(workspace: &Workspace) -> Result<()> {
    let sources = sources(workspace)?;
    let stamp = workspace.target.join("kotlin/sources");
    if fs::read_to_string(&stamp).is_ok_and(|of| of == sources) {
        return Ok(());
    }
    for build in builds(workspace) {
        for folder in MADE.map(|made| build.join(made)) {
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
            }
        }
    }
    fs::create_dir_all(workspace.target.join("kotlin"))?;
    fs::write(&stamp, sources).with_context(|| format!("writing {}", stamp.display()))
}

fn builds(workspace: &Workspace) -> Vec<PathBuf> {
    let mut builds: Vec<_> =
        ["kotlin", "ui", "desktop", "bench/kotlin/build"].map(|name| workspace.target.join(name)).into();
    // The Android app's stay beside its sources.
    builds.push(workspace.root.join("android/app/target"));
    builds
}

/// A fingerprint of every source and POM.
fn sources(workspace: &Workspace) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for folder in [workspace.kotlin(), workspace.root.join("android")] {
        for file in files(&folder)?.iter().filter(|file| is_source(file)) {
            file.strip_prefix(&workspace.root)?.hash(&mut hasher);
            fs::read(file).with_context(|| format!("reading {}", file.display()))?.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn is_source(file: &Path) -> bool {
    let kind = file.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let made = file.components().any(|part| part.as_os_str() == "target");
    matches!(kind, "kt" | "java" | "xml") && !made
}

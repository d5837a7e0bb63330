//! Where things are: the root of the repository and the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The places every task needs.
pub struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the person or CI put it.
    pub target: PathBuf,
}

impl Workspace {
    /// Finds both from where this program was compiled and where it runs, and makes the root the current folder.
    pub fn find() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask has no parent folder")?.to_path_buf();
        // target/<profile>/xtask
        let here = std::env::current_exe().context("finding this program")?;
        let target = here.ancestors().nth(2).context("finding the target folder")?.to_path_buf();
        std::env::set_current_dir(&root).with_context(|| format!("entering {}", root.display()))?;
        Ok(Self { root, target })
    }

    /// The Kotlin project.
    pub fn kotlin(&self) -> PathBuf {
        self.root.join("bindings/kotlin")
    }

    /// The Swift package.
    pub fn swift(&self) -> PathBuf {
        self.root.join("bindings/swift")
    }

    /// Where cargo puts the library for `profile` (`debug` or `release`).
    pub fn library_folder(&self, profile: &str) -> PathBuf {
        self.target.join(profile)
    }

    /// The dynamic library with the exported objects, for `profile`.
    pub fn library(&self, profile: &str) -> PathBuf {
        let name = format!("{}bulla{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        self.library_folder(profile).join(name)
    }

    /// `path` as a person would type it: relative to the root where it lies inside.
    pub fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

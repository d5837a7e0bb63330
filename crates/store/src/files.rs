//! Which files a store is made of.

use std::path::{Path, PathBuf};

/// The files of one store: all beside each other, all named after the first.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) projection: PathBuf,
    pub(crate) ledger: PathBuf,
    pub(crate) lock: PathBuf,
}

impl Files {
    pub(crate) fn at(path: &Path) -> Self {
        Self { projection: path.to_owned(), ledger: beside(path, ".ledger"), lock: beside(path, ".lock") }
    }
}

/// `path` with `suffix` after its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

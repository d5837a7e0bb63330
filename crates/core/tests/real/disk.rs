//! What is on disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every file under `folder`, with its bytes.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.extend(fs::read(&path).map(|bytes| (path.clone(), bytes))),
        }
    }
    found
}

/// Where any of `needles` is found in the files under `folder`: the file and which needle.
pub fn leaks(folder: &Path, needles: &[(&str, Vec<u8>)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files(folder) {
        for (name, needle) in needles {
            if !needle.is_empty() && bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(format!("{name} in {}", path.display()));
            }
        }
    }
    found
}

/// How many files under `folder` this process has open.
pub fn open_files(folder: &Path) -> Vec<PathBuf> {
    let handles = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    handles.filter_map(|handle| fs::read_link(handle.path()).ok()).filter(|path| path.starts_with(folder)).collect()
}

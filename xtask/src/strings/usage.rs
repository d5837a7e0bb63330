//! Which keys the apps' sources name.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::catalogue::{Catalogue, Entry};
use super::platform::{REASONS, snake};
use crate::files::files;
use crate::workspace::Workspace;

const FOLDERS: [&str; 6] = [
    "android/ui/src/main",
    "android/desktop/src/main",
    "android/app/src/main",
    "ios/Sources",
    "ios/App",
    "ios/NotificationExtension",
];

/// The keys that no source names, a line each.
pub fn unused(workspace: &Workspace, catalogue: &Catalogue) -> Result<Vec<String>> {
    let mut named: HashSet<String> = REASONS.iter().map(|(_, key)| (*key).to_owned()).collect();
    for folder in FOLDERS {
        for path in files(&workspace.root.join(folder))? {
            if is_source(&path) {
                let text = fs::read_to_string(&path)?;
                let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
                named.extend(words.filter(|it| !it.is_empty()).map(str::to_owned));
            }
        }
    }
    let is_named = |it: &Entry| named.contains(&it.key) || it.android && named.contains(&snake(&it.key));
    let unused = catalogue.entries.iter().filter(|it| !is_named(it));
    Ok(unused.map(|it| format!("{}: nobody uses it", it.key)).collect())
}

fn is_source(path: &Path) -> bool {
    let generated = path.components().any(|it| it.as_os_str() == "Generated") || path.ends_with("strings.xml");
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    !generated && ["kt", "swift", "xml"].contains(&extension)
}

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    environment::Environment,
    error::{Doing, Result},
};

const ROWS: &str = include_str!("../python/rows.py");

/// A text that a server has, though it should not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub text: String,
    /// The file, from the deployment's folder, or `rows of <configuration file>` for what was found by reading the database's rows.
    pub place: String,
}

/// Looks for each text in every byte under `root`, and in every row of the databases of these Synapse configurations.
///
/// A text is found as it is, and as JSON writes it.
pub fn search(
    environment: &Environment,
    root: &Path,
    configurations: &[PathBuf],
    texts: &[String],
) -> Result<Vec<Hit>> {
    let needles: Vec<_> = texts.iter().map(|text| (text, forms(text))).collect();
    let mut hits = Vec::new();
    let mut look = |place: String, content: &[u8]| {
        let found = needles.iter().filter(|(_, forms)| forms.iter().any(|form| contains(content, form)));
        hits.extend(found.map(|(text, _)| Hit { text: text.to_string(), place: place.clone() }));
    };
    for file in files(root)? {
        // A journal may go away between its listing and its reading.
        if let Ok(content) = fs::read(&file) {
            look(relative(&file, root), &content);
        }
    }
    for configuration in configurations {
        let rows = environment.script(ROWS, &[&configuration.to_string_lossy()])?;
        look(format!("rows of {}", relative(configuration, root)), &rows);
    }
    Ok(hits)
}

fn forms(text: &str) -> Vec<Vec<u8>> {
    let json = serde_json::Value::from(text).to_string();
    let json = &json[1..json.len() - 1];
    let ascii: String = json
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let mut forms = vec![text.as_bytes().to_vec(), json.as_bytes().to_vec(), ascii.into_bytes()];
    forms.dedup();
    forms
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return false };
    let mut content = content;
    while let Some(at) = content.iter().position(|byte| byte == first) {
        content = &content[at + 1..];
        if content.starts_with(rest) {
            return true;
        }
    }
    false
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).doing(|| format!("list {}", folder.display()))? {
        let path = entry.doing(|| format!("list {}", folder.display()))?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_text_as_it_is_and_as_json_writes_it() {
        for content in ["a caché \"x\" b", r#"a caché \"x\" b"#, r#"a cach\u00e9 \"x\" b"#] {
            assert!(forms("caché \"x\"").iter().any(|form| contains(content.as_bytes(), form)), "{content}");
        }
        assert!(!contains(b"ab", b"abc"));
        assert!(contains(b"aab", b"ab"));
    }
}

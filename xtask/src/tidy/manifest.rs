//! Rules for `Cargo.toml`: versions in one place, nothing from git, one owner for each heavy dependency.

use toml::{Table, Value};

use super::{File, Findings};

/// A dependency, as the beginning of its name, and the only member that may have it.
const OWNED: [(&str, &str); 2] = [("matrix-sdk", "crates/core/Cargo.toml"), ("rusqlite", "crates/store/Cargo.toml")];
const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub fn check(files: &[File], findings: &mut Findings) {
    for file in files.iter().filter(|it| it.path == "Cargo.toml" || it.path.ends_with("/Cargo.toml")) {
        let table: Table = match file.text.parse() {
            Ok(table) => table,
            Err(error) => {
                findings.error(&file.path, error);
                continue;
            }
        };
        if let Some(Value::Table(workspace)) = table.get("workspace") {
            for (name, dependency) in section(workspace, "dependencies") {
                no_git(file, name, dependency, findings);
            }
        }
        let mut owners = vec![&table];
        if let Some(Value::Table(targets)) = table.get("target") {
            owners.extend(targets.values().filter_map(Value::as_table));
        }
        for (name, dependency) in owners.iter().flat_map(|it| SECTIONS.iter().flat_map(|name| section(it, name))) {
            member(file, name, dependency, findings);
        }
        profiles(file, &table, findings);
    }
}

fn section<'a>(table: &'a Table, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    table.get(name).and_then(Value::as_table).into_iter().flatten()
}

fn member(file: &File, name: &str, dependency: &Value, findings: &mut Findings) {
    no_git(file, name, dependency, findings);
    if dependency.get("workspace").and_then(Value::as_bool) != Some(true) {
        findings.error(&file.path, format_args!("`{name}` has its version here, not in the workspace"));
    }
    for (owned, owner) in OWNED {
        if name.starts_with(owned) && file.path != owner {
            findings.error(&file.path, format_args!("only {owner} depends on {owned}"));
        }
    }
}

fn no_git(file: &File, name: &str, dependency: &Value, findings: &mut Findings) {
    if dependency.get("git").is_some() {
        findings.error(&file.path, format_args!("`{name}` comes from git"));
    }
}

fn profiles(file: &File, table: &Table, findings: &mut Findings) {
    for (name, profile) in section(table, "profile") {
        if profile.get("panic").and_then(Value::as_str) == Some("abort") {
            findings
                .error(&file.path, format_args!("`panic = \"abort\"` in profile {name}: a panic must become an error"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{errors, file};

    fn found(path: &str, text: &str) -> usize {
        errors(check, &[file(path, text)]).len()
    }

    #[test]
    fn versions_are_in_the_workspace() {
        assert_eq!(found("crates/a/Cargo.toml", "[dependencies]\nserde.workspace = true\n"), 0);
        assert_eq!(
            found("crates/a/Cargo.toml", "[dependencies]\nserde = { workspace = true, features = [\"x\"] }\n"),
            0
        );
        assert_eq!(found("crates/a/Cargo.toml", "[dev-dependencies]\nserde = \"1\"\n"), 1);
        assert_eq!(found("crates/a/Cargo.toml", "[target.'cfg(unix)'.dependencies]\nserde = \"1\"\n"), 1);
    }

    #[test]
    fn nothing_comes_from_git() {
        assert_eq!(found("Cargo.toml", "[workspace.dependencies]\na = { git = \"x\" }\n"), 1);
        assert_eq!(found("Cargo.toml", "[workspace.dependencies]\na = \"1\"\n"), 0);
    }

    #[test]
    fn owners() {
        assert_eq!(found("crates/core/Cargo.toml", "[dependencies]\nmatrix-sdk-ui.workspace = true\n"), 0);
        assert_eq!(found("bindings/ffi/Cargo.toml", "[dependencies]\nmatrix-sdk.workspace = true\n"), 1);
        assert_eq!(found("crates/core/Cargo.toml", "[dependencies]\nrusqlite.workspace = true\n"), 1);
    }

    #[test]
    fn a_panic_unwinds() {
        assert_eq!(found("Cargo.toml", "[profile.release]\npanic = \"abort\"\n"), 1);
    }
}

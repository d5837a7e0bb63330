//! Rules for the tree: what lies at the root, how files are named, how long they are, nothing that holds on one machine only.

use std::collections::BTreeSet;

use super::{File, Findings};

const ROOT: [&str; 9] =
    ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "crates", "bindings", "android", "ios", "xtask"];
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 9] = ["util", "utils", "helper", "helpers", "type", "types", "common", "misc", "mod"];
const SOURCES: [&str; 5] = [".rs", ".kt", ".swift", ".py", ".sql"];
const LONG: usize = 300;
const TOO_LONG: usize = 500;
/// The beginnings of folders of one person or one machine.
const MACHINE: [&str; 5] = ["/home/", "/root/", "/Users/", "/work/", "C:\\"];
const REGISTRIES: [&str; 8] = [
    "crates.io/api",
    "index.crates.io",
    "static.crates.io",
    "repo1.maven.org",
    "repo.maven.apache.org",
    "pypi.org/simple",
    "files.pythonhosted.org",
    "proxy.golang.org",
];

pub fn check(files: &[File], findings: &mut Findings) {
    root(files, findings);
    for file in files {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let source = SOURCES.iter().any(|it| name.ends_with(it));
        let stem = name.split('.').next().unwrap_or_default().to_lowercase();
        if source && EMPTY_NAMES.contains(&stem.as_str()) {
            findings.error(&file.path, "a file is named after its subject");
        }
        if source {
            length(file, findings);
        }
        // These rules name what they look for, and the lock file names where a crate came from.
        let excused =
            file.path.starts_with("xtask/src/tidy/") || ["Cargo.lock", "LICENSE"].contains(&file.path.as_str());
        if !excused {
            places(file, findings);
        }
    }
}

fn root(files: &[File], findings: &mut Findings) {
    let names: BTreeSet<&str> = files.iter().filter_map(|it| it.path.split('/').next()).collect();
    for name in names.into_iter().filter(|it| !it.starts_with('.') && !ROOT.contains(it)) {
        findings.error(name, "the root holds only what house.md lists; other configuration goes into dotfiles");
    }
}

fn length(file: &File, findings: &mut Findings) {
    let lines = file.text.lines().count();
    if lines > TOO_LONG {
        findings.error(&file.path, format_args!("{lines} lines, more than {TOO_LONG}"));
    } else if lines > LONG {
        findings.warning(&file.path, format_args!("{lines} lines: perhaps two subjects"));
    }
}

fn places(file: &File, findings: &mut Findings) {
    for (number, line) in file.text.lines().enumerate() {
        for folder in MACHINE {
            let inside = |it: char| it.is_alphanumeric() || "._-/}~$%*>".contains(it);
            let mut hits = line.match_indices(folder);
            if hits.any(|(at, _)| !line[..at].chars().next_back().is_some_and(inside)) {
                findings
                    .error(&format!("{}:{}", file.path, number + 1), format_args!("a path of one machine: {folder}"));
            }
        }
        for host in REGISTRIES.iter().filter(|it| line.contains(**it)) {
            findings.error(&format!("{}:{}", file.path, number + 1), format_args!("the host of a registry: {host}"));
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
    fn the_root_is_small() {
        assert_eq!(found("crates/a/src/a.rs", ""), 0);
        assert_eq!(found(".rustfmt.toml", ""), 0);
        assert_eq!(found("Makefile", ""), 1);
        assert_eq!(found("docs/a.md", ""), 1);
    }

    #[test]
    fn names_say_something() {
        assert_eq!(found("crates/a/src/mod.rs", ""), 1);
        assert_eq!(found("bindings/kotlin/src/Utils.kt", ""), 1);
        assert_eq!(found("crates/a/src/model.rs", ""), 0);
    }

    #[test]
    fn files_are_short() {
        assert_eq!(found("crates/a/src/a.rs", &"\n".repeat(TOO_LONG + 1)), 1);
        let mut findings = Findings::default();
        check(&[file("crates/a/src/a.rs", &"\n".repeat(LONG + 1))], &mut findings);
        assert_eq!((findings.errors.len(), findings.warnings.len()), (0, 1));
    }

    #[test]
    fn nothing_holds_on_one_machine_only() {
        assert_eq!(found("crates/a/a.md", "see /home/me/x"), 1);
        assert_eq!(found("crates/a/a.md", "see https://example.org/home/x, $HOME/work/x"), 0);
        assert_eq!(found("bindings/kotlin/pom.xml", "<url>https://repo1.maven.org/maven2</url>"), 1);
    }
}

//! Rules for Rust code: who may name what, no `unsafe`, no `unwrap` outside tests.

use super::source::{code, has_word, test_lines};
use super::{File, Findings};

/// Names that belong to one crate, as the beginning of a word.
const OWNED: [(&str, &str); 2] = [("matrix_sdk", "crates/core/"), ("rusqlite", "crates/store/")];
/// What `model` and `policy` stay away from: I/O, async, the clock.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "tokio",
    "SystemTime::now",
    "Instant::now",
    "std::io",
];

pub fn check(files: &[File], findings: &mut Findings) {
    let forbidden_for_all =
        files.iter().any(|it| it.path == "Cargo.toml" && it.text.contains("unsafe_code = \"forbid\""));
    for file in files.iter().filter(|it| it.path.ends_with(".rs")) {
        let code = code(&file.text);
        names(file, &code, findings);
        words(file, &code, findings);
        if is_crate_root(&file.path) && !code.contains("#![forbid(unsafe_code)]") {
            let manifest = file.path.split_once("/src/").map(|(folder, _)| format!("{folder}/Cargo.toml"));
            let manifest = files.iter().find(|it| Some(&it.path) == manifest.as_ref());
            let inherits = manifest.is_some_and(|it| it.text.contains("[lints]\nworkspace = true"));
            if !(forbidden_for_all && inherits) {
                findings.error(&file.path, "`unsafe_code` is not forbidden: give the crate the lints of the workspace");
            }
        }
    }
}

fn names(file: &File, code: &str, findings: &mut Findings) {
    for (name, owner) in OWNED {
        if file.path.starts_with(owner) {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            if begins_word(line, name) {
                findings.error(&place(file, number), format_args!("only {owner} names {name}"));
            }
        }
    }
    let pure = ["crates/model/src/", "crates/policy/src/"].iter().any(|it| file.path.starts_with(it));
    if pure {
        for (number, (line, test)) in code.lines().zip(test_lines(code)).enumerate() {
            for name in IMPURE.iter().filter(|it| !test && has_word(line, it)) {
                findings.error(&place(file, number), format_args!("`{name}` is not for a crate without I/O and clock"));
            }
        }
    }
}

fn words(file: &File, code: &str, findings: &mut Findings) {
    let test_file = ["/tests/", "/benches/", "/examples/"].iter().any(|it| file.path.contains(it))
        || file.path.ends_with("/tests.rs");
    for (number, (line, test)) in code.lines().zip(test_lines(code)).enumerate() {
        if has_word(line, "unsafe") && !line.trim_start().starts_with('#') {
            findings.error(&place(file, number), "`unsafe`");
        }
        if !test && !test_file && line.contains(".unwrap()") {
            findings.error(
                &place(file, number),
                "`.unwrap()` outside tests: return an error, or say in `expect` why it cannot happen",
            );
        }
    }
}

fn is_crate_root(path: &str) -> bool {
    path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs") || path.contains("/src/bin/")
}

fn begins_word(line: &str, name: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || it == '_';
    line.match_indices(name).any(|(at, _)| !line[..at].chars().next_back().is_some_and(part))
}

fn place(file: &File, number: usize) -> String {
    format!("{}:{}", file.path, number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{errors, file};

    fn found(path: &str, text: &str) -> Vec<String> {
        errors(check, &[file(path, text)])
    }

    #[test]
    fn the_sdk_belongs_to_core_and_the_database_to_store() {
        assert!(found("crates/core/src/a.rs", "use matrix_sdk::Client;").is_empty());
        assert!(found("crates/core/benches/a.rs", "use matrix_sdk_ui::timeline;").is_empty());
        assert_eq!(found("bindings/ffi/src/a.rs", "use matrix_sdk_ui::Timeline;").len(), 1);
        assert!(found("bindings/ffi/src/a.rs", "// matrix_sdk\nlet a = \"matrix_sdk=debug\";").is_empty());
        assert_eq!(found("crates/core/src/a.rs", "use rusqlite::Connection;").len(), 1);
    }

    #[test]
    fn rules_read_no_clock() {
        assert_eq!(
            found("crates/policy/src/a.rs", "let now = SystemTime::now();"),
            ["crates/policy/src/a.rs:1: `SystemTime::now` is not for a crate without I/O and clock"]
        );
        assert!(found("crates/policy/src/a.rs", "fn f(now: SystemTime) {}").is_empty());
        assert!(found("crates/store/src/a.rs", "let now = SystemTime::now();").is_empty());
        assert!(found("crates/policy/src/a.rs", "#[cfg(test)]\nmod tests {\n use std::fs;\n}").is_empty());
    }

    #[test]
    fn unwrap_is_for_tests() {
        assert_eq!(found("crates/core/src/a.rs", "a.unwrap();\n").len(), 1);
        assert!(found("crates/core/src/a.rs", "a.unwrap_or(1);\n").is_empty());
        assert!(found("crates/core/src/a.rs", "#[cfg(test)]\nmod tests {\n  a.unwrap();\n}").is_empty());
        assert!(found("crates/core/tests/a.rs", "a.unwrap();").is_empty());
    }

    #[test]
    fn unsafe_is_forbidden_in_each_crate() {
        assert_eq!(found("crates/core/src/a.rs", "unsafe { }").len(), 1);
        assert_eq!(found("crates/core/src/lib.rs", "mod a;").len(), 1);
        assert!(found("crates/core/src/lib.rs", "#![forbid(unsafe_code)]\nmod a;").is_empty());
        let inherited = [
            file("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"),
            file("crates/core/Cargo.toml", "[lints]\nworkspace = true\n"),
            file("crates/core/src/lib.rs", "mod a;"),
        ];
        assert!(errors(check, &inherited).is_empty());
    }
}

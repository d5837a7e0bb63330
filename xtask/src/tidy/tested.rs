//! A rule for tables that say what is tested: each row of a table whose last column is `tested by` names tests that exist.

use super::{File, Findings};

const COLUMN: &str = "tested by";

pub fn check(files: &[File], findings: &mut Findings) {
    let tests: Vec<&File> = files.iter().filter(|it| is_test(&it.path)).collect();
    for page in files.iter().filter(|it| it.path.ends_with(".md")) {
        let mut inside = false;
        for (number, line) in page.text.lines().enumerate() {
            let Some(cells) = cells(line) else {
                inside = false;
                continue;
            };
            let last = cells.last().copied().unwrap_or_default();
            if last == COLUMN {
                inside = true;
                continue;
            }
            // The line under the heads.
            if !inside || last.starts_with("--") {
                continue;
            }
            // A row that heads others names nothing.
            if last.is_empty() {
                if !cells[0].starts_with("**") {
                    findings.error(&place(page, number), "says of nothing that it tests this");
                }
                continue;
            }
            for name in last.split('`').skip(1).step_by(2).filter(|name| !exists(name, &tests)) {
                findings.error(&place(page, number), format_args!("there is no test {name}"));
            }
        }
    }
}

fn place(page: &File, number: usize) -> String {
    format!("{}:{}", page.path, number + 1)
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}

fn is_test(path: &str) -> bool {
    let swift = path.ends_with(".swift") && path.contains("/Tests/");
    let kotlin = path.ends_with(".kt") && path.contains("/src/test/");
    swift || kotlin || path.ends_with(".rs")
}

/// `name` is a function of a Rust test, `Class` a test class in Kotlin or Swift, `Class.name` one of its tests.
fn exists(name: &str, tests: &[&File]) -> bool {
    let (class, function) = match name.split_once('.') {
        Some((class, function)) => (Some(class), Some(function)),
        None if name.starts_with(|first: char| first.is_uppercase()) => (Some(name), None),
        None => (None, Some(name)),
    };
    tests.iter().any(|file| {
        let holds = |what: String| file.text.contains(&what);
        let stem = file.path.rsplit('/').next().and_then(|it| it.split('.').next());
        let of_class = class.is_none_or(|class| stem == Some(class) || holds(format!("class {class}")));
        let of_function =
            function.is_none_or(|name| ["fn ", "fun ", "func "].iter().any(|word| holds(format!("{word}{name}("))));
        of_class && of_function
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{errors, file};

    #[test]
    fn a_row_names_tests_that_exist() {
        let page = "| what | tested by |\n|---|---|\n| **Rooms** | |\n| a | `one_goes_in` |\n| b | `RoomsTest.comesIn`, `RoomsTest` |\n\
            | c | `gone`, `RoomsTest.gone` |\n| d | |\n\n| other | table |\n|---|---|\n| e | `nothing` |\n";
        let files = [
            file("a/README.md", page),
            file("a/tests/rooms.rs", "async fn one_goes_in() {}"),
            file("a/src/test/kotlin/RoomsTest.kt", "class RoomsTest {\n fun comesIn() = story {}\n}"),
            file("a/src/main/kotlin/Gone.kt", "fun gone() = 1"),
        ];
        assert_eq!(
            errors(check, &files),
            [
                "a/README.md:6: there is no test gone",
                "a/README.md:6: there is no test RoomsTest.gone",
                "a/README.md:7: says of nothing that it tests this",
            ]
        );
    }
}

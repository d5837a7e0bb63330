//! How many tests ran, from what each runner says of itself.

use std::fmt;
use std::ops::AddAssign;

/// Tests by outcome.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Count {
    /// Whether at least one test ran to its end.
    pub fn any_ran(&self) -> bool {
        self.passed + self.failed > 0
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Adds up one runner's lines.
pub trait Tally {
    fn line(&mut self, line: &str);
    fn count(&self) -> Count;
}

/// `cargo test`: one result line for each program, and before it what each test that failed has said.
#[derive(Default)]
pub struct Cargo {
    count: Count,
    why: Vec<String>,
    /// The test whose output is being read, and how many lines of its panics are still of interest.
    failed: Option<(String, usize)>,
}

/// Where a test panicked, and the lines of an assertion below.
const PANIC: usize = 5;

impl Cargo {
    /// What the tests that failed have panicked with.
    pub fn why(self) -> Vec<String> {
        self.why
    }
}

impl Tally for Cargo {
    fn line(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.failed = Some((name.to_owned(), 0));
        } else if line == "failures:" {
            self.failed = None;
        } else if line.starts_with("test result: ") {
            self.count += Count {
                passed: before(line, " passed"),
                failed: before(line, " failed"),
                skipped: before(line, " ignored"),
            };
        } else if let Some((name, lines)) = &mut self.failed {
            if line.contains(" panicked at ") {
                *lines = PANIC;
            }
            if *lines > 0 && !line.trim().is_empty() && !line.starts_with("note: ") {
                *lines -= 1;
                self.why.push(format!("{name}: {line}"));
            }
        }
    }

    fn count(&self) -> Count {
        self.count
    }
}

/// Surefire: a line for each class, which names its time, and one for all of a module, which does not.
#[derive(Default)]
pub struct Surefire(Count);

impl Tally for Surefire {
    fn line(&mut self, line: &str) {
        let Some(at) = line.find("Tests run: ").filter(|_| !line.contains("Time elapsed")) else {
            return;
        };
        let numbers: Vec<usize> = numbers(&line[at..]);
        if let [run, failures, errors, skipped] = numbers[..] {
            let failed = failures + errors;
            self.0 += Count { passed: run.saturating_sub(failed + skipped), failed, skipped };
        }
    }

    fn count(&self) -> Count {
        self.0
    }
}

/// `swift test`: XCTest closes with the sum of its suites, then Swift Testing with its own, which says how many tests
/// there were, and before it each test's end.
#[derive(Default)]
pub struct Swift {
    all_suites: bool,
    xctest: Count,
    testing: usize,
    failed: usize,
    skipped: usize,
}

impl Tally for Swift {
    fn line(&mut self, line: &str) {
        if line.starts_with("Test Suite 'All tests'") || line.starts_with("Test Suite 'Selected tests'") {
            self.all_suites = !line.contains(" started ");
            return;
        }
        let text = line.trim();
        if self.all_suites && text.starts_with("Executed ") {
            let failed = before(text, " failure");
            let skipped = if text.contains(" skipped") {
                before(text, " test skipped").max(before(text, " tests skipped"))
            } else {
                0
            };
            let run = numbers(text).first().copied().unwrap_or_default();
            self.xctest = Count { passed: run.saturating_sub(failed + skipped), failed, skipped };
            self.all_suites = false;
            return;
        }
        // A symbol that depends on the platform, then what it is about.
        let Some((_, text)) = text.split_once(' ').filter(|(symbol, _)| !symbol.is_ascii()) else {
            return;
        };
        if text.starts_with("Test run with ") {
            self.testing += numbers(text).first().copied().unwrap_or_default();
        } else if text.starts_with("Test ") && !text.starts_with("Test case ") {
            self.failed += usize::from(text.contains(" failed after "));
            self.skipped += usize::from(text.ends_with(" skipped.") || text.contains(" skipped: "));
        }
    }

    fn count(&self) -> Count {
        let passed = self.testing.saturating_sub(self.failed + self.skipped);
        let mut count = Count { passed, failed: self.failed, skipped: self.skipped };
        count += self.xctest;
        count
    }
}

/// The number right before `word`.
fn before(line: &str, word: &str) -> usize {
    let Some(at) = line.find(word) else {
        return 0;
    };
    let digits: Vec<char> = line[..at].chars().rev().take_while(char::is_ascii_digit).collect();
    digits.into_iter().rev().collect::<String>().parse().unwrap_or_default()
}

fn numbers(text: &str) -> Vec<usize> {
    text.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(mut tally: impl Tally, lines: &str) -> (usize, usize, usize) {
        lines.lines().for_each(|line| tally.line(line));
        let count = tally.count();
        (count.passed, count.failed, count.skipped)
    }

    #[test]
    fn cargo() {
        let lines = "running 3 tests\ntest a ... ok\n\
            test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(count(Cargo::default(), lines), (14, 2, 1));
    }

    #[test]
    fn cargo_says_why() {
        let lines = "failures:\n\n---- a::b stdout ----\nsaid before\n\nthread 'a::b' (7) panicked at t.rs:9:5:\n\
            assertion `left == right` failed\n  left: 2\n right: 3\nnote: run with `RUST_BACKTRACE=1`\n\n\n\
            failures:\n    a::b\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured";
        let mut tally = Cargo::default();
        lines.lines().for_each(|line| tally.line(line));
        let why =
            ["thread 'a::b' (7) panicked at t.rs:9:5:", "assertion `left == right` failed", "  left: 2", " right: 3"];
        assert_eq!(tally.why(), why.map(|line| format!("a::b: {line}")));
    }

    #[test]
    fn surefire() {
        let lines = "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.136 s -- in org.A\n\
            [INFO] Results:\n\
            [ERROR] Tests run: 13, Failures: 1, Errors: 2, Skipped: 3";
        assert_eq!(count(Surefire::default(), lines), (7, 3, 3));
    }

    #[test]
    fn swift() {
        let lines = "Test Suite 'All tests' started at 2026-11-22 19:10:17.953\n\
            Test Suite 'debug.xctest' passed at 2026-11-22 19:10:17.959\n\
            \t Executed 4 tests, with 1 test skipped and 1 failure (0 unexpected) in 0.0 (0.0) seconds\n\
            Test Suite 'All tests' failed at 2026-11-22 19:10:17.959\n\
            \t Executed 4 tests, with 1 test skipped and 1 failure (0 unexpected) in 0.0 (0.0) seconds\n\
            ◇ Test run started.\n\
            ◇ Test one() started.\n\
            ✘ Test one() recorded an issue at T.swift:4:6: Expectation failed: false\n\
            ✘ Test one() failed after 0.001 seconds with 1 issue.\n\
            ➜ Test two() skipped.\n\
            ➜ Test \"with a name\" skipped: \"why\"\n\
            ✔ Test three() passed after 0.001 seconds.\n\
            ✘ Suite S failed after 0.001 seconds with 1 issue.\n\
            ✘ Test run with 4 tests in 1 suite failed after 0.001 seconds with 1 issue.";
        assert_eq!(count(Swift::default(), lines), (2 + 1, 1 + 1, 1 + 2));
    }
}

//! What a person should see of Maven's lines: the tests, what goes wrong, and that it moves.

use std::process::{Command, ExitStatus};

use anyhow::Result;

use crate::count::{Count, Surefire, Tally};
use crate::process::follow;

/// Runs the tests of a Maven build, shows what is of interest and counts them.
pub fn tests(command: &mut Command) -> Result<(ExitStatus, Count)> {
    let mut tally = Surefire::default();
    let status = follow("mvn test", command, |line| {
        show(line);
        tally.line(line);
    })?;
    Ok((status, tally.count()))
}

/// Prints `line`, or not.
pub fn show(line: &str) {
    // Maven resets colours that it was told not to use.
    let line = line.replace("\u{1b}[0m", "");
    if is_of_interest(&line) {
        println!("{line}");
    }
}

fn is_of_interest(line: &str) -> bool {
    let Some(text) = line.strip_prefix("[INFO]") else {
        // Sources in target folders that do not exist, and platform noise, come as warnings of Maven itself.
        return !line.trim().is_empty();
    };
    let text = text.trim();
    let step = text.strip_prefix("--- ").and_then(|it| it.split_whitespace().next());
    match step {
        Some(step) => ["kotlin", "surefire", "exec", "jar"].iter().any(|it| step.contains(it)),
        None => ["Running ", "Tests run: ", "BUILD ", "Total time"].iter().any(|it| text.starts_with(it)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_tests_and_troubles_only() {
        assert!(is_of_interest("[INFO] Tests run: 1, Failures: 0"));
        assert!(is_of_interest("[INFO] --- maven-surefire-plugin:3.5.4:test (default-test) @ bulla ---"));
        assert!(is_of_interest("[ERROR] no"));
        assert!(is_of_interest("said by a test"));
        assert!(!is_of_interest("[INFO] --- maven-resources-plugin:2.6:resources (default-resources) @ bulla ---"));
        assert!(!is_of_interest("[INFO]"));
    }
}
